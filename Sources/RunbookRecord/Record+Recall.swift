/// What the record answers in place of an effect.
extension Record {
  /// The effect that is recorded where this one stands, having made sure that it means the same and was worded so; `nil` where
  /// nothing is recorded.
  ///
  /// - Throws: `.diverged`, `.wordedOtherwise`; `.halted` where it is open and an interruption keeps it from being gone on
  ///   with.
  public func recall(_ intent: EffectIntent, at site: EffectSite) throws(JournalError) -> RecordedEffect? {
    guard let effect = effect(at: site.key) else { return nil }
    guard intent.agrees(with: effect.intent) else { throw .diverged(effect) }
    guard effect.textHash == site.key.textHash else { throw .wordedOtherwise(effect) }
    if effect.outcome == nil, let halt = halt(over: effect.span), halt.reason == .interruption { throw .halted(halt) }
    return effect
  }
}
