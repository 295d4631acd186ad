# What `.ci/run` and `.ci/full` do, one function a part. To be sourced by bash in the root of the repository.
export DEBIAN_FRONTEND=noninteractive SWIFT_BACKTRACE=enable=no

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

installed() { as_root apt-get install -y -qq --no-install-recommends "$@" > /dev/null; }

part_packages() {
  as_root apt-get update -qq
  installed libsqlite3-dev libreadline-dev openssl curl jq python3
}

part_format() { swift format lint --strict --configuration .swift-format --recursive Package.swift Sources Tests; }

# Warnings are errors: see Package.swift.
part_build() { swift build --build-tests; }

# The README's main command.
part_readme() { swift run --skip-build runbook rehearse runbooks/relaunch.runbook; }

# The README's test command, whose own closing lines are the last. What hangs ends with what it has said by then.
part_tests() { timeout 40m swift test --skip-build --no-parallel; }

# By hand only, for they take long, or need what is not to be had everywhere.

release=.build/release/runbook

# The programs that runbook is compared with.
part_peers() { installed python3-requests nghttp2-client ansible-core; }

# As the README installs it.
part_release() { swift build -c release --static-swift-stdlib --product runbook; }

# The suites that start the program start the release program.
part_release-tests() {
  RUNBOOK_PROGRAM=$release swift test --skip-build --no-parallel --filter '^(RunbookTests|RunbookPromptTests)\.'
}

# What the README says of lost replies: each fault, with how often `runbook` launches under it.
part_lost-reply() {
  local table told
  table=$(RUNBOOK=$release Tests/Peers/lost-reply.sh)
  echo "$table"
  told=$(sed -n '/^| the first launch request meets/,/^$/p' README.md)
  diff <(ours_of_each_fault <<< "$told") <(ours_of_each_fault <<< "$table")
}

# The first and the last column of a table.
ours_of_each_fault() { awk -F '|' 'NR > 2 && NF > 2 { print $2 "|" $(NF - 1) }'; }

# Fails where a goal is not met.
part_benchmarks() { Tests/Benchmarks/run; }
