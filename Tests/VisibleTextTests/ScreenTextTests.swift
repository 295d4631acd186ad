import Foundation
import Testing
import VisibleText

@Suite struct ScreenTextTests {
  private static let scalars = (0...0x10FFFF).compactMap { Unicode.Scalar(UInt32($0)) }

  @Test func whatCannotBeSeenIsShown() {
    for scalar in Self.scalars {
      let properties = scalar.properties
      let moves = properties.generalCategory == .control || properties.isBidiControl
      let hides = properties.isDefaultIgnorableCodePoint && !properties.isVariationSelector && scalar != "\u{200D}"
      let breaks = [.lineSeparator, .paragraphSeparator].contains(properties.generalCategory)
      if moves || hides || breaks { #expect(scalar.isUnsafe, "U+\(String(scalar.value, radix: 16))") }
      #expect(!scalar.visible.isUnsafe)
    }
  }

  /// What people write stays as it is.
  @Test(arguments: ["naïve e\u{301}", "日本語", "עברית", "العربية \u{600}", "👩‍👩‍👧 ☃️ 👍🏽", "a\u{A0}b", "\u{FFFD}"])
  func whatCanBeSeenStays(_ text: String) {
    #expect(text.visible == text)
    #expect(ScreenText(lines: text).text == text)
  }

  @Test func aNameStaysOnItsLineAndATextKeepsItsLines() {
    let name = "a\nerror: b\t\u{1B}[31m\u{9B}"
    #expect(("of \(name)!\n" as ScreenText).text == "of a␊error: b␉␛[31m\u{FFFD}!\n")
    #expect(ScreenText(lines: name).text == "a\nerror: b\t␛[31m\u{FFFD}")
    #expect(("\u{1B}[2J" as ScreenText).text == "␛[2J")
  }

  @Test func onlyTheProgramsOwnColoursAreObeyed() {
    let painted = ("\("\u{1B}[5m")" as ScreenText).painted(.red)
    #expect(painted.text == "\u{1B}[31m␛[5m\u{1B}[0m")
    #expect(("a \(painted)" as ScreenText).text == "a " + painted.text)
    #expect([painted, "b"].joined(separator: ", ").text == painted.text + ", b")
    #expect(ScreenText("").painted(.red).isEmpty)
  }

  @Test func jsonSaysTheSameWithEverythingToBeSeen() throws {
    let texts = ["a\u{7F}\u{9B}\u{61C}\u{202E}\u{E0041}b", "日本 é 👍🏽", "\u{1B}\n\""]
    let json = Array(try JSONEncoder().encode(texts))
    let visible = json.visibleJSON
    #expect(try JSONDecoder().decode([String].self, from: Data(visible)) == texts)
    #expect(!String(decoding: visible, as: UTF8.self).unicodeScalars.contains { $0.isUnsafe })
  }
}
