extension String {
  /// Whether it can be an id of the service: what can be printed, and seen as it is.
  public var isID: Bool {
    !isEmpty && utf8.count <= 512 && self == printable && first?.isWhitespace == false && last?.isWhitespace == false
  }

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

extension [UInt8] {
  /// The bytes of a text without the mark that some editors put before UTF-8, and that means nothing.
  public var withoutByteOrderMark: ArraySlice<UInt8> { starts(with: [0xEF, 0xBB, 0xBF]) ? dropFirst(3) : self[...] }
}
