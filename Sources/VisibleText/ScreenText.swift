/// Text on its way to a terminal, to standard output or to standard error: all that is in it can be seen, and no terminal obeys any
/// of it but what the program itself puts there, colours above all.
///
/// What is interpolated is shown on one line, so that no name can look like a line of the program's own; a text of several
/// lines is taken by `init(lines:)`.
public struct ScreenText: Hashable, Sendable {
  /// As a terminal is sent it.
  public private(set) var text: String

  fileprivate init(sent text: String) { self.text = text }

  /// A text with the lines and tabs that it has.
  public init(lines text: some StringProtocol) { self.text = String(text).visibleLines }

  /// In a colour, where there is anything to colour.
  public func painted(_ colour: Colour) -> ScreenText {
    text.isEmpty ? self : ScreenText(sent: "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m")
  }

  /// Takes so many lines above the cursor away.
  public static func erasing(lines count: Int) -> ScreenText {
    count > 0 ? ScreenText(sent: "\u{1B}[\(count)A\r\u{1B}[J") : ""
  }

  public var isEmpty: Bool { text.isEmpty }

  /// What stands between its newlines.
  public var lines: [ScreenText] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { ScreenText(sent: String($0)) }
  }

  public static func + (a: ScreenText, b: ScreenText) -> ScreenText { ScreenText(sent: a.text + b.text) }
  public static func += (a: inout ScreenText, b: ScreenText) { a.text += b.text }
}

extension ScreenText: ExpressibleByStringInterpolation {
  public init(stringLiteral words: String) { self.init(lines: words) }
  public init(stringInterpolation: StringInterpolation) { self.init(sent: stringInterpolation.text) }

  public struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    public init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }
    public mutating func appendLiteral(_ words: String) { text += words.visibleLines }
    public mutating func appendInterpolation(_ screen: ScreenText) { text += screen.text }
    public mutating func appendInterpolation(_ value: some Any) { text += String(describing: value).visible }
  }
}

extension Sequence<ScreenText> {
  public func joined(separator: ScreenText = "") -> ScreenText {
    ScreenText(sent: map(\.text).joined(separator: separator.text))
  }
}

/// What the program colours, by the parameters of ECMA-48's SGR.
public enum Colour: String, Sendable {
  case red = "31"
  case green = "32"
  case yellow = "33"
  case dim = "2"
  case bold = "1"
  case brightRed = "1;31"
  case brightGreen = "1;32"
  case brightYellow = "1;33"
  case brightBlue = "1;34"
  case brightCyan = "1;36"
  case redBackground = "1;97;41"
}
