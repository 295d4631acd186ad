import CivilTime
import GRDB
import RunbookRecord

/// Taking out of a damaged database what can still be read, row by row, into a new one.
struct JournalSalvage {
  let source: Database

  /// What is in a journal.
  struct Found {
    /// In SQLite's words, what is wrong with its pages; `nil` where they are sound.
    let unsoundness: String?
    /// The numbers of executions whose record cannot be read.
    let unreadable: [Int64]
    let executions: Int
    let latest: Timestamp?
  }

  /// Reads all there is.
  static func survey(_ db: Database) throws -> Found {
    let unsoundness: String?
    do {
      let words = try String.fetchOne(db, sql: "PRAGMA integrity_check(1)") ?? "it cannot be read"
      unsoundness = words == "ok" ? nil : words.split(separator: "\n").last.map(String.init) ?? words
    } catch let error as DatabaseError {
      unsoundness = error.message ?? "it cannot be read"
    }
    let rows = SQLiteRows(db)
    guard unsoundness == nil else { return Found(unsoundness: unsoundness, unreadable: [], executions: 0, latest: nil) }
    let numbers = try Int64.fetchAll(db, sql: "SELECT number FROM executions ORDER BY number")
    let unreadable = numbers.filter { !isReadable($0, rows) }
    let latest = try Int64.fetchOne(db, sql: "SELECT max(started_at) FROM executions")
    return Found(
      unsoundness: nil, unreadable: unreadable, executions: numbers.count - unreadable.count,
      latest: latest.flatMap { Timestamp(microsecondsSinceEpoch: $0) })
  }

  private static func isReadable(_ number: Int64, _ rows: SQLiteRows) -> Bool {
    do {
      guard try rows.execution(number: number) != nil else { return false }
      _ = (try rows.effects(of: number), try rows.spans(of: number), try rows.answers(of: number))
      _ = (try rows.lease(of: number), try rows.lives(of: number))
      return true
    } catch {
      return false
    }
  }

  /// Copies what can be read into an empty file.
  func copy(into path: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA foreign_keys = OFF; PRAGMA auto_vacuum = INCREMENTAL")
      try db.inTransaction {
        let schema = try Row.fetchAll(
          source,
          sql:
            "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        )
        for object in schema.filter({ $0["type"] == "table" }) {
          try db.execute(sql: object["sql"])
          try copyRows(of: object["name"], into: db)
        }
        for object in schema.filter({ $0["type"] != "table" }) { try db.execute(sql: object["sql"]) }
        try removeOrphans(db)
        let version = try Int.fetchOne(source, sql: "PRAGMA user_version") ?? 0
        try db.execute(sql: "PRAGMA user_version = \(version)")
        return .commit
      }
    }
    try queue.close()
  }

  /// From both ends, each up to where the pages cannot be read.
  private func copyRows(of table: String, into db: Database) throws {
    let keys = try Row.fetchAll(
      db, sql: "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", arguments: [table]
    )
    .map { ($0["name"] as String).quotedDatabaseIdentifier }
    for direction in ["ASC", "DESC"] {
      let order = keys.map { "\($0) \(direction)" }.joined(separator: ", ")
      let sql = "SELECT * FROM \(table.quotedDatabaseIdentifier)\(order.isEmpty ? "" : " ORDER BY \(order)")"
      var isWhole = true
      do {
        let cursor = try Row.fetchCursor(source, sql: sql)
        let marks = Array(repeating: "?", count: cursor.columnCount).joined(separator: ", ")
        let insert = try db.makeStatement(
          sql: "INSERT OR IGNORE INTO \(table.quotedDatabaseIdentifier) VALUES (\(marks))")
        while let row = try next(cursor, &isWhole) {
          try insert.execute(arguments: StatementArguments(row.databaseValues))
        }
      } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
        isWhole = false
      }
      if isWhole { return }
    }
  }

  /// `nil` at the end, and where the rest cannot be read.
  private func next(_ cursor: RowCursor, _ isWhole: inout Bool) throws -> Row? {
    do {
      return try cursor.next()
    } catch is DatabaseError {
      isWhole = false
      return nil
    }
  }

  /// Rows that belong to a row which could not be read.
  private func removeOrphans(_ db: Database) throws {
    let tables = try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
    for table in tables {
      for key in try Row.fetchAll(db, sql: "SELECT * FROM pragma_foreign_key_list(?)", arguments: [table]) {
        let (parent, from, to) = (key["table"] as String, key["from"] as String, key["to"] as String)
        let child = "\(table.quotedDatabaseIdentifier).\(from.quotedDatabaseIdentifier)"
        try db.execute(
          sql: """
            DELETE FROM \(table.quotedDatabaseIdentifier) WHERE \(child) IS NOT NULL AND NOT EXISTS (
              SELECT 1 FROM \(parent.quotedDatabaseIdentifier) AS parent
              WHERE parent.\(to.quotedDatabaseIdentifier) = \(child))
            """)
      }
    }
  }
}
