/// An execution as a listing shows it.
public struct ExecutionSummary: Hashable, Sendable {
  public enum State: String, Hashable, Sendable {
    /// A living process holds the lease.
    case running
    /// Nobody works on it, and it can be resumed: it was interrupted, killed, or stopped by what the world refused.
    case unfinished
    /// It came to its end, or a `finally` ended it, or it is a session at the prompt whose process was killed.
    case ended
  }
  public var header: ExecutionHeader
  public var state: State
  /// `nil` while it runs, and where its process was killed.
  public var end: ExecutionEnd?
  /// The processes that worked on it, in the order in which they began.
  public var lives: [ProcessLife]

  public init(header: ExecutionHeader, state: State, end: ExecutionEnd?, lives: [ProcessLife] = []) {
    self.header = header
    self.state = state
    self.end = end
    self.lives = lives
  }
}
