import ArgumentParser
import Glibc

@main
struct Runbook: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runbook",
    abstract:
      "Runs runbooks: small programs that launch jobs, wait for them and put things right. A launch happens once.",
    discussion: """
      Exit statuses: 0 done; 1 the runbook failed; 2 the runbook is not valid, nothing was sent; 3 the service could not \
      be reached or refused; 4 a deadline passed; 5 a launch is unconfirmed; 6 a person or a guard said no; 64 wrong \
      usage; 130 interrupted.
      """,
    version: "0.1.0",
    subcommands: [
      RunCommand.self, ReplCommand.self, CheckCommand.self, PlanCommand.self, RehearseCommand.self, ResumeCommand.self,
      HistoryCommand.self, TranscriptCommand.self, SimulateCommand.self,
    ])

  static func main() async {
    // Nobody reading our output is no reason to die in the middle of a launch.
    signal(SIGPIPE, SIG_IGN)
    var arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.isEmpty, isatty(0) == 1 { arguments = ["repl"] }
    // `--simulate` may stand alone, which the argument parser knows no way to say.
    if let index = arguments.firstIndex(of: "--simulate"), !arguments[..<index].contains("--") {
      arguments[index] = "--simulate=\(ScenarioChoice.beside)"
    }
    do {
      var command = try parseAsRoot(arguments)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      exit(withError: error)
    }
  }
}
