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
  /// An effect as it stands in the file.
  struct Line: Sendable {
    let sequence: Int64
    let key: EffectKey
    var intent: EffectIntent
    var outcome: EffectOutcome?

    func under(_ key: EffectKey) -> Line {
      Line(sequence: sequence, key: key, intent: intent, outcome: outcome)
    }

    var record: EffectRecord { EffectRecord(intent: intent, outcome: outcome, textHash: key.textHash) }
  }

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
    let now = surroundings.clock.now
    let line = Line(sequence: sequence(of: key), key: key, intent: intent, outcome: nil)
    let operation = number(of: intent.operation)
    let known = try await recording(.durable) { [lease] db in
      try Self.put(line, of: lease.execution, intendedAt: now, finishedAt: nil, db)
      return try operation.find(db)
    }
    remember(line, known)
  }

  /// A finished launch owns its run from the same moment on.
  func finish(
    _ intent: EffectIntent, _ outcome: EffectOutcome, at key: EffectKey, isLight: Bool
  ) async throws(JournalError) {
    let now = surroundings.clock.now
    let line = Line(
      sequence: sequence(of: key), key: key, intent: lines[key.path]?.intent ?? intent, outcome: outcome)
    let operation = number(of: line.intent.operation)
    let known = try await recording(isLight ? .visible : .durable) { [lease] db in
      try Self.put(line, of: lease.execution, intendedAt: now, finishedAt: now, db)
      let number = try operation.find(db)
      if case .launch = line.intent, case .run(let run, _) = outcome, let number {
        _ = try Self.own(run, of: number, for: key, by: lease.execution, db)
      }
      return number
    }
    remember(line, known)
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
      guard let number = try operation.find(db), try Self.own(run, of: number, for: key, by: lease.execution, db) else {
        return false
      }
      if let line { try Self.put(line, of: lease.execution, intendedAt: now, finishedAt: now, db) }
      return true
    }
    if isOwn, let line { remember(line, nil) }
    return isOwn
  }

  func owner(of run: Run) throws(JournalError) -> RunOwner? {
    do {
      return try surroundings.file.read { db in
        let row = try Row.fetchOne(
          db,
          sql: """
            SELECT executions.id, owned_runs.path FROM owned_runs
            JOIN operations ON operations.number = owned_runs.operation
            LEFT JOIN executions ON executions.number = owned_runs.execution
            WHERE account = ? AND environment = ? AND type = ? AND configuration = ? AND run = ?
            """,
          arguments: [
            run.operation.account.column, run.operation.environment.column, run.operation.type.rawValue,
            run.operation.id.column, run.id.column,
          ])
        return try row.map {
          RunOwner(
            executionID: try $0.decode(String?.self, forColumn: "id"),
            path: try $0.decode(String.self, forColumn: "path"))
        }
      }
    } catch {
      throw JournalError(error, in: surroundings.file)
    }
  }

  func ownedRuns(of operation: DataOperation) throws(JournalError) -> Set<String> {
    do {
      return try surroundings.file.read { db in
        guard let number = try OperationRow.number(of: operation, db) else { return [] }
        return try Set(
          String.fetchAll(db, sql: "SELECT run FROM owned_runs WHERE operation = ?", arguments: [number]))
      }
    } catch {
      throw JournalError(error, in: surroundings.file)
    }
  }

  /// A rare question, asked only while a launch's outcome is not known; it goes through all that is open.
  func openLaunches(of operation: DataOperation, besides key: EffectKey) throws(JournalError) -> [Timestamp] {
    let own = lease.execution
    do {
      return try surroundings.file.read { db in
        let rows = try Row.fetchCursor(
          db,
          sql: """
            SELECT * FROM effects WHERE intent LIKE '{"launch"%' AND (outcome IS NULL OR outcome LIKE '{"failed"%')
            """)
        var moments: [Timestamp] = []
        while let row = try rows.next() {
          let entry = try JournalEntry(row)
          guard case .launch(operation, _, _, let moment) = entry.intent,
            EffectRecord(intent: entry.intent, outcome: entry.outcome, textHash: entry.key.textHash).isOpen,
            !(row["execution"] == own && entry.key.path == key.path)
          else { continue }
          moments.append(moment)
        }
        return moments
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
      try db.execute(
        sql: "UPDATE executions SET ended_at = ?, ending = ?, is_resumable = ? WHERE number = ?",
        arguments: [end.at.microsecondsSinceEpoch, try Columns.json(end), end.isResumable, lease.execution])
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

  private static func put(
    _ line: Line, of execution: Int64, intendedAt: Timestamp, finishedAt: Timestamp?, _ db: Database
  ) throws {
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO effects (execution, sequence, path, text_hash, intent, intended_at, outcome, finished_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (execution, sequence) DO UPDATE
        SET text_hash = excluded.text_hash, intent = excluded.intent, outcome = excluded.outcome,
          finished_at = excluded.finished_at,
          intended_at = CASE WHEN excluded.outcome IS NULL THEN excluded.intended_at ELSE intended_at END
        """)
    try statement.execute(arguments: [
      execution, line.sequence, line.key.path.column, line.key.textHash.column, try Columns.json(line.intent),
      intendedAt.microsecondsSinceEpoch, try line.outcome.map { try Columns.json($0) },
      finishedAt?.microsecondsSinceEpoch,
    ])
  }

  /// An operation's number in the file, known or to be found within a write.
  struct OperationNumber: Sendable {
    let operation: DataOperation?
    let known: Int64?

    func find(_ db: Database) throws -> Int64? {
      if let known { return known }
      return try operation.flatMap { try OperationRow.register($0, db) }
    }
  }

  func number(of operation: DataOperation?) -> OperationNumber {
    OperationNumber(operation: operation, known: operation.flatMap { operationNumbers[$0] })
  }

  /// Makes the run the effect's own where nobody owns it; whether it is the effect's own now.
  private static func own(
    _ run: Run, of operation: Int64, for key: EffectKey, by execution: Int64, _ db: Database
  ) throws -> Bool {
    try db.cachedStatement(
      sql: "INSERT OR IGNORE INTO owned_runs (operation, run, execution, path) VALUES (?, ?, ?, ?)"
    )
    .execute(arguments: [operation, run.id.column, execution, key.path.column])
    let owner = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT execution, path FROM owned_runs WHERE operation = ? AND run = ?"),
      arguments: [operation, run.id.column])
    guard let owner else { return false }
    return try owner.decode(Int64.self, forColumn: "execution") == execution
      && owner.decode(String.self, forColumn: "path") == key.path.column
  }
}

/// The table of the operations that launches, waits and changes have named.
enum OperationRow {
  static func number(of operation: DataOperation, _ db: Database) throws -> Int64? {
    try Int64.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT number FROM operations
          WHERE account = ? AND environment = ? AND type = ? AND configuration = ?
          """),
      arguments: [
        operation.account.column, operation.environment.column, operation.type.rawValue, operation.id.column,
      ])
  }

  static func register(_ operation: DataOperation, _ db: Database) throws -> Int64? {
    if let known = try number(of: operation, db) { return known }
    try db.cachedStatement(
      sql: "INSERT INTO operations (account, environment, type, configuration, name) VALUES (?, ?, ?, ?, ?)"
    ).execute(arguments: [
      operation.account.column, operation.environment.column, operation.type.rawValue, operation.id.column,
      operation.name.column,
    ])
    return db.lastInsertedRowID
  }
}
