import CivilTime
import FoundationEssentials
import GRDB
import RunbookRecord
import TailerAPI

/// The rows in the file, as one transaction sees them. Reading never trusts the file: what is not as expected is thrown.
final class SQLiteRows: JournalRows {
  let db: Database
  let lastIntent = LastRead<EffectIntent>()
  let lastPlace = LastRead<SourcePlace>()

  init(_ db: Database) { self.db = db }

  func run(_ sql: String, _ arguments: StatementArguments = []) throws {
    try db.cachedStatement(sql: sql).execute(arguments: arguments)
  }

  /// What is made of each row, which is gone with the next one.
  func rows<T>(
    _ sql: String, _ arguments: StatementArguments = [], _ value: (Row) throws -> T
  ) throws -> [T] {
    let cursor = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
    var values: [T] = []
    while let row = try cursor.next() { values.append(try value(row)) }
    return values
  }

  func row(_ sql: String, _ arguments: StatementArguments = []) throws -> Row? {
    try Row.fetchOne(db.cachedStatement(sql: sql), arguments: arguments)
  }

  // MARK: Executions

  func execution(id: String) throws -> ExecutionState? {
    try row("\(Self.selectExecutions) WHERE id = ?", [id.column]).map(Self.execution)
  }

  func execution(number: Int64) throws -> ExecutionState? {
    try row("\(Self.selectExecutions) WHERE number = ?", [number]).map(Self.execution)
  }

  func executions(limit: Int) throws -> [ExecutionState] {
    try rows("\(Self.selectExecutions) ORDER BY number DESC LIMIT ?", [max(0, limit)], Self.execution)
  }

  func unfinishedExecution(before number: Int64?) throws -> ExecutionState? {
    try row(
      """
      \(Self.selectExecutions) WHERE number < ? AND coalesce(is_resumable, 1) = 1
      ORDER BY number DESC LIMIT 1
      """, [number ?? .max]
    ).map(Self.execution)
  }

  func executions(startedBefore moment: Timestamp) throws -> [ExecutionState] {
    try rows(
      "\(Self.selectExecutions) WHERE started_at < ? ORDER BY number", [moment.microsecondsSinceEpoch], Self.execution)
  }

  func addExecution(_ header: ExecutionHeader) throws -> Int64 {
    try run(
      "INSERT INTO executions (id, started_at, header) VALUES (?, ?, ?)",
      [header.id.column, header.startedAt.microsecondsSinceEpoch, try Columns.json(header)])
    return db.lastInsertedRowID
  }

  func put(_ execution: ExecutionState) throws {
    let end = execution.end
    try run(
      """
      UPDATE executions SET header = ?, over_at = ?, ended_at = ?, ending = ?, is_resumable = ? WHERE number = ?
      """,
      [
        try Columns.json(execution.header), execution.overAt?.microsecondsSinceEpoch, end?.at.microsecondsSinceEpoch,
        try end.map { try Columns.json($0) }, end?.isResumable, execution.number,
      ])
  }

  func deleteExecution(_ number: Int64) throws { try run("DELETE FROM executions WHERE number = ?", [number]) }

  private static let selectExecutions = "SELECT number, header, over_at, ending FROM executions"

  private static func execution(_ row: Row) throws -> ExecutionState {
    ExecutionState(
      number: try row.decode(Int64.self, atIndex: 0), header: try row.json(ExecutionHeader.self, at: 1),
      overAt: try row.optionalMoment(at: 2), end: try row.optionalJSON(ExecutionEnd.self, at: 3))
  }

  // MARK: Leases and lives

  func lease(of execution: Int64) throws -> LeaseState? {
    try row("SELECT fence, holder, renewed_at FROM leases WHERE execution = ?", [execution]).map { row in
      LeaseState(
        fence: try row.decode(Int64.self, atIndex: 0), holder: try row.optionalJSON(LeaseHolder.self, at: 1),
        renewedAt: try row.moment(at: 2))
    }
  }

  func isHeld(_ lease: Lease) throws -> Bool {
    try row(
      "SELECT 1 FROM leases WHERE execution = ? AND fence = ? AND holder IS NOT NULL", [lease.execution, lease.fence])
      != nil
  }

  func put(_ lease: LeaseState, of execution: Int64) throws {
    try run(
      """
      INSERT INTO leases (execution, fence, holder, renewed_at) VALUES (?, ?, ?, ?)
      ON CONFLICT (execution) DO UPDATE
      SET fence = excluded.fence, holder = excluded.holder, renewed_at = excluded.renewed_at
      """,
      [
        execution, lease.fence, try lease.holder.map { try Columns.json($0) },
        lease.renewedAt.microsecondsSinceEpoch,
      ])
  }

  func lives(of execution: Int64) throws -> [ProcessLife] {
    try rows("SELECT life FROM lives WHERE execution = ? ORDER BY fence", [execution]) {
      try $0.json(ProcessLife.self, at: 0)
    }
  }

  func put(_ life: ProcessLife, of execution: Int64) throws {
    try run(
      """
      INSERT INTO lives (execution, fence, life) VALUES (?, ?, ?)
      ON CONFLICT (execution, fence) DO UPDATE SET life = excluded.life
      """, [execution, life.fence, try Columns.json(life)])
  }

  // MARK: Tickets

  func addTicket(operation: Int64, execution: Int64, fence: Int64, effect: RecordNumber) throws -> Int64 {
    try run(
      "INSERT INTO launch_tickets (operation, execution, fence, effect) VALUES (?, ?, ?, ?)",
      [operation, execution, fence, effect.value])
    return db.lastInsertedRowID
  }

  func tickets(of operation: Int64) throws -> [LaunchTicket] {
    try rows(
      "SELECT ticket, execution, fence, effect FROM launch_tickets WHERE operation = ? ORDER BY ticket", [operation]
    ) { row in
      LaunchTicket(
        number: try row.decode(Int64.self, atIndex: 0), operation: operation,
        execution: try row.decode(Int64.self, atIndex: 1), fence: try row.decode(Int64.self, atIndex: 2),
        effect: RecordNumber(try row.decode(Int64.self, atIndex: 3)))
    }
  }

  func deleteTicket(_ number: Int64) throws { try run("DELETE FROM launch_tickets WHERE ticket = ?", [number]) }

  func deleteTickets(of execution: Int64) throws {
    try run("DELETE FROM launch_tickets WHERE execution = ?", [execution])
  }
}

/// A column's value that was read last. Rows that follow each other often say the same, as in a loop that prints: the same
/// JSON is not read twice in a row.
final class LastRead<Value: Decodable> {
  private var last: (json: String, value: Value)?

  func value(from json: String) throws -> Value {
    if let last, last.json == json { return last.value }
    let value = try Columns.value(Value.self, from: json)
    last = (json, value)
    return value
  }
}

/// How values stand in columns.
enum Columns {
  static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static func value<T: Decodable>(_ type: T.Type, from json: String) throws -> T {
    try JSONDecoder().decode(type, from: Data(json.utf8))
  }
}

extension String {
  /// A text as a column keeps it. SQLite's texts end at a NUL; two that differ only behind one must not become the same.
  var column: String { utf8.contains(0) ? replacing("\0", with: "\u{2400}") : self }
}

extension Row {
  /// Asking for `NULL` first is several times as fast as decoding an optional.
  func optional<T: DatabaseValueConvertible & StatementColumnConvertible>(_ type: T.Type, at index: Int) throws -> T? {
    hasNull(atIndex: index) ? nil : try decode(type, atIndex: index)
  }

  func optionalNumber(at index: Int) throws -> RecordNumber? {
    try optional(Int64.self, at: index).map(RecordNumber.init)
  }

  func moment(at index: Int) throws -> Timestamp {
    guard let moment = Timestamp(microsecondsSinceEpoch: try decode(Int64.self, atIndex: index)) else {
      throw UnreadableRecord()
    }
    return moment
  }

  func optionalMoment(at index: Int) throws -> Timestamp? {
    hasNull(atIndex: index) ? nil : try moment(at: index)
  }

  func json<T: Decodable>(_ type: T.Type, at index: Int) throws -> T {
    try Columns.value(type, from: try decode(String.self, atIndex: index))
  }

  func optionalJSON<T: Decodable>(_ type: T.Type, at index: Int) throws -> T? {
    try optional(String.self, at: index).map { try Columns.value(type, from: $0) }
  }
}
