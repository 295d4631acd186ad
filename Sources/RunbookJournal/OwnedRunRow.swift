import GRDB
import RunbookEvaluator
import TailerAPI

/// The table of the runs that launches have brought about: each belongs to one effect, whichever execution it is of.
enum OwnedRunRow {
  /// Makes the run the effect's own where nobody owns it; whether it is the effect's own now.
  static func own(
    _ run: Run, of operation: Int64, for key: EffectKey, by execution: Int64, _ db: Database
  ) throws -> Bool {
    try db.cachedStatement(
      sql: "INSERT OR IGNORE INTO owned_runs (operation, run, execution, path) VALUES (?, ?, ?, ?)"
    )
    .execute(arguments: [operation, run.id.column, execution, key.path.column])
    let owner = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT execution, path FROM owned_runs WHERE operation = ? AND run = ?"),
      arguments: [operation, run.id.column])
    guard let owner else { return false }
    return try owner.decode(Int64.self, forColumn: "execution") == execution
      && owner.decode(String.self, forColumn: "path") == key.path.column
  }

  /// Whose the run is; `nil` where no launch owns it.
  static func owner(of run: Run, _ db: Database) throws -> RunOwner? {
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT executions.id, owned_runs.path FROM owned_runs
        JOIN operations ON operations.number = owned_runs.operation
        LEFT JOIN executions ON executions.number = owned_runs.execution
        WHERE account = ? AND environment = ? AND type = ? AND configuration = ? AND run = ?
        """,
      arguments: [
        run.operation.account.column, run.operation.environment.column, run.operation.type.rawValue,
        run.operation.id.column, run.id.column,
      ])
    return try row.map {
      RunOwner(
        executionID: try $0.decode(String?.self, forColumn: "id"),
        path: try $0.decode(String.self, forColumn: "path"))
    }
  }

  static func runs(of operation: DataOperation, _ db: Database) throws -> Set<String> {
    guard let number = try OperationRow.number(of: operation, db) else { return [] }
    return try Set(String.fetchAll(db, sql: "SELECT run FROM owned_runs WHERE operation = ?", arguments: [number]))
  }
}
