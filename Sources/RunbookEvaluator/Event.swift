public import CivilTime
public import RunbookDiagnostics
public import RunbookRecord
public import TailerAPI

/// Something that happened in an execution, for people. Programs read the record, and of these what is not on it.
public struct Event: Sendable {
  public let at: Timestamp
  /// Where in the source it came from.
  public let place: SourceRange?
  /// Whether it comes from the record of an execution that is being resumed, not from now.
  public let isReplayed: Bool
  /// The titles of the steps around it, outermost first, and the branches of `parallel`.
  public let steps: [String]
  /// The path of the effect that it is about, by which it is found in the record.
  public let effect: String?
  public let kind: Kind

  public init(
    at: Timestamp, place: SourceRange?, isReplayed: Bool, steps: [String], effect: String? = nil, kind: Kind
  ) {
    self.at = at
    self.place = place
    self.isReplayed = isReplayed
    self.steps = steps
    self.effect = effect
    self.kind = kind
  }

  public indirect enum Kind: Sendable {
    case stepBegan(String)
    case stepEnded(String, succeeded: Bool)
    case printed(String)
    /// The value of an expression that stands alone, at the prompt.
    case value(Value)
    case launching(DataOperation, on: CalendarDate?)
    case launched(Run)
    /// A launch waits for another execution, whose launch of the operation goes first.
    case waitingForTurn(DataOperation, TurnWait)
    /// A launch's reply was lost; runs are being looked for until then.
    case launchUnknown(DataOperation, reason: String, lookingUntil: Timestamp)
    case adopted(Run, reason: String)
    /// A person has said that this run is the launch.
    case adoptedByHand(Run, by: String)
    case awaiting(Run, deadline: Timestamp)
    case awaitingNext(DataOperation, since: Timestamp, deadline: Timestamp)
    /// How long the runs of what is awaited usually take, once that is known.
    case expecting(WatchTarget, UsualDuration)
    /// The awaited next run of its operation has started.
    case appeared(Run)
    /// Looks fail at what is awaited, or at the condition where it is `nil`; the last one that told how it stands began then, or
    /// else the wait did.
    case unseen(WatchTarget?, since: Timestamp, reason: String)
    /// After that, a look tells again.
    case seen(WatchTarget?)
    case ended(Run, WatchCost)
    case checked(Run)
    case listed(String, count: Int)
    case changed(Change)
    case waiting(TimeSpan)
    case waitingUntil(deadline: Timestamp)
    /// After so many looks.
    case conditionHeld(looks: Int)
    case retrying(attempt: Int, of: Int, after: TimeSpan, reason: String)
    case asked(Question)
    /// Elsewhere than where it was asked, or here.
    case answered(Question, PersonAnswer, elsewhere: Bool)
    case caught(ErrorValue)
    case warning(Diagnostic)
    /// A failure inside a `finally` or a branch, beside the one that stands.
    case alsoFailed(Diagnostic)
  }
}

/// Who is told of events, in order, from whichever branch they come. Must not block for long.
public protocol EventListener: Sendable {
  func hear(_ event: Event)
}

/// Nobody listens.
public struct Silence: EventListener {
  public init() {}
  public func hear(_ event: Event) {}
}
