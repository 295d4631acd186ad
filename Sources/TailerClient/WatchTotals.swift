/// What all awaits of a process have cost together.
public struct WatchTotals: Hashable, Sendable {
  /// Listings of one operation.
  public internal(set) var listings = 0
  /// Listings across the operations of a type.
  public internal(set) var sharedListings = 0
  /// Looks at a single run.
  public internal(set) var checks = 0
  /// Awaits that are over, however they ended.
  public internal(set) var awaits = 0

  public var requests: Int { listings + sharedListings + checks }
}
