import Foundation
import GRDB

/// How a connection's next transaction will be synced, and how many durable ones there have been.
final class Syncing: @unchecked Sendable {
  private let lock = NSLock()
  // The lock guards what follows.
  private var count = 0
  private var mode: Durability?

  var durableWrites: Int { lock.withLock { count } }

  /// Sets the connection for a transaction of that durability, where it is not set so already.
  func set(_ durability: Durability, _ db: Database) throws {
    guard lock.withLock({ mode }) != durability else { return }
    try db.execute(sql: "PRAGMA synchronous = \(durability.synchronous)")
    lock.withLock { mode = durability }
  }

  func wasDurable() { lock.withLock { count += 1 } }
}
