import CivilTime
import GRDB
import RunbookEvaluator
import TailerAPI

/// The table of effects, in the order in which an execution began them.
enum EffectRow {
  static func put(
    _ line: SQLiteJournal.Line, of execution: Int64, intendedAt: Timestamp, finishedAt: Timestamp?, _ db: Database
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

  /// When the operation's other launches were sent whose outcomes are not known, of whatever execution. A rare question,
  /// asked only while a launch's outcome is not known; it goes through all that is open.
  static func openLaunches(
    of operation: DataOperation, besides key: EffectKey, of own: Int64, _ db: Database
  ) throws -> [Timestamp] {
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
}

extension SQLiteJournal {
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
}
