import Foundation
import GoldenSupport
import RunbookDiagnostics
import RunbookFormatter
import RunbookSyntax
import SeedSupport
import Testing

@Suite("The layout")
struct FormatterTests {
  /// Lays a text out and holds the result to what every layout promises.
  private func laidOut(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) -> String? {
    let before = parsed(text)
    guard let result = formatted(before) else { return nil }
    let after = parsed(result)
    #expect(!after.diagnostics.containsError, "\(text)\n=>\n\(result)", sourceLocation: sourceLocation)
    #expect(dump(after.program) == dump(before.program), "\(text)\n=>\n\(result)", sourceLocation: sourceLocation)
    #expect(comments(of: result) == comments(of: text), "\(text)\n=>\n\(result)", sourceLocation: sourceLocation)
    #expect(formatted(after) == result, "\(text)\n=>\n\(result)", sourceLocation: sourceLocation)
    return result
  }

  private func comments(of text: String) -> [String] {
    let source = SourceText(id: SourceID(0), name: "", text: text)
    return source.pieces.filter { $0.kind == .comment }.map {
      source.text($0.range).trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }

  @Test("keeps a combining mark that stands behind a space in a comment")
  func combiningMarks() throws {
    let comment = "# a \u{301}"
    let result = try #require(formatted(parsed("print 1  \(comment)\n")))
    #expect(Array(result.unicodeScalars) == Array("print 1  \(comment)\n".unicodeScalars))
  }

  @Test("keeps every comment as it is, whatever stands in it")
  func comments() throws {
    let scalars: [Unicode.Scalar] = ["a", " ", "\u{301}", "\u{200D}", "é", "\u{A0}", "🚀", "\u{FE0F}", "#", "\u{3000}"]
    var random = Dice(11)
    for _ in 0..<Seeds.rounds(200) {
      let inner = (0..<random.next(below: 12)).map { _ in scalars[random.next(below: scalars.count)] }
      var comment = "#".unicodeScalars + inner
      while comment.last?.properties.isWhitespace == true { comment.removeLast() }
      let text = "print 1  \(String(String.UnicodeScalarView(comment)))\n"
      let result = try #require(formatted(parsed(text)))
      #expect(Array(result.unicodeScalars) == Array(text.unicodeScalars), "\(comment)")
    }
  }

  @Test("is as it was recorded")
  func goldens() throws {
    let goldens = try Golden.all(in: Golden.directory("Formatter"))
    #expect(goldens.count > 5)
    for var golden in goldens {
      let result = try #require(laidOut(String(decoding: golden.source, as: UTF8.self)))
      try golden.expect("formatted", String(result.dropLast()))
    }
  }

  @Test("leaves the tree as it is for every sentence of the grammar, and does nothing a second time")
  func sentences() throws {
    var generator = SentenceGenerator(try Grammar.project(), seed: 99)
    for index in 0..<Seeds.rounds(600) {
      let text = generator.sentence("program", depth: 8 + index % 20)
      #expect(laidOut(text) != nil, "\(text)")
    }
  }

  @Test("of everything at once")
  func whole() { #expect(laidOut(everything) != nil) }

  @Test("is that of the playbooks")
  func playbooks() throws {
    let folder = Golden.directory("").deletingLastPathComponent().deletingLastPathComponent().appending(
      path: "runbooks")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".runbook") }
    #expect(!names.isEmpty)
    for name in names {
      let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      #expect(laidOut(text) == text, "\(name)")
    }
  }

  @Test("does not touch what cannot be read")
  func errors() {
    for text in ["launch", "if x {", "let = 1", "print \"", "{ }"] { #expect(laidOut(text) == nil, "\(text)") }
  }

  @Test("of nothing is nothing")
  func empty() {
    for text in ["", "\n\n", "  ", ";;", "\u{FEFF}"] { #expect(laidOut(text) == "", "\(text)") }
  }

  @Test("takes time in proportion to the text")
  func size() {
    let list = "let x = [" + String(repeating: "table-to-table \"000099_a\", ", count: 20_000) + "]"
    #expect(laidOut(list)?.split(separator: "\n").count == 20_002)
    let nested = String(repeating: "f(", count: 30) + "1" + String(repeating: ")", count: 30)
    #expect(laidOut("let x = " + nested + " + " + nested) != nil)
  }

  @Test("knows no line ends but newlines")
  func lineEnds() {
    #expect(laidOut("print 1  # one \r\n\r\n\r\n\r\nprint 2") == "print 1  # one\n\nprint 2\n")
  }
}
