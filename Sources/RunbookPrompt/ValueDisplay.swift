import CivilTime
import RunbookEvaluator
import RunbookRecord
import RunbookSyntax
import RunbookTerminal
import TailerAPI
import VisibleText

/// A value as the prompt shows it, with its line ends: lists of runs and operations as tables.
struct ValueDisplay {
  let now: Timestamp
  let width: Int

  func text(of value: Value) -> ScreenText {
    switch value {
    case .text(let text): ScreenText(lines: text) + "\n"
    case .run(let run): table(of: [run.latest])
    case .operation(let operation): "\(operation)\n"
    case .error(let error): "\(error.kind.rawValue): \(ScreenText(lines: error.message))\n"
    case .list(let values): list(values)
    default: "\(value.text)\n"
    }
  }

  private func list(_ values: [Value]) -> ScreenText {
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
    return ScreenText(lines: Value.list(values).text) + "\n"
  }

  /// A row for each run; where the rows are wider than the terminal the ids go to lines of their own, and nothing is cut.
  func table(of runs: [Run]) -> ScreenText {
    let columns = ["STATUS", "STARTED (UTC)", "TOOK", "OPERATION"]
    var whole = Table(columns: columns + ["RUN"])
    for run in runs { whole.add(cells(of: run) + [run.id]) }
    let text = whole.text(width: nil)
    let widest = text.lines.map(\.text.columns).max() ?? 0
    guard widest > width else { return text }
    var narrow = Table(columns: columns)
    for run in runs { narrow.add(cells(of: run)) }
    let rows = narrow.text(width: nil).lines
    let told = zip(rows.dropFirst(), runs).map { row, run -> ScreenText in "\(row)\n  \(run.id)\n" }
    return "\(rows.first ?? "")\n\(told.joined())"
  }

  private func cells(of run: Run) -> [String] {
    [
      run.status?.name ?? "not shown yet", run.started?.columnMoment ?? "",
      run.duration(at: now).map { $0.rounded.description } ?? "", run.operation.name,
    ]
  }
}
