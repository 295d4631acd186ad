import ArgumentParser
import Glibc
import RunbookTerminal
import VisibleText

@main
struct Runbook: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    .runbook, version: "0.1.0",
    subcommands: [
      RunCommand.self, ReplCommand.self, CheckCommand.self, FormatCommand.self, PlanCommand.self, RehearseCommand.self,
      ResumeCommand.self, AnswerCommand.self, HistoryCommand.self, TranscriptCommand.self, JournalCommand.self,
      SimulateCommand.self,
      ReferenceCommand.self,
    ])

  static func main() async {
    // Nobody reading our output is no reason to die in the middle of a launch.
    signal(SIGPIPE, SIG_IGN)
    Surroundings.hideToken()
    var arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.isEmpty, isatty(0) == 1 { arguments = ["repl"] }
    // The parser's own `help` knows commands; words of the language are for the reference.
    if arguments.first == "help", arguments.count == 2, !arguments[1].hasPrefix("-"),
      !configuration.subcommands.contains(where: { $0.configuration.commandName == arguments[1] })
    {
      arguments[0] = CommandName.reference.rawValue
    }
    if let broken = RawArguments.firstBroken(arguments) {
      CommandFailure("“\(broken)” is not valid UTF-8", status: 64).tell()
      Leaving.exit(64)
    }
    // `--simulate` may stand alone, which the argument parser knows no way to say.
    if let index = arguments.firstIndex(of: "--simulate"), !arguments[..<index].contains("--") {
      arguments[index] = "--simulate=\(ScenarioChoice.beside)"
    }
    // So may `--launch-again`.
    if let index = arguments.firstIndex(of: "--launch-again"), !arguments[..<index].contains("--") {
      arguments[index] = "--launch-again=only"
    }
    do {
      var command = try parseAsRoot(arguments)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      if let ended = error as? ExitCode { Leaving.exit(ended.rawValue) }
      let (words, status) = (fullMessage(for: error) + "\n", exitCode(for: error))
      guard status == .success else {
        // The parser quotes what it was given.
        OutputChannel.standardError.write(ScreenText(lines: words))
        Leaving.exit(status.rawValue)
      }
      OutputChannel.standardOutput.write(file: words)
    }
    Leaving.exit(0)
  }
}
