public import CivilTime
public import RunbookDiagnostics
public import RunbookRecord
public import RunbookSyntax
public import TailerAPI

/// What can go wrong in a checked runbook while it runs, with the facts; `RuntimeProblem+Wording.swift` has the words.
public struct RuntimeProblem: Sendable {
  public indirect enum Kind: Sendable {
    case divisionByZero
    case outOfRange(what: String)
    case typeMismatch(wanted: String, found: String)
    case noSuchElement(index: String, count: Int)
    case notConvertible(text: String, to: String)
    case notSet(name: String)
    case textTooLong(limit: Int)
    case rangeTooLong(limit: Int)
    case listTooLarge(limit: Int, depth: Int)
    case notPositive(what: String, value: String)
    case callsTooDeep(limit: Int)

    case missingDefault(what: String)
    case invalidAccount(String)
    case unknownEnvironment(String, known: [String])
    case invalidID(String)
    /// An id carries another environment, or a job id another account, than is stated.
    case otherEnvironment(DataOperation, carried: String, stated: String)
    case unknownJobID(String)
    case notLaunchable(DataOperation)
    case notWorkflow(DataOperation)
    case workflowHasNoRuns(DataOperation)
    case operationIsStopped(DataOperation, Activation)
    case notSettable(String)

    case failed(String)
    case requirementFailed(String?)
    case outcomeFailed(String?, status: RunStatus, statuses: [(run: String, status: String)])
    case nothingFound(String?)

    /// `isShown` where the last look showed the run. The difference is how far this machine's clock is ahead.
    case deadlinePassed(
      WatchTarget, timeout: TimeSpan, lastSeen: Run?, isShown: Bool, clockDifference: TimeSpan?)
    case conditionNeverHeld(timeout: TimeSpan)
    /// Nobody knows how what is waited for stands, as the last looks failed.
    case unseen(String, since: Timestamp, reason: String, lastSeen: String?)
    case service(ServiceError, verb: String, operation: String)
    /// `misses` are new runs that began when the request cannot have arrived, by the clocks of both sides.
    case launchUnconfirmed(
      DataOperation, reason: String, lookedFor: TimeSpan, lookFailed: String?, sentAt: Timestamp, misses: [Run],
      clockDifference: TimeSpan?)
    case launchAmbiguous(DataOperation, reason: String, candidates: [Run], rivals: Int)
    /// An earlier launch of the operation by this execution is not settled.
    case launchHeldBack(behind: RecordNumber)
    case severalFailed([String], of: Int)

    case readOnly(verb: String)
    case nobodyToAsk(question: String)
    case saidNo(Question, PersonAnswer)
    case journalUnavailable(String)
    case leaseLost(holder: String)
    case recordContradicted(String)
    case runIsTaken(String, owner: String)
    case diverged(recorded: String, found: String)
    case recordedTextChanged(recorded: String)
    /// `isAtEnd` where the runbook came to its end instead.
    case recordNotReached(recorded: [String], isAtEnd: Bool)

    case listingFull(limit: Int)
    /// An error that the record holds, met again in a resumed execution.
    case recorded(RecordedError)
  }

  public let kind: Kind
  public let place: SourceRange
  /// The calls and includes around the place, innermost first.
  public let trace: [Diagnostic.Label]
  let isAtPrompt: Bool
  let isUndone: Bool

  /// - Parameters:
  ///   - isAtPrompt: Whether it befell an entry at the prompt, which `resume` cannot take up again.
  ///   - isUndone: Whether a `finally` follows, behind which nothing is gone on with either.
  public init(
    _ kind: Kind, at place: SourceRange, trace: [Diagnostic.Label] = [], isAtPrompt: Bool = false,
    isUndone: Bool = false
  ) {
    self.kind = kind
    self.place = place
    self.trace = trace
    self.isAtPrompt = isAtPrompt
    self.isUndone = isUndone
  }

  /// What `catch` goes by.
  public var errorKind: ErrorKind {
    switch kind {
    case .deadlinePassed, .conditionNeverHeld: .timeout
    case .unseen: .unreachable
    case .launchUnconfirmed, .launchAmbiguous, .runIsTaken: .unconfirmed
    case .service(let error, _, _):
      switch error.kind {
      case .neverSent, .throttled, .unknown, .cancelled: .unreachable
      case .refused: .refused
      case .rejected: .rejected
      }
    case .missingDefault, .invalidAccount, .unknownEnvironment, .invalidID, .otherEnvironment, .unknownJobID,
      .notLaunchable, .notWorkflow,
      .workflowHasNoRuns, .operationIsStopped, .notSettable, .launchHeldBack:
      .rejected
    case .recorded(let error): error.kind
    default: .failed
    }
  }
}
