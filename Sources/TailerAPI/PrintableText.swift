extension String {
  /// The text without what could move a terminal's cursor or hide words: control characters, also the C1 ones, and
  /// the marks that reorder text. Newlines become spaces. For everything that a reply says.
  public var printable: String {
    if utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return self }
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      switch scalar.value {
      case 0x09, 0x0A, 0x0D: result.append(" ")
      case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x2069, 0xFEFF: continue
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}
