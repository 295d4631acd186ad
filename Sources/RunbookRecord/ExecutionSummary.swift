public import CivilTime
import RunbookSyntax

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

/// One effect as the journal holds it.
public struct JournalEntry: Hashable, Sendable {
  public var sequence: Int64
  public var key: EffectKey
  public var intent: EffectIntent
  public var intendedAt: Timestamp
  public var outcome: EffectOutcome?
  public var finishedAt: Timestamp?

  public init(
    sequence: Int64, key: EffectKey, intent: EffectIntent, intendedAt: Timestamp, outcome: EffectOutcome?,
    finishedAt: Timestamp?
  ) {
    self.sequence = sequence
    self.key = key
    self.intent = intent
    self.intendedAt = intendedAt
    self.outcome = outcome
    self.finishedAt = finishedAt
  }
}

extension JournalEntry {
  public init(_ effect: RecordedEffect) {
    self.init(
      sequence: effect.number.value, key: effect.key, intent: effect.intent, intendedAt: effect.intendedAt,
      outcome: effect.outcome, finishedAt: effect.finishedAt)
  }

  /// Whether it is a launch of which it is not known whether it happened.
  public var isOpenLaunch: Bool {
    guard case .launch = intent else { return false }
    guard case .failed(let error)? = outcome else { return outcome == nil }
    return error.kind == .unconfirmed
  }
}
