import SeedSupport
import Testing

@testable import RunbookSession

@Suite struct TextDifferenceTests {
  @Test(arguments: [
    ("a\nb\nc\n", "a\nb\nc\n", 0), ("a\nb\nc\n", "a\nx\nc\n", 1), ("a\nb\n", "a\nb\nc\nd\n", 2),
    ("a\nb\nc\n", "a\nc\n", 1), ("", "a\n", 1), ("a", "", 1), ("a\nb\nc\n", "x\nb\ny\nz\n", 3),
  ])
  func linesAreCounted(_ old: String, _ new: String, _ count: Int) {
    #expect(TextDifference(from: old, to: new).count == count)
  }

  @Test func whatDiffersIsShownWithTheLinesAroundIt() {
    let old = (1...9).map { "line \($0)\n" }.joined()
    let new = old.replacing("line 5", with: "line five")
    #expect(
      TextDifference(from: old, to: new).excerpt()
        == ["…", "  line 3", "  line 4", "- line 5", "+ line five", "  line 6", "  line 7", "…"])
    #expect(TextDifference(from: old, to: old).excerpt().isEmpty)
  }

  /// Whatever the texts are, each can be put together again from the difference, and the lines that are kept are the same.
  @Test func bothTextsAreInTheDifference() {
    var dice = Dice(7)
    for _ in 0..<400 {
      let texts = (0..<2).map { _ in
        (0..<dice.next(below: 12)).map { _ in "\("abc".randomElement(using: &dice) ?? "a")" }
      }
      let difference = TextDifference(from: texts[0].joined(separator: "\n"), to: texts[1].joined(separator: "\n"))
      let old = difference.lines.compactMap { line -> String? in if case .new = line { nil } else { line.text } }
      let new = difference.lines.compactMap { line -> String? in if case .gone = line { nil } else { line.text } }
      #expect(old == texts[0] && new == texts[1], "\(texts)")
    }
  }

  /// Two long texts without a common line are not compared line by line.
  @Test func longTextsAreComparedInTime() {
    let old = (0..<40_000).map { "old \($0)" }.joined(separator: "\n")
    let new = (0..<40_000).map { "new \($0)" }.joined(separator: "\n")
    #expect(TextDifference(from: old, to: new).count == 40_000)
  }
}

extension TextDifference.Line {
  fileprivate var text: String {
    switch self {
    case .kept(let text), .gone(let text), .new(let text): text
    }
  }
}
