import CivilTime
import GRDB
import RunbookEvaluator
import RunbookSyntax

/// An execution as the file has it.
struct ExecutionRow {
  let number: Int64
  let header: ExecutionHeader
  /// When a `finally` began after an interruption.
  let overAt: Timestamp?
  let end: ExecutionEnd?

  init(_ row: Row) throws {
    number = try row.decode(Int64.self, forColumn: "number")
    header = try row.json(ExecutionHeader.self, "header")
    overAt = try row.optionalMoment("over_at")
    end = try row.optionalJSON(ExecutionEnd.self, "ending")
  }

  static func find(_ id: String, _ db: Database) throws -> ExecutionRow? {
    try Row.fetchOne(db, sql: "SELECT * FROM executions WHERE id = ?", arguments: [id.column]).map(ExecutionRow.init)
  }

  static func put(_ end: ExecutionEnd, of execution: Int64, _ db: Database) throws {
    try db.execute(
      sql: "UPDATE executions SET ended_at = ?, ending = ?, is_resumable = ? WHERE number = ?",
      arguments: [end.at.microsecondsSinceEpoch, try Columns.json(end), end.isResumable, execution])
  }

  /// Why it cannot be resumed, for people; `nil` where it can.
  var whyOver: String? {
    if let overAt { return "it was interrupted, and at \(overAt) a `finally` began to undo it" }
    if header.isSession, end == nil { return "it was a session at the prompt, and its process was killed" }
    guard let end, !end.isResumable else { return nil }
    return "it ended at \(end.at): \(end.summary)"
  }

  func summary(_ rules: LeaseRules, _ db: Database) throws -> ExecutionSummary {
    let isHeld = rules.livingHolder(of: try LeaseRow.of(number, db)) != nil
    let state: ExecutionSummary.State = isHeld ? .running : whyOver == nil ? .unfinished : .ended
    return ExecutionSummary(header: header, state: state, end: isHeld ? nil : end)
  }

  func entries(_ db: Database) throws -> [JournalEntry] {
    try Row.fetchAll(db, sql: "SELECT * FROM effects WHERE execution = ? ORDER BY sequence", arguments: [number])
      .map(JournalEntry.init)
  }

  /// The record as it stands once the failed effects that it ended over are reopened: a launch that is unconfirmed keeps
  /// its intent, by which its run is looked for again, unless it is to be launched again; everything else is done anew and
  /// loses its row. The file is left as it is.
  func reopened(launchingAgain: Bool, _ db: Database) throws -> (lines: [SQLiteJournal.Line], reopening: Reopening) {
    let origins = Set((end?.origins ?? []).map(\.path))
    var lines: [SQLiteJournal.Line] = []
    var reopening = Reopening(execution: number)
    for entry in try entries(db) {
      var line = SQLiteJournal.Line(
        sequence: entry.sequence, key: entry.key, intent: entry.intent, outcome: entry.outcome)
      if origins.contains(entry.key.path), case .failed(let error)? = entry.outcome {
        guard !launchingAgain, case .launch = entry.intent, error.kind == .unconfirmed else {
          reopening.deleted.append(entry.sequence)
          continue
        }
        reopening.cleared.append(entry.sequence)
        line.outcome = nil
      }
      lines.append(line)
    }
    return (lines, reopening)
  }
}

/// What is to be taken back in the file before anything else is recorded of an execution that has been taken up again.
struct Reopening: Sendable {
  let execution: Int64
  /// Rows of effects that are done anew.
  var deleted: [Int64] = []
  /// Rows of launches whose outcome is open again.
  var cleared: [Int64] = []

  /// Does so once, also where it is asked for again: the first time takes back the ending too.
  func apply(_ db: Database) throws {
    let hasEnding = try Bool.fetchOne(
      db, sql: "SELECT ended_at IS NOT NULL FROM executions WHERE number = ?", arguments: [execution])
    guard hasEnding == true else { return }
    for sequence in deleted {
      try db.execute(sql: "DELETE FROM effects WHERE execution = ? AND sequence = ?", arguments: [execution, sequence])
    }
    for sequence in cleared {
      try db.execute(
        sql: "UPDATE effects SET outcome = NULL, finished_at = NULL WHERE execution = ? AND sequence = ?",
        arguments: [execution, sequence])
    }
    try db.execute(
      sql: "UPDATE executions SET ended_at = NULL, ending = NULL, is_resumable = NULL WHERE number = ?",
      arguments: [execution])
  }
}

extension JournalEntry {
  init(_ row: Row) throws {
    self.init(
      sequence: try row.decode(Int64.self, forColumn: "sequence"),
      key: EffectKey(
        path: try row.decode(String.self, forColumn: "path"),
        textHash: try row.decode(String.self, forColumn: "text_hash")),
      intent: try row.json(EffectIntent.self, "intent"), intendedAt: try row.moment("intended_at"),
      outcome: try row.optionalJSON(EffectOutcome.self, "outcome"), finishedAt: try row.optionalMoment("finished_at"))
  }
}
