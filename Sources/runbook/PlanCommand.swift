import ArgumentParser
import CivilTime
import RunbookChecker
import RunbookDiagnostics
import RunbookEvaluator
import RunbookRecord
import RunbookSession
import RunbookTerminal
import VisibleText

struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(.plan)

  @OptionGroup var profile: ProfileOptions
  @OptionGroup var defaults: DefaultsOptions
  @OptionGroup var deadline: DeadlineOptions
  @Argument(help: "The runbook; `-` is standard input.") var file: String

  func run() async throws {
    try await CommandRunner.run {
      let surroundings = try Surroundings(profile, defaults, deadline)
      let input = try Input(file: file, text: nil, words: [], directory: surroundings.directory)
      let preparation = Preparation(of: input.source, in: surroundings.context())
      let news = OutputChannel.standardError
      Report.diagnostics(
        preparation, to: news, appearance: Appearance(of: news, variables: surroundings.variables), as: .lines)
      guard let runbook = preparation.runbook else { return 2 }
      let timeout = try surroundings.policy(isReadOnly: true).defaultTimeout
      OutputChannel.standardOutput.write(
        PlanText(plan(runbook), sources: preparation.sources, defaultTimeout: timeout).text)
      return 0
    }
  }
}
