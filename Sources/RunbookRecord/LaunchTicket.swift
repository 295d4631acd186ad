public import CivilTime

/// A place in the queue of those who want to launch an operation. The lowest ticket of a living holder launches, so turns
/// are in the order of asking, within a process and across all.
///
/// An effect has one ticket and takes no other while it has it, so nobody can wait in a circle.
public struct LaunchTicket: Hashable, Sendable {
  /// Its place in the queues of all operations.
  public let number: Int64
  /// The operation's number in the journal.
  public let operation: Int64
  public let execution: Int64
  public let fence: Int64
  /// The effect that wants to launch.
  public let effect: RecordNumber

  public init(number: Int64, operation: Int64, execution: Int64, fence: Int64, effect: RecordNumber) {
    self.number = number
    self.operation = operation
    self.execution = execution
    self.fence = fence
    self.effect = effect
  }

  /// Who stands before a ticket.
  public enum Standing: Hashable, Sendable {
    /// Nobody: the operation's turn is this ticket's.
    case first
    case behind(LaunchTicket)
    /// Nobody, but a launch of its own execution is open, and is settled first.
    case behindOwn(RecordNumber)
    /// The holder of the first ticket is dead; its execution.
    case behindDead(execution: Int64)
    /// Nobody is in the queue before it, but a launch of another execution was begun whose request may still arrive or be
    /// listed until that moment.
    case unsettled(until: Timestamp, execution: Int64)
    /// It is not in the queue: its execution's lease has been taken.
    case gone
  }
}

/// A launch whose run is not known, whichever execution it is of.
public struct OpenLaunch: Hashable, Sendable {
  public let execution: Int64
  public let effect: RecordNumber
  /// When its request was last sent.
  public let sentAt: Timestamp
  /// The moment after which nothing of its request can arrive or be listed any more.
  public let settlesAt: Timestamp
  /// Whether its execution has looked for it as long as that, and found nothing.
  public let isUnconfirmed: Bool

  public init(execution: Int64, effect: RecordNumber, sentAt: Timestamp, settlesAt: Timestamp, isUnconfirmed: Bool) {
    self.execution = execution
    self.effect = effect
    self.sentAt = sentAt
    self.settlesAt = settlesAt
    self.isUnconfirmed = isUnconfirmed
  }
}

extension OpenLaunch {
  /// `nil` for an effect that is no launch, or whose run is known, or whose request surely did nothing.
  public init?(_ effect: RecordedEffect, of execution: Int64) {
    guard effect.isLaunchInDoubt, case .launch(_, _, _, let sentAt) = effect.intent else {
      return nil
    }
    self.init(
      execution: execution, effect: effect.number, sentAt: sentAt, settlesAt: effect.settlesAt ?? sentAt,
      isUnconfirmed: effect.outcome != nil)
  }
}
