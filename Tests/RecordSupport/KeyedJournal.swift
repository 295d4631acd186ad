public import CivilTime
public import RunbookRecord
public import TailerAPI

/// For tests of journals by themselves, in which effects stand in no span.
extension Journal {
  public func record(of key: EffectKey) async throws(JournalError) -> RecordedEffect? {
    try await record().effect(at: key)
  }

  /// All that is recorded and did not lapse.
  public func standing() async throws(JournalError) -> [RecordedEffect] {
    try await record().effects.filter { $0.standing != .lapsed }
  }

  public func intend(_ intent: EffectIntent, at key: EffectKey, settlesAt: Timestamp?) async throws(JournalError) {
    try await intend(intent, at: EffectSite(key), settlesAt: settlesAt)
  }

  public func intend(_ effects: [(intent: EffectIntent, key: EffectKey)]) async throws(JournalError) {
    try await intend(effects.map { (intent: $0.intent, site: EffectSite($0.key)) })
  }

  @discardableResult
  public func finish(
    _ intent: EffectIntent, _ outcome: EffectOutcome, at key: EffectKey
  ) async throws(JournalError) -> RecordNumber {
    try await finish(intent, outcome, at: EffectSite(key))
  }

  public func lockLaunches(of operation: DataOperation, for key: EffectKey) async throws(JournalError) {
    try await lockLaunches(of: operation, for: EffectSite(key))
  }

  public func unlockLaunches(of operation: DataOperation, for key: EffectKey) async {
    await unlockLaunches(of: operation, for: EffectSite(key))
  }
}

extension FinishedEffect {
  public init(_ intent: EffectIntent, _ outcome: EffectOutcome, at key: EffectKey) {
    self.init(intent, outcome, at: EffectSite(key))
  }
}
