extension [UInt8] {
  /// The same JSON with everything in its texts to be seen, also by who has it on a terminal: what is unsafe is escaped.
  public var visibleJSON: [UInt8] {
    let json = Array(Secrets.redacted(String(decoding: self, as: UTF8.self)).utf8)
    return json.escaped
  }

  private var escaped: [UInt8] {
    if allSatisfy({ (0x20..<0x7F).contains($0) || $0 == 0x0A }) { return self }
    var result: [UInt8] = []
    for scalar in String(decoding: self, as: UTF8.self).unicodeScalars {
      result += (scalar == "\n" || !scalar.isUnsafe ? String(scalar) : scalar.jsonEscape).utf8
    }
    return result
  }
}

extension Unicode.Scalar {
  /// `\u001b`; two of them for a character beyond the first 65,536.
  public var jsonEscape: String {
    String(self).utf16.map(Self.escape).joined()
  }

  private static func escape(_ unit: UInt16) -> String {
    let digits = String(unit, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}
