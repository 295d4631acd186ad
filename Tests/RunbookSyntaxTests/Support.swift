import RunbookDiagnostics
import RunbookSyntax
import Testing
import VisibleText

func parsed(_ text: String) -> ParseResult { parse(SourceText(id: SourceID(0), name: "test", text: text)) }
func parsed(_ bytes: [UInt8]) -> ParseResult { parse(SourceText(id: SourceID(0), name: "test", bytes: bytes)) }

/// The tree of a text without mistakes, a statement a line.
func tree(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) -> String {
  let result = parsed(text)
  for diagnostic in result.diagnostics {
    Issue.record(
      "\(DiagnosticRenderer(sources: SourceMap([result.program.source])).render(diagnostic).text)",
      sourceLocation: sourceLocation)
  }
  return dump(result.program)
}

/// The tree of one expression.
func value(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) -> String {
  let whole = tree("let x = \(text)", sourceLocation: sourceLocation)
  return String(whole.dropFirst("(let x ".count).dropLast())
}

/// The ids of what is wrong with a text, in order.
func mistakes(_ text: String) -> [String] { parsed(text).diagnostics.map(\.id) }

/// What the words under the first mistake are.
func marked(_ text: String) -> String? {
  let result = parsed(text)
  return result.diagnostics.first.map { result.program.source.text($0.primary.range) }
}

/// A runbook with every construct in it.
let everything = """
  #!/usr/bin/env -S runbook run
  account "000099"
  environment DEV
  param day: date = yesterday "The day to prepare"
  param ticket from env "TICKET"
  include "common.runbook"
  let prepare = table-to-table "000099_prepare_pda"   # DEV
  var other = table-to-storage verbatim 'x' in PROD of "000099"
  let stores = job "storage-to-storage|000099|a|DEV|stores-{{FD_DATE}}.csv" in "${target}"
  let bad = run "20201230-112837-x" of prepare
  procedure relaunch(job, attempts = 3) {
    retry attempts times every 30s backoff 2 {
      launch job on day
      await run timeout 30m every 1m
      or fail "lost: ${run.id}"
    }
    return status
  }
  step "Relaunch ${day}" { other = relaunch(prepare, attempts = 2) or ignore }
  if status == FAILED and not (run.duration > 20m) { disable [prepare, stores] }
  else if count >= 1.5 { reset load } else { enable prepare; archive other }
  for r in last 3 runs of prepare started today with status FAILED { mark r as CHECKED }
  for day in 2020-12-01 .. 2020-12-31 { continue }
  parallel for job in jobs max 4 keep going { check run }
  parallel max 2 { step "A" { break }; step "B" { } }
  await next run of prepare since 2020-12-30T11:28:43Z - 10m timeout 1h
  let failed-runs = runs of table-to-table in PROD of "000099" with status FAILED started today limit 50 where
    it.duration > 2 * 30s
  wait 10s; wait until last run of prepare != none every 1m timeout 2h
  try { launch prepare } catch timeout { print error.message } catch { } finally { enable prepare }
  require -list[0].id contains "x" else "no"
  print \"""
      Dear ${who},
        it is done.
    \"""
  if confirm "sure?" { manual "Look at it" }
  confirm "Disable?"
  stop "nothing to do"
  fail
  """
