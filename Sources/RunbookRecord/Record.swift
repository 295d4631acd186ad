public import CivilTime

/// The record of one execution, as the one process that may write it has it before it. It decides what may follow what:
/// what an intent may become, what is done anew, what an edit moves. Whatever changes it gives the rows that the journal has
/// to hold for it.
public struct Record: Sendable {
  private var known: [RecordNumber: RecordedEffect]
  /// Which effect answers for a place, by the place's path.
  private var standing: [String: RecordNumber]
  /// The last number given out.
  private var last: RecordNumber

  /// The record of an execution that begins.
  public init() {
    known = [:]
    standing = [:]
    last = RecordNumber(0)
  }

  /// - Throws: `RecordContradiction` where the rows cannot have come about by these rules.
  public init(_ effects: [RecordedEffect]) throws(RecordContradiction) {
    known = Dictionary(minimumCapacity: effects.count)
    standing = Dictionary(minimumCapacity: effects.count)
    last = RecordNumber(0)
    for effect in effects {
      guard known.updateValue(effect, forKey: effect.number) == nil else { throw .numberTaken(effect.number) }
      last = max(last, effect.number, effect.ended ?? effect.number)
      guard effect.number > RecordNumber(0), last < last.next else { throw .impossibleNumber(effect.number) }
      if let outcome = effect.outcome, !outcome.fits(effect.intent) {
        throw .unfitting(effect.number, effect.intent.words, outcome.words)
      }
      guard effect.standing == .current else { continue }
      guard standing.updateValue(effect.number, forKey: effect.key.path) == nil else {
        throw .placeTaken(effect.key.path)
      }
    }
  }

  // MARK: Reading

  /// The effect that answers for a place.
  public func effect(at key: EffectKey) -> RecordedEffect? { standing[key.path].flatMap { known[$0] } }

  public func effect(_ number: RecordNumber) -> RecordedEffect? { known[number] }

  /// All effects in the order of their numbers.
  public var effects: [RecordedEffect] { known.values.sorted { $0.number < $1.number } }

  // MARK: Appending

  /// Gives out a number for an effect that is about to begin, so that it can be named before it is recorded.
  public mutating func reserve() -> RecordNumber {
    last = last.next
    return last
  }

  /// Records that an effect begins. A place where one stands already keeps it: its intent is written anew only while it has
  /// no outcome, and only where it means the same.
  public mutating func begin(
    _ intent: EffectIntent, at key: EffectKey, as reserved: RecordNumber? = nil, settlesAt: Timestamp? = nil,
    now: Timestamp
  ) throws(RecordContradiction) -> RecordChange {
    guard var effect = effect(at: key) else {
      return put(
        RecordedEffect(
          number: reserved ?? reserve(), key: key, intent: intent, intendedAt: now, settlesAt: settlesAt))
    }
    guard effect.outcome == nil else { throw .hasEnded(effect.number, effect.intent.words) }
    guard intent.agrees(with: effect.intent) else { throw .meansSomethingElse(effect.intent.words, intent.words) }
    effect.intent = intent
    effect.intendedAt = now
    effect.settlesAt = settlesAt
    return put(effect)
  }

  /// Records how an effect came out. What needs no intent of its own begins with it.
  public mutating func end(
    _ intent: EffectIntent, _ outcome: EffectOutcome, at key: EffectKey, now: Timestamp
  ) throws(RecordContradiction) -> RecordChange {
    if let effect = effect(at: key) { return try settle(effect, outcome, now: now) }
    guard outcome.fits(intent) else { throw .unfitting(last.next, intent.words, outcome.words) }
    return try settle(
      RecordedEffect(number: reserve(), key: key, intent: intent, intendedAt: now), outcome, now: now)
  }

  /// Records what an effect came to that is known by its number.
  public mutating func end(
    _ number: RecordNumber, _ outcome: EffectOutcome, now: Timestamp
  ) throws(RecordContradiction) -> RecordChange {
    guard let effect = known[number] else { throw .unknown(number) }
    return try settle(effect, outcome, now: now)
  }

  private mutating func settle(
    _ found: RecordedEffect, _ outcome: EffectOutcome, now: Timestamp
  ) throws(RecordContradiction) -> RecordChange {
    var effect = found
    guard outcome.fits(effect.intent) else { throw .unfitting(effect.number, effect.intent.words, outcome.words) }
    // What is not known of a launch may become known; every other outcome stands.
    guard effect.outcome == nil || effect.isOpenLaunch || effect.outcome == outcome else {
      throw .hasEnded(effect.number, effect.intent.words)
    }
    effect.outcome = outcome
    effect.ended = reserve()
    effect.finishedAt = now
    return put(effect)
  }

  private mutating func put(_ effect: RecordedEffect) -> RecordChange {
    let before = known.updateValue(effect, forKey: effect.number)
    if let before { free(before) }
    if effect.standing == .current { standing[effect.key.path] = effect.number }
    return RecordChange(before: before, after: effect)
  }

  /// Takes a change back that could not be written: the latest one of its effect.
  public mutating func undo(_ change: RecordChange) {
    free(change.after)
    known[change.after.number] = change.before
    if let before = change.before, before.standing == .current { standing[before.key.path] = before.number }
  }

  private mutating func free(_ effect: RecordedEffect) {
    if standing[effect.key.path] == effect.number { standing[effect.key.path] = nil }
  }

  // MARK: Going on

  /// Makes what an execution ended over be done anew: a launch that is unconfirmed is open again, by whose intent its run is
  /// looked for; everything else that failed lapses, and its place is free. So do the launches that a person has launched
  /// again. Gives the effects that this has changed.
  public mutating func reopen(_ origins: [EffectKey], launchingAgain: Set<RecordNumber>) -> [RecordChange] {
    var changed: [RecordChange] = []
    for number in launchingAgain.sorted() {
      guard var effect = known[number], effect.isOpenLaunch else { continue }
      effect.standing = .lapsed
      changed.append(put(effect))
    }
    for key in origins {
      guard var effect = effect(at: key), case .failed? = effect.outcome else { continue }
      if effect.isOpenLaunch {
        effect.outcome = nil
        effect.ended = nil
        effect.finishedAt = nil
      } else {
        effect.standing = .lapsed
      }
      changed.append(put(effect))
    }
    return changed
  }

  /// Gives an effect another place, or the same one with other words.
  public mutating func move(
    _ number: RecordNumber, to key: EffectKey
  ) throws(RecordContradiction) -> RecordChange {
    guard var effect = known[number] else { throw .unknown(number) }
    if let other = standing[key.path], other != number { throw .placeTaken(key.path) }
    effect.key = key
    effect.standing = .current
    return put(effect)
  }

  /// Takes an effect out of its place, so that whatever stands there now is not answered by it.
  public mutating func setAside(_ number: RecordNumber) throws(RecordContradiction) -> RecordChange {
    guard var effect = known[number] else { throw .unknown(number) }
    effect.standing = .setAside
    return put(effect)
  }
}

/// What a step of a record changes: one effect, before and after.
public struct RecordChange: Sendable {
  /// How the effect stood is kept apart: most begin, and thousands of changes wait for the disk at once.
  private indirect enum Earlier: Sendable {
    case nothing
    case effect(RecordedEffect)
  }

  private let earlier: Earlier
  /// `nil` for an effect that begins.
  public var before: RecordedEffect? { if case .effect(let effect) = earlier { effect } else { nil } }
  /// The row that the journal has to hold for it.
  public let after: RecordedEffect

  init(before: RecordedEffect?, after: RecordedEffect) {
    earlier = before.map(Earlier.effect) ?? .nothing
    self.after = after
  }

  /// Whether nothing but what came of the effect is new.
  var isOutcomeAlone: Bool {
    guard var effect = before else { return false }
    (effect.outcome, effect.ended, effect.finishedAt) = (after.outcome, after.ended, after.finishedAt)
    return effect == after
  }
}

/// Why something cannot be in a record, or cannot follow what is in it.
public enum RecordContradiction: Error, Hashable, Sendable, CustomStringConvertible {
  case numberTaken(RecordNumber)
  case impossibleNumber(RecordNumber)
  case unfitting(RecordNumber, String, String)
  case placeTaken(String)
  case hasEnded(RecordNumber, String)
  case meansSomethingElse(String, String)
  case unknown(RecordNumber)

  public var description: String {
    switch self {
    case .numberTaken(let number): "there are two effects \(number)"
    case .impossibleNumber(let number): "no effect can have the number \(number), or have ended at the one it names"
    case .unfitting(let number, let intent, let outcome):
      "effect \(number), \(intent), cannot have come out as \(outcome)"
    case .placeTaken(let path): "two effects stand at \(path)"
    case .hasEnded(let number, let intent): "effect \(number), \(intent), has an outcome already"
    case .meansSomethingElse(let recorded, let found): "\(recorded) is recorded where \(found) begins"
    case .unknown(let number): "there is no effect \(number)"
    }
  }
}
