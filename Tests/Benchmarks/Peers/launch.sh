#!/bin/bash
# Launches COUNT jobs, CAP at a time, and looks at each run three times: curl and jq, as one would write it by hand.
#   launch.sh NAME COUNT CAP
set -euo pipefail

call() {
  curl --silent --show-error --fail --header 'content-type: application/json' \
    --header "authorization: Bearer $TAILER_API_JWT" --data "$2" "$TAILER_API_URL$1"
}

one() {
  local identity run
  identity='"account":"000099","environment":"DEV","configuration_type":"table-to-table","configuration_id":"'$1_DEV'"'
  run=$(call /v1/dag/launch "{\"action\":\"launch_job\",$identity}" | jq --raw-output --exit-status .run_id)
  for _ in 1 2 3; do
    call /v1/dag/status \
      "{\"action\":\"check_run_status\",$identity,\"job_id\":\"gbq-to-gbq|$1_DEV\",\"run_id\":\"$run\"}" \
      | jq --raw-output --exit-status '.results[0].status'
  done
}

if (($2 == 1)); then
  one "$1-1"
  exit
fi
# 127 says that a job's ending was taken in before it was asked for, which happens with short ones.
ended() { wait "$@" || (($? == 127)); }
jobs=()
for ((job = 1; job <= $2; job++)); do
  if ((job > $3)); then ended -n; fi
  one "$1-$job" &
  jobs+=($!)
done
for job in "${jobs[@]}"; do ended "$job"; done
