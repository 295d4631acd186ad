import CivilTime
import RunbookDiagnostics

/// A stretch of the source that belongs together. Tokens tile what is not space or comment, in order, and the last is
/// `end`.
struct Token: Sendable {
  enum Kind: UInt8, Sendable {
    case word
    case number, duration, date, timestamp
    /// A text whose value is what stands between its quotes.
    case text
    /// The opening mark of a text with escapes or interpolations; chunks and interpolations follow up to `textEnd`.
    case textBegin, textChunk, interpolationBegin, interpolationEnd, textEnd
    case leftParen, rightParen, leftBracket, rightBracket, leftBrace, rightBrace
    case comma, colon, semicolon, dot, dotDot
    case equals, equalEqual, bangEqual, less, lessEqual, greater, greaterEqual
    case plus, minus, star, slash, percent
    /// A literal that stands for no value, like `2020-02-30`; its error has been reported.
    case unreadable
    /// What cannot be read at all; its error has been reported.
    case invalid
    case end
  }

  let kind: Kind
  /// The meaning of a word, `nil` for a plain name.
  let word: Word?
  /// Whether it is the first on its line.
  let startsLine: Bool
  let lower: Int32
  let upper: Int32
  /// Where its value stands among the literals, or -1.
  let literal: Int32
}

/// The value of a token.
enum Literal: Sendable {
  case number(Number)
  case duration(TimeSpan)
  case date(CalendarDate)
  case timestamp(Timestamp)
  case text(String)
}

/// What the lexer makes of a source.
struct TokenStream: Sendable {
  var tokens: [Token] = []
  var literals: [Literal] = []
  var problems = ProblemList()
  /// Whether the source ends inside a block text.
  var isUnfinished = false
}

/// The problems found so far: the first hundred, and how many there are in all.
struct ProblemList: Sendable {
  static let limit = 100

  private(set) var problems: [SyntaxProblem] = []
  private(set) var count = 0

  mutating func append(_ kind: SyntaxProblem.Kind, _ place: SourceRange) {
    count += 1
    if problems.count < Self.limit { problems.append(SyntaxProblem(kind, place)) }
  }

  /// Those of both in the order of the source, the first hundred and one note on the rest.
  func diagnostics(with other: ProblemList) -> [Diagnostic] {
    let all = (problems + other.problems).sorted { ($0.place.lower, $0.place.upper) < ($1.place.lower, $1.place.upper) }
    var diagnostics = all.prefix(Self.limit).map(\.diagnostic)
    let rest = count + other.count - diagnostics.count
    if rest > 0, let last = all.prefix(Self.limit).last {
      diagnostics.append(SyntaxProblem(.tooManyErrors(more: rest), last.place).diagnostic)
    }
    return diagnostics
  }
}
