import CivilTime
import RunbookDiagnostics

/// Bytes to tokens. Whatever the bytes are, it comes to an end, reports what is wrong and goes on behind it.
struct Lexer {
  let bytes: [UInt8]
  let source: SourceID
  /// Where reading stops: the end of the source, or of the interpolation being read.
  var limit: Int
  var at = 0
  var stream = TokenStream()
  var startsLine = true
  var isInInterpolation = false
  /// Whether the text being read breaks off inside an interpolation, which has been reported.
  var endsInInterpolation = false

  static func tokens(of source: SourceText) -> TokenStream {
    var lexer = Lexer(source)
    lexer.run()
    return lexer.stream
  }

  private init(_ source: SourceText) {
    bytes = source.bytes
    self.source = source.id
    limit = bytes.count
  }

  private mutating func run() {
    guard bytes.count <= SourceText.sizeLimit else {
      report(.sourceTooLarge(limit: SourceText.sizeLimit), 0, 0)
      return emit(.end, 0, 0)
    }
    if byte(0) == 0xEF, byte(1) == 0xBB, byte(2) == 0xBF { at = 3 }
    scan()
    startsLine = true
    emit(.end, limit, limit)
  }

  /// The byte at an offset, or 0 behind the end; a NUL that really stands there is told apart by the offset.
  func byte(_ offset: Int) -> UInt8 { offset < limit ? bytes[offset] : 0 }

  mutating func emit(_ kind: Token.Kind, _ lower: Int, _ upper: Int, word: Word? = nil, literal: Int32 = -1) {
    stream.tokens.append(
      Token(
        kind: kind, word: word, startsLine: startsLine, lower: Int32(truncatingIfNeeded: lower),
        upper: Int32(truncatingIfNeeded: upper), literal: literal))
    startsLine = false
    at = upper
  }

  mutating func emit(_ kind: Token.Kind, _ lower: Int, _ upper: Int, value: Literal) {
    stream.literals.append(value)
    emit(kind, lower, upper, literal: Int32(clamping: stream.literals.count - 1))
  }

  mutating func report(_ kind: SyntaxProblem.Kind, _ lower: Int, _ upper: Int) {
    stream.problems.append(kind, SourceRange(source, lower, upper))
  }

  func text(_ lower: Int, _ upper: Int) -> String { String(decoding: bytes[lower..<upper], as: UTF8.self) }

  /// Reads everything up to the limit.
  mutating func scan() {
    while at < limit {
      switch bytes[at] {
      case 0x20, 0x09: at += 1
      case 0x0A: newline(1)
      case 0x0D where byte(at + 1) == 0x0A: newline(2)
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): name()
      case UInt8(ascii: "0")...UInt8(ascii: "9"): number()
      case UInt8(ascii: "#") where !isInInterpolation: comment()
      case UInt8(ascii: "$") where isInInterpolation && followed(by: "{"):
        report(.nestedInterpolation, at, at + 2)
        emit(.invalid, at, limit)
      case UInt8(ascii: "\""): escapedText()
      case UInt8(ascii: "'"): rawText()
      case UInt8(ascii: "("): emit(.leftParen, at, at + 1)
      case UInt8(ascii: ")"): emit(.rightParen, at, at + 1)
      case UInt8(ascii: "["): emit(.leftBracket, at, at + 1)
      case UInt8(ascii: "]"): emit(.rightBracket, at, at + 1)
      case UInt8(ascii: "{"): emit(.leftBrace, at, at + 1)
      case UInt8(ascii: "}"): emit(.rightBrace, at, at + 1)
      case UInt8(ascii: ","): emit(.comma, at, at + 1)
      case UInt8(ascii: ":"): emit(.colon, at, at + 1)
      case UInt8(ascii: ";"): emit(.semicolon, at, at + 1)
      case UInt8(ascii: "."): followed(by: ".") ? emit(.dotDot, at, at + 2) : emit(.dot, at, at + 1)
      case UInt8(ascii: "*"): emit(.star, at, at + 1)
      case UInt8(ascii: "%"): emit(.percent, at, at + 1)
      case UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "+"),
        UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "&"), UInt8(ascii: "|"):
        operatorMark()
      default: stranger()
      }
    }
  }

  private mutating func newline(_ count: Int) {
    at += count
    startsLine = true
  }

  func followed(by mark: Unicode.Scalar, at distance: Int = 1) -> Bool { UInt32(byte(at + distance)) == mark.value }

  private mutating func comment() {
    while at < limit, bytes[at] != 0x0A {
      if bytes[at] == 0x0D, byte(at + 1) == 0x0A { return }
      at = (0x20..<0x7F).contains(bytes[at]) ? at + 1 : checked(at)
    }
  }

  private mutating func name() {
    let start = at
    var end = at
    while byte(end).isNamePart || (byte(end) == UInt8(ascii: "-") && byte(end + 1).isLetter) { end += 1 }
    if end < limit, bytes[end] >= 0x80, foreignLetter(at: end) != nil { return foreignName(from: start) }
    emit(.word, start, end, word: Word(rawValue: text(start, end)))
  }

  /// A name with letters that are not plain ones: reported once and read as one name.
  mutating func foreignName(from start: Int) {
    var end = start
    while end < limit {
      if byte(end).isNamePart {
        end += 1
      } else if let next = foreignLetter(at: end) {
        end = next
      } else if byte(end) == UInt8(ascii: "-"), byte(end + 1).isLetter || foreignLetter(at: end + 1) != nil {
        end += 1
      } else {
        break
      }
    }
    report(.nonASCIIName, start, end)
    emit(.word, start, end)
  }

  private mutating func operatorMark() {
    let second = byte(at + 1)
    let isEqual = second == UInt8(ascii: "=")
    switch bytes[at] {
    case UInt8(ascii: "="):
      if isEqual, followed(by: "=", at: 2) { return foreign(3, meant: "==", .equalEqual) }
      if second == UInt8(ascii: ">") { return foreign(2, meant: nil, .invalid) }
      isEqual ? emit(.equalEqual, at, at + 2) : emit(.equals, at, at + 1)
    case UInt8(ascii: "!"):
      if isEqual, followed(by: "=", at: 2) { return foreign(3, meant: "!=", .bangEqual) }
      if isEqual { return emit(.bangEqual, at, at + 2) }
      var count = 1
      while followed(by: "!", at: count) { count += 1 }
      foreign(count, meant: "not", .word, word: .not)
    case UInt8(ascii: "<"):
      if second == UInt8(ascii: ">") { return foreign(2, meant: "!=", .bangEqual) }
      isEqual ? emit(.lessEqual, at, at + 2) : emit(.less, at, at + 1)
    case UInt8(ascii: ">"): isEqual ? emit(.greaterEqual, at, at + 2) : emit(.greater, at, at + 1)
    case UInt8(ascii: "+"): isEqual ? foreign(2, meant: nil, .invalid) : emit(.plus, at, at + 1)
    case UInt8(ascii: "-"):
      isEqual || second == UInt8(ascii: ">") ? foreign(2, meant: nil, .invalid) : emit(.minus, at, at + 1)
    case UInt8(ascii: "/"):
      guard second == UInt8(ascii: "/") || second == UInt8(ascii: "*") else { return emit(.slash, at, at + 1) }
      report(.foreignComment(text(at, at + 2)), at, at + 2)
      comment()
    case UInt8(ascii: "&") where second == UInt8(ascii: "&"): foreign(2, meant: "and", .word, word: .and)
    case UInt8(ascii: "|") where second == UInt8(ascii: "|"): foreign(2, meant: "or", .word, word: .or)
    default: stranger()
    }
  }

  /// An operator of other languages, read as the one that is meant.
  private mutating func foreign(_ count: Int, meant: String?, _ kind: Token.Kind, word: Word? = nil) {
    report(.foreignOperator(text(at, min(at + count, at + 3)), meant: meant), at, at + count)
    emit(kind, at, at + count, word: word)
  }
}

extension UInt8 {
  var isDigit: Bool { self &- 48 < 10 }
  var isLetter: Bool { (self | 0x20) &- 97 < 26 }
  var isNamePart: Bool { isLetter || isDigit || self == 0x5F }
}
