public import CivilTime
import RunbookSyntax

/// One effect as the record has it: what was meant, where and when it began, and how it came out.
public struct RecordedEffect: Sendable {
  /// Whether the effect answers for its place.
  public enum Standing: Int, Hashable, Codable, Sendable {
    /// It does.
    case current = 0
    /// An accepted edit does not come by it any more. It is kept, and answers for nothing.
    case setAside = 1
    /// It failed, and was done anew by an effect with a number of its own.
    case lapsed = 2
  }

  /// What is recorded of an effect. It is kept apart, so that an effect is a reference's size wherever it is passed on and
  /// waited with: thousands of them are held by tables that grow, and by writes that wait.
  private struct Facts: Hashable, Sendable {
    let number: RecordNumber
    var key: EffectKey
    var span: RecordNumber?
    let generation: Int
    var standing: Standing
    let place: SourcePlace?
    var intent: EffectIntent
    var intendedAt: Timestamp
    var settlesAt: Timestamp?
    var outcome: EffectOutcome?
    var ended: RecordNumber?
    var finishedAt: Timestamp?
  }

  private final class Box: Sendable {
    let facts: Facts
    init(_ facts: Facts) { self.facts = facts }
  }

  private var box: Box

  public var number: RecordNumber { box.facts.number }
  /// Where it stands in the text; an edit may move it.
  public var key: EffectKey { box.facts.key }
  /// The span that it is in; `nil` where an old journal did not record spans.
  public var span: RecordNumber? { box.facts.span }
  /// Which time this place is gone through because a person had it done again, from 0.
  public var generation: Int { box.facts.generation }
  public var standing: Standing { box.facts.standing }
  /// Where its words are in the sources, for who reads the record without the text at hand.
  public var place: SourcePlace? { box.facts.place }
  public var intent: EffectIntent { box.facts.intent }
  public var intendedAt: Timestamp { box.facts.intendedAt }
  /// For a launch: the moment after which nothing of its request can arrive or be listed any more.
  public var settlesAt: Timestamp? { box.facts.settlesAt }
  /// `nil` while it is not known what came of it.
  public var outcome: EffectOutcome? { box.facts.outcome }
  /// The position in the log at which its outcome was appended.
  public var ended: RecordNumber? { box.facts.ended }
  public var finishedAt: Timestamp? { box.facts.finishedAt }

  public init(
    number: RecordNumber, key: EffectKey, span: RecordNumber? = nil, generation: Int = 0, standing: Standing = .current,
    place: SourcePlace? = nil, intent: EffectIntent, intendedAt: Timestamp, settlesAt: Timestamp? = nil,
    outcome: EffectOutcome? = nil, ended: RecordNumber? = nil, finishedAt: Timestamp? = nil
  ) {
    box = Box(
      Facts(
        number: number, key: key, span: span, generation: generation, standing: standing, place: place, intent: intent,
        intendedAt: intendedAt, settlesAt: settlesAt, outcome: outcome, ended: ended, finishedAt: finishedAt))
  }

  private func changed(_ change: (inout Facts) -> Void) -> RecordedEffect {
    var (effect, facts) = (self, box.facts)
    change(&facts)
    effect.box = Box(facts)
    return effect
  }

  /// The same, intended anew.
  func intended(_ intent: EffectIntent, at moment: Timestamp, settlesAt: Timestamp?) -> RecordedEffect {
    changed { ($0.intent, $0.intendedAt, $0.settlesAt) = (intent, moment, settlesAt) }
  }

  /// The same, come to an outcome; `nil` for none any more.
  func having(_ outcome: EffectOutcome?, ended: RecordNumber?, at moment: Timestamp?) -> RecordedEffect {
    changed { ($0.outcome, $0.ended, $0.finishedAt) = (outcome, ended, moment) }
  }

  /// The same, answering for its place or not.
  func standing(_ standing: Standing) -> RecordedEffect { changed { $0.standing = standing } }

  /// The same in a span.
  func inside(_ span: RecordNumber) -> RecordedEffect { changed { $0.span = span } }

  /// The same at another place, for which it answers.
  func moved(to key: EffectKey) -> RecordedEffect { changed { ($0.key, $0.standing) = (key, .current) } }

  public var textHash: TextHash { key.textHash }

  /// Whether what became of it is not known: it has no outcome, or it is a launch that nobody could confirm.
  public var isOpen: Bool {
    guard let outcome else { return true }
    guard case .failed(let error) = outcome else { return false }
    return error.kind == .unconfirmed
  }

  /// Whether it failed: the world refused it, or it took too long.
  public var hasFailed: Bool { if case .failed? = outcome { true } else { false } }

  /// Whether it is a launch of which a person has said that it did not happen.
  public var isDenied: Bool { if case .denied? = outcome { true } else { false } }

  /// Whether it is a launch of which it is not known whether it happened.
  public var isOpenLaunch: Bool {
    guard case .launch = intent else { return false }
    return isOpen && standing != .lapsed
  }

  /// The same where its request may have had an effect.
  public var isLaunchInDoubt: Bool { isOpenLaunch && !isIdleLaunch }

  /// Whether it is a launch whose request surely did nothing: it settled with its stamp, and nothing of it can arrive or be
  /// listed. It is launched when it is come to again.
  public var isIdleLaunch: Bool {
    guard outcome == nil, case .launch(_, _, _, let sentAt) = intent else { return false }
    return settlesAt == sentAt
  }
}

extension RecordedEffect: Hashable {
  public static func == (a: Self, b: Self) -> Bool { a.box === b.box || a.box.facts == b.box.facts }
  public func hash(into hasher: inout Hasher) { hasher.combine(box.facts) }
}

/// Where words stand in the recorded sources: the source's position among them, the line from 1, and the half-open range of
/// UTF-8 offsets.
public struct SourcePlace: Hashable, Codable, Sendable {
  public let source: Int32
  public let line: Int32
  public let lower: Int32
  public let upper: Int32

  public init(source: Int32, line: Int32, lower: Int32, upper: Int32) {
    self.source = source
    self.line = line
    self.lower = lower
    self.upper = upper
  }
}
