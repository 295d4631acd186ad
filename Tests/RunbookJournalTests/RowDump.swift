import RecordSupport
import RunbookRecord
import TailerAPI

@testable import RunbookJournal

/// All rows of a store as a value, by whatever store they are kept.
struct RowDump: Hashable {
  struct OfExecution: Hashable {
    let state: ExecutionState
    let lease: LeaseState?
    let lives: [ProcessLife]
    let effects: [RecordedEffect]
    let spans: [Span]
    let answers: [RecordedAnswer]
  }

  struct OfOperation: Hashable {
    let operation: DataOperation
    let owners: [String: RunOwnership]
    let openLaunches: [OpenLaunch]
    let tickets: [LaunchTicket]
  }

  let executions: [OfExecution]
  let operations: [OfOperation]

  init(_ rows: any JournalRows) throws {
    executions = try rows.executions(limit: .max).map { state in
      OfExecution(
        state: state, lease: try rows.lease(of: state.number), lives: try rows.lives(of: state.number),
        effects: try rows.effects(of: state.number), spans: try rows.spans(of: state.number),
        answers: try rows.answers(of: state.number))
    }
    operations = try rows.operations().map { operation in
      let number = try rows.number(of: operation) ?? 0
      let owners = try rows.ownedRuns(of: number).map { ($0, try rows.owner(of: $0, operation: number)) }
      return OfOperation(
        operation: operation,
        owners: Dictionary(uniqueKeysWithValues: owners.compactMap { run, owner in owner.map { (run, $0) } }),
        openLaunches: try rows.openLaunches(of: number), tickets: try rows.tickets(of: number))
    }
  }

  static func of(_ store: any RowStore) async throws -> RowDump { try await store.read { try RowDump($0) } }
}
