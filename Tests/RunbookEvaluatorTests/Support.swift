import CivilTime
import RehearsalSupport
import RunbookDiagnostics
import RunbookEvaluator
import RunbookRecord
import TailerAPI
import TailerSimulator

/// What the runbooks of these tests begin with.
let preamble = """
  account "000099"
  environment DEV
  let prepare = table-to-table "p"
  let export = table-to-storage "e"
  let chain = workflow "w"

  """

/// The platform that `preamble` speaks of, with what else a test says of it.
func platform(prepare: String = "runs: SUCCESS after 2m", export: String = "runs: SUCCESS after 1m", more: String = "")
  -> String
{
  """
  now: 2020-12-30T11:28:00Z
  account: "000099"
  environment: DEV
  operations:
    prepare: { table-to-table: p, \(prepare) }
    export: { table-to-storage: e, \(export) }
    report: { table-to-table: r }
  workflows:
    chain: { id: w, jobs: [prepare, export], target: report }
  \(more)
  """
}

/// Runs a text behind the preamble.
func rehearse(_ text: String, on scenario: String = platform()) throws -> Rehearsal.Outcome {
  try Rehearsal(preamble + text, scenario: scenario).run()
}

/// What an expression comes to, as text.
func value(of expression: String) throws -> String {
  let outcome = try rehearse("print text(\(expression))")
  return outcome.printed.first ?? outcome.failure?.id ?? "nothing"
}

extension Rehearsal.Outcome {
  /// The words of all warnings and further failures that were told.
  var told: [String] {
    events.compactMap {
      switch $0.kind {
      case .warning(let diagnostic), .alsoFailed(let diagnostic): diagnostic.id
      default: nil
      }
    }
  }
}
