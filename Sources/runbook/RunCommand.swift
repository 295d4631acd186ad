import ArgumentParser
import CivilTime
import Foundation
import RunbookChecker
import RunbookDiagnostics
import RunbookEvaluator
import RunbookRecord
import RunbookSession
import RunbookTerminal
import TailerAPI
import VisibleText

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(.run)

  @OptionGroup var service: ServiceOptions
  @OptionGroup var conduct: ConductOptions
  @Option(name: .short, help: ArgumentHelp("The runbook's text.", valueName: "text")) var c: String?
  @Option(
    help: ArgumentHelp(
      "Rehearse on the built-in service, in no time. A scenario file may be named, with a path in it after `#`; without one the scenario beside the runbook is taken, or none.",
      valueName: "scenario"))
  var simulate: String?
  @OptionGroup var keeping: KeepingOptions
  @Argument(help: "The runbook and its parameters.") var words: [String] = []

  func validate() throws {
    guard keeping.keepRecord == nil || simulate != nil else {
      throw ValidationError("--keep-record is for rehearsals: what is really done is recorded in any case.")
    }
    guard words.isEmpty, c == nil, !service.explainSettings else { return }
    throw ValidationError("Name a file, `-` for standard input, or give a text with -c.")
  }

  func run() async throws {
    try await CommandRunner.run(service) { surroundings in
      let file = c == nil ? words.first : nil
      let input = try Input(
        file: file, text: c, words: c == nil ? Array(words.dropFirst()) : words, directory: surroundings.directory)
      return try await RunbookRun(input: input, surroundings: surroundings, conduct: conduct)
        .start(on: simulate.map { .simulated($0, keeping: keeping.keepRecord) } ?? .configured)
    }
  }
}

struct RehearseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(.rehearse)

  @OptionGroup var service: ServiceOptions
  @OptionGroup var conduct: ConductOptions
  @Option(
    help: ArgumentHelp(
      "The scenario file, with a path in it after `#`; the one beside the runbook when it is left out.",
      valueName: "scenario"))
  var scenario = ""
  @OptionGroup var keeping: KeepingOptions
  @Argument(help: "The runbook and its parameters.") var words: [String]

  func run() async throws {
    try await CommandRunner.run(service) { surroundings in
      let input = try Input(
        file: words.first, text: nil, words: Array(words.dropFirst()), directory: surroundings.directory)
      return try await RunbookRun(input: input, surroundings: surroundings, conduct: conduct)
        .start(on: .simulated(scenario, keeping: keeping.keepRecord))
    }
  }
}

struct ResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(.resume)

  @OptionGroup var service: ServiceOptions
  @OptionGroup var conduct: ConductOptions
  @Flag(help: "Go on with the file as it is now, and not with the text that is recorded.") var edited = false
  @Flag(
    help:
      "The same also where the file was edited in what has been carried out. What was launched is still not launched again."
  ) var acceptChanges = false
  @Option(
    help: ArgumentHelp(
      "Send an unconfirmed launch again. Only for who has looked and seen that it did not happen. Where several are open, =DATE, =none or =#NUMBER says which.",
      valueName: "launch"))
  var launchAgain: String?
  @Option(
    help: ArgumentHelp(
      "Go on with this run as the one that an unconfirmed launch was; DATE=RUN, none=RUN or #NUMBER=RUN where several are open.",
      valueName: "run"))
  var adopt: [String] = []
  @Flag(help: "Give the execution up instead: it ends for good as it is recorded, and nothing is sent.")
  var abandon = false
  @Argument(help: "The execution.") var id: String?

  func validate() throws {
    guard abandon else { return }
    guard id != nil else { throw ValidationError("Name the execution to give up; `runbook history` lists them.") }
    guard !edited, !acceptChanges, launchAgain == nil, adopt.isEmpty else {
      throw ValidationError("--abandon goes on with nothing: leave out what says how to go on.")
    }
  }

  func run() async throws {
    try await CommandRunner.run(service) { surroundings in
      if abandon, let id {
        return try await Abandonment(id: id, surroundings: surroundings, conduct: conduct).carryOut()
      }
      guard adopt.isEmpty || launchAgain == nil else {
        throw CommandFailure(
          "--adopt and --launch-again go one after the other: adopt first, then launch again what is still open",
          status: 64)
      }
      guard let again = launchAgain.map(LaunchAgain.init) ?? LaunchAgain.none else {
        throw CommandFailure(
          "“\(launchAgain ?? "")” says not which launch: write a date, none or #NUMBER", status: 64)
      }
      let adoptions = try adopt.map { text in
        guard let adoption = Adoption(text) else {
          throw CommandFailure("“\(text)” is neither RUN, DATE=RUN nor #NUMBER=RUN", status: 64)
        }
        return adoption
      }
      if let twice = Dictionary(grouping: adoptions, by: \.runID).first(where: { $1.count > 1 })?.key {
        throw CommandFailure("run \(twice) is named twice, and was one launch", status: 64)
      }
      return try await Resumption(
        id: id, isEdited: edited || acceptChanges, acceptsChanges: acceptChanges, launchesAgain: again,
        adoptions: adoptions,
        surroundings: surroundings, conduct: conduct
      ).start()
    }
  }
}
