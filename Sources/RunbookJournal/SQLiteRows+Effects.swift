import CivilTime
import GRDB
import RunbookRecord
import TailerAPI

/// The tables of what was done: effects, spans, answers, and the operations and runs that they are about.
extension SQLiteRows {
  // MARK: Effects

  func effects(of execution: Int64) throws -> [RecordedEffect] {
    try rows("\(Self.selectEffects) WHERE execution = ? ORDER BY number", [execution], effect)
  }

  func effect(_ number: RecordNumber, of execution: Int64) throws -> RecordedEffect? {
    try row("\(Self.selectEffects) WHERE execution = ? AND number = ?", [execution, number.value]).map(effect)
  }

  func put(_ effect: RecordedEffect, operation: Int64?, of execution: Int64) throws {
    let open = OpenLaunch(effect, of: execution)
    try run(
      """
      INSERT INTO effects (execution, number, path, text_hash, span, generation, standing, place, intent, intended_at,
        operation, open_launch, settles_at, outcome, ended, finished_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (execution, number) DO UPDATE
      SET path = excluded.path, text_hash = excluded.text_hash, span = excluded.span, generation = excluded.generation,
        standing = excluded.standing, place = excluded.place, intent = excluded.intent,
        intended_at = excluded.intended_at, operation = excluded.operation, open_launch = excluded.open_launch,
        settles_at = excluded.settles_at, outcome = excluded.outcome, ended = excluded.ended,
        finished_at = excluded.finished_at
      """,
      [
        execution, effect.number.value, effect.key.path.column, effect.key.textHash.description, effect.span?.value,
        effect.generation,
        effect.standing.rawValue, try effect.place.map { try Columns.json($0) }, try Columns.json(effect.intent),
        effect.intendedAt.microsecondsSinceEpoch, operation, open.map { $0.isUnconfirmed ? 2 : 1 },
        effect.settlesAt?.microsecondsSinceEpoch, try effect.outcome.map { try Columns.json($0) },
        effect.ended?.value, effect.finishedAt?.microsecondsSinceEpoch,
      ])
  }

  func putOutcome(of effect: RecordedEffect, of execution: Int64) throws {
    let open = OpenLaunch(effect, of: execution)
    try run(
      """
      UPDATE effects SET open_launch = ?, outcome = ?, ended = ?, finished_at = ? WHERE execution = ? AND number = ?
      """,
      [
        open.map { $0.isUnconfirmed ? 2 : 1 }, try effect.outcome.map { try Columns.json($0) }, effect.ended?.value,
        effect.finishedAt?.microsecondsSinceEpoch, execution, effect.number.value,
      ])
    guard db.changesCount == 1 else { throw UnreadableRecord() }
  }

  /// Read by their positions: looking a column up by its name costs more than all else where there are thousands of rows.
  private static let selectEffects = """
    SELECT number, path, text_hash, generation, standing, place, intent, intended_at, settles_at, outcome, ended, finished_at,
      execution, span
    FROM effects
    """

  private func effect(_ row: Row) throws -> RecordedEffect {
    guard let standing = RecordedEffect.Standing(rawValue: try row.decode(Int.self, atIndex: 4)) else {
      throw UnreadableRecord()
    }
    guard let hash = TextHash(try row.decode(String.self, atIndex: 2)) else { throw UnreadableRecord() }
    return RecordedEffect(
      number: RecordNumber(try row.decode(Int64.self, atIndex: 0)),
      key: EffectKey(path: try row.decode(String.self, atIndex: 1), textHash: hash),
      span: try row.optionalNumber(at: 13),
      generation: try row.decode(Int.self, atIndex: 3), standing: standing,
      place: try row.optional(String.self, at: 5).map(lastPlace.value(from:)),
      intent: try lastIntent.value(from: row.decode(String.self, atIndex: 6)),
      intendedAt: try row.moment(at: 7), settlesAt: try row.optionalMoment(at: 8),
      outcome: try row.optionalJSON(EffectOutcome.self, at: 9),
      ended: try row.optionalNumber(at: 10), finishedAt: try row.optionalMoment(at: 11)
    )
  }

  func openLaunches(of operation: Int64) throws -> [OpenLaunch] {
    try rows(
      "\(Self.selectEffects) WHERE operation = ? AND open_launch IS NOT NULL ORDER BY execution, number", [operation]
    ) { row in
      OpenLaunch(try effect(row), of: try row.decode(Int64.self, atIndex: 12))
    }.compactMap { $0 }
  }

  // MARK: Spans and answers

  func spans(of execution: Int64) throws -> [Span] {
    try rows(
      """
      SELECT number, parent, path, generation, kind, title, began_at, causes, halt, ended, ended_at, ending
      FROM spans WHERE execution = ? ORDER BY number
      """, [execution]
    ) { row in
      guard let kind = Span.Kind(rawValue: try row.decode(String.self, atIndex: 4)) else { throw UnreadableRecord() }
      let ended = try row.optionalNumber(at: 9)
      return Span(
        number: RecordNumber(try row.decode(Int64.self, atIndex: 0)),
        parent: try row.optionalNumber(at: 1),
        path: try row.decode(String.self, atIndex: 2), generation: try row.decode(Int.self, atIndex: 3), kind: kind,
        title: try row.decode(String.self, atIndex: 5), beganAt: try row.moment(at: 6),
        causes: try row.optionalJSON([RecordNumber].self, at: 7) ?? [],
        halt: try row.optionalJSON(Span.Halt.self, at: 8), ended: ended, endedAt: try row.optionalMoment(at: 10),
        ending: ended == nil ? nil : try row.optionalJSON(Span.Ending.self, at: 11) ?? .completed)
    }
  }

  func put(_ span: Span, of execution: Int64) throws {
    let ending = if case .failed? = span.ending { span.ending } else { Span.Ending?.none }
    try run(
      """
      INSERT INTO spans (execution, number, parent, path, generation, kind, title, began_at, causes, halt, ended, ended_at,
        ending)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (execution, number) DO UPDATE
      SET parent = excluded.parent, path = excluded.path, generation = excluded.generation, kind = excluded.kind,
        title = excluded.title, began_at = excluded.began_at, causes = excluded.causes, halt = excluded.halt,
        ended = excluded.ended, ended_at = excluded.ended_at, ending = excluded.ending
      """,
      [
        execution, span.number.value, span.parent?.value, span.path.column, span.generation, span.kind.rawValue,
        span.title.column, span.beganAt.microsecondsSinceEpoch,
        span.causes.isEmpty ? nil : try Columns.json(span.causes), try span.halt.map { try Columns.json($0) },
        span.ended?.value, span.endedAt?.microsecondsSinceEpoch, try ending.map { try Columns.json($0) },
      ])
  }

  func answer(to question: RecordNumber, generation: Int, of execution: Int64) throws -> RecordedAnswer? {
    try row(
      "SELECT answer FROM answers WHERE execution = ? AND question = ? AND generation = ?",
      [execution, question.value, generation]
    ).map { try $0.json(RecordedAnswer.self, at: 0) }
  }

  func answers(of execution: Int64) throws -> [RecordedAnswer] {
    try rows("SELECT answer FROM answers WHERE execution = ? ORDER BY question, generation", [execution]) {
      try $0.json(RecordedAnswer.self, at: 0)
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
    ).map { try $0.decode(Int64.self, atIndex: 0) }
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
    try rows("SELECT type, account, environment, configuration, name FROM operations ORDER BY number DESC") { row in
      guard let type = ConfigurationType(rawValue: try row.decode(String.self, atIndex: 0)) else {
        throw UnreadableRecord()
      }
      return DataOperation(
        account: try row.decode(String.self, atIndex: 1),
        environment: try row.decode(String.self, atIndex: 2), type: type,
        id: try row.decode(String.self, atIndex: 3),
        name: try row.decode(String.self, atIndex: 4))
    }
  }

  func owner(of run: String, operation: Int64) throws -> RunOwnership? {
    try row("SELECT execution, effect FROM owned_runs WHERE operation = ? AND run = ?", [operation, run.column]).map {
      RunOwnership(
        execution: try $0.decode(Int64.self, atIndex: 0),
        effect: try $0.optionalNumber(at: 1))
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
      try rows("SELECT run FROM owned_runs WHERE operation = ?", [operation]) {
        try $0.decode(String.self, atIndex: 0)
      })
  }
}
