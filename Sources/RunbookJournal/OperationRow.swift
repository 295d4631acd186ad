import GRDB
import TailerAPI

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

/// An operation's number in the file, known or to be found within a write.
struct OperationNumber: Sendable {
  let operation: DataOperation?
  let known: Int64?

  func find(_ db: Database) throws -> Int64? {
    if let known { return known }
    return try operation.flatMap { try OperationRow.register($0, db) }
  }
}
