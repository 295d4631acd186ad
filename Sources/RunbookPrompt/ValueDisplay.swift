import CivilTime
import RunbookEvaluator
import RunbookRecord
import RunbookSyntax
import RunbookTerminal
import TailerAPI

/// A value as the prompt shows it, with its line ends: lists of runs and operations as tables.
struct ValueDisplay {
  let now: Timestamp
  let width: Int

  func text(of value: Value) -> String {
    switch value {
    case .text(let text): text.harmless + "\n"
    case .run(let run): table(of: [run.latest])
    case .operation(let operation): operation.description.printable + "\n"
    case .error(let error): "\(error.kind.rawValue): \(error.message.harmless)\n"
    case .list(let values): list(values)
    default: value.text.printable + "\n"
    }
  }

  private func list(_ values: [Value]) -> String {
    guard !values.isEmpty else { return "(an empty list)\n" }
    let runs = values.compactMap { if case .run(let run) = $0 { run.latest } else { nil } }
    if runs.count == values.count { return table(of: runs) + "(\(runs.count) \(runs.count == 1 ? "run" : "runs"))\n" }
    let operations = values.compactMap { if case .operation(let operation) = $0 { operation } else { nil } }
    if operations.count == values.count {
      var table = Table(columns: ["TYPE", "ID", "ENVIRONMENT", "ACCOUNT"])
      for operation in operations {
        table.add([operation.type.rawValue, operation.name, operation.environment, operation.account])
      }
      return table.text(width: nil)
    }
    return Value.list(values).text.harmless + "\n"
  }

  /// A row for each run; where the rows are wider than the terminal the ids go to lines of their own, and nothing is cut.
  func table(of runs: [Run]) -> String {
    let columns = ["STATUS", "STARTED", "TOOK", "OPERATION"]
    var whole = Table(columns: columns + ["RUN"])
    for run in runs { whole.add(cells(of: run) + [run.id]) }
    let text = whole.text(width: nil)
    let widest = text.split(separator: "\n").map { String($0).columns }.max() ?? 0
    guard widest > width else { return text }
    var narrow = Table(columns: columns)
    for run in runs { narrow.add(cells(of: run)) }
    let rows = narrow.text(width: nil).split(separator: "\n").map(String.init)
    return (rows.first ?? "") + "\n"
      + zip(rows.dropFirst(), runs).map { row, run in "\(row)\n  \(run.id.printable)\n" }.joined()
  }

  private func cells(of run: Run) -> [String] {
    [
      run.status?.name ?? "not shown yet", run.started?.plainMoment ?? "",
      run.duration(at: now).map { $0.rounded.description } ?? "", run.operation.name,
    ]
  }
}

extension String {
  /// Without what could move the cursor; newlines and tabs stay.
  var harmless: String {
    split(separator: "\n", omittingEmptySubsequences: false)
      .map {
        $0.split(separator: "\t", omittingEmptySubsequences: false).map { String($0).printable }.joined(separator: "\t")
      }
      .joined(separator: "\n")
  }
}
