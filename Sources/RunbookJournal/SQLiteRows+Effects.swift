import CivilTime
import GRDB
import RunbookRecord
import TailerAPI

/// The tables of what was done: effects, spans, answers, and the operations and runs that they are about.
extension SQLiteRows {
  // MARK: Effects

  func effects(of execution: Int64) throws -> [RecordedEffect] {
    try rows("SELECT * FROM effects WHERE execution = ? ORDER BY number", [execution]).map(Self.effect)
  }

  func effect(_ number: RecordNumber, of execution: Int64) throws -> RecordedEffect? {
    try row("SELECT * FROM effects WHERE execution = ? AND number = ?", [execution, number.value]).map(Self.effect)
  }

  func put(_ effect: RecordedEffect, operation: Int64?, of execution: Int64) throws {
    let open = OpenLaunch(effect, of: execution)
    try run(
      """
      INSERT INTO effects (execution, number, path, text_hash, generation, standing, place, intent, intended_at,
        operation, open_launch, settles_at, outcome, ended, finished_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (execution, number) DO UPDATE
      SET path = excluded.path, text_hash = excluded.text_hash, generation = excluded.generation,
        standing = excluded.standing, place = excluded.place, intent = excluded.intent,
        intended_at = excluded.intended_at, operation = excluded.operation, open_launch = excluded.open_launch,
        settles_at = excluded.settles_at, outcome = excluded.outcome, ended = excluded.ended,
        finished_at = excluded.finished_at
      """,
      [
        execution, effect.number.value, effect.key.path.column, effect.key.textHash.column, effect.generation,
        effect.standing.rawValue, try effect.place.map { try Columns.json($0) }, try Columns.json(effect.intent),
        effect.intendedAt.microsecondsSinceEpoch, operation, open.map { $0.isUnconfirmed ? 2 : 1 },
        effect.settlesAt?.microsecondsSinceEpoch, try effect.outcome.map { try Columns.json($0) },
        effect.ended?.value, effect.finishedAt?.microsecondsSinceEpoch,
      ])
  }

  private static func effect(_ row: Row) throws -> RecordedEffect {
    guard let standing = RecordedEffect.Standing(rawValue: try row.decode(Int.self, forColumn: "standing")) else {
      throw UnreadableRecord()
    }
    return RecordedEffect(
      number: try row.number("number"),
      key: EffectKey(
        path: try row.decode(String.self, forColumn: "path"),
        textHash: try row.decode(String.self, forColumn: "text_hash")),
      generation: try row.decode(Int.self, forColumn: "generation"), standing: standing,
      place: try row.optionalJSON(SourcePlace.self, "place"), intent: try row.json(EffectIntent.self, "intent"),
      intendedAt: try row.moment("intended_at"), settlesAt: try row.optionalMoment("settles_at"),
      outcome: try row.optionalJSON(EffectOutcome.self, "outcome"),
      ended: try row.decode(Int64?.self, forColumn: "ended").map(RecordNumber.init),
      finishedAt: try row.optionalMoment("finished_at"))
  }

  func openLaunches(of operation: Int64) throws -> [OpenLaunch] {
    try rows(
      """
      SELECT * FROM effects WHERE operation = ? AND open_launch IS NOT NULL ORDER BY execution, number
      """, [operation]
    ).compactMap { row in OpenLaunch(try Self.effect(row), of: try row.decode(Int64.self, forColumn: "execution")) }
  }

  // MARK: Spans and answers

  func spans(of execution: Int64) throws -> [Span] {
    try rows("SELECT span FROM spans WHERE execution = ? ORDER BY number", [execution]).map {
      try $0.json(Span.self, "span")
    }
  }

  func put(_ span: Span, of execution: Int64) throws {
    try run(
      """
      INSERT INTO spans (execution, number, span) VALUES (?, ?, ?)
      ON CONFLICT (execution, number) DO UPDATE SET span = excluded.span
      """, [execution, span.number.value, try Columns.json(span)])
  }

  func answer(to question: RecordNumber, generation: Int, of execution: Int64) throws -> RecordedAnswer? {
    try row(
      "SELECT answer FROM answers WHERE execution = ? AND question = ? AND generation = ?",
      [execution, question.value, generation]
    ).map { try $0.json(RecordedAnswer.self, "answer") }
  }

  func answers(of execution: Int64) throws -> [RecordedAnswer] {
    try rows("SELECT answer FROM answers WHERE execution = ? ORDER BY question, generation", [execution]).map {
      try $0.json(RecordedAnswer.self, "answer")
    }
  }

  func put(_ answer: RecordedAnswer, of execution: Int64) throws {
    try run(
      """
      INSERT INTO answers (execution, question, generation, answer) VALUES (?, ?, ?, ?)
      ON CONFLICT (execution, question, generation) DO UPDATE SET answer = excluded.answer
      """, [execution, answer.question.value, answer.generation, try Columns.json(answer)])
  }

  // MARK: Operations and their runs

  func number(of operation: DataOperation) throws -> Int64? {
    try row(
      "SELECT number FROM operations WHERE account = ? AND environment = ? AND type = ? AND configuration = ?",
      [operation.account.column, operation.environment.column, operation.type.rawValue, operation.id.column]
    ).map { try $0.decode(Int64.self, forColumn: "number") }
  }

  func register(_ operation: DataOperation) throws -> Int64 {
    if let known = try number(of: operation) { return known }
    try run(
      "INSERT INTO operations (account, environment, type, configuration, name) VALUES (?, ?, ?, ?, ?)",
      [
        operation.account.column, operation.environment.column, operation.type.rawValue, operation.id.column,
        operation.name.column,
      ])
    return db.lastInsertedRowID
  }

  func operations() throws -> [DataOperation] {
    try rows("SELECT * FROM operations ORDER BY number DESC").map { row in
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

  func owner(of run: String, operation: Int64) throws -> RunOwnership? {
    try row("SELECT execution, effect FROM owned_runs WHERE operation = ? AND run = ?", [operation, run.column]).map {
      RunOwnership(
        execution: try $0.decode(Int64.self, forColumn: "execution"),
        effect: try $0.decode(Int64?.self, forColumn: "effect").map(RecordNumber.init))
    }
  }

  func put(_ owner: RunOwnership, of run: String, operation: Int64) throws {
    try self.run(
      """
      INSERT INTO owned_runs (operation, run, execution, effect) VALUES (?, ?, ?, ?)
      ON CONFLICT (operation, run) DO UPDATE SET execution = excluded.execution, effect = excluded.effect
      """, [operation, run.column, owner.execution, owner.effect?.value])
  }

  func ownedRuns(of operation: Int64) throws -> Set<String> {
    Set(
      try rows("SELECT run FROM owned_runs WHERE operation = ?", [operation]).map {
        try $0.decode(String.self, forColumn: "run")
      })
  }
}
