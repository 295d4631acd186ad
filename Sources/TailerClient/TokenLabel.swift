/// Finds the token in what the token command prints: by its label, since where the line stands and what it says has
/// changed between releases (`User token : …`, `user_token=…`).
enum TokenLabel {
  private static let words = ["user token", "user_token", "user-token", "usertoken"]

  /// The text after the label, of the first line where it looks like a JSON Web Token, else of the first that has one.
  static func value(in output: String) -> String? {
    let values = lines(of: output).compactMap(value(ofLine:))
    return values.first { $0.split(separator: ".", omittingEmptySubsequences: false).count == 3 } ?? values.first
  }

  /// The lines that carry no label, for errors.
  static func withoutTokens(_ output: String) -> String {
    lines(of: output).filter { value(ofLine: $0) == nil }.joined(separator: " ")
  }

  private static func lines(of output: String) -> [String] {
    withoutEscapes(output).split(whereSeparator: \.isNewline).map(String.init)
  }

  private static func value(ofLine line: String) -> String? {
    let lower = line.lowercased()
    guard lower.utf8.count == line.utf8.count else { return nil }
    for word in words {
      var start = lower.startIndex
      while let found = lower[start...].firstRange(of: word) {
        let offset = lower.utf8.distance(from: lower.startIndex, to: found.upperBound)
        let rest = line.utf8.dropFirst(offset)
        if let value = value(afterLabel: Substring(rest)) { return value }
        start = found.upperBound
      }
    }
    return nil
  }

  private static func value(afterLabel text: Substring) -> String? {
    var rest = text.drop { isBlank($0) || $0 == "\"" || $0 == "'" }
    guard rest.first == ":" || rest.first == "=" else { return nil }
    rest = rest.dropFirst().drop { isBlank($0) || $0 == "\"" || $0 == "'" || $0 == "`" }
    let value = rest.prefix { !isBlank($0) && $0 != "\"" && $0 != "'" && $0 != "`" && $0 != "," }
    return value.isEmpty ? nil : String(value)
  }

  private static func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }

  /// The text without terminal sequences: ESC `[` … final byte, ESC `]` … BEL or ESC `\`, and lone escapes.
  private static func withoutEscapes(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var scalars = text.unicodeScalars.makeIterator()
    while let scalar = scalars.next() {
      guard scalar == "\u{1B}" else {
        result.append(scalar == "\r" ? "\n" : scalar)
        continue
      }
      switch scalars.next() {
      case "[":
        while let next = scalars.next(), !(0x40...0x7E).contains(next.value) {}
      case "]":
        while let next = scalars.next(), next != "\u{07}" {
          if next == "\u{1B}" {
            _ = scalars.next()
            break
          }
        }
      default: break
      }
    }
    return String(result)
  }
}
