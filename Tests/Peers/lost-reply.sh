#!/bin/bash
# What a lost reply does to a launch: the same faults, on the same built-in service, met by curl with its retries, by
# python's requests with urllib3's, and by runbook. Each launches one job once; the table says how many runs the service
# has afterwards, and how the program ended.
#
#   swift build && Tests/Peers/lost-reply.sh
#
# Needs bash, curl, jq and python3; the column of python is left out where it has no `requests`. RUNBOOK names another
# program than the one in .build/debug. Nothing but loopback is used. It takes about two minutes, most of them pauses
# of retries and the wait until a lost launch is known to be lost.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
program=${RUNBOOK:-$root/.build/debug/runbook}
for tool in curl jq python3 "$program"; do
  command -v "$tool" > /dev/null || { echo "lost-reply: $tool is needed" >&2; exit 64; }
done
work=$(mktemp -d)
server=
stop() {
  if [ -n "$server" ]; then kill "$server" 2> /dev/null || true; wait "$server" 2> /dev/null || true; fi
  server=
}
trap 'stop; rm -rf "$work"' EXIT

# What befalls the first launch request, and how many runs there should be for it.
faults=(
  "none"
  "reply lost"
  "503 after the effect"
  "502 after the effect"
  "504 after the effect"
  "slow by 4s"
  "truncated"
  "html"
  "empty"
  "effect after 1s"
  "request lost"
  "503"
)

# A fresh service under a fault, in $address.
serve() {
  {
    echo 'account: "000099"'
    echo 'environment: DEV'
    echo 'operations: { prepare: { table-to-table: p, runs: SUCCESS after 200ms } }'
    if [ "$1" != none ]; then echo "faults: [launch_job 1: $1]"; fi
  } > "$work/s.scenario.yaml"
  : > "$work/address"
  "$program" simulate --quiet --port 0 "$work/s.scenario.yaml" > "$work/address" 2> "$work/server.log" &
  server=$!
  until [ -s "$work/address" ]; do
    kill -0 "$server" 2> /dev/null || { cat "$work/server.log" >&2; exit 1; }
    sleep 0.02
  done
  address=$(cat "$work/address")
}

identity='"account":"000099","environment":"DEV","configuration_type":"table-to-table","configuration_id":"p_DEV"'

# How many runs the service has, once everything that was on its way has arrived.
count() {
  sleep 1.5
  curl --silent --fail --header 'content-type: application/json' --header 'authorization: Bearer t' \
    --data "{\"action\":\"get_last_status\",$identity,\"limit\":100}" "$address/v1/dag/status" | jq '.results | length'
}

with_curl() {
  curl --silent --output /dev/null --fail --max-time 2 --retry 3 --retry-all-errors \
    --header 'content-type: application/json' --header 'authorization: Bearer t' \
    --data "{\"action\":\"launch_job\",$identity}" "$address/v1/dag/launch"
}

with_python() {
  python3 - "$address" <<'PYTHON'
import sys
import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

session = requests.Session()
retry = Retry(total=3, backoff_factor=1, status_forcelist=[429, 500, 502, 503, 504], allowed_methods=None)
session.mount("http://", HTTPAdapter(max_retries=retry))
try:
    reply = session.post(
        sys.argv[1] + "/v1/dag/launch", timeout=2, headers={"authorization": "Bearer t"},
        json={"action": "launch_job", "account": "000099", "environment": "DEV",
              "configuration_type": "table-to-table", "configuration_id": "p_DEV"})
    reply.raise_for_status()
    reply.json()["run_id"]
except Exception:
    sys.exit(1)
PYTHON
}

with_runbook() {
  cat > "$work/config.yaml" <<YAML
profile: p
profiles: { p: { visibility-delay: 5s, request-timeout: 2s } }
YAML
  rm -rf "$work/state"
  RUNBOOK_CONFIG="$work/config.yaml" RUNBOOK_STATE_DIRECTORY="$work/state" TAILER_API_URL="$address" TAILER_API_JWT=t \
    "$program" run --quiet -c 'account "000099"
environment DEV
launch table-to-table "p"
await run every 200ms or fail' < /dev/null > "$work/runbook.out" 2> "$work/runbook.err"
}

# Runs one of them under a fault; gives a cell of the table.
cell() {
  serve "$2"
  local status=0 runs words
  "with_$1" || status=$?
  runs=$(count)
  stop
  words="$runs run"
  [ "$runs" = 1 ] || words="${words}s"
  [ "$runs" -le 1 ] || words="**$words**"
  case $1,$status in
    *,0) ;;
    runbook,5) words="$words, says it does not know (5)" ;;
    *) words="$words, ends with $status" ;;
  esac
  echo "$words"
}

names=(curl)
title="| the first launch request meets | \`curl --retry 3 --retry-all-errors\` |"
rule="| --- | --- |"
if python3 -c 'import requests, urllib3' 2> /dev/null; then
  names+=(python)
  title="$title python \`requests\` with \`Retry(3)\` |"
  rule="$rule --- |"
fi
names+=(runbook)
echo "$title \`runbook\` |"
echo "$rule --- |"
for fault in "${faults[@]}"; do
  row="| $fault |"
  for name in "${names[@]}"; do row="$row $(cell "$name" "$fault") |"; done
  echo "$row"
done
