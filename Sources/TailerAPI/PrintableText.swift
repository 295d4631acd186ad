import VisibleText

extension String {
  /// Whether it can be an id of the service: what can be printed, and seen as it is.
  public var isID: Bool {
    !isEmpty && utf8.count <= 512 && first?.isWhitespace == false && last?.isWhitespace == false
      && !unicodeScalars.contains { $0.isUnsafe || $0.properties.isDefaultIgnorableCodePoint }
  }

  /// The text on one line, with everything in it to be seen; newlines and tabs become spaces. For everything that a reply says.
  public var printable: String {
    if utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return self }
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      result.append(["\t", "\n", "\r"].contains(scalar) ? " " : scalar.visible)
    }
    return String(result)
  }
}
