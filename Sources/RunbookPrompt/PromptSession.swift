import CivilTime
import Coordination
import Foundation
import Glibc
public import RunbookChecker
import RunbookDiagnostics
import RunbookEvaluator
import RunbookRecord
public import RunbookSession
import RunbookSyntax
import RunbookTerminal
import TailerAPI
import VisibleText

/// What is done at one prompt, from its first entry to its end: entries are checked, recorded and run like a file, each
/// with what the ones before it have left. One session is one execution in the journal, begun with the first entry.
public actor PromptSession {
  /// What does not change while the session goes on.
  public struct Configuration: Sendable {
    public var session: Session
    public var context: CheckContext
    /// The process's environment, for `param … from env` and `$EDITOR`.
    public var variables: [String: String]
    /// Whether the service is the built-in one.
    public var isRehearsal: Bool

    public init(session: Session, context: CheckContext, variables: [String: String], isRehearsal: Bool) {
      self.session = session
      self.context = context
      self.variables = variables
      self.isRehearsal = isRehearsal
    }
  }

  let configuration: Configuration
  let terminal: any PromptTerminal
  let history: HistoryFile?
  let suggestions: Suggestions
  let writer: PromptWriter
  var memory: Execution.Memory
  var scope: CheckedScope
  var sources = SourceMap()
  var kept: [KeptEntry] = []
  var showsTime = false
  var lastText = ""
  var background: [Int: BackgroundEntry] = [:]
  private var journal: (any HeldJournal)?
  private var entryCount = 0
  /// What the awaits of the entries so far have cost, and what the client had sent before the first of them.
  var awaits: [WatchCost] = []
  private var requestsBefore: RequestCounts
  var backgroundCount = 0

  var session: Session { configuration.session }

  /// An entry that did what it said, for `:save`.
  struct KeptEntry: Sendable {
    let text: String
    /// What held before it.
    let account: String?
    let environment: String?
  }

  /// An entry that goes on behind the prompt.
  struct BackgroundEntry: Sendable {
    let text: String
    let since: Timestamp
    let interruption: Interruption
  }

  public init(
    _ configuration: Configuration, terminal: any PromptTerminal, history: HistoryFile? = nil,
    suggestions: Suggestions = Suggestions()
  ) {
    self.configuration = configuration
    self.terminal = terminal
    self.history = history
    self.suggestions = suggestions
    writer = PromptWriter(terminal: terminal)
    requestsBefore = configuration.session.service.requestCounts
    let (account, environment) = (configuration.context.account, configuration.context.environment)
    memory = Execution.Memory(account: account, environment: environment)
    scope = CheckedScope(account: account, environment: environment)
    suggestions.update(context: Self.context(configuration.context, scope: scope))
  }

  /// What entries are checked in: at the prompt an entry may change account and environment.
  private static func context(_ base: CheckContext, scope: CheckedScope) -> CheckContext {
    var context = base
    context.account = nil
    context.environment = nil
    context.isInteractive = true
    context.scope = scope
    return context
  }

  var context: CheckContext { Self.context(configuration.context, scope: scope) }

  var promptLine: PromptLine {
    let guards = session.policy.guards
    return PromptLine(
      account: scope.account, environment: scope.environment,
      isProtected: scope.environment.map(guards.protectedEnvironments.contains) ?? false,
      isRehearsal: configuration.isRehearsal, isReadOnly: guards.isReadOnly)
  }

  // MARK: Entries

  /// Checks statements and runs them to their end, or until they are interrupted; whether they did what they say.
  @discardableResult
  public func run(_ text: String, named name: String? = nil) async -> Bool {
    let (started, sent) = (session.clock.now, session.service.requestCounts)
    lastText = text
    guard let (preparation, runbook) = check(text, named: name) else { return false }
    guard let parameters = await parameters(of: runbook), let journal = await openJournal() else { return false }
    let interruption = Interruption()
    // A second Ctrl-C does not wait for what a `finally` has to do.
    let abandonment = Interruption()
    terminal.onInterrupt { [terminal] signal in
      guard signal == SIGINT else { return interruption.raise(.machine(signal)) }
      if interruption.isRaised, !abandonment.isRaised {
        terminal.show("Stopping at once; what a `finally` had left to do is not done.\n", as: .news)
        abandonment.raise()
      }
      interruption.raise()
    }
    let listener = writer.listener(
      for: StatementFacts(runbook.program), in: preparation.sources, source: preparation.source.id)
    for parameter in runbook.parameters { memory.forget(parameter.syntax.name.text) }
    let before = memory
    writer.begin(at: started)
    let effects = effects(journal: journal, people: session.people, listener: listener)
    let (entry, policy, today) = (nextEntry(), session.policy, session.clock.now.date)
    let leftBefore = await left(in: journal)
    let (result, after) = await abandonment.cancelling(on: session.clock) {
      await Self.evaluate(
        runbook, entry: entry, after: before, parameters: parameters, effects: effects, policy: policy, today: today,
        interruption: interruption)
    }
    terminal.onInterrupt(nil)
    let waits = writer.endWaits()
    memory = after
    awaits += result.awaits
    learn(from: runbook, result.ending)
    tell(result.ending, waits: waits, in: preparation.sources)
    if result.ending.diagnostic != nil || interruption.isRaised { await tellLeft(in: journal, besides: leftBefore) }
    if case .over(let verdict, let diagnostic) = result.ending, verdict.isOfRecord {
      await drop(over: diagnostic.message, result.ending.exitStatus)
    }
    if case .done = result.ending {
      kept.append(KeptEntry(text: text, account: before.account, environment: before.environment))
    }
    if showsTime {
      let cost = ExecutionCost(requests: session.service.requestCounts.since(sent), awaits: result.awaits)
      let took = "took \(session.clock.now.since(started).rounded)"
      terminal.show("\(took)\(cost.words.map { ": \($0)" } ?? "")\n", as: .news)
    }
    if case .done = result.ending { return true }
    return false
  }

  static func evaluate(
    _ runbook: CheckedRunbook, entry: Int, after memory: Execution.Memory, parameters: [String: Value],
    effects: Effects, policy: EvaluationPolicy, today: CalendarDate, interruption: Interruption
  ) async -> (ExecutionResult, Execution.Memory) {
    let execution = Execution(
      entry: entry, of: runbook, after: memory, effects: effects, policy: policy, today: today,
      interruption: interruption)
    let result = await execution.run(runbook, parameters: parameters)
    return (result, execution.memory)
  }

  func effects(journal: any HeldJournal, people: any People, listener: any EventListener) -> Effects {
    Effects(
      service: session.service, watcher: session.watcher, clock: session.clock, bootTimer: session.bootTimer,
      journal: journal, people: people, listener: listener)
  }

  func nextEntry() -> Int {
    defer { entryCount += 1 }
    return entryCount
  }

  /// A statement in one short line.
  static func summary(of text: String) -> String {
    let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ").printable
    return line.count > 60 ? line.prefix(59) + "…" : line
  }

  // MARK: Before and after

  /// Reads and checks an entry and says what there is to say; `nil` where it cannot run.
  func check(
    _ text: String, named name: String?, changesScope: Bool = true
  ) -> (preparation: Preparation, runbook: CheckedRunbook)? {
    let id = sources.nextID
    let source = SourceText(id: id, name: name ?? "prompt:\(id.number + 1)", text: text)
    let preparation = Preparation(of: source, in: context, among: sources)
    show(preparation.diagnostics, in: preparation.sources)
    guard let runbook = preparation.runbook else { return nil }
    sources = preparation.sources
    return (preparation, runbook)
  }

  func show(_ diagnostics: [Diagnostic], in sources: SourceMap) {
    let appearance = terminal.appearance
    let renderer = DiagnosticRenderer(sources: sources, hasColour: appearance.hasColour, width: appearance.width)
    for diagnostic in diagnostics {
      if diagnostic.severity == .note {
        terminal.show(appearance.paint("\(diagnostic.message)", .dim) + "\n", as: .news)
      } else {
        terminal.show(renderer.render(diagnostic) + "\n", as: .news)
      }
    }
  }

  /// Reads the values that parameters get from elsewhere, and asks for those that nothing gives.
  func parameters(of runbook: CheckedRunbook) async -> [String: Value]? {
    let given = runbook.parameterValues([], environment: configuration.variables)
    guard given.problems.isEmpty else {
      show(given.problems.map(\.diagnostic), in: runbook.sources)
      return nil
    }
    guard await terminal.questions.wait() else { return nil }
    defer { terminal.questions.signal() }
    let today = session.clock.now.date
    var values = given.values.mapValues { Value($0, today: today) }
    for parameter in given.missing {
      let name = parameter.syntax.name.text
      while values[name] == nil {
        guard
          case .line(let text) = await terminal.read(LineRequest(prompt: "\(name): ", kind: .question))
        else { return nil }
        switch parameter.value(text, at: parameter.syntax.name.range) {
        case .success(let value): values[name] = Value(value, today: today)
        case .failure(let problem): show([problem.diagnostic], in: runbook.sources)
        }
      }
    }
    return values
  }

  func openJournal() async -> (any HeldJournal)? {
    if let journal { return journal }
    let now = session.clock.now
    let header = ExecutionHeader(
      id: session.ids.next(at: now), startedAt: now, today: now.date, holder: session.holder, name: "prompt",
      directory: session.directory, sources: [], parameters: [:], account: scope.account,
      environment: scope.environment, service: session.serviceName)
    do throws(JournalStoreError) {
      let opened = try await session.store.begin(header)
      journal = opened
      return opened
    } catch {
      terminal.show("Nothing was done: the journal cannot be written (\(error))\n", as: .news)
      return nil
    }
  }

  /// Takes over what an entry has left: all that it declares where it reached its end, else what it came to.
  private func learn(from runbook: CheckedRunbook, _ ending: Ending) {
    let before = scope
    scope = runbook.scope
    if case .done = ending {
    } else {
      scope.names = memory.names.reduce(into: [:]) { names, element in
        let (name, value) = element
        let (old, new) = (before.names[name], runbook.scope.names[name])
        if let known = [new, old].compactMap({ $0 }).first(where: { $0.type.isOf(value) }) {
          names[name] = known
        } else {
          names[name] = .init(type: ValueType(of: value), isVariable: (new ?? old)?.isVariable ?? false)
        }
      }
      scope.runIsSet = memory.latestRun != nil
      scope.statusIsSet = memory.latestStatus != nil
      scope.account = memory.account
      scope.environment = memory.environment
    }
    scope.stopped = Set(memory.stopped.keys)
    suggestions.update(context: context)
  }

  private func tell(_ ending: Ending, waits: [InFlight.Wait], in sources: SourceMap) {
    switch ending {
    case .done: break
    case .stopped(let message):
      terminal.show("stopped\(message.map { ": \($0.printable)" } ?? "")\n", as: .news)
    case .failed(_, let diagnostic), .over(_, let diagnostic): show([diagnostic], in: sources)
    case .interrupted:
      if waits.isEmpty { terminal.show("Interrupted; what was launched goes on.\n", as: .news) }
      for wait in waits.prefix(8) { terminal.show("\(self.words(for: wait))\n", as: .news) }
      if waits.count > 8 { terminal.show("… and \(waits.count - 8) more.\n", as: .news) }
    }
  }

  private func left(in journal: any HeldJournal) async -> Leftovers {
    (try? await journal.record().leftovers) ?? Leftovers()
  }

  /// What an entry leaves that did not come to its end, but for runs, which are told as they are waited for.
  private func tellLeft(in journal: any HeldJournal, besides before: Leftovers) async {
    var left = await left(in: journal).besides(before)
    left.runs = []
    for line in left.lines { terminal.show("\(line)\n", as: .news) }
  }

  /// How to wait again.
  private func words(for wait: InFlight.Wait) -> String {
    switch wait.subject {
    case .run(let run):
      let isLatest = memory.latestRun?.isSame(as: run) == true
      let again = isLatest ? "await run" : "await (run \"\(run.id.printable)\" of \(run.operation))"
      return
        "Stopped waiting; run \(run.id.printable) of \(run.operation.name.printable) goes on. `\(again)` waits again."
    case .condition: return "Stopped waiting for the condition."
    case .nextRun(let operation, let since):
      return "Stopped waiting. `await next run of (\(operation)) since \(since)` waits again."
    }
  }

  // MARK: Leaving

  /// Lets a record go that cannot be kept any more, with its lease; the next entry begins one of its own.
  private func drop(over reason: String, _ status: Int32) async {
    guard let dropped = journal else { return }
    journal = nil
    try? await dropped.end(end(status: status, reason, nil))
  }

  private func end(status: Int32, _ summary: String, _ cost: ExecutionCost?) -> ExecutionEnd {
    ExecutionEnd(at: session.clock.now, exitStatus: status, summary: summary, isResumable: false, cost: cost)
  }

  /// Writes that the session is over. Nothing is evaluated after it.
  func close() async {
    guard let journal else { return }
    self.journal = nil
    let cost = ExecutionCost(requests: session.service.requestCounts.since(requestsBefore), awaits: awaits)
    let words = "\(entryCount) \(entryCount == 1 ? "entry" : "entries") at the prompt"
    let end = end(status: 0, words, cost)
    for line in await left(in: journal).lines { terminal.show("\(line)\n", as: .news) }
    if let words = cost.words { terminal.show("\(words)\n", as: .news) }
    do throws(JournalError) {
      try await journal.end(end)
    } catch {
      terminal.show("The end of the session could not be recorded: \(error)\n", as: .news)
    }
  }

  /// Keeps the journal's lease while the session goes on.
  func keepLease() async { await journal?.keepLease() }
  var executionID: String? { journal?.executionID }
}
