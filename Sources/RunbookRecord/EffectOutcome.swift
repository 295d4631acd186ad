public import CivilTime
public import TailerAPI

/// How an effect came out, in the form that the journal keeps and that answers in place of the service on resume.
public indirect enum EffectOutcome: Hashable, Codable, Sendable {
  case done
  /// What was shown.
  case printed(String)
  /// The run that a launch came to. `adopted` says that no reply named it: it was found, or a person said so.
  case run(Run, adopted: Bool, by: Adopter? = nil)
  /// An await's run as it ended, and what awaiting it cost.
  case ended(Run, WatchCost)
  /// `nil` where a look found nothing.
  case look(Run?)
  case runs([Run])
  case moment(Timestamp)
  case answer(PersonAnswer)
  case failed(RecordedError)

  /// What waiting cost, where it was an await.
  public var cost: WatchCost? {
    switch self {
    case .ended(_, let cost): cost
    case .failed(let error): error.cost
    case .done, .printed, .run, .look, .runs, .moment, .answer: nil
    }
  }

  /// Whether an effect that meant this can have come out so.
  public func fits(_ intent: EffectIntent) -> Bool {
    if case .failed = self { return true }
    switch intent {
    case .launch: if case .run = self { return true }
    case .await, .awaitNext: if case .ended = self { return true }
    case .check: if case .look = self { return true }
    case .list: if case .runs = self { return true }
    case .mark, .reset, .activation, .wait: if case .done = self { return true }
    case .now, .turn: if case .moment = self { return true }
    case .ask: if case .answer = self { return true }
    case .print:
      switch self {
      case .done, .printed: return true
      case .run, .ended, .look, .runs, .moment, .answer, .failed: break
      }
    case .parallel: break
    }
    return false
  }

  /// What it is, for who has to be told that it does not belong where it stands.
  public var words: String {
    switch self {
    case .done: "done"
    case .printed: "something printed"
    case .run: "a run"
    case .ended: "a run's end"
    case .look: "a look"
    case .runs: "a list of runs"
    case .moment: "a moment"
    case .answer: "an answer"
    case .failed: "an error"
    }
  }
}

/// Who said that a run is what a launch came to.
public struct Adopter: Hashable, Codable, Sendable {
  public let user: String
  public let at: Timestamp

  public init(user: String, at: Timestamp) {
    self.user = user
    self.at = at
  }
}
