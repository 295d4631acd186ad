public import CivilTime

/// The record of one execution, as the one process that may write it has it before it. It decides what may follow what:
/// what an intent may become, what may begin, what is done anew, what an edit moves. Whatever changes it gives the rows that
/// the journal has to hold for it.
public struct Record: Sendable {
  private var known: [RecordNumber: RecordedEffect]
  /// Which effect answers for a place, by the place's path.
  private var standing: [String: RecordNumber]
  var spans: [RecordNumber: Span] = [:]
  /// Which span is which, by its path.
  var spanNumbers: [String: RecordNumber] = [:]
  /// The spans whose rows have not been written as they are now.
  var unwritten: Set<RecordNumber> = []
  /// The launches of which it is not known whether they happened, among what answers for its place.
  private var openLaunches: Set<RecordNumber> = []
  /// No record of ours comes to as many numbers.
  private static let limit = RecordNumber(1 << 62)
  /// The last number given out.
  public private(set) var last: RecordNumber

  /// The record of an execution that begins.
  public init() {
    known = [:]
    standing = [:]
    last = RecordNumber(0)
  }

  /// - Throws: `RecordContradiction` where the rows cannot have come about by these rules.
  public init(_ effects: [RecordedEffect], _ spans: [Span] = []) throws(RecordContradiction) {
    known = Dictionary(minimumCapacity: effects.count)
    standing = Dictionary(minimumCapacity: effects.count)
    last = RecordNumber(0)
    for effect in effects {
      guard known.updateValue(effect, forKey: effect.number) == nil else { throw .numberTaken(effect.number) }
      last = max(last, effect.number, effect.ended ?? effect.number)
      guard effect.number > RecordNumber(0), last < Self.limit else { throw .impossibleNumber(effect.number) }
      if let outcome = effect.outcome, !outcome.fits(effect.intent) {
        throw .unfitting(effect.number, effect.intent.words, outcome.words)
      }
      guard effect.standing == .current else { continue }
      if effect.isOpenLaunch { openLaunches.insert(effect.number) }
      guard standing.updateValue(effect.number, forKey: effect.key.path) == nil else {
        throw .placeTaken(effect.key.path)
      }
    }
    for span in spans {
      guard known[span.number] == nil, self.spans.updateValue(span, forKey: span.number) == nil else {
        throw .numberTaken(span.number)
      }
      last = max(last, span.number, span.ended ?? span.number, span.halt?.number ?? span.number)
      guard span.number > RecordNumber(0), last < Self.limit else { throw .impossibleNumber(span.number) }
      // Who is inside begins later, so that no span is inside of itself.
      guard span.parent.map({ $0 < span.number }) ?? true else { throw .impossibleNumber(span.number) }
      guard spanNumbers.updateValue(span.number, forKey: span.path) == nil else { throw .placeTaken(span.path) }
    }
  }

  // MARK: Reading

  /// The effect that answers for a place.
  public func effect(at key: EffectKey) -> RecordedEffect? { standing[key.path].flatMap { known[$0] } }

  /// The number of the effect that answers for a place.
  public func number(at key: EffectKey) -> RecordNumber? { standing[key.path] }

  public func effect(_ number: RecordNumber) -> RecordedEffect? { known[number] }

  /// Whether nothing is recorded yet.
  public var isEmpty: Bool { known.isEmpty && spans.isEmpty }

  /// All effects in the order of their numbers.
  public var effects: [RecordedEffect] { effects { _ in true } }

  /// The effects that are wanted, in the order of their numbers.
  public func effects(where isWanted: (RecordedEffect) -> Bool) -> [RecordedEffect] {
    known.values.filter(isWanted).sorted { $0.number < $1.number }
  }

  /// The launches of which it is not known whether they happened, among what answers for its place, in their order.
  public var launchesInDoubt: [RecordedEffect] { openLaunches.sorted().compactMap { effect($0) } }

  // MARK: Appending

  /// Gives out a number for an effect that is about to begin, so that it can be named before it is recorded.
  public mutating func reserve() -> RecordNumber {
    last = last.next
    return last
  }

  /// Records that an effect begins. A place where one stands already keeps it: its intent is written anew only while it has
  /// no outcome, and only where it means the same.
  public mutating func begin(
    _ intent: EffectIntent, at site: EffectSite, as reserved: RecordNumber? = nil, settlesAt: Timestamp? = nil,
    now: Timestamp
  ) throws(RecordContradiction) -> RecordChange {
    guard let effect = effect(at: site.key) else {
      let span = try enter(site, now: now)
      return put(
        RecordedEffect(
          number: reserved ?? reserve(), key: site.key, span: span, place: site.place, intent: intent, intendedAt: now,
          settlesAt: settlesAt))
    }
    guard effect.outcome == nil else { throw .hasEnded(effect.number, effect.intent.words) }
    // What surely did nothing begins anew.
    if effect.isIdleLaunch { _ = try enter(site, now: now) }
    guard intent.agrees(with: effect.intent) else { throw .meansSomethingElse(effect.intent.words, intent.words) }
    return put(effect.intended(intent, at: now, settlesAt: settlesAt))
  }

  /// Records how an effect came out. What needs no intent of its own begins with it.
  public mutating func end(
    _ intent: EffectIntent, _ outcome: EffectOutcome, at site: EffectSite, now: Timestamp
  ) throws(RecordContradiction) -> RecordChange {
    if let effect = effect(at: site.key) { return try settle(effect, outcome, now: now) }
    guard outcome.fits(intent) else { throw .unfitting(last.next, intent.words, outcome.words) }
    let span = site.span.map { open($0, now: now) }
    return try settle(
      RecordedEffect(
        number: reserve(), key: site.key, span: span, place: site.place, intent: intent, intendedAt: now),
      outcome, now: now)
  }

  /// Records what an effect came to that is known by its number.
  public mutating func end(
    _ number: RecordNumber, _ outcome: EffectOutcome, now: Timestamp
  ) throws(RecordContradiction) -> RecordChange {
    guard let effect = effect(number) else { throw .unknown(number) }
    return try settle(effect, outcome, now: now)
  }

  private mutating func settle(
    _ effect: RecordedEffect, _ outcome: EffectOutcome, now: Timestamp
  ) throws(RecordContradiction) -> RecordChange {
    guard outcome.fits(effect.intent) else { throw .unfitting(effect.number, effect.intent.words, outcome.words) }
    // What is not known of a launch may become known; every other outcome stands.
    guard effect.outcome == nil || effect.isOpenLaunch || effect.outcome == outcome else {
      throw .hasEnded(effect.number, effect.intent.words)
    }
    let ended = reserve()
    if case .ask(_, let purpose?, _) = effect.intent, purpose.endsWithNo, case .answer(let answer) = outcome,
      !answer.isYes
    {
      haltForNo(in: effect.span, at: ended)
    }
    return put(effect.having(outcome, ended: ended, at: now))
  }

  mutating func put(_ effect: RecordedEffect) -> RecordChange {
    let before = known.updateValue(effect, forKey: effect.number)
    if let before { free(before) }
    stand(effect)
    return RecordChange(before: before, after: effect)
  }

  /// Takes a change back that could not be written: the latest one of its effect.
  public mutating func undo(_ change: RecordChange) {
    free(change.after)
    known[change.after.number] = change.before
    if let before = change.before { stand(before) }
    if let ended = change.after.ended, change.before?.ended != ended { withdrawNo(at: ended) }
  }

  private mutating func stand(_ effect: RecordedEffect) {
    guard effect.standing == .current else { return }
    standing[effect.key.path] = effect.number
    if effect.isOpenLaunch { openLaunches.insert(effect.number) }
  }

  private mutating func free(_ effect: RecordedEffect) {
    openLaunches.remove(effect.number)
    if standing[effect.key.path] == effect.number { standing[effect.key.path] = nil }
  }

  // MARK: Going on

  /// Makes what an execution ended over be done anew: a launch that is unconfirmed is open again, by whose intent its run is
  /// looked for; everything else that failed lapses, and its place is free. A failure that a `catch`, a further round of a
  /// `retry` or a `finally` has begun over stands. Gives the effects that this
  /// has changed.
  ///
  /// - Parameter end: How the execution ended; `nil` where its process was killed, and nothing else is done anew.
  public mutating func reopen(over end: ExecutionEnd?) -> [RecordChange] {
    var changed: [RecordChange] = []
    guard let end else { return changed }
    let stands = standingFailures()
    // Where it was recorded without spans, the end says over what.
    let ended = Set(end.origins.map(\.path))
    let failed = effects { effect in
      guard effect.hasFailed, effect.standing == .current else { return false }
      guard effect.span != nil else { return ended.contains(effect.key.path) }
      return !(effect.ended.map(stands.contains) ?? false)
    }
    for effect in failed {
      changed.append(put(effect.isOpenLaunch ? effect.having(nil, ended: nil, at: nil) : effect.standing(.lapsed)))
    }
    withdrawFailures(besides: stands)
    return changed
  }

  /// Records that a launch did not happen, by somebody's word. Its place is free for the one that is launched in its stead.
  public mutating func deny(_ number: RecordNumber, by person: Adopter) throws(RecordContradiction) -> RecordChange {
    guard let effect = effect(number) else { throw .unknown(number) }
    guard effect.isOpenLaunch else { throw .hasEnded(number, effect.intent.words) }
    return put(effect.having(.denied(by: person), ended: reserve(), at: person.at).standing(.lapsed))
  }

  /// Gives an effect another place, or the same one with other words.
  public mutating func move(
    _ number: RecordNumber, to key: EffectKey
  ) throws(RecordContradiction) -> RecordChange {
    guard let effect = effect(number) else { throw .unknown(number) }
    if let other = standing[key.path], other != number { throw .placeTaken(key.path) }
    return put(effect.moved(to: key))
  }

  /// Takes an effect out of its place, so that whatever stands there now is not answered by it.
  public mutating func setAside(_ number: RecordNumber) throws(RecordContradiction) -> RecordChange {
    guard let effect = effect(number) else { throw .unknown(number) }
    return put(effect.standing(.setAside))
  }
}

/// What a step of a record changes: one effect, before and after.
public struct RecordChange: Sendable {
  /// `nil` for an effect that begins.
  public let before: RecordedEffect?
  /// The row that the journal has to hold for it.
  public let after: RecordedEffect

  /// Whether nothing but what came of the effect is new.
  var isOutcomeAlone: Bool { before?.having(after.outcome, ended: after.ended, at: after.finishedAt) == after }
}
