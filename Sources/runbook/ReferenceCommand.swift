import ArgumentParser
import Foundation
import RunbookReference
import RunbookTerminal
import VisibleText

struct ReferenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(.reference)

  @Flag(help: "As Markdown.") var markdown = false
  @ArgumentParser.Argument(help: "A word of the language, or a command; all of it where there is none.") var word:
    String?

  func run() throws {
    let out = OutputChannel.standardOutput
    let width = Appearance(of: out, variables: ProcessInfo.processInfo.environment).width
    guard let word else { return out.write(file: markdown ? Reference.markdown : Reference.text(width: width)) }
    let found = Reference.topics(for: word)
    guard !found.isEmpty else {
      let hint = Reference.suggestion(for: word).map { "; did you mean `\($0)`?" } ?? "; `runbook reference` has it all"
      OutputChannel.standardError.write("runbook: there is no help on “\(word)”\(hint)\n")
      throw ExitCode(64)
    }
    out.write(file: found.map { markdown ? $0.markdown : $0.text(width: width) }.joined(separator: "\n"))
  }
}

/// A command that the reference knows.
enum CommandName: String {
  case runbook, run, check, plan, rehearse, resume, answer, history, transcript, journal, repl, simulate, fmt, reference
  case journalCheck = "journal check"
  case journalBackup = "journal backup"
}

extension CommandConfiguration {
  /// A command as the reference words it.
  init(_ name: CommandName, version: String = "", subcommands: [any ParsableCommand.Type] = []) {
    let topic = Reference.command(name.rawValue)
    self.init(
      commandName: name.rawValue.split(separator: " ").last.map(String.init), abstract: topic?.abstract.sentence ?? "",
      discussion: topic?.discussion.joined(separator: "\n\n") ?? "", version: version, subcommands: subcommands)
  }
}
