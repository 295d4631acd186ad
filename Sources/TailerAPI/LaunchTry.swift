public import CivilTime

/// One try of a launch, as its caller goes along with it. What has to be waited for is waited for first, so that what the
/// caller puts on record of the try is of the moment in which the request leaves.
public struct LaunchTry: Sendable {
  /// The caller does not let the request go. Why, it knows itself.
  public struct Withheld: Error, Hashable, Sendable {
    public init() {}
  }

  /// 1 for the first try of a launch.
  public let number: Int
  /// Called once the request has its turn, its place and its token; it is sent at once when this returns, and not where this
  /// throws. Gives how long the request may take to leave.
  public let ready: @Sendable () async throws(Withheld) -> TimeSpan
  /// Called when the request has been handed to the system, on any thread. Must not block.
  public let left: @Sendable () -> Void

  /// A try that nobody goes along with, where nothing else is said.
  public init(
    number: Int = 1, ready: @escaping @Sendable () async throws(Withheld) -> TimeSpan = { .longest },
    left: @escaping @Sendable () -> Void = {}
  ) {
    self.number = number
    self.ready = ready
    self.left = left
  }
}
