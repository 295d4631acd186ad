extension Unicode.Scalar {
  /// Whether a terminal would do something on reading it, hide it, or reorder what is around it: the one rule of what is shown as
  /// it is. What joins or varies the characters beside it, as in an emoji, is seen in them.
  public var isUnsafe: Bool {
    if (0x20..<0x7F).contains(value) { return false }
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: return true
    case .format: return value != 0x200D && !isSeenBeforeNumbers
    default: return properties.isDefaultIgnorableCodePoint && !properties.isVariationSelector
    }
  }

  /// The formatting characters that have a shape of their own, by Unicode's `Prepended_Concatenation_Mark`.
  private var isSeenBeforeNumbers: Bool {
    switch value {
    case 0x600...0x605, 0x6DD, 0x70F, 0x890...0x891, 0x8E2, 0x110BD, 0x110CD: true
    default: false
    }
  }

  /// As it can be seen: control characters by their pictures, other unsafe ones by U+FFFD.
  public var visible: Unicode.Scalar {
    guard isUnsafe else { return self }
    switch value {
    case 0..<0x20: return Unicode.Scalar(0x2400 + value) ?? "\u{FFFD}"
    case 0x7F: return "\u{2421}"
    default: return "\u{FFFD}"
    }
  }
}

extension String {
  /// The text on one line, with everything in it to be seen but a token.
  public var visible: String { Secrets.redacted(self).visible { _ in false } }

  /// The same with the lines and tabs that it has.
  var visibleLines: String { Secrets.redacted(self).visible { $0 == "\n" || $0 == "\t" } }

  private func visible(besides isKept: (Unicode.Scalar) -> Bool) -> String {
    if utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return self }
    var result = UnicodeScalarView()
    for scalar in unicodeScalars { result.append(isKept(scalar) ? scalar : scalar.visible) }
    return String(result)
  }
}
