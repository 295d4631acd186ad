import ArgumentParser
import Glibc
import RunbookEvaluator
import RunbookJournal
import RunbookPrompt
import RunbookRecord
import RunbookSession
import RunbookTerminal
import VisibleText

struct ReplCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(.repl)

  @OptionGroup var service: ServiceOptions
  @OptionGroup var conduct: ConductOptions
  @Option(
    help: ArgumentHelp(
      "Work on the built-in service, where waiting takes no time. A scenario file may be named, with a path in it after `#`.",
      valueName: "scenario"))
  var simulate: String?

  func run() async throws {
    try await CommandRunner.run(service) { surroundings in
      let folder = try surroundings.stateDirectory()
      do throws(JournalStoreError) {
        // Its history is there, also where nothing is recorded.
        try SQLiteRowStore.prepare(folder)
      } catch {
        throw error.failure
      }
      let choice = simulate.map { Service.Choice.simulated($0, keeping: nil) } ?? .configured
      guard isatty(0) == 1 else {
        let input = try Input(file: "-", text: nil, words: [], directory: surroundings.directory)
        return try await RunbookRun(input: input, surroundings: surroundings, conduct: conduct).start(on: choice)
      }
      guard conduct.output == .lines, !conduct.quiet else {
        throw CommandFailure(
          "--output json and --quiet are for scripts; the prompt on a terminal knows neither", status: 64)
      }
      return try await prompt(on: Service(choice, surroundings, runbook: nil), surroundings)
    }
  }

  private func prompt(on service: Service, _ surroundings: Surroundings) async throws -> Int32 {
    let history = HistoryFile(in: try surroundings.stateDirectory())
    let suggestions = Suggestions(directory: surroundings.directory)
    let policy = try surroundings.policy(isReadOnly: conduct.readOnly)
    let terminal = await ReadlineTerminal.open(
      variables: surroundings.variables, history: history.entries, suggestions: suggestions)
    let people: any People =
      conduct.yes ? AnswersYes() : PromptPeople(terminal: terminal, user: surroundings.user)
    let session = Session(
      service: service.client, watcher: service.watcher, clock: service.clock,
      bootTimer: service.bootTimer, store: service.store,
      people: service.seeing(people), listener: Silence(), policy: policy, interruption: Interruption(),
      holder: .current(), serviceName: service.name, directory: surroundings.directory)
    let loop = PromptLoop(
      .init(
        session: session, context: surroundings.context(), variables: surroundings.variables,
        isRehearsal: !service.isReal),
      terminal: terminal, history: history, suggestions: suggestions)
    let status = try await service.drive { await loop.run() }
    await terminal.close()
    return status
  }
}
