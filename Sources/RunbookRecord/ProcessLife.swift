public import CivilTime

/// The process that works on an execution, and who runs it.
public struct LeaseHolder: Hashable, Codable, Sendable {
  public var user: String
  public var host: String
  public var process: Int32
  /// When the process started, in the system's own terms, so that a process number used again is not taken for it.
  public var processStart: String

  public init(user: String, host: String, process: Int32, processStart: String) {
    self.user = user
    self.host = host
    self.process = process
    self.processStart = processStart
  }

  /// For people: `ada on pump-3, process 4711`.
  public var words: String { "\(user) on \(host), process \(process)" }
}

/// One process that worked on an execution, from when it took the lease to when it gave it up or lost it.
public struct ProcessLife: Hashable, Codable, Sendable {
  /// How a process left an execution.
  public enum Leaving: String, Hashable, Codable, Sendable {
    /// It recorded how the execution ended or why it stopped.
    case ended
    /// It recorded nothing, and left the execution as it was.
    case gaveBack
    /// Another process took the execution over: this one was killed, or gave no sign of life for too long.
    case lost
  }

  /// Counts the processes of an execution, from 1; the lease's fence.
  public let fence: Int64
  public var holder: LeaseHolder
  public var began: Timestamp
  public var left: Timestamp?
  /// `nil` while it lives, as far as the journal knows.
  public var leaving: Leaving?

  public init(
    fence: Int64, holder: LeaseHolder, began: Timestamp, left: Timestamp? = nil, leaving: Leaving? = nil
  ) {
    self.fence = fence
    self.holder = holder
    self.began = began
    self.left = left
    self.leaving = leaving
  }
}
