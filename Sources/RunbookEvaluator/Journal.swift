public import CivilTime
import RunbookSyntax
public import TailerAPI

/// The record of one execution, as the evaluator uses it. Everything that could come out differently a second time goes
/// through it, so that evaluating again from the top gives what was, up to where the record ends.
public protocol Journal: Sendable {
  /// What the record says of an effect; `nil` where it says nothing.
  func record(of key: EffectKey) async throws(JournalError) -> EffectRecord?
  /// All that the record held when this process took the execution up, in the order in which it came about.
  func initialRecords() async throws(JournalError) -> [(key: EffectKey, record: EffectRecord)]
  /// Writes what is about to be done. Durable when it returns.
  func intend(_ intent: EffectIntent, at key: EffectKey) async throws(JournalError)
  /// Writes how it came out. Durable when it returns, unless `isLight`, which may wait for the next durable write: what
  /// was only looked at, shown or read off the clock is durable before anything is changed on its account.
  func finish(_ intent: EffectIntent, _ outcome: EffectOutcome, at key: EffectKey, isLight: Bool)
    async throws(JournalError)
  /// Writes several intents, in as few writes as it can. Durable when it returns; where it throws, some may be written.
  func intend(_ effects: [(intent: EffectIntent, key: EffectKey)]) async throws(JournalError)
  /// Writes several outcomes, likewise.
  func finish(_ effects: [FinishedEffect]) async throws(JournalError)
  /// Makes a run this launch's own and its outcome, unless another effect of any execution in the journal owns it; tells
  /// which it is.
  /// Durable when it returns.
  func claim(_ run: Run, for key: EffectKey) async throws(JournalError) -> Bool
  /// Whose run it is, as far as the journal knows; `nil` where it is nobody's.
  func owner(of run: Run) async throws(JournalError) -> RunOwner?
  /// When the launches of the operation were begun whose runs are not known, by other effects of any execution in the
  /// journal: they have no outcome, or an unconfirmed one. A new run may be theirs.
  func openLaunches(of operation: DataOperation, besides key: EffectKey) async throws(JournalError) -> [Timestamp]
  /// The ids of the operation's runs that effects of any execution in the journal own.
  func ownedRuns(of operation: DataOperation) async throws(JournalError) -> Set<String>
  /// Waits until no other effect in the journal, of this execution or of a living one, is between the intent and the
  /// outcome of a launch of this operation, and keeps others out until `unlockLaunches`. Without it two launches whose
  /// replies are lost together could take each other's runs.
  func lockLaunches(of operation: DataOperation, for key: EffectKey) async throws(JournalError)
  func unlockLaunches(of operation: DataOperation, for key: EffectKey) async
  /// Writes that a `finally` has begun after an interruption: from here the execution cannot be resumed.
  func endForGood() async throws(JournalError)
}

extension Journal {
  public func intend(_ effects: [(intent: EffectIntent, key: EffectKey)]) async throws(JournalError) {
    for (intent, key) in effects { try await intend(intent, at: key) }
  }

  public func finish(_ effects: [FinishedEffect]) async throws(JournalError) {
    for effect in effects { try await finish(effect.intent, effect.outcome, at: effect.key, isLight: false) }
  }
}

/// An effect with what it came to.
public struct FinishedEffect: Sendable {
  public let intent: EffectIntent
  public let outcome: EffectOutcome
  public let key: EffectKey

  public init(_ intent: EffectIntent, _ outcome: EffectOutcome, at key: EffectKey) {
    self.intent = intent
    self.outcome = outcome
    self.key = key
  }
}

/// Which effect a run belongs to.
public struct RunOwner: Hashable, Sendable {
  /// `nil` where the execution's record has been deleted.
  public let executionID: String?
  public let path: String

  public init(executionID: String?, path: String) {
    self.executionID = executionID
    self.path = path
  }
}

/// What the record says of one effect. Without an outcome it was begun, and what became of it is not known.
public struct EffectRecord: Hashable, Sendable {
  public let intent: EffectIntent
  public let outcome: EffectOutcome?
  public let textHash: String

  public init(intent: EffectIntent, outcome: EffectOutcome?, textHash: String) {
    self.intent = intent
    self.outcome = outcome
    self.textHash = textHash
  }

  /// Whether what became of the effect is not known.
  public var isOpen: Bool {
    switch outcome {
    case nil: true
    case .failed(let error): error.kind == .unconfirmed
    default: false
    }
  }
}

/// Why the record could not be read or written. Nothing that depends on it may then be done.
public enum JournalError: Error, Hashable, Sendable {
  /// In words for the reader: `the disk is full`.
  case unavailable(String)
  /// Another process has taken the execution over.
  case leaseLost(holder: String)
  case cancelled
}
