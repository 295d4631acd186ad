public import CivilTime
public import TailerAPI

/// How an effect came out, in the form that the journal keeps and that answers in place of the service on resume.
public indirect enum EffectOutcome: Hashable, Codable, Sendable {
  case done
  /// What was shown.
  case printed(String)
  /// The run that a launch came to. `adopted` says that no reply named it: it was found, or a person said so.
  case run(Run, adopted: Bool, by: Adopter? = nil)
  /// A launch that did not happen, by somebody's word; it was launched again.
  case denied(by: Adopter)
  /// An await's run as it ended, and what awaiting it cost.
  case ended(Run, WatchCost)
  /// `nil` where a look found nothing.
  case look(Run?)
  case runs([Run])
  case moment(Timestamp)
  case answer(PersonAnswer)
  /// A condition held, by these reads, at the last of so many looks.
  case held([RecordedRead], looks: Int)
  case failed(RecordedError)

  /// What waiting cost, where it was an await.
  public var cost: WatchCost? {
    switch self {
    case .ended(_, let cost): cost
    case .failed(let error): error.cost
    case .done, .printed, .run, .denied, .look, .runs, .moment, .answer, .held: nil
    }
  }

  /// The runs that were looked at, as they were seen.
  public var seenRuns: [Run] {
    switch self {
    case .ended(let run, _): [run]
    case .look(let run): run.map { [$0] } ?? []
    case .runs(let runs): runs
    case .held(let reads, _): reads.flatMap(\.outcome.seenRuns)
    case .done, .printed, .run, .denied, .moment, .answer, .failed: []
    }
  }

  /// Whether an effect that meant this can have come out so.
  public func fits(_ intent: EffectIntent) -> Bool {
    if case .failed = self { return true }
    switch intent {
    case .launch:
      switch self {
      case .run, .denied: return true
      case .done, .printed, .ended, .look, .runs, .moment, .answer, .held, .failed: break
      }
    case .await, .awaitNext: if case .ended = self { return true }
    case .check: if case .look = self { return true }
    case .list: if case .runs = self { return true }
    case .mark, .reset, .activation, .wait: if case .done = self { return true }
    case .waitUntil: if case .held = self { return true }
    case .now, .turn: if case .moment = self { return true }
    case .ask: if case .answer = self { return true }
    case .print:
      switch self {
      case .done, .printed: return true
      case .run, .denied, .ended, .look, .runs, .moment, .answer, .held, .failed: break
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
    case .denied: "a launch that did not happen"
    case .ended: "a run's end"
    case .look: "a look"
    case .runs: "a list of runs"
    case .moment: "a moment"
    case .answer: "an answer"
    case .held: "a condition that held"
    case .failed: "an error"
    }
  }
}

/// One read of a look at a condition, with what it gave.
public struct RecordedRead: Hashable, Codable, Sendable {
  /// Where it stands in the condition, as an effect's identity has it.
  public let path: String
  public let intent: EffectIntent
  public let outcome: EffectOutcome

  public init(_ path: String, _ intent: EffectIntent, _ outcome: EffectOutcome) {
    self.path = path
    self.intent = intent
    self.outcome = outcome
  }
}

/// Who said what a launch came to, and when.
public struct Adopter: Hashable, Codable, Sendable {
  public let user: String
  public let at: Timestamp

  public init(user: String, at: Timestamp) {
    self.user = user
    self.at = at
  }
}
