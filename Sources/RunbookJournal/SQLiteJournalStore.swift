public import CivilTime
import GRDB
public import RunbookEvaluator
public import TailerAPI

/// How long the journal waits for what.
public struct JournalTiming: Hashable, Sendable {
  /// How long another process may keep the file locked.
  public var busy: TimeSpan
  /// How often a process that waits for another one's launch looks again.
  public var polling: TimeSpan
  /// How often a lease is renewed.
  public var renewal: TimeSpan
  /// How long after its last renewal a lease of a process out of sight still stands.
  public var leaseLifetime: TimeSpan

  public init(
    busy: TimeSpan = .seconds(5), polling: TimeSpan = .milliseconds(200), renewal: TimeSpan = .seconds(20),
    leaseLifetime: TimeSpan = .minutes(2)
  ) {
    self.busy = busy
    self.polling = polling
    self.renewal = renewal
    self.leaseLifetime = leaseLifetime
  }
}

/// Executions in one SQLite file, `journal.sqlite` under the state directory, for all the processes of one user on one
/// machine.
///
/// It has no network access and is given no token: what it writes is what the evaluator hands to it.
public final class SQLiteJournalStore: JournalStore {
  let file: JournalFile
  private let surroundings: SQLiteJournal.Surroundings
  private var rules: LeaseRules { surroundings.rules }

  /// Opens the file, creating it and its directory where they are missing, and brings its tables up to date. Blocks while
  /// another process does the same.
  ///
  /// - Throws: `.unavailable` where it cannot be had, or not for its owner alone; `.newerSchema`.
  public convenience init(
    in directory: String, clock: any WallClock, liveness: HolderLiveness = .system, timing: JournalTiming = .init()
  ) throws(JournalStoreError) {
    try self.init(in: directory, clock: clock, liveness: liveness, timing: timing, schema: .current)
  }

  init(
    in directory: String, clock: any WallClock, liveness: HolderLiveness, timing: JournalTiming, schema: Schema
  ) throws(JournalStoreError) {
    let place = StateDirectory(path: directory)
    try place.prepare()
    file = try JournalFile(at: place.journalPath, schema: schema, busyTimeout: timing.busy)
    surroundings = SQLiteJournal.Surroundings(
      file: file, rules: LeaseRules(liveness: liveness, clock: clock, lifetime: timing.leaseLifetime), timing: timing,
      signals: LaunchSignals())
  }

  /// Keeps the file open until the process ends, for a program that has no use for it being closed before. Closing copies
  /// SQLite's write-ahead log into the file and deletes it, which takes several more waits for the disk; the log is as
  /// good for the next process, and is copied whenever it has grown.
  public func keepOpen() { _ = Unmanaged.passRetained(file) }

  /// How many durable writes this process has made.
  public var durableWrites: Int { file.durableWrites }

  public func begin(_ header: ExecutionHeader) async throws(JournalStoreError) -> any HeldJournal {
    let now = rules.clock.now
    let lease = try write(.visible) { db in
      guard try ExecutionRow.find(header.id, db) == nil else {
        throw JournalStoreError.unavailable("the execution \(header.id) is in the journal already")
      }
      try db.execute(
        sql: "INSERT INTO executions (id, started_at, header) VALUES (?, ?, ?)",
        arguments: [header.id.column, header.startedAt.microsecondsSinceEpoch, try Columns.json(header)])
      return try Lease.take(db.lastInsertedRowID, for: header.holder, at: now, db)
    }
    return SQLiteJournal(
      executionID: header.id, lease: lease, initial: [], nextSequence: 1, renewedAt: now, surroundings: surroundings)
  }

  public func resume(
    _ id: String?, by holder: LeaseHolder, launchingAgain: Bool
  ) async throws(JournalStoreError) -> (ExecutionHeader, any HeldJournal) {
    let now = rules.clock.now
    let (row, wasKilled, lease, record) = try write { db in
      let row = try self.resumable(id, db)
      // Who comes to an end gives the lease up.
      let wasKilled = try LeaseRow.of(row.number, db)?.holder != nil
      let record = try row.reopened(launchingAgain: launchingAgain, db)
      return (row, wasKilled, try Lease.take(row.number, for: holder, at: now, db), record)
    }
    var earlierCost = row.end?.cost
    if wasKilled { earlierCost?.lacksKilled = true }
    let last = max(record.lines.last?.sequence ?? 0, record.reopening.deleted.last ?? 0)
    let journal = SQLiteJournal(
      executionID: row.header.id, earlierCost: earlierCost, lease: lease, initial: record.lines,
      reopening: record.reopening, nextSequence: last + 1, renewedAt: now, surroundings: surroundings)
    return (row.header, journal)
  }

  private func resumable(_ id: String?, _ db: Database) throws -> ExecutionRow {
    guard let id else {
      let open = try Row.fetchCursor(
        db,
        sql: """
          SELECT * FROM executions WHERE over_at IS NULL AND coalesce(is_resumable, 1) = 1 ORDER BY number DESC
          """)
      while let found = try open.next() {
        let row = try ExecutionRow(found)
        if row.whyOver == nil, rules.livingHolder(of: try LeaseRow.of(row.number, db)) == nil { return row }
      }
      throw JournalStoreError.nothingToResume
    }
    guard let row = try ExecutionRow.find(id, db) else { throw JournalStoreError.noSuchExecution(id) }
    if let holder = rules.livingHolder(of: try LeaseRow.of(row.number, db)) {
      throw JournalStoreError.isHeld(id: id, by: holder)
    }
    if let why = row.whyOver { throw JournalStoreError.hasEnded(id: id, why: why) }
    return row
  }

  public func abandon(_ id: String, by user: String) async throws(JournalStoreError) {
    let now = rules.clock.now
    try write { db in
      let row = try self.resumable(id, db)
      // Should its process only have been taken for dead, it does nothing more.
      try Lease.revoke(row.number, db)
      try ExecutionRow.put(.abandoned(row.end, by: user, at: now), of: row.number, db)
    }
  }

  public func summary(of id: String) async throws(JournalStoreError) -> ExecutionSummary {
    try read { db in
      guard let row = try ExecutionRow.find(id, db) else { throw JournalStoreError.noSuchExecution(id) }
      return try row.summary(rules, db)
    }
  }

  public func executions(limit: Int) async throws(JournalStoreError) -> [ExecutionSummary] {
    try read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM executions ORDER BY number DESC LIMIT ?", arguments: [max(0, limit)]
      ).map { try ExecutionRow($0).summary(rules, db) }
    }
  }

  public func entries(of id: String) async throws(JournalStoreError) -> [JournalEntry] {
    try read { db in
      guard let row = try ExecutionRow.find(id, db) else { throw JournalStoreError.noSuchExecution(id) }
      return try row.entries(db)
    }
  }

  public func prune(endedBefore moment: Timestamp) async throws(JournalStoreError) -> Int {
    try write { db in
      let old = try Row.fetchAll(
        db, sql: "SELECT * FROM executions WHERE started_at < ?", arguments: [moment.microsecondsSinceEpoch])
      var count = 0
      for row in try old.map(ExecutionRow.init) where row.whyOver != nil {
        let lease = try LeaseRow.of(row.number, db)
        // What was killed has ended with its last sign of life.
        let end = row.end?.at ?? row.overAt ?? lease?.renewedAt ?? row.header.startedAt
        guard end < moment, rules.livingHolder(of: lease) == nil else { continue }
        try db.execute(sql: "DELETE FROM executions WHERE number = ?", arguments: [row.number])
        count += 1
      }
      return count
    }
  }

  public func knownOperations() async throws(JournalStoreError) -> [DataOperation] {
    try read { db in
      try Row.fetchAll(db, sql: "SELECT * FROM operations ORDER BY number DESC").map { row in
        guard let type = ConfigurationType(rawValue: try row.decode(String.self, forColumn: "type")) else {
          throw UnreadableRecord()
        }
        return DataOperation(
          account: try row.decode(String.self, forColumn: "account"),
          environment: try row.decode(String.self, forColumn: "environment"), type: type,
          id: try row.decode(String.self, forColumn: "configuration"),
          name: try row.decode(String.self, forColumn: "name"))
      }
    }
  }

  private func read<T>(_ body: (Database) throws -> T) throws(JournalStoreError) -> T {
    do { return try file.read(body) } catch { throw JournalStoreError(error, in: file) }
  }

  private func write<T>(
    _ durability: JournalFile.Durability = .durable, _ body: (Database) throws -> T
  ) throws(JournalStoreError) -> T {
    do { return try file.write(durability, body) } catch { throw JournalStoreError(error, in: file) }
  }
}
