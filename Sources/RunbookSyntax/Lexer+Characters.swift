import RunbookDiagnostics

/// Everything outside plain ASCII, and what of ASCII has no meaning.
extension Lexer {
  /// The scalar that begins at an offset and where it ends, or `nil` where the bytes are not UTF-8.
  func scalar(at offset: Int) -> (value: UInt32, end: Int)? {
    let first = byte(offset)
    guard offset < limit else { return nil }
    let count: Int
    var value: UInt32
    switch first {
    case 0..<0x80: return (UInt32(first), offset + 1)
    case 0xC2...0xDF: (count, value) = (2, UInt32(first & 0x1F))
    case 0xE0...0xEF: (count, value) = (3, UInt32(first & 0x0F))
    case 0xF0...0xF4: (count, value) = (4, UInt32(first & 0x07))
    default: return nil
    }
    guard offset + count <= limit else { return nil }
    for index in 1..<count {
      let next = bytes[offset + index]
      guard next & 0xC0 == 0x80 else { return nil }
      value = value << 6 | UInt32(next & 0x3F)
    }
    let isOverlong = (count == 3 && value < 0x800) || (count == 4 && value < 0x10000)
    guard !isOverlong, value <= 0x10FFFF, !(0xD800...0xDFFF).contains(value) else { return nil }
    return (value, offset + count)
  }

  /// Looks at one character inside a text or comment, reports what must not be there, and gives its end.
  mutating func checked(_ offset: Int) -> Int {
    guard let (value, end) = scalar(at: offset) else {
      let end = endOfInvalid(offset)
      report(.invalidUTF8, offset, end)
      return end
    }
    switch value {
    case 0x09, 0x20..<0x7F: break
    case 0..<0x20, 0x7F..<0xA0:
      var last = end
      while let next = scalar(at: last), next.value == value { last = next.end }
      report(.controlCharacter(value), offset, last)
      return last
    case 0xFEFF, 0x202A...0x202E, 0x2066...0x2069: report(.hiddenCharacter(value), offset, end)
    default: break
    }
    return end
  }

  private func endOfInvalid(_ offset: Int) -> Int {
    var end = offset + 1
    while end < limit, bytes[end] >= 0x80, scalar(at: end) == nil { end += 1 }
    return end
  }

  /// Where a letter that is not plain ASCII ends, or `nil` where none begins.
  func foreignLetter(at offset: Int) -> Int? {
    guard byte(offset) >= 0x80, let (value, end) = scalar(at: offset), let scalar = Unicode.Scalar(value),
      Self.meant(by: value) == nil, scalar.properties.isAlphabetic || scalar.properties.generalCategory.isMark
    else { return nil }
    return end
  }

  /// A character that begins no token.
  mutating func stranger() {
    guard let (value, end) = scalar(at: at) else {
      let end = endOfInvalid(at)
      report(.invalidUTF8, at, end)
      return emit(.invalid, at, end)
    }
    switch value {
    case 0x0D:
      report(.controlCharacter(value), at, end)
      at = end
      startsLine = true
    case 0..<0x20, 0x7F..<0xA0: at = checked(at)
    case 0xFEFF, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2069, 0xAD:
      report(.hiddenCharacter(value), at, end)
      at = end
    case 0x80...: foreignCharacter(value, end)
    case 0x5C where byte(at + 1) == 0x0A || (byte(at + 1) == 0x0D && byte(at + 2) == 0x0A):
      // The line is meant to go on, so it does.
      report(.unexpectedCharacter("\\"), at, end)
      at += byte(at + 1) == 0x0A ? 2 : 3
    default: unexpected(end)
    }
  }

  private mutating func foreignCharacter(_ value: UInt32, _ end: Int) {
    if foreignLetter(at: at) != nil { return foreignName(from: at) }
    guard let meant = Self.meant(by: value) else { return unexpected(end) }
    switch meant {
    case "\"", "'": lookAlikeText(meant, from: end)
    case " ":
      report(.lookAlike(found: text(at, end), meant: meant), at, end)
      at = end
    default:
      report(.lookAlike(found: text(at, end), meant: meant), at, end)
      emit(Self.kinds[meant] ?? .invalid, at, end)
    }
  }

  /// A text in typographic quotes, read up to the quote that closes it on the same line.
  private mutating func lookAlikeText(_ quote: String, from start: Int) {
    let begin = at
    var end = start
    var close = start
    while end < limit, bytes[end] != 0x0A {
      guard let (value, next) = scalar(at: end) else {
        end += 1
        continue
      }
      let isQuote = value == 0x22 || value == 0x27
      if isQuote || Self.meant(by: value) == quote {
        close = next
        break
      }
      end = next
    }
    guard close > start else {
      report(.lookAlike(found: text(begin, start), meant: quote), begin, start)
      return emit(.invalid, begin, end)
    }
    report(.lookAlike(found: text(begin, close), meant: quote + text(start, end) + quote), begin, close)
    emit(.unreadable, begin, close)
  }

  private mutating func unexpected(_ end: Int) {
    var last = end
    if bytes[at] < 0x80 {
      while last < limit, bytes[last] == bytes[at] || Self.meaningless.contains(bytes[last]) { last += 1 }
    } else {
      while let next = scalar(at: last), next.value >= 0x80, Self.meant(by: next.value) == nil,
        foreignLetter(at: last) == nil
      { last = next.end }
    }
    let shown = String(text(at, min(last, at + 32)).prefix(8))
    report(.unexpectedCharacter(shown), at, last)
    emit(.invalid, at, last)
  }

  private static let meaningless = Set("@$^~`?\\&|".utf8)

  private static let kinds: [String: Token.Kind] = [
    "-": .minus, "(": .leftParen, ")": .rightParen, "[": .leftBracket, "]": .rightBracket, "{": .leftBrace,
    "}": .rightBrace, ",": .comma, ":": .colon, ";": .semicolon, ".": .dot, "..": .dotDot, "=": .equals,
    "!=": .bangEqual, "<": .less, "<=": .lessEqual, ">": .greater, ">=": .greaterEqual, "+": .plus, "*": .star,
    "/": .slash, "%": .percent,
  ]

  /// The plain mark that a character is easily taken for, or `nil`.
  static func meant(by value: UInt32) -> String? {
    switch value {
    case 0x201C...0x201F, 0xAB, 0xBB, 0x2033, 0x300C, 0x300D, 0xFF02: "\""
    case 0x2018...0x201B, 0x2032, 0x2039, 0x203A, 0xB4, 0xFF07: "'"
    case 0x2010...0x2015, 0x2212, 0xFE58, 0xFE63, 0xFF0D: "-"
    case 0xA0, 0x1680, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: " "
    case 0x2025, 0x2026: ".."
    case 0x2260: "!="
    case 0x2264: "<="
    case 0x2265: ">="
    case 0xD7, 0x2217, 0x22C5: "*"
    case 0xF7, 0x2044, 0x2215: "/"
    case 0x3001: ","
    case 0x3002: "."
    case 0x37E: ";"
    case 0xFF01...0xFF5E:
      Unicode.Scalar(value - 0xFEE0).flatMap { $0.properties.isAlphabetic ? nil : String($0) }
    default: nil
    }
  }
}

extension Unicode.GeneralCategory {
  fileprivate var isMark: Bool { self == .nonspacingMark || self == .spacingMark || self == .enclosingMark }
}
