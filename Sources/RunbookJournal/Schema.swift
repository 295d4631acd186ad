import GRDB
import RunbookEvaluator

/// The tables, as the steps that lead from an empty file to today's. A step that has been released is never changed; what
/// comes later is another one.
///
/// The version is the file's `user_version`. All missing steps are taken in one transaction that holds the write lock from
/// its beginning, so that several processes can open a new file at once.
struct Schema: Sendable {
  typealias Step = @Sendable (Database) throws -> Void

  let steps: [Step]

  static let current = Schema(steps: [version1])

  func migrate(_ db: Database) throws {
    try db.inTransaction(.immediate) {
      let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
      guard found <= steps.count else { throw JournalStoreError.newerSchema(found: found, known: steps.count) }
      guard found < steps.count else { return .commit }
      for step in steps.dropFirst(max(found, 0)) { try step(db) }
      try db.execute(sql: "PRAGMA user_version = \(steps.count)")
      return .commit
    }
  }

  /// Moments are microseconds since 1970 in UTC. `header`, `ending`, `holder`, `intent` and `outcome` are JSON.
  ///
  /// - executions: one row each. `over_at` is when a `finally` began after an interruption.
  /// - leases: who works on an execution. `fence` counts how often the lease changed hands; a process that knows an older
  ///   number has lost it.
  /// - owned_runs: which effect a run belongs to. These outlive their execution.
  /// - launch_tickets: the queue of those who want to launch an operation. The lowest ticket of a living holder launches.
  static let version1: Step = { db in
    try db.execute(
      sql: """
        CREATE TABLE executions (
          number INTEGER PRIMARY KEY AUTOINCREMENT,
          id TEXT NOT NULL UNIQUE,
          started_at INTEGER NOT NULL,
          header TEXT NOT NULL,
          over_at INTEGER,
          ended_at INTEGER,
          ending TEXT,
          is_resumable INTEGER
        ) STRICT;
        CREATE TABLE leases (
          execution INTEGER PRIMARY KEY REFERENCES executions (number) ON DELETE CASCADE,
          fence INTEGER NOT NULL,
          holder TEXT,
          renewed_at INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE effects (
          execution INTEGER NOT NULL REFERENCES executions (number) ON DELETE CASCADE,
          sequence INTEGER NOT NULL,
          path TEXT NOT NULL,
          text_hash TEXT NOT NULL,
          intent TEXT NOT NULL,
          intended_at INTEGER NOT NULL,
          outcome TEXT,
          finished_at INTEGER,
          PRIMARY KEY (execution, sequence)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE operations (
          number INTEGER PRIMARY KEY,
          account TEXT NOT NULL,
          environment TEXT NOT NULL,
          type TEXT NOT NULL,
          configuration TEXT NOT NULL,
          name TEXT NOT NULL,
          UNIQUE (account, environment, type, configuration)
        ) STRICT;
        CREATE TABLE owned_runs (
          operation INTEGER NOT NULL REFERENCES operations (number),
          run TEXT NOT NULL,
          execution INTEGER NOT NULL,
          path TEXT NOT NULL,
          PRIMARY KEY (operation, run)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE launch_tickets (
          ticket INTEGER PRIMARY KEY AUTOINCREMENT,
          operation INTEGER NOT NULL REFERENCES operations (number),
          execution INTEGER NOT NULL REFERENCES executions (number) ON DELETE CASCADE,
          fence INTEGER NOT NULL,
          path TEXT NOT NULL
        ) STRICT;
        CREATE INDEX launch_tickets_by_operation ON launch_tickets (operation, ticket);
        """)
  }
}
