import ArgumentParser
import Foundation
import RunbookReference
import Testing

@testable import runbook

/// The reference and the program say the same.
@Suite struct ReferenceTests {
  @Test func everyCommandIsInTheReference() {
    let commands = Runbook.configuration.subcommands.flatMap { command in
      let name = command.configuration.commandName ?? ""
      return [name] + command.configuration.subcommands.map { "\(name) \($0.configuration.commandName ?? "")" }
    }
    let topics = Reference.topics.filter { $0.kind == .command }.map(\.title)
    #expect(Set(commands + ["runbook"]) == Set(topics))
  }

  @Test(arguments: Reference.topics.filter { $0.kind == .command })
  func helpIsTheReferencesText(_ topic: Topic) throws {
    let words = topic.title == "runbook" ? ["--help"] : topic.title.split(separator: " ").map(String.init) + ["--help"]
    let result = try Program.run(words)
    #expect(result.status == 0)
    let flat = result.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    for text in [topic.abstract.sentence] + topic.discussion {
      #expect(flat.contains(text.split(whereSeparator: \.isWhitespace).joined(separator: " ")), "\(text)")
    }
  }

  /// Every line that the reference shows is one that the program understands.
  @Test(arguments: Reference.topics.filter { $0.kind == .command }.flatMap(\.forms))
  func everyExampleIsUnderstood(_ form: String) throws {
    var words = Self.words(of: form).dropFirst()
    if words.first == "help" || words.contains("--help") || words.contains("--version") { return }
    if let index = words.firstIndex(of: "--simulate") { words[index] = "--simulate=x" }
    #expect(throws: Never.self) { try Runbook.parseAsRoot(Array(words)) }
  }

  private static func words(of line: String) -> [String] {
    line.split(separator: "'", omittingEmptySubsequences: false).enumerated().flatMap { index, part in
      index % 2 == 1 ? [String(part)] : part.split(separator: " ").map(String.init)
    }
  }

  @Test func aWordOfTheLanguageHasHelpToo() throws {
    for words in [["reference", "await"], ["help", "await"]] {
      let result = try Program.run(words)
      #expect(result.status == 0)
      #expect(result.output == Reference.topics(for: "await").map { $0.text(width: 80) }.joined(separator: "\n"))
    }
    #expect(try Program.run(["help", "run"]).output.contains("USAGE: runbook run"))
    #expect(try Program.run(["reference", "--markdown"]).output == Reference.markdown)
    #expect(try Program.run(["reference"]).output == Reference.text(width: 80))
    let unknown = try Program.run(["reference", "awiat"])
    #expect(unknown.status == 64)
    #expect(unknown.news == "runbook: there is no help on “awiat”; did you mean `await`?\n")
  }

  @Test func theReadmeKnowsTheExitStatuses() throws {
    let readme = try String(contentsOf: Project.root.appending(path: "README.md"), encoding: .utf8)
    for (code, meaning) in Reference.exitStatuses { #expect(readme.contains("| \(code) | \(meaning) |"), "\(code)") }
  }
}
