"""A long runbook, valid and without a warning, that holds what real ones do: operations, procedures with loops and
branches, calls of them, launches and awaits."""

HEAD = """\
account "000099"
environment DEV
"""

PART = """\

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


def text(lines):
    """About so many lines, the same ones every time."""
    return HEAD + "".join(PART.format(n=number) for number in range(max(1, lines // PART.count("\n"))))
