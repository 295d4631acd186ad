public import CivilTime
public import RunbookRecord
public import TailerAPI

/// A journal as somebody sees it who stands between it and the evaluator: all calls come through two functions, one for what
/// only reads and one for what writes.
public protocol JournalWrapper: HeldJournal {
  var wrapped: any HeldJournal { get async throws(JournalError) }
  func reading<T: Sendable>(
    _ body: (any HeldJournal) async throws(JournalError) -> T
  ) async throws(JournalError) -> T
  func writing<T: Sendable>(
    _ what: JournalWrite, _ body: (any HeldJournal) async throws(JournalError) -> T
  ) async throws(JournalError) -> T
}

/// What a write is.
public enum JournalWrite: Sendable {
  case intents([EffectIntent])
  case outcomes([(intent: EffectIntent, outcome: EffectOutcome)])
  case claim, move, turn, accept, end
}

extension JournalWrapper {
  public func reading<T: Sendable>(
    _ body: (any HeldJournal) async throws(JournalError) -> T
  ) async throws(JournalError) -> T { try await body(try await wrapped) }

  public func writing<T: Sendable>(
    _ what: JournalWrite, _ body: (any HeldJournal) async throws(JournalError) -> T
  ) async throws(JournalError) -> T { try await body(try await wrapped) }

  // MARK: Reads

  public func record() async throws(JournalError) -> Record {
    try await reading { journal async throws(JournalError) in try await journal.record() }
  }
  public func reopened() async throws(JournalError) -> Record {
    try await reading { journal async throws(JournalError) in try await journal.reopened() }
  }
  public func recall(_ intent: EffectIntent, at site: EffectSite) async throws(JournalError) -> RecordedEffect? {
    try await reading { journal async throws(JournalError) in try await journal.recall(intent, at: site) }
  }
  public func enter(_ site: EffectSite) async throws(JournalError) {
    try await reading { journal async throws(JournalError) in try await journal.enter(site) }
  }
  public func owner(of run: Run) async throws(JournalError) -> RunOwner? {
    try await reading { journal async throws(JournalError) in try await journal.owner(of: run) }
  }
  public func rivals(for run: Run, of key: EffectKey) async throws(JournalError) -> Int {
    try await reading { journal async throws(JournalError) in try await journal.rivals(for: run, of: key) }
  }
  public func ownedRuns(of operation: DataOperation) async throws(JournalError) -> Set<String> {
    try await reading { journal async throws(JournalError) in try await journal.ownedRuns(of: operation) }
  }
  public func answer(to site: EffectSite) async throws(JournalError) -> PersonAnswer? {
    try await reading { journal async throws(JournalError) in try await journal.answer(to: site) }
  }
  public func comingAnswer(to site: EffectSite) async throws(JournalError) -> PersonAnswer? {
    try await reading { journal async throws(JournalError) in try await journal.comingAnswer(to: site) }
  }
  public func open(_ span: SpanSite, causes: [RecordNumber]) async throws(JournalError) {
    try await reading { journal async throws(JournalError) in try await journal.open(span, causes: causes) }
  }
  public func close(
    _ span: SpanSite, _ ending: Span.Ending, halting: Bool
  ) async throws(JournalError) -> RecordNumber {
    try await reading { journal async throws(JournalError) in
      try await journal.close(span, ending, halting: halting)
    }
  }
  public func interrupt(_ span: SpanSite) async throws(JournalError) {
    try await reading { journal async throws(JournalError) in try await journal.interrupt(span) }
  }

  public func follow(_ follower: @escaping RecordFollower) async {
    _ = try? await reading { journal async throws(JournalError) in await journal.follow(follower) }
  }

  // MARK: Writes

  public func intend(_ intent: EffectIntent, at site: EffectSite, settlesAt: Timestamp?) async throws(JournalError) {
    try await writing(.intents([intent])) { journal async throws(JournalError) in
      try await journal.intend(intent, at: site, settlesAt: settlesAt)
    }
  }
  public func intend(_ effects: [(intent: EffectIntent, site: EffectSite)]) async throws(JournalError) {
    try await writing(.intents(effects.map(\.intent))) { journal async throws(JournalError) in
      try await journal.intend(effects)
    }
  }
  public func finish(
    _ intent: EffectIntent, _ outcome: EffectOutcome, at site: EffectSite
  ) async throws(JournalError) -> RecordNumber {
    try await writing(.outcomes([(intent, outcome)])) { journal async throws(JournalError) in
      try await journal.finish(intent, outcome, at: site)
    }
  }
  public func finish(_ effects: [FinishedEffect]) async throws(JournalError) -> [RecordNumber] {
    try await writing(.outcomes(effects.map { ($0.intent, $0.outcome) })) { journal async throws(JournalError) in
      try await journal.finish(effects)
    }
  }
  public func claim(_ run: Run, for number: RecordNumber, by adopter: Adopter?) async throws(JournalError) -> Bool {
    try await writing(.claim) { journal async throws(JournalError) in
      try await journal.claim(run, for: number, by: adopter)
    }
  }
  public func move(_ number: RecordNumber, to key: EffectKey) async throws(JournalError) {
    try await writing(.move) { journal async throws(JournalError) in try await journal.move(number, to: key) }
  }
  public func lockLaunches(
    of operation: DataOperation, for site: EffectSite, telling tell: @escaping @Sendable (TurnWait) -> Void
  ) async throws(JournalError) {
    try await writing(.turn) { journal async throws(JournalError) in
      try await journal.lockLaunches(of: operation, for: site, telling: tell)
    }
  }
  public func unlockLaunches(of operation: DataOperation, for site: EffectSite) async {
    _ = try? await reading { journal async throws(JournalError) in
      await journal.unlockLaunches(of: operation, for: site)
    }
  }
  public func accept(
    _ header: ExecutionHeader, rewording: [RecordNumber: EffectKey], settingAside: [RecordNumber]
  ) async throws(JournalError) {
    try await writing(.accept) { journal async throws(JournalError) in
      try await journal.accept(header, rewording: rewording, settingAside: settingAside)
    }
  }
  public func end(_ end: ExecutionEnd) async throws(JournalError) {
    try await writing(.end) { journal async throws(JournalError) in try await journal.end(end) }
  }
  public func giveBack() async throws(JournalError) {
    try await writing(.end) { journal async throws(JournalError) in try await journal.giveBack() }
  }
  public func settle() async throws(JournalError) {
    try await writing(.end) { journal async throws(JournalError) in try await journal.settle() }
  }
  public func keepLease() async {
    _ = try? await reading { journal async throws(JournalError) in await journal.keepLease() }
  }
}
