public import CivilTime

/// The right to work on an execution, as the process that has it knows it.
public struct Lease: Hashable, Sendable {
  /// The execution's number in the journal.
  public let execution: Int64
  /// Counts how often the lease changed hands; who knows an older number has lost it.
  public let fence: Int64

  public init(execution: Int64, fence: Int64) {
    self.execution = execution
    self.fence = fence
  }
}

/// A lease as the journal has it.
public struct LeaseState: Hashable, Sendable {
  public var fence: Int64
  /// `nil` where nobody works on the execution.
  public var holder: LeaseHolder?
  public var renewedAt: Timestamp

  public init(fence: Int64, holder: LeaseHolder?, renewedAt: Timestamp) {
    self.fence = fence
    self.holder = holder
    self.renewedAt = renewedAt
  }
}

/// What is known of whether the process that holds a lease still lives.
public enum HolderVerdict: Hashable, Sendable {
  case alive, dead
  /// The process is out of sight, on another host or in another container: its lease's last renewal decides.
  case unknown
}
