import GRDB
import RunbookRecord

/// The tables, as the steps that lead from an empty file to today's. A step that has been released is never changed; what
/// comes later is another one.
///
/// The version is the file's `user_version`. All missing steps are taken in one transaction that holds the write lock from
/// its beginning, so that several processes can open a new file at once.
struct Schema: Sendable {
  typealias Step = @Sendable (Database) throws -> Void

  let steps: [Step]

  static let current = Schema(steps: [version1, version2, version3, version4])

  /// A file that is up to date is only read, for whoever only reads waits for nobody who writes.
  ///
  /// - Parameter path: The file, of which a copy is made first where it is of an older version; `nil` for no copy.
  func migrate(_ db: Database, copying path: String? = nil) throws {
    if try Self.version(db) == steps.count { return }
    try db.inTransaction(.immediate) {
      let found = try Self.version(db)
      guard found <= steps.count else { throw JournalStoreError.newerSchema(found: found, known: steps.count) }
      guard found < steps.count else { return .commit }
      if let path, found > 0 { try JournalCopy.make(of: path, version: found) }
      for step in steps.dropFirst(max(found, 0)) { try step(db) }
      try db.execute(sql: "PRAGMA user_version = \(steps.count)")
      return .commit
    }
  }

  /// Throws for a file that is another program's: one of ours has its tables before it gets its name.
  static func require(_ db: Database, at path: String) throws {
    guard try version(db) > 0 else { throw JournalDamage.isAnothers(path) }
  }

  private static func version(_ db: Database) throws -> Int { try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0 }

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

  /// Effects are known by a permanent number, to which owners and tickets refer; an edit moves a place, and no number.
  ///
  /// An old edit left a launch that it moved at its old place too; of the two, the one at the new place counts. A run belongs to
  /// the effect whose outcome it is.
  ///
  /// - effects: `number` is the position in the execution's log at which the effect began, `ended` the one at which its
  ///   outcome was appended. `standing` is 0 for what answers for its place, 1 for what an edit has set aside, 2 for what
  ///   was done anew. `open_launch` is 1 for a launch without an outcome, 2 for an unconfirmed one.
  /// - lives: the processes that worked on an execution, by the lease's fence.
  /// - spans: steps, branches, rounds. `answers`: what was said to questions, by whichever process.
  static let version2: Step = { db in
    try db.execute(
      sql: """
        ALTER TABLE effects RENAME TO effects_1;
        ALTER TABLE owned_runs RENAME TO owned_runs_1;
        DROP TABLE launch_tickets;
        CREATE TABLE effects (
          execution INTEGER NOT NULL REFERENCES executions (number) ON DELETE CASCADE,
          number INTEGER NOT NULL,
          path TEXT NOT NULL,
          text_hash TEXT NOT NULL,
          generation INTEGER NOT NULL,
          standing INTEGER NOT NULL,
          place TEXT,
          intent TEXT NOT NULL,
          intended_at INTEGER NOT NULL,
          operation INTEGER REFERENCES operations (number),
          open_launch INTEGER,
          settles_at INTEGER,
          outcome TEXT,
          ended INTEGER,
          finished_at INTEGER,
          PRIMARY KEY (execution, number)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX effects_by_open_launch ON effects (operation) WHERE open_launch IS NOT NULL;
        INSERT INTO effects (execution, number, path, text_hash, generation, standing, intent, intended_at, operation,
          open_launch, settles_at, outcome, finished_at)
        SELECT execution, sequence,
          CASE WHEN path LIKE 'aside %: %' THEN substr(path, instr(path, ': ') + 2) ELSE path END, text_hash, 0,
          path LIKE 'aside %: %', intent, intended_at,
          CASE WHEN intent LIKE '{"launch"%' AND json_valid(intent) THEN (
            SELECT number FROM operations WHERE account = json_extract(intent, '$.launch._0.account')
              AND environment = json_extract(intent, '$.launch._0.environment')
              AND type = json_extract(intent, '$.launch._0.type')
              AND configuration = json_extract(intent, '$.launch._0.id')) END,
          CASE WHEN intent LIKE '{"launch"%' THEN
            CASE WHEN outcome IS NULL THEN 1
              WHEN json_valid(outcome) AND json_extract(outcome, '$.failed._0.kind') = 'unconfirmed' THEN 2 END END,
          CASE WHEN intent LIKE '{"launch"%' THEN min(intended_at, 9000000000000000000) + 600000000 END, outcome,
          finished_at
        FROM effects_1;
        CREATE INDEX effects_by_intent ON effects (execution, intent) WHERE standing = 0;
        UPDATE effects SET standing = 2, open_launch = NULL
        WHERE standing = 1 AND intent LIKE '{"launch"%' AND EXISTS (
          SELECT 1 FROM effects AS moved
          WHERE moved.execution = effects.execution AND moved.intent = effects.intent AND moved.standing = 0);
        DROP INDEX effects_by_intent;
        CREATE TABLE owned_runs (
          operation INTEGER NOT NULL REFERENCES operations (number),
          run TEXT NOT NULL,
          execution INTEGER NOT NULL,
          effect INTEGER,
          PRIMARY KEY (operation, run)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX effects_by_run ON effects (
          execution, CASE WHEN json_valid(outcome) THEN json_extract(outcome, '$.run._0.id') END);
        INSERT INTO owned_runs (operation, run, execution, effect)
        SELECT operation, run, execution, (
          SELECT number FROM effects
          WHERE effects.execution = owned_runs_1.execution
            AND CASE WHEN json_valid(outcome) THEN json_extract(outcome, '$.run._0.id') END = owned_runs_1.run
            AND effects.operation = owned_runs_1.operation
          ORDER BY standing, number DESC LIMIT 1)
        FROM owned_runs_1;
        DROP INDEX effects_by_run;
        DROP TABLE owned_runs_1;
        DROP TABLE effects_1;
        CREATE TABLE launch_tickets (
          ticket INTEGER PRIMARY KEY AUTOINCREMENT,
          operation INTEGER NOT NULL REFERENCES operations (number),
          execution INTEGER NOT NULL REFERENCES executions (number) ON DELETE CASCADE,
          fence INTEGER NOT NULL,
          effect INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX launch_tickets_by_operation ON launch_tickets (operation, ticket);
        CREATE TABLE lives (
          execution INTEGER NOT NULL REFERENCES executions (number) ON DELETE CASCADE,
          fence INTEGER NOT NULL,
          life TEXT NOT NULL,
          PRIMARY KEY (execution, fence)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE spans (
          execution INTEGER NOT NULL REFERENCES executions (number) ON DELETE CASCADE,
          number INTEGER NOT NULL,
          span TEXT NOT NULL,
          PRIMARY KEY (execution, number)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE answers (
          execution INTEGER NOT NULL REFERENCES executions (number) ON DELETE CASCADE,
          question INTEGER NOT NULL,
          generation INTEGER NOT NULL,
          answer TEXT NOT NULL,
          PRIMARY KEY (execution, question, generation)
        ) STRICT, WITHOUT ROWID;
        """)
  }

  /// - effects: `span` is the number of the span that the effect is in.
  static let version3: Step = { db in try db.execute(sql: "ALTER TABLE effects ADD COLUMN span INTEGER") }

  /// Spans have columns: reading thousands of them as JSON took longer than all else when an execution was resumed. A row that
  /// was damaged stays unreadable, for it is of no kind.
  ///
  /// - spans: `causes` is a JSON list, `NULL` for none; `halt` and `ending` are JSON. One that has ended without an `ending`
  ///   came to its end.
  static let version4: Step = { db in
    try db.execute(
      sql: """
        ALTER TABLE spans RENAME TO spans_3;
        CREATE TABLE spans (
          execution INTEGER NOT NULL REFERENCES executions (number) ON DELETE CASCADE,
          number INTEGER NOT NULL,
          parent INTEGER,
          path TEXT NOT NULL,
          generation INTEGER NOT NULL,
          kind TEXT NOT NULL,
          title TEXT NOT NULL,
          began_at INTEGER NOT NULL,
          causes TEXT,
          halt TEXT,
          ended INTEGER,
          ended_at INTEGER,
          ending TEXT,
          PRIMARY KEY (execution, number)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO spans (execution, number, parent, path, generation, kind, title, began_at, causes, halt, ended, ended_at,
          ending)
        SELECT execution, number, CAST(span ->> 'parent' AS INTEGER), coalesce(span ->> 'path', ''),
          coalesce(CAST(span ->> 'generation' AS INTEGER), 0),
          CASE WHEN span ->> 'path' IS NULL OR \(microseconds("span ->> 'beganAt'")) IS NULL THEN ''
            ELSE coalesce(span ->> 'kind', '') END,
          coalesce(span ->> 'title', ''), coalesce(\(microseconds("span ->> 'beganAt'")), 0),
          nullif(span -> 'causes', '[]'), span -> 'halt', CAST(span ->> 'ended' AS INTEGER),
          \(microseconds("span ->> 'endedAt'")),
          CASE WHEN span -> '$.ending.failed' IS NOT NULL THEN span -> 'ending' END
        FROM (
          SELECT execution, number, CASE WHEN json_valid(span) THEN span ELSE '{}' END AS span FROM spans_3
        ) AS valid;
        DROP TABLE spans_3;
        """)
  }

  /// SQL for the microseconds since 1970 of a moment as JSON has it, `2026-11-28T13:24:35.116123Z`.
  private static func microseconds(_ moment: String) -> String {
    """
    CAST(strftime('%s', substr(\(moment), 1, 19)) AS INTEGER) * 1000000
      + CAST(substr(substr(rtrim(\(moment), 'Z'), 21) || '000000', 1, 6) AS INTEGER)
    """
  }
}
