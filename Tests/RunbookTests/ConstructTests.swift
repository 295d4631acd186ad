import Foundation
import GoldenSupport
import Testing

/// Every construct of the language, as a file, as the text of `-c` and as standard input: the same happens three times.
@Suite struct ConstructTests {
  static let goldens = (try? Golden.all(in: Golden.directory("Constructs"))) ?? []

  @Test(arguments: goldens.map(\.name))
  func goesTheSameThreeWays(_ name: String) throws {
    var golden = try #require(Self.goldens.first { $0.name == name })
    let text = (golden["source"] ?? "") + "\n"
    try Program.withFolder { folder in
      for name in ["source", "scenario", "common.runbook"] {
        let text = (golden[name] ?? "now: 2020-12-30T11:28:00Z") + "\n"
        try Data(text.utf8).write(to: folder.appending(path: name))
      }
      let parameters = (golden["arguments"] ?? "").split(separator: "\n").map(String.init)
      let run = { (words: [String], input: String?) in
        let result = try Program.run(
          ["run", "--yes", "--simulate=scenario"] + words + parameters, input: input, directory: folder.path)
        return "status \(result.status)\n\(result.output)---\n\(result.news)"
      }
      let file = try run(["source"], nil)
      let line = try run(["-c", text], nil)
      let input = try run(["-"], text)
      #expect(file.replacing("source:", with: "-c:") == line)
      #expect(file.replacing("source:", with: "standard input:") == input)
      // What happened when depends on how often the service is looked at, and is no part of the language.
      let lasting = file.split(separator: "\n", omittingEmptySubsequences: false)
        .filter { $0.firstMatch(of: /^\d\d:\d\d:\d\d\s/) == nil }.joined(separator: "\n")
      try golden.expect("outcome", withoutPacing(lasting))
    }
  }

  /// What the grammar's alternatives are made of that no runbook of the table holds. A word counts as held where it
  /// stands in one statement with the first word of its alternative.
  @Test func theTableHoldsEveryConstruct() throws {
    let grammar = try String(contentsOf: Project.root.appending(path: "grammar/runbook.ebnf"), encoding: .utf8)
    let texts = Self.goldens.map { $0["source"] ?? "" }
    let alternatives = Grammar.alternatives(of: grammar)
    try #require(alternatives.count > 60)
    let absent = alternatives.flatMap { production, literals in
      literals.filter { literal in
        !texts.contains { text in Self.holds(text, literals.first ?? "") && Self.holds(text, literal) }
      }.map { "\(production): \($0)" }
    }
    #expect(absent.isEmpty, "\(absent)")
  }

  private static func holds(_ text: String, _ literal: String) -> Bool {
    guard literal.first?.isLetter == true else { return text.contains(literal) }
    let isPart = { (character: Character?) in character.map { $0.isLetter || $0.isNumber || "_-".contains($0) } ?? false
    }
    return text.ranges(of: literal).contains { range in
      !isPart(text[..<range.lowerBound].last) && !isPart(text[range.upperBound...].first)
    }
  }
}

/// The grammar as far as the table of constructs needs it.
private enum Grammar {
  /// Productions whose parts are characters and not words.
  static let spelling: Set<String> = [
    "HEX", "NUMBER", "DURATION", "DATE", "YEAR", "MONTH", "DAY", "TIMESTAMP", "HOUR", "SIXTIETH", "ZONE", "DIGIT",
    "WORD",
    "NAME", "RESERVED",
  ]

  /// Each alternative of each production with the characters and words that it spells out, in their order.
  static func alternatives(of text: String) -> [(production: String, literals: [String])] {
    var found: [(String, [String])] = []
    for production in text.replacing(/\/\*[\s\S]*?\*\//, with: "").split(separator: /\n(?=[A-Za-z-]+\s*::=)/) {
      let sides = production.components(separatedBy: "::=")
      guard sides.count == 2, case let name = sides[0].trimmingCharacters(in: .whitespacesAndNewlines),
        !spelling.contains(name)
      else { continue }
      var (literals, depth): ([String], Int) = ([], 0)
      for token in sides[1].matches(of: /without\s+\S+|"[^"]+"|'[^']+'|[\(\)\|]|\[[^\]]*\]/).map({ String($0.output) })
      {
        switch token {
        case "(": depth += 1
        case ")": depth -= 1
        case "|":
          guard depth == 0 else { continue }
          found.append((name, literals))
          literals = []
        case _ where token.hasPrefix("without") || token.hasPrefix("["): continue
        default: literals.append(String(token.dropFirst().dropLast()))
        }
      }
      found.append((name, literals))
    }
    return found.filter { !$0.1.isEmpty }
  }
}
