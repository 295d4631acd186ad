import RunbookDiagnostics
import Testing

@Suite("Sources and suggestions")
struct SourceTests {
  static func source(_ text: String) -> SourceText { SourceText(id: SourceID(0), name: "a", text: text) }

  @Test("lines end in a line feed, or in both, and the last one need not")
  func lines() {
    let source = Self.source("a\r\nbc\n\nd")
    #expect(source.lineCount == 4)
    #expect((0..<5).map { source.text(source.offsets(ofLine: $0)) } == ["a", "bc", "", "d", ""])
    #expect(source.line(at: 0) == 0)
    #expect(source.line(at: 2) == 0)
    #expect(source.line(at: 3) == 1)
    #expect(source.line(at: 999) == 3)
    #expect(Self.source("").lineCount == 1)
  }

  @Test("a position is a line and a column of characters")
  func positions() {
    let source = Self.source("ab\né日x\n")
    #expect(source.position(of: 0) == (1, 1))
    #expect(source.position(of: 2) == (1, 3))
    #expect(source.position(of: 8) == (2, 3))
    #expect(source.position(of: 10) == (3, 1))
    #expect(source.position(of: 500) == (3, 1))
  }

  @Test("ranges keep their bounds in order")
  func ranges() {
    let range = SourceRange(SourceID(0), 5, 2)
    #expect((range.lower, range.upper) == (5, 5))
    #expect(range.isEmpty)
    #expect(SourceRange(SourceID(0), -3, Int.max).lower == 0)
    let joined = SourceRange(SourceID(0), 1, 3).through(SourceRange(SourceID(0), 7, 9))
    #expect((joined.lower, joined.upper) == (1, 9))
    #expect(SourceRange(SourceID(0), 1, 3).through(SourceRange(SourceID(1), 7, 9)).upper == 3)
  }

  @Test("a map gives ids that are free")
  func map() {
    var map = SourceMap()
    #expect(map.nextID == SourceID(0))
    map.add(SourceText(id: SourceID(4), name: "b", text: ""))
    #expect(map.nextID == SourceID(5))
    #expect(map.all.map(\.name) == ["b"])
  }

  @Test(
    "the nearest word is found, and none where none is near",
    arguments: [
      ("lanch", "launch"), ("FAILD", "FAILED"), ("tiemout", "timeout"), ("LAUNCH", "launch"), ("xyz", nil),
      ("", nil), ("launch", nil),
    ] as [(String, String?)])
  func suggestion(_ word: String, _ expected: String?) {
    #expect(nearest(to: word, among: ["launch", "FAILED", "timeout"]) == expected)
  }
}
