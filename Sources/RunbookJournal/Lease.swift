import CivilTime
import GRDB
import RunbookEvaluator
import TailerAPI

/// The right to work on an execution, as the process that has it knows it.
struct Lease: Hashable, Sendable {
  /// The execution's number in the file.
  let execution: Int64
  let fence: Int64

  /// Throws `JournalError.leaseLost` unless it is still had. Part of every write, so that none can come after the loss.
  func require(_ db: Database) throws {
    let isHad = try db.cachedStatement(
      sql: "SELECT 1 FROM leases WHERE execution = ? AND fence = ? AND holder IS NOT NULL")
    if try Int.fetchOne(isHad, arguments: [execution, fence]) != nil { return }
    guard let row = try LeaseRow.of(execution, db) else {
      throw JournalError.leaseLost(holder: "its record has been deleted")
    }
    throw JournalError.leaseLost(
      holder: row.holder?.words ?? "it was taken for dead, having given no sign of life for too long")
  }

  func renew(at moment: Timestamp, _ db: Database) throws {
    try db.cachedStatement(sql: "UPDATE leases SET renewed_at = ? WHERE execution = ?")
      .execute(arguments: [moment.microsecondsSinceEpoch, execution])
  }

  /// Gives it up, and what is queued under it.
  func release(_ db: Database) throws {
    try db.execute(sql: "UPDATE leases SET holder = NULL WHERE execution = ?", arguments: [execution])
    try db.execute(sql: "DELETE FROM launch_tickets WHERE execution = ?", arguments: [execution])
  }

  /// Takes it, whoever has it: a process that has it now loses it.
  static func take(_ execution: Int64, for holder: LeaseHolder, at moment: Timestamp, _ db: Database) throws -> Lease {
    let fence = (try LeaseRow.of(execution, db)?.fence ?? 0) + 1
    try db.execute(sql: "DELETE FROM launch_tickets WHERE execution = ?", arguments: [execution])
    try db.execute(
      sql: "INSERT OR REPLACE INTO leases (execution, fence, holder, renewed_at) VALUES (?, ?, ?, ?)",
      arguments: [execution, fence, try Columns.json(holder), moment.microsecondsSinceEpoch])
    return Lease(execution: execution, fence: fence)
  }

  /// Takes it from a holder that is dead, for nobody.
  static func revoke(_ execution: Int64, _ db: Database) throws {
    try db.execute(
      sql: "UPDATE leases SET fence = fence + 1, holder = NULL WHERE execution = ?", arguments: [execution])
    try db.execute(sql: "DELETE FROM launch_tickets WHERE execution = ?", arguments: [execution])
  }
}

/// A lease as the file has it.
struct LeaseRow {
  let fence: Int64
  /// `nil` where nobody works on the execution.
  let holder: LeaseHolder?
  let renewedAt: Timestamp

  static func of(_ execution: Int64, _ db: Database) throws -> LeaseRow? {
    let statement = try db.cachedStatement(sql: "SELECT fence, holder, renewed_at FROM leases WHERE execution = ?")
    guard let row = try Row.fetchOne(statement, arguments: [execution]) else { return nil }
    return LeaseRow(
      fence: try row.decode(Int64.self, forColumn: "fence"), holder: try row.optionalJSON(LeaseHolder.self, "holder"),
      renewedAt: try row.moment("renewed_at"))
  }
}

/// Who counts as living.
struct LeaseRules: Sendable {
  let liveness: HolderLiveness
  let clock: any WallClock
  let lifetime: TimeSpan

  /// The holder, if it lives: by what the system knows of it, else by its last sign of life.
  func livingHolder(of row: LeaseRow?) -> LeaseHolder? {
    guard let row, let holder = row.holder else { return nil }
    let isAlive =
      switch liveness.verdict(on: holder) {
      case .alive: true
      case .dead: false
      case .unknown: clock.now.since(row.renewedAt) < lifetime
      }
    return isAlive ? holder : nil
  }
}
