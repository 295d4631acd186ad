import RunbookDiagnostics
import Testing

@testable import RunbookSyntax

/// That a source read in pieces says what it says when it is read in one.
struct PiecesTests {
  private func source(_ text: String) -> SourceText { SourceText(id: SourceID(0), name: "test", text: text) }

  private func whole(_ source: SourceText) -> (program: String, completeness: ParseResult.Completeness) {
    var parser = Parser(source, Lexer.tokens(of: source))
    return (dump(Program(source: source, statements: parser.program())), parser.completeness)
  }

  /// Whether the pieces are taken, which then have to be the whole.
  private func isTaken(_ text: String, size: Int, sourceLocation: SourceLocation = #_sourceLocation) -> Bool {
    let source = source(text)
    guard let reading = Pieces(of: source, size: size).read() else { return false }
    let whole = whole(source)
    #expect(
      dump(Program(source: source, statements: reading.statements)) == whole.program, sourceLocation: sourceLocation)
    #expect(reading.completeness == whole.completeness, sourceLocation: sourceLocation)
    return true
  }

  @Test(arguments: [1, 10, 100, 1_000, 100_000])
  func allThatTheLanguageHasIsReadInPieces(size: Int) {
    let text = (0..<20).map { _ in everything }.joined(separator: "\n\n")
    #expect(isTaken(text, size: size))
    #expect(isTaken(text + "\n\n", size: size))
  }

  /// Each goes on behind an empty line, where it may be cut.
  @Test(arguments: [
    "let x = [1,\n\nx]", "let x = \"\"\"\nx\n\nlet y = 1\n\"\"\"", "step \"s\" {\n\nprint \"x\"\n}", "let x =\n\ny",
    "if a { }\n\nelse { }", "try { check run }\n\ncatch { }", "let x = a\n\nand b", "let x = \"${\n\nx}\"",
  ])
  func whatIsCutInTwoIsNotTaken(_ text: String) {
    #expect(!isTaken(text, size: 1))
  }

  @Test(arguments: ["let x = 1\n\nlet y = \n\nlet z = 2", "x = 1\n\n'", "}\n\nx = 1", "x = 1\n\nif a {"])
  func aMistakeAnywhereIsLeftToTheWhole(_ text: String) {
    #expect(!isTaken(text, size: 1))
  }

  @Test func aMistakeInALongSourceIsToldOnce() {
    let line = "let x = 1 # a line like all the others\n\n"
    let count = Pieces.threshold / line.utf8.count + 1
    let lines = String(repeating: line, count: count)
    #expect(mistakes(lines).isEmpty)
    #expect(mistakes(lines + "let y = \n\n" + lines) == ["missing-expression"])
    #expect(parsed(lines + "if a { }").completeness == .mayContinue)
  }

  @Test func aByteOrderMarkCountsAtTheStartOnly() {
    #expect(isTaken("\u{FEFF}let x = 1\n\nlet y = 2", size: 1))
    #expect(!isTaken("let x = 1\n\nlet z = 1\n\u{FEFF}let y = 2", size: 1))
  }

  @Test func noNumberStandsForTwoNames() {
    let text = (0..<100).map { "print n\($0) + n\($0 / 2)" }.joined(separator: "\n\n")
    var names: [Int32: Set<String>] = [:]
    for statement in Pieces(of: source(text), size: 20).read()?.statements ?? [] {
      for part in statement.expressions.flatMap(\.children) {
        if case .name(let name) = part.kind { names[part.symbol, default: []].insert(name) }
      }
    }
    #expect(names.count >= 100)
    #expect(names.values.allSatisfy { $0.count == 1 })
  }
}
