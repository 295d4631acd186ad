import RunbookChecker
import Testing

/// Runbooks as people write them, in which nothing is wrong.
struct WholeTests {
  @Test(arguments: [
    """
    # Relaunch the morning preparation, and stop the bleeding if it fails.
    account "000099"
    environment DEV

    param day: date = today

    let prepare = table-to-table "000099_iowa_liquor_prepare_pda"
    let load    = workflow "000099-iowa-liquor-load-pda"

    step "Relaunch the preparation" {
      launch prepare on day
      await run timeout 30m
    }

    if status == FAILED {
      disable prepare
      reset load
      fail "the preparation failed again: ${run.id}"
    }
    require status == SUCCESS else "the preparation ended ${status}"

    print "prepared in ${run.duration}"
    """,
    """
    launch table-to-table "000099_iowa_liquor_prepare_pda" in DEV of "000099"
    await run or fail
    """,
    """
    account "000099"
    environment DEV
    let prepare = table-to-table "000099_iowa_liquor_prepare_pda"
    let export  = table-to-storage "000099_iowa_liquor_export" in PROD
    let other   = table-to-table verbatim "000099_ctx_prepare" of "000099"
    let stores  = job "storage-to-storage|000099|000099-iowa-stores|DEV|stores-{{FD_DATE}}.csv"
    let bad     = run "20201230-112837-0a795c70-2557-4a60-ba16-788aa2bea179" of prepare
    check bad
    print "${status} ${export.name} ${other.id} ${stores.type}"
    """,
    """
    # A backfill that stops at the first failure.
    account "000099"
    environment PROD
    param from_day: date
    param to_day: date = yesterday
    let prepare = table-to-table "prepare"
    for day in from_day .. to_day {
      step "Prepare ${day}" {
        launch prepare on day
        await run timeout 2h or fail "stopped at ${day}"
      }
    }
    """,
    """
    # Stop the bleeding, wait until nothing runs, and undo it in order.
    account "000099"
    environment PROD
    let jobs = [table-to-table "a", table-to-table "b", table-to-storage "c"]
    disable jobs
    try {
      for job in jobs {
        let newest = last run of job
        if newest != none and newest.status == RUNNING {
          await newest timeout 1h or ignore
        }
      }
      manual "Repair the source"
    } finally {
      enable jobs
    }
    launch jobs
    """,
    """
    # The morning check: what has no success today?
    account "000099"
    environment PROD
    let jobs = [table-to-table "a", table-to-table "b"]
    let late = jobs where (last run of it started today with status SUCCESS) == none
    if late.count == 0 { stop "all is well" }
    print "late: ${late}"
    if not (confirm "Relaunch ${late.count}?") { fail "left as it is" }
    let runs = launch late on yesterday
    await runs timeout 1h
    if status != SUCCESS {
      for bad in runs where it.status == FAILED {
        mark bad as CHECKED
        print "${bad.operation.name} failed: ${bad.id}"
      }
      fail "not all is well"
    }
    """,
    """
    # Retries, kinds of errors, and a procedure that gives a status.
    account "000099"
    environment DEV
    let a = table-to-table "a"
    var failures = 0
    procedure relaunch(job, attempts = 3) {
      retry attempts times every 30s backoff 2 {
        launch job
        await run timeout 30m or fail "lost ${run.id}"
      }
      return status
    }
    try {
      let result = relaunch(a)
      if result == NO_MATCH { print "no file" }
    } catch timeout {
      failures = failures + 1
      if error.run != none { print "last seen ${error.run.status}" }
    } catch unconfirmed {
      print error.message
      fail "look at it by hand"
    } finally {
      print "${failures}"
    }
    parallel max 2 keep going {
      step "one" { relaunch(a) or ignore }
      step "two" { relaunch(a, attempts = 1) or fail }
    }
    """,
    """
    # Triage from an alert mail.
    param job_id
    param run_id
    account "000099"
    environment DEV
    let op = job "${job_id}"
    let r = run "${run_id}" of op
    check r
    if status == FAILED {
      print "failed after ${r.duration}, started ${r.started}"
      let again = launch op
      let outcome = await again timeout 30m every 10s
      require outcome == SUCCESS else "it failed again: ${again.id}"
      mark r as CHECKED
    }
    """,
    """
    # A late export with a deadline.
    account "000099"
    environment PROD
    let export = table-to-storage "export"
    let done_by = timestamp(today) + 6h
    let s = await next run of export since timestamp(today) timeout 3h
    if s != SUCCESS or run.started + 10m > done_by { fail "late: ${run.id}" }
    wait until (last run of export started today) != none every 1m timeout 2h
    for r in runs of table-to-storage with status FAILED started today limit 500 { print r.id }
    """,
  ])
  func nothingIsWrong(_ text: String) {
    #expect(checked(text).ids == [])
  }
}
