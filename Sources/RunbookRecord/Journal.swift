public import CivilTime
public import TailerAPI

/// The record of one execution, as the evaluator uses it. Everything that could come out differently a second time goes
/// through it, so that evaluating again from the top gives what was, up to where the record ends.
///
/// What is written is durable as a prefix of the log: where something is, all that was handed over before it is.
public protocol Journal: Sendable {
  // MARK: Effects

  /// What the record says of an effect, having made sure that it speaks of the same thing; `nil` where it says nothing.
  ///
  /// - Throws: `.diverged`, `.wordedOtherwise`; `.halted` where it is open and an interruption keeps it from being gone on
  ///   with.
  func recall(_ intent: EffectIntent, at site: EffectSite) async throws(JournalError) -> RecordedEffect?
  /// Makes sure that an effect may begin that needs no intent.
  ///
  /// - Throws: `.halted`.
  func enter(_ site: EffectSite) async throws(JournalError)
  /// Writes what is about to be done. Durable when it returns.
  ///
  /// - Parameter settlesAt: For a launch, the moment after which nothing of its request can arrive or be listed any more.
  /// - Throws: `.halted` where nothing new may begin any more.
  func intend(_ intent: EffectIntent, at site: EffectSite, settlesAt: Timestamp?) async throws(JournalError)
  /// Writes how it came out, and gives the position in the log at which it did. Durable when it returns, but for what was
  /// only looked at, shown or read off the clock, which is durable before anything is changed on its account.
  @discardableResult
  func finish(
    _ intent: EffectIntent, _ outcome: EffectOutcome, at site: EffectSite
  ) async throws(JournalError) -> RecordNumber
  /// Writes several intents, in as few writes as it can. Durable when it returns; where it throws, some may be written.
  func intend(_ effects: [(intent: EffectIntent, site: EffectSite)]) async throws(JournalError)
  /// Writes several outcomes, likewise, and gives their positions.
  @discardableResult
  func finish(_ effects: [FinishedEffect]) async throws(JournalError) -> [RecordNumber]
  /// Gives an effect that an edit has moved its new place. Durable when it returns.
  func move(_ number: RecordNumber, to key: EffectKey) async throws(JournalError)
  /// The record as it would be if the execution ended now, over an error, and were resumed.
  func reopened() async throws(JournalError) -> Record

  /// The record as it stands.
  func record() async throws(JournalError) -> Record

  // MARK: Questions

  /// What somebody has said from elsewhere to the question that was intended there, and is not yet its outcome; `nil` where
  /// nobody has. Where an answer stands, `finish` makes that the outcome and no other one.
  func answer(to site: EffectSite) async throws(JournalError) -> PersonAnswer?
  /// The same, once somebody has; `nil` at once where nobody else can, and where the task is cancelled.
  func comingAnswer(to site: EffectSite) async throws(JournalError) -> PersonAnswer?

  // MARK: Spans

  /// Records that a span begins; it is written with whatever is written next.
  ///
  /// - Parameter causes: The positions of the failures that it is there for. From here on they stand.
  /// - Throws: `.halted` for a branch or a round of a `retry` that is not on record, where nothing new may begin.
  func open(_ span: SpanSite, causes: [RecordNumber]) async throws(JournalError)
  /// Records how a span ended, and gives the position at which it did; written with whatever is written next.
  ///
  /// - Parameter halting: Whether its failure keeps its siblings from beginning anything new.
  func close(_ span: SpanSite, _ ending: Span.Ending, halting: Bool) async throws(JournalError) -> RecordNumber
  /// Records that the execution was interrupted, and that a `finally` begins over it: nothing else begins any more.
  func interrupt(_ span: SpanSite) async throws(JournalError)

  // MARK: Launches

  /// Makes a run this launch's own and its outcome, unless another effect of any execution in the journal owns it; tells
  /// which it is. Durable when it returns.
  ///
  /// - Parameter adopter: Who said so; `nil` where the run was found.
  func claim(_ run: Run, for number: RecordNumber, by adopter: Adopter?) async throws(JournalError) -> Bool
  /// Whose run it is, as far as the journal knows; `nil` where it is nobody's.
  func owner(of run: Run) async throws(JournalError) -> RunOwner?
  /// How many other launches of the run's operation, by effects of any execution in the journal, may as well have brought it
  /// about: their runs are not known either.
  func rivals(for run: Run, of key: EffectKey) async throws(JournalError) -> Int
  /// The ids of the operation's runs that effects of any execution in the journal own.
  func ownedRuns(of operation: DataOperation) async throws(JournalError) -> Set<String>
  /// Waits until no other effect in the journal, of this execution or of a living one, is between the intent and the
  /// outcome of a launch of this operation, and keeps others out until `unlockLaunches`. Without it two launches whose
  /// replies are lost together could take each other's runs.
  ///
  /// - Throws: `.launchIsOpen` where a launch of this execution is open that goes first, and that nobody has taken up: whoever
  ///   wants to launch settles it before.
  /// - Parameter tell: Hears what it waits for, where that is another execution.
  func lockLaunches(
    of operation: DataOperation, for site: EffectSite, telling tell: @escaping @Sendable (TurnWait) -> Void
  ) async throws(JournalError)
  func unlockLaunches(of operation: DataOperation, for site: EffectSite) async
}

/// What a launch waits for that wants its operation's turn: another execution, or one of its own that is not known.
public struct TurnWait: Hashable, Sendable {
  /// `nil` where its record has been deleted.
  public let executionID: String?
  /// When nothing of the other execution's request can arrive or be listed any more; `nil` where its process lives and goes
  /// first.
  public let settlesAt: Timestamp?

  public init(executionID: String?, settlesAt: Timestamp? = nil) {
    self.executionID = executionID
    self.settlesAt = settlesAt
  }
}

extension Journal {
  public func lockLaunches(of operation: DataOperation, for site: EffectSite) async throws(JournalError) {
    try await lockLaunches(of: operation, for: site) { _ in }
  }

  public func answer(to site: EffectSite) async throws(JournalError) -> PersonAnswer? { nil }
  public func comingAnswer(to site: EffectSite) async throws(JournalError) -> PersonAnswer? { nil }

  public func intend(_ effects: [(intent: EffectIntent, site: EffectSite)]) async throws(JournalError) {
    for (intent, site) in effects { try await intend(intent, at: site, settlesAt: nil) }
  }

  public func finish(_ effects: [FinishedEffect]) async throws(JournalError) -> [RecordNumber] {
    var numbers: [RecordNumber] = []
    for effect in effects { numbers.append(try await finish(effect.intent, effect.outcome, at: effect.site)) }
    return numbers
  }
}

/// An effect with what it came to.
public struct FinishedEffect: Sendable {
  public let intent: EffectIntent
  public let outcome: EffectOutcome
  public let site: EffectSite

  public init(_ intent: EffectIntent, _ outcome: EffectOutcome, at site: EffectSite) {
    self.intent = intent
    self.outcome = outcome
    self.site = site
  }
}
