public import CivilTime
import RunbookSyntax

/// One effect as the record has it: what was meant, where and when it began, and how it came out.
public struct RecordedEffect: Hashable, Sendable {
  /// Whether the effect answers for its place.
  public enum Standing: Int, Hashable, Codable, Sendable {
    /// It does.
    case current = 0
    /// An accepted edit does not come by it any more. It is kept, and answers for nothing.
    case setAside = 1
    /// It failed, and was done anew by an effect with a number of its own.
    case lapsed = 2
  }

  public let number: RecordNumber
  /// Where it stands in the text; an edit may move it.
  public var key: EffectKey
  /// The span that it is in; `nil` where an old journal did not record spans.
  public var span: RecordNumber?
  /// Which time this place is gone through because a person had it done again, from 0.
  public var generation: Int
  public var standing: Standing
  /// Where its words are in the sources, for who reads the record without the text at hand.
  public var place: SourcePlace?
  public var intent: EffectIntent
  public var intendedAt: Timestamp
  /// For a launch: the moment after which nothing of its request can arrive or be listed any more.
  public var settlesAt: Timestamp?
  /// `nil` while it is not known what came of it.
  public var outcome: EffectOutcome?
  /// The position in the log at which its outcome was appended.
  public var ended: RecordNumber?
  public var finishedAt: Timestamp?

  public init(
    number: RecordNumber, key: EffectKey, span: RecordNumber? = nil, generation: Int = 0, standing: Standing = .current,
    place: SourcePlace? = nil, intent: EffectIntent, intendedAt: Timestamp, settlesAt: Timestamp? = nil,
    outcome: EffectOutcome? = nil, ended: RecordNumber? = nil, finishedAt: Timestamp? = nil
  ) {
    self.number = number
    self.key = key
    self.span = span
    self.generation = generation
    self.standing = standing
    self.place = place
    self.intent = intent
    self.intendedAt = intendedAt
    self.settlesAt = settlesAt
    self.outcome = outcome
    self.ended = ended
    self.finishedAt = finishedAt
  }

  public var textHash: String { key.textHash }

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
