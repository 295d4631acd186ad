#!/usr/bin/env python3
"""Writes one long runbook and an equivalent Lua script, to compare what checking and compiling them cost.

    Tests/Benchmarks/generate-long-runbook.py DIRECTORY [LINES]

makes DIRECTORY/long.runbook and DIRECTORY/long.lua, of about LINES lines each (100,000 unless said otherwise, 2.9 MB),
the same ones every time. Then beside each other, for example:

    runbook check DIRECTORY/long.runbook
    luac5.4 -p DIRECTORY/long.lua

The runbook is valid and without a warning. It holds what real ones do: operations, procedures with loops and branches,
calls of them, launches and awaits. The Lua script says the same line by line, with functions for the verbs.
"""

import os
import sys

HEAD_RUNBOOK = """\
account "000099"
environment DEV
"""

HEAD_LUA = """\
account = "000099"
environment = "DEV"
"""

PART_RUNBOOK = """\

# Pipeline {n}: what is loaded in the night, and what depends on it.
let prepare_{n} = table-to-table "000099_sales_prepare_{n}_pda"
let export_{n} = table-to-storage "000099_sales_export_{n}"

procedure relaunch_{n}(day, attempts = 3) {{
  var failures = 0
  retry attempts times every 30s backoff 2 {{
    launch prepare_{n} on day
    await run timeout 30m every 1m
    if status == FAILED {{
      failures = failures + 1
      fail "failed ${{failures}} times: ${{run.id}}"
    }} else if status != SUCCESS {{
      print "ended as ${{status}}"
    }}
  }}
  for round in 1 .. 3 {{
    if round * 2 > failures and round < attempts {{
      print "round ${{round}} of ${{attempts}}"
    }}
  }}
  let good = last run of prepare_{n} with status SUCCESS
  if good != none {{
    print "${{good.id}} took ${{good.duration}}"
  }}
  return failures
}}

step "Pipeline {n}" {{
  let failures_{n} = relaunch_{n}(today - 1d, attempts = 2)
  require failures_{n} < 3 else "too many failures"
  launch export_{n}
  await run timeout 1h
  if status == FAILED {{
    disable [prepare_{n}, export_{n}]
    fail "export {n} failed: ${{run.id}}"
  }}
  require status == SUCCESS else "ended as ${{status}}"
}}
"""

PART_LUA = """\

-- Pipeline {n}: what is loaded in the night, and what depends on it.
prepare_{n} = table_to_table("000099_sales_prepare_{n}_pda")
export_{n} = table_to_storage("000099_sales_export_{n}")

function relaunch_{n}(day, attempts)
  local failures = 0
  retry(attempts, 30 * s, 2, function()
    launch(prepare_{n}, day)
    await(run, 30 * m, 1 * m)
    if status == FAILED then
      failures = failures + 1
      fail("failed " .. failures .. " times: " .. run.id)
    elseif status ~= SUCCESS then
      print("ended as " .. status)
    end
  end)
  for round = 1, 3 do
    if round * 2 > failures and round < attempts then
      print("round " .. round .. " of " .. attempts)
    end
  end
  local good = last_run(prepare_{n}, SUCCESS)
  if good ~= nil then
    print(good.id .. " took " .. good.duration)
  end
  return failures
end

step("Pipeline {n}", function()
  local failures_{n} = relaunch_{n}(today - 1 * d, 2)
  require(failures_{n} < 3, "too many failures")
  launch(export_{n})
  await(run, 1 * h)
  if status == FAILED then
    disable({{ prepare_{n}, export_{n} }})
    fail("export {n} failed: " .. run.id)
  end
  require(status == SUCCESS, "ended as " .. status)
end)
"""


def write(path, head, part, parts):
    with open(path, "w", encoding="utf-8") as file:
        file.write(head)
        for number in range(parts):
            file.write(part.format(n=number))


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    directory = sys.argv[1]
    lines = int(sys.argv[2]) if len(sys.argv) == 3 else 100_000
    parts = max(1, lines // PART_RUNBOOK.count("\n"))
    os.makedirs(directory, exist_ok=True)
    write(os.path.join(directory, "long.runbook"), HEAD_RUNBOOK, PART_RUNBOOK, parts)
    write(os.path.join(directory, "long.lua"), HEAD_LUA, PART_LUA, parts)


if __name__ == "__main__":
    main()
