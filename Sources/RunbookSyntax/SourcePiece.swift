public import RunbookDiagnostics

/// A stretch of a source that a layout moves as a whole: a word, a literal, a mark, a whole text with all in it, or a
/// comment. Between pieces stands nothing but space.
public struct SourcePiece: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    case word, literal, text, comment
    case openParenthesis, closeParenthesis, openBracket, closeBracket, openBlock, closeBlock
    case comma, colon, semicolon, dot, minus
    /// `=` and all operators that are marks but `-`.
    case mark
  }

  public let kind: Kind
  public let range: SourceRange
  /// How many newlines stand between it and the piece before.
  public let newlinesBefore: Int
}

extension SourceText {
  /// The pieces of a source that has no errors, in order.
  public var pieces: [SourcePiece] {
    var reader = PieceReader(source: self)
    reader.read()
    return reader.pieces
  }
}

private struct PieceReader {
  let source: SourceText
  var pieces: [SourcePiece] = []
  /// Up to where everything has been read.
  private var end = 0
  private var newlines = 0

  init(source: SourceText) { self.source = source }

  mutating func read() {
    var textStart: Token?
    for token in Lexer.tokens(of: source).tokens {
      switch token.kind {
      case .textBegin: textStart = token
      case .textEnd:
        append(.text, Int(textStart?.lower ?? token.lower), Int(token.upper))
        textStart = nil
      case .end: skip(to: Int(token.lower))
      default:
        if textStart == nil { append(Self.kind(of: token), Int(token.lower), Int(token.upper)) }
      }
    }
  }

  private mutating func append(_ kind: SourcePiece.Kind, _ lower: Int, _ upper: Int) {
    skip(to: lower)
    add(kind, lower, upper)
  }

  private mutating func add(_ kind: SourcePiece.Kind, _ lower: Int, _ upper: Int) {
    pieces.append(SourcePiece(kind: kind, range: SourceRange(source.id, lower, upper), newlinesBefore: newlines))
    newlines = 0
    end = upper
  }

  /// Counts the newlines before an offset, and takes up the comments there.
  private mutating func skip(to lower: Int) {
    while end < lower {
      switch source.bytes[end] {
      case UInt8(ascii: "#"):
        var stop = end
        while stop < lower, source.bytes[stop] != 0x0A { stop += 1 }
        add(.comment, end, stop)
      case 0x0A:
        newlines += 1
        end += 1
      default: end += 1
      }
    }
  }

  private static func kind(of token: Token) -> SourcePiece.Kind {
    switch token.kind {
    case .word: .word
    case .text: .text
    case .leftParen: .openParenthesis
    case .rightParen: .closeParenthesis
    case .leftBracket: .openBracket
    case .rightBracket: .closeBracket
    case .leftBrace: .openBlock
    case .rightBrace: .closeBlock
    case .comma: .comma
    case .colon: .colon
    case .semicolon: .semicolon
    case .dot: .dot
    case .minus: .minus
    case .number, .duration, .date, .timestamp: .literal
    default: .mark
    }
  }
}
