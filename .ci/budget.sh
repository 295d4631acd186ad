# Runs parts one after the other, each with its time, and judges them by a budget. To be sourced by bash.
#
# A part NAME is a function `part_NAME`. One that fails ends everything with its own status. One that outgrew its share is
# named when it ends and once more at the end; the others still run, and the status is then 1. Where all is well the last
# lines are those of the last part.
#
# A part outgrew its share where both its minutes by the clock and its minutes of CPU time are beyond it. The clock alone
# would blame a part for whatever else runs on the machine; CPU time alone is not what people wait for. A part that takes
# more than twice its minutes outgrew its share in any case: it waits rather than works.
set -euo pipefail

budget_limit=35
budget_overruns=()
# What there is to say of the part that ended last; it is said when the next one begins, and not behind the last one.
budget_news=

# Hundredths of seconds that have passed, by the clock.
wall_now() {
  local now=${EPOCHREALTIME/[.,]/}
  echo $((now / 10000))
}

# Hundredths of seconds of CPU time that this shell's children have taken, with all that they waited for.
cpu_now() {
  local stat fields
  stat=$(< "/proc/$$/stat")
  read -r -a fields <<< "${stat##*) }"
  echo $(((fields[13] + fields[14]) * 100 / $(getconf CLK_TCK)))
}

in_minutes() { printf '%d.%d' $(($1 / 6000)) $(($1 % 6000 / 600)); }

say() { echo "$0: $*" >&2; }

refuse() {
  say "$*"
  exit 64
}

# run_part NAME [MINUTES CPU_MINUTES]: without a share it is timed and not judged.
run_part() {
  local name=$1 share=${2-} cpu_share=${3-} status wall cpu took
  if [ -n "$budget_news" ]; then echo "$budget_news"; fi
  echo "== $name"
  wall=$(wall_now)
  cpu=$(cpu_now)
  # Neither `||` nor `if`, for within them bash goes on after a command that fails.
  set +e
  (
    set -e
    "part_$name"
  )
  status=$?
  set -e
  wall=$(($(wall_now) - wall))
  cpu=$(($(cpu_now) - cpu))
  if [ -z "$share" ]; then
    took="took $(in_minutes $wall) minutes ($(in_minutes $cpu) of CPU time)"
  else
    took="took $(in_minutes $wall) of its $share minutes ($(in_minutes $cpu) of $cpu_share of CPU time)"
  fi
  budget_news="-- $name $took"
  if [ -n "$share" ] && {
    [ $wall -gt $((2 * share * 6000)) ] || { [ $wall -gt $((share * 6000)) ] && [ $cpu -gt $((cpu_share * 6000)) ]; }
  }; then
    budget_overruns+=("\"$name\" $took")
    say "\"$name\" $took"
  fi
  if [ $status -ne 0 ]; then exit $status; fi
}

# Reads the lines `NAME MINUTES CPU_MINUTES` of a file into `budget_names` and `budget_shares`, or refuses them.
read_budget() {
  local name share cpu_share more sum=0
  budget_names=()
  declare -gA budget_shares=()
  while read -r name share cpu_share more; do
    case $name in '' | '#'*) continue ;; esac
    if ! declare -F "part_$name" > /dev/null; then refuse "there is no part \"$name\""; fi
    if [ -n "${budget_shares[$name]-}" ]; then refuse "\"$name\" is listed twice"; fi
    if ! [[ "$share $cpu_share $more" =~ ^[1-9][0-9]?\ [1-9][0-9]?\ $ ]]; then
      refuse "\"$name\" needs its minutes and its minutes of CPU time, from 1 to 99"
    fi
    budget_names+=("$name")
    budget_shares[$name]="$share $cpu_share"
    sum=$((sum + share))
  done < "$1"
  if [ $sum -gt $budget_limit ]; then refuse "the parts come to $sum minutes, and $budget_limit are all there are"; fi
}

# Runs and judges the parts of a budget.
run_budget() {
  local name
  read_budget "$1"
  # The two numbers of a share are two words.
  # shellcheck disable=SC2086
  for name in "${budget_names[@]}"; do run_part "$name" ${budget_shares[$name]}; done
  if [ ${#budget_overruns[@]} -gt 0 ]; then
    say "what outgrew its share: $(printf '%s; ' "${budget_overruns[@]}")see .ci/budget"
    exit 1
  fi
}
