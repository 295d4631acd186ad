import CivilTime
import GRDB
import RunbookEvaluator
import TailerAPI

/// The record of one execution in the file, held under its lease.
///
/// What the record says is kept in memory, so that only writes touch the file. Every write begins by making sure that the
/// lease is still this process's. Writes of effects that go on together share a transaction (`CommitLine`); each is
/// remembered once it is in the file.
actor SQLiteJournal: HeldJournal {
  /// What it shares with the other executions of its store.
  struct Surroundings: Sendable {
    let file: JournalFile
    let rules: LeaseRules
    let timing: JournalTiming
    let signals: LaunchSignals

    var clock: any WallClock { rules.clock }
  }

  nonisolated let executionID: String
  nonisolated let earlierCost: ExecutionCost?
  let surroundings: Surroundings
  let lease: Lease
  private let initial: [Line]
  private var lines: [String: Line]
  /// `nil` once it stands in the file.
  private var reopening: Reopening?
  private var nextSequence: Int64
  private var isOver = false
  private var hasEnded = false
  private var renewedAt: Timestamp
  private var operationNumbers: [DataOperation: Int64] = [:]
  /// The tickets in the queues of those who launch, by the effect's path.
  var tickets: [String: LaunchTicket] = [:]
  /// Tickets given back whose rows could not be deleted yet.
  var returnedTickets: Set<Int64> = []

  init(
    executionID: String, earlierCost: ExecutionCost? = nil, lease: Lease, initial: [Line],
    reopening: Reopening? = nil, nextSequence: Int64,
    renewedAt: Timestamp, surroundings: Surroundings
  ) {
    self.executionID = executionID
    self.earlierCost = earlierCost
    self.lease = lease
    self.initial = initial
    self.reopening = reopening
    lines = Dictionary(initial.map { ($0.key.path, $0) }, uniquingKeysWith: { _, last in last })
    self.nextSequence = nextSequence
    self.renewedAt = renewedAt
    self.surroundings = surroundings
  }

  // MARK: Reading

  func record(of key: EffectKey) -> EffectRecord? { lines[key.path]?.record }

  func initialRecords() -> [(key: EffectKey, record: EffectRecord)] { initial.map { ($0.key, $0.record) } }

  // MARK: Writing

  /// One write under the lease, which is renewed with it when that is due.
  func write<T: Sendable>(
    _ durability: JournalFile.Durability, _ body: @escaping @Sendable (Database) throws -> T
  ) async throws(JournalError) -> T {
    guard !hasEnded else { throw .unavailable("the execution \(executionID) has ended") }
    let now = surroundings.clock.now
    let before = renewedAt
    let isRenewalDue = now < before || now.since(before) >= surroundings.timing.renewal
    if isRenewalDue { renewedAt = now }
    let returned = returnedTickets
    do {
      let result = try await surroundings.file.commit(durability) { [lease] db in
        try lease.require(db)
        for ticket in returned { try LaunchTicket.delete(ticket, db) }
        if isRenewalDue { try lease.renew(at: now, db) }
        return try body(db)
      }
      returnedTickets.subtract(returned)
      return result
    } catch {
      if isRenewalDue { renewedAt = before }
      throw JournalError(error, in: surroundings.file)
    }
  }

  /// A write of something that was done, or is about to be.
  private func recording<T: Sendable>(
    _ durability: JournalFile.Durability, _ body: @escaping @Sendable (Database) throws -> T
  ) async throws(JournalError) -> T {
    let result = try await write(durability) { [reopening] db in
      try reopening?.apply(db)
      return try body(db)
    }
    reopening = nil
    return result
  }

  func intend(_ intent: EffectIntent, at key: EffectKey) async throws(JournalError) {
    try await put([line(intent, nil, at: key)], .durable)
  }

  func intend(_ effects: [(intent: EffectIntent, key: EffectKey)]) async throws(JournalError) {
    for part in effects.parts(of: CommitLine.limit) {
      try await put(part.map { line($0.intent, nil, at: $0.key) }, .durable)
    }
  }

  func finish(
    _ intent: EffectIntent, _ outcome: EffectOutcome, at key: EffectKey, isLight: Bool
  ) async throws(JournalError) {
    try await put([line(lines[key.path]?.intent ?? intent, outcome, at: key)], isLight ? .visible : .durable)
  }

  func finish(_ effects: [FinishedEffect]) async throws(JournalError) {
    for part in effects.parts(of: CommitLine.limit) {
      try await put(part.map { line(lines[$0.key.path]?.intent ?? $0.intent, $0.outcome, at: $0.key) }, .durable)
    }
  }

  private func line(_ intent: EffectIntent, _ outcome: EffectOutcome?, at key: EffectKey) -> Line {
    Line(sequence: sequence(of: key), key: key, intent: intent, outcome: outcome)
  }

  /// Writes lines in one transaction. A finished launch owns its run from the same moment on.
  private func put(_ lines: [Line], _ durability: JournalFile.Durability) async throws(JournalError) {
    let now = surroundings.clock.now
    let operations = lines.map { number(of: $0.intent.operation) }
    let known = try await recording(durability) { [lease] db in
      try zip(lines, operations).map { line, operation in
        try EffectRow.put(
          line, of: lease.execution, intendedAt: now, finishedAt: line.outcome == nil ? nil : now, db)
        let number = try operation.find(db)
        if case .launch = line.intent, case .run(let run, _)? = line.outcome, let number {
          _ = try OwnedRunRow.own(run, of: number, for: line.key, by: lease.execution, db)
        }
        return number
      }
    }
    for (line, operation) in zip(lines, known) { remember(line, operation) }
  }

  /// The run is adopted with the claim: a process that dies behind it has the launch's outcome on record, and does not
  /// look for a run that is its own already.
  func claim(_ run: Run, for key: EffectKey) async throws(JournalError) -> Bool {
    let now = surroundings.clock.now
    var adopted = lines[key.path]
    if case .launch? = adopted?.intent, adopted?.outcome == nil {
      adopted?.outcome = .run(run, adopted: true)
    } else {
      adopted = nil
    }
    let line = adopted
    let operation = number(of: run.operation)
    let isOwn = try await recording(.durable) { [lease] db in
      guard let number = try operation.find(db), try OwnedRunRow.own(run, of: number, for: key, by: lease.execution, db)
      else {
        return false
      }
      if let line { try EffectRow.put(line, of: lease.execution, intendedAt: now, finishedAt: now, db) }
      return true
    }
    if isOwn, let line { remember(line, nil) }
    return isOwn
  }

  func owner(of run: Run) throws(JournalError) -> RunOwner? {
    do {
      return try surroundings.file.read { db in
        try OwnedRunRow.owner(of: run, db)
      }
    } catch {
      throw JournalError(error, in: surroundings.file)
    }
  }

  func ownedRuns(of operation: DataOperation) throws(JournalError) -> Set<String> {
    do {
      return try surroundings.file.read { db in
        try OwnedRunRow.runs(of: operation, db)
      }
    } catch {
      throw JournalError(error, in: surroundings.file)
    }
  }

  func openLaunches(of operation: DataOperation, besides key: EffectKey) throws(JournalError) -> [Timestamp] {
    let own = lease.execution
    do {
      return try surroundings.file.read { db in
        try EffectRow.openLaunches(of: operation, besides: key, of: own, db)
      }
    } catch {
      throw JournalError(error, in: surroundings.file)
    }
  }

  func endForGood() async throws(JournalError) {
    let now = surroundings.clock.now
    try await recording(.durable) { [lease] db in
      try db.execute(
        sql: "UPDATE executions SET over_at = coalesce(over_at, ?) WHERE number = ?",
        arguments: [now.microsecondsSinceEpoch, lease.execution])
    }
    isOver = true
  }

  func end(_ given: ExecutionEnd) async throws(JournalError) {
    var resulting = given
    if isOver { resulting.isResumable = false }
    let end = resulting
    try await recording(.durable) { [lease] db in
      try ExecutionRow.put(end, of: lease.execution, db)
      try lease.release(db)
    }
    leave()
  }

  func accept(
    _ header: ExecutionHeader, rewording keys: [EffectKey], settingAside paths: [String]
  ) async throws(JournalError) {
    let reworded = keys.compactMap { key in lines[key.path].map { $0.under(key) } }
    let aside = paths.compactMap { path in lines[path].map { $0.under($0.key.setAside($0.sequence)) } }
    try await recording(.durable) { [lease] db in
      try db.execute(
        sql: "UPDATE executions SET header = ? WHERE number = ?",
        arguments: [try Columns.json(header), lease.execution])
      let statement = try db.cachedStatement(
        sql: "UPDATE effects SET path = ?, text_hash = ? WHERE execution = ? AND sequence = ?")
      for line in reworded + aside {
        try statement.execute(arguments: [
          line.key.path.column, line.key.textHash.column, lease.execution, line.sequence,
        ])
      }
    }
    for path in paths { lines[path] = nil }
    for line in reworded + aside { remember(line, nil) }
  }

  func giveBack() async throws(JournalError) {
    try await write(.durable) { [lease] db in try lease.release(db) }
    leave()
  }

  private func leave() {
    hasEnded = true
    for ticket in tickets.values { surroundings.signals.gaveBack(ticket.number, of: ticket.operation) }
    tickets = [:]
  }

  func keepLease() async {
    while !hasEnded {
      do {
        try await surroundings.clock.sleep(for: surroundings.timing.renewal)
      } catch {
        return
      }
      guard !hasEnded else { return }
      do {
        try await write(.visible) { _ in }
      } catch .leaseLost {
        return
      } catch {
        continue
      }
    }
  }

  // MARK: Rows

  /// The effect's place in the order, which a new one gets as soon as it is asked for.
  private func sequence(of key: EffectKey) -> Int64 {
    if let known = lines[key.path] { return known.sequence }
    defer { nextSequence += 1 }
    return nextSequence
  }

  private func remember(_ line: Line, _ operation: Int64?) {
    lines[line.key.path] = line
    if let operation, let named = line.intent.operation { operationNumbers[named] = operation }
  }

  func number(of operation: DataOperation?) -> OperationNumber {
    OperationNumber(operation: operation, known: operation.flatMap { operationNumbers[$0] })
  }
}
