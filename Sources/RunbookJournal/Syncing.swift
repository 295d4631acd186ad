import Coordination
import GRDB

/// How a connection's next transaction will be synced, and how many durable ones there have been.
final class Syncing: Sendable {
  private let state = Guarded<(count: Int, mode: Durability?)>((0, nil))

  var durableWrites: Int { state.withLock { $0.count } }

  /// Sets the connection for a transaction of that durability, where it is not set so already.
  func set(_ durability: Durability, _ db: Database) throws {
    guard state.withLock({ $0.mode }) != durability else { return }
    try db.execute(sql: "PRAGMA synchronous = \(durability.synchronous)")
    state.withLock { $0.mode = durability }
  }

  func wasDurable() { state.withLock { $0.count += 1 } }
}
