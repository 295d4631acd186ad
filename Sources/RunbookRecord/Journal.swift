public import CivilTime
public import TailerAPI

/// The record of one execution, as the evaluator uses it. Everything that could come out differently a second time goes
/// through it, so that evaluating again from the top gives what was, up to where the record ends.
public protocol Journal: Sendable {
  /// What the record says of an effect; `nil` where it says nothing.
  func record(of key: EffectKey) async throws(JournalError) -> RecordedEffect?
  /// All that the record held when this process took the execution up and that did not lapse, in the order in which it
  /// came about.
  func initialRecords() async throws(JournalError) -> [RecordedEffect]
  /// Writes what is about to be done. Durable when it returns.
  ///
  /// - Parameter settlesAt: For a launch, the moment after which nothing of its request can arrive or be listed any more.
  func intend(_ intent: EffectIntent, at key: EffectKey, settlesAt: Timestamp?) async throws(JournalError)
  /// Writes how it came out. Durable when it returns, unless `isLight`, which may wait for the next durable write: what
  /// was only looked at, shown or read off the clock is durable before anything is changed on its account.
  func finish(_ intent: EffectIntent, _ outcome: EffectOutcome, at key: EffectKey, isLight: Bool)
    async throws(JournalError)
  /// Writes several intents, in as few writes as it can. Durable when it returns; where it throws, some may be written.
  func intend(_ effects: [(intent: EffectIntent, key: EffectKey)]) async throws(JournalError)
  /// Writes several outcomes, likewise.
  func finish(_ effects: [FinishedEffect]) async throws(JournalError)
  /// Makes a run this launch's own and its outcome, unless another effect of any execution in the journal owns it; tells
  /// which it is. Durable when it returns.
  ///
  /// - Parameter adopter: Who said so; `nil` where the run was found.
  func claim(_ run: Run, for number: RecordNumber, by adopter: Adopter?) async throws(JournalError) -> Bool
  /// Gives an effect that an edit has moved its new place. Durable when it returns.
  func move(_ number: RecordNumber, to key: EffectKey) async throws(JournalError)
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
    for (intent, key) in effects { try await intend(intent, at: key, settlesAt: nil) }
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
  /// `nil` where an old journal did not know any more which effect it was.
  public let effect: RecordNumber?

  public init(executionID: String?, effect: RecordNumber?) {
    self.executionID = executionID
    self.effect = effect
  }

  /// For people: `#3 of the execution 20261127-0300-xyz`.
  public var words: String {
    guard let executionID else { return "an execution whose record was deleted" }
    return (effect.map { "\($0) of " } ?? "") + "the execution \(executionID)"
  }
}
