import CivilTime
import Coordination
import GRDB
import RecordSupport
import RunbookRecord
import TailerAPI

@testable import RunbookJournal

/// What befalls one commit of a store.
enum RowFault: Hashable, CustomStringConvertible {
  /// The store takes no write.
  case refused
  /// The disk is full when the transaction is to be kept.
  case full
  /// The write of a row in the midst of the transaction fails; from 1.
  case half(Int)
  /// The process is gone before the commit, or behind it.
  case diedBefore, diedAfter

  var isDeath: Bool { self == .diedBefore || self == .diedAfter }

  var description: String {
    switch self {
    case .refused: "refused"
    case .full: "full disk"
    case .half(let row): "row \(row) fails"
    case .diedBefore: "died before"
    case .diedAfter: "died after"
    }
  }
}

/// A store in which one commit meets a fault.
final class FaultyRowStore<Base: RowStore>: RowStore {
  private struct State {
    var commits = 0
    var rows: [Int] = []
    var hasStruck = false
    var isDead = false
  }

  static var words: String { "the store is broken" }

  let base: Base
  private let fault: (commit: Int, kind: RowFault)?
  private let state = Guarded(State())

  /// - Parameter fault: What befalls the commit of that number, from 1; `nil` for a store that only counts.
  init(_ base: Base, fault: (commit: Int, kind: RowFault)? = nil) {
    self.base = base
    self.fault = fault
  }

  /// How many rows each commit has written.
  var writes: [Int] { state.withLock { $0.rows } }
  var hasStruck: Bool { state.withLock { $0.hasStruck } }
  var isDead: Bool { state.withLock { $0.isDead } }

  struct Broken: Error {}

  func read<T: Sendable>(_ body: @escaping @Sendable (any JournalRows) throws -> T) async throws -> T {
    if isDead { throw Broken() }
    return try await base.read(body)
  }

  nonisolated(nonsending) func commit<T: Sendable>(
    _ durability: Durability, ended: @escaping @Sendable ((any Error)?) -> Void,
    _ body: @escaping @Sendable (any JournalRows) throws -> T
  ) async throws -> T {
    do {
      return try await commit(durability, hearing: ended, body)
    } catch {
      ended(error)
      throw error
    }
  }

  private nonisolated(nonsending) func commit<T: Sendable>(
    _ durability: Durability, hearing ended: @escaping @Sendable ((any Error)?) -> Void,
    _ body: @escaping @Sendable (any JournalRows) throws -> T
  ) async throws -> T {
    let (number, strikes) = try state.withLock { state in
      if state.isDead { throw Broken() }
      state.commits += 1
      let strikes = fault?.commit == state.commits ? fault?.kind : nil
      if let strikes { (state.hasStruck, state.isDead) = (true, strikes.isDeath) }
      return (state.commits, strikes)
    }
    switch strikes {
    case .refused: throw DatabaseError(resultCode: .SQLITE_BUSY)
    case .diedBefore: throw Broken()
    default: break
    }
    let result = try await base.commit(durability, ended: ended) { [state] rows in
      let counted = CountedRows(rows, failingAt: strikes?.row)
      let result = try body(counted)
      if strikes == .full { throw DatabaseError(resultCode: .SQLITE_FULL) }
      state.withLock { state in
        state.rows += Array(repeating: 0, count: max(0, number - state.rows.count))
        state.rows[number - 1] = counted.writes
      }
      return result
    }
    if strikes == .diedAfter { throw Broken() }
    return result
  }

  func words(for error: any Error) -> String { error is Broken ? Self.words : "\(error)" }
  var isShared: Bool { base.isShared }
}

/// Rows in memory behind a gate: writes that come while it is closed wait until they are let through, one after the other.
final class GatedRowStore: RowStore {
  private struct State {
    var isClosed = false
    var waiting: [Promise<Void>] = []
    var watchers: [(count: Int, promise: Promise<Void>)] = []
  }

  private let base = MemoryRowStore()
  private let state = Guarded(State())

  func close() { state.withLock { $0.isClosed = true } }

  /// Lets the one through that has waited longest.
  func letThrough() {
    let first = state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
    first?.fulfill(())
  }

  /// Returns once so many writes wait.
  func untilWaiting(_ count: Int) async {
    let promise = Promise<Void>()
    let isSo = state.withLock { state in
      if state.waiting.count < count { state.watchers.append((count, promise)) }
      return state.waiting.count >= count
    }
    if !isSo { _ = await promise.value() }
  }

  func read<T: Sendable>(_ body: @escaping @Sendable (any JournalRows) throws -> T) async throws -> T {
    try await base.read(body)
  }

  nonisolated(nonsending) func commit<T: Sendable>(
    _ durability: Durability, ended: @escaping @Sendable ((any Error)?) -> Void,
    _ body: @escaping @Sendable (any JournalRows) throws -> T
  ) async throws -> T {
    let turn = Promise<Void>()
    let (waits, seen) = state.withLock { state in
      guard state.isClosed else { return (false, [Promise<Void>]()) }
      state.waiting.append(turn)
      let seen = state.watchers.filter { $0.count <= state.waiting.count }.map(\.promise)
      return (true, seen)
    }
    for watcher in seen { watcher.fulfill(()) }
    if waits { _ = await turn.value() }
    return try await base.commit(durability, ended: ended, body)
  }

  func words(for error: any Error) -> String { base.words(for: error) }
  var isShared: Bool { false }
}

extension RowFault {
  fileprivate var row: Int? { if case .half(let row) = self { row } else { nil } }
}

/// The rows of a transaction, of whose writes one fails.
private final class CountedRows: JournalRows {
  private let base: any JournalRows
  private let failing: Int?
  private(set) var writes = 0

  init(_ base: any JournalRows, failingAt failing: Int?) {
    self.base = base
    self.failing = failing
  }

  private func write<T>(_ body: () throws -> T) throws -> T {
    writes += 1
    if writes == failing { throw DatabaseError(resultCode: .SQLITE_IOERR) }
    return try body()
  }

  func execution(id: String) throws -> ExecutionState? { try base.execution(id: id) }
  func execution(number: Int64) throws -> ExecutionState? { try base.execution(number: number) }
  func executions(limit: Int) throws -> [ExecutionState] { try base.executions(limit: limit) }
  func unfinishedExecution(before number: Int64?) throws -> ExecutionState? {
    try base.unfinishedExecution(before: number)
  }
  func executions(startedBefore moment: Timestamp) throws -> [ExecutionState] {
    try base.executions(startedBefore: moment)
  }
  func addExecution(_ header: ExecutionHeader) throws -> Int64 { try write { try base.addExecution(header) } }
  func put(_ execution: ExecutionState) throws { try write { try base.put(execution) } }
  func deleteExecution(_ number: Int64) throws { try write { try base.deleteExecution(number) } }
  func lease(of execution: Int64) throws -> LeaseState? { try base.lease(of: execution) }
  func isHeld(_ lease: Lease) throws -> Bool { try base.isHeld(lease) }
  func put(_ lease: LeaseState, of execution: Int64) throws { try write { try base.put(lease, of: execution) } }
  func lives(of execution: Int64) throws -> [ProcessLife] { try base.lives(of: execution) }
  func put(_ life: ProcessLife, of execution: Int64) throws { try write { try base.put(life, of: execution) } }
  func effects(of execution: Int64) throws -> [RecordedEffect] { try base.effects(of: execution) }
  func effect(_ number: RecordNumber, of execution: Int64) throws -> RecordedEffect? {
    try base.effect(number, of: execution)
  }
  func put(_ effect: RecordedEffect, operation: Int64?, of execution: Int64) throws {
    try write { try base.put(effect, operation: operation, of: execution) }
  }
  func putOutcome(of effect: RecordedEffect, of execution: Int64) throws {
    try write { try base.putOutcome(of: effect, of: execution) }
  }
  func spans(of execution: Int64) throws -> [Span] { try base.spans(of: execution) }
  func put(_ span: Span, of execution: Int64) throws { try write { try base.put(span, of: execution) } }
  func answer(to question: RecordNumber, generation: Int, of execution: Int64) throws -> RecordedAnswer? {
    try base.answer(to: question, generation: generation, of: execution)
  }
  func answers(of execution: Int64) throws -> [RecordedAnswer] { try base.answers(of: execution) }
  func put(_ answer: RecordedAnswer, of execution: Int64) throws { try write { try base.put(answer, of: execution) } }
  func openLaunches(of operation: Int64) throws -> [OpenLaunch] { try base.openLaunches(of: operation) }
  func number(of operation: DataOperation) throws -> Int64? { try base.number(of: operation) }
  func register(_ operation: DataOperation) throws -> Int64 { try write { try base.register(operation) } }
  func operations() throws -> [DataOperation] { try base.operations() }
  func owner(of run: String, operation: Int64) throws -> RunOwnership? {
    try base.owner(of: run, operation: operation)
  }
  func put(_ owner: RunOwnership, of run: String, operation: Int64) throws {
    try write { try base.put(owner, of: run, operation: operation) }
  }
  func ownedRuns(of operation: Int64) throws -> Set<String> { try base.ownedRuns(of: operation) }
  func addTicket(operation: Int64, execution: Int64, fence: Int64, effect: RecordNumber) throws -> Int64 {
    try write { try base.addTicket(operation: operation, execution: execution, fence: fence, effect: effect) }
  }
  func tickets(of operation: Int64) throws -> [LaunchTicket] { try base.tickets(of: operation) }
  func deleteTicket(_ number: Int64) throws { try write { try base.deleteTicket(number) } }
  func deleteTickets(of execution: Int64) throws { try write { try base.deleteTickets(of: execution) } }
}
