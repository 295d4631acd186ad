/// Damages texts and replies: the same ones for the same seed.
public struct Mutation {
  private var dice: Dice

  public init(seed: UInt64) { dice = Dice(seed) }

  /// What has brought readers of text down before: controls, halves of characters, marks, large numbers, deep nests.
  private static let hostile: [[UInt8]] =
    [
      "\u{0}", "\u{1B}]0;owned\u{7}", "\u{9B}2J", "\u{202E}", "\u{61C}", "\u{200D}", "\u{301}", "\u{FEFF}", "\r",
      "\r\n",
      "\n\n", "\t", "\"", "${", "}", "((((((((", "[[[[[[[[", "{{{{{{{{", "#", "99999999999999999999",
      "-9223372036854775808",
      "1e400", "0000-00-00", "9999-12-31T23:59:60Z", "&a", "*a", "!!binary", "? ", ": ", "- ", "null", "true",
      "\\u0000",
      "\\uD800", String(repeating: "x", count: 5_000), String(repeating: "(", count: 2_000), "👩‍👩‍👧‍👦",
    ].map { Array($0.utf8) } + [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82], [0xF5, 0x80, 0x80, 0x80]]

  /// A number below the limit, or zero.
  public mutating func number(below limit: Int) -> Int { dice.next(below: limit) }

  public mutating func pick<Element>(_ elements: [Element]) -> Element? {
    elements.isEmpty ? nil : elements[number(below: elements.count)]
  }

  /// A file's name of hostile pieces: not empty, without what no name may have, and shorter than any file system's limit.
  public mutating func name() -> [UInt8] {
    var name: [UInt8] = []
    for _ in 0...number(below: 4) {
      name += (pick(Self.hostile) ?? []).prefix(40)
      name += Array("ab-c.".utf8).prefix(number(below: 5))
    }
    name.removeAll { $0 == 0 || $0 == UInt8(ascii: "/") }
    return [UInt8(ascii: "n")] + name.prefix(200)
  }

  /// The bytes with up to six pieces taken out, doubled, moved, flipped or put in.
  public mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0...number(below: 6) {
      let start = number(below: bytes.count + 1)
      let end = min(bytes.count, start + 1 + number(below: 40))
      switch number(below: 6) {
      case 0: bytes.removeSubrange(start..<end)
      case 1: bytes.insert(contentsOf: bytes[start..<end], at: number(below: bytes.count + 1))
      case 2: if start < bytes.count { bytes[start] ^= UInt8(1 << number(below: 8)) }
      case 3: bytes.removeSubrange(end...)
      default: bytes.insert(contentsOf: pick(Self.hostile) ?? [], at: start)
      }
    }
    return bytes
  }
}

/// Whether a text moves no terminal and hides nothing: no control but the line's end, and no character that changes the direction.
public func isVisible(_ text: String) -> Bool {
  !text.unicodeScalars.contains { scalar in
    switch scalar.value {
    case 0x0A: false
    case ..<0x20, 0x7F..<0xA0, 0x61C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
