import RunbookDiagnostics
import RunbookSyntax
import SeedSupport
import Testing
import VisibleText

@Suite("The normative grammar")
struct GrammarTests {
  static func parsed(_ text: String) -> ParseResult {
    parse(SourceText(id: SourceID(0), name: "made", text: text))
  }

  @Test("names only what it defines, and uses all of it")
  func isWhole() throws {
    let grammar = try Grammar.project()
    #expect(grammar.undefined.isEmpty)
    #expect(grammar.order.count == grammar.productions.count, "a production is defined twice")
  }

  @Test("makes sentences that the parser takes, with every production and every alternative of each")
  func sentences() throws {
    let grammar = try Grammar.project()
    var generator = SentenceGenerator(grammar, seed: 20_201_230)
    let everything = generator.everything
    var index = 0
    let rounds = Seeds.rounds(200)
    while index < rounds || (index < 2_000 && !everything.isSubset(of: generator.made.keys)) {
      index += 1
      let text = generator.sentence("program", depth: 8 + index % 20)
      let result = Self.parsed(text)
      guard let first = result.diagnostics.first else { continue }
      let renderer = DiagnosticRenderer(sources: SourceMap([result.program.source]))
      Issue.record("sentence \(index) is refused:\n\(text)\n\(renderer.render(first).text)")
      return
    }
    let missing = everything.subtracting(generator.made.keys)
    #expect(missing.isEmpty, "never made: \(missing.sorted())")
  }

  @Test("broken sentences are refused or read, and nothing worse")
  func mutations() throws {
    let grammar = try Grammar.project()
    var generator = SentenceGenerator(grammar, seed: 7)
    var random = Dice(11)
    let strangers = [
      "{", "}", "(", ")", "[", "]", "\"", "'", "or", "fail", "in", "\n", ";", "${", "else", "=", "x", "==",
    ]
    var refused = 0
    let rounds = Seeds.rounds(700)
    for index in 0..<rounds {
      var words = generator.sentence("program", depth: 5 + index % 9).split(separator: " ").map(String.init)
      for _ in 0...random.next(below: 3) where !words.isEmpty {
        let place = random.next(below: words.count)
        switch random.next(below: 3) {
        case 0: words.remove(at: place)
        case 1: words.insert(strangers[random.next(below: strangers.count)], at: place)
        default: words.swapAt(place, random.next(below: words.count))
        }
      }
      let result = Self.parsed(words.joined(separator: " "))
      if result.diagnostics.containsError { refused += 1 }
      let renderer = DiagnosticRenderer(sources: SourceMap([result.program.source]))
      for diagnostic in result.diagnostics { #expect(!renderer.render(diagnostic).isEmpty) }
    }
    #expect(refused > rounds * 3 / 7)
  }
}
