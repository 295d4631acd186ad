public import CivilTime
import Foundation
public import RunbookChecker
public import RunbookDiagnostics
public import RunbookEvaluator
public import RunbookRecord
import RunbookSession
import RunbookSyntax
public import TailerAPI
public import TailerClient
public import TailerSimulator
import VisibleText

/// A runbook on virtual time, against the simulator, through the real client: everything but the socket.
public struct Rehearsal: Sendable {
  public var text: String
  public var name = "test.runbook"
  public var scenario: Scenario
  public var parameters: [String: Value] = [:]
  public var people: any People = Nobody()
  public var policy = EvaluationPolicy()
  public var faults: [FaultRule] = []
  public var includes: [String: String] = [:]
  public var interleaving: UInt64?
  /// Raises the interruption at that moment after the start.
  public var interruptAfter: TimeSpan?
  /// Kills the process at that moment after the start: nothing is waited for, written or sent any more.
  public var dieAfter: TimeSpan?
  public var clientSettings = ClientSettings()
  /// What stands between the runbook and the service, such as a service that behaves otherwise.
  public var behind: (@Sendable (any TailerService) -> any TailerService)?
  /// The machine that the process runs on; one that never sleeps, with the right time, where it is left out.
  public var machine: (@Sendable (VirtualTime) -> Machine)?
  /// What ends a process that slept; nothing where it is left out.
  public var bootTimer: (@Sendable (VirtualTime) -> any BootTimer)?
  /// What the watcher's dice show.
  public var jitter = 0.5
  /// The runbook as it was checked before, for who runs one text often.
  public var checkedBefore: CheckedRunbook?

  /// - Parameter scenario: YAML as people write it; empty for a platform where every run succeeds after a minute.
  public init(_ text: String, scenario: String = "") throws {
    self.text = text
    let start = Self.start
    self.scenario =
      scenario.isEmpty
      ? Scenario(now: start)
      : try ScenarioFile(yaml: Array(scenario.utf8), file: "test.scenario.yaml", now: start).scenario(path: nil)
  }

  /// When a rehearsal begins where its scenario does not say.
  public static var start: Timestamp { Timestamp("2020-12-30T11:28:00Z") ?? .earliest }

  public struct Outcome: Sendable {
    public let result: ExecutionResult
    public let events: [Event]
    public let simulator: Simulator
    public let sources: SourceMap

    /// What the runbook printed.
    public var printed: [String] {
      events.compactMap { if case .printed(let text) = $0.kind { text } else { nil } }
    }

    public var exitStatus: Int32 { result.ending.exitStatus }

    /// The failure that ended it, or `nil`.
    public var failure: Diagnostic? { result.ending.diagnostic }
  }

  public struct Invalid: Error, CustomStringConvertible {
    public let diagnostics: [Diagnostic]
    public let sources: SourceMap
    public var description: String {
      let renderer = DiagnosticRenderer(sources: sources, hasColour: false, width: 100)
      return diagnostics.map { renderer.render($0).text }.joined(separator: "\n")
    }
  }

  /// Checks the runbook. Throws `Invalid` where there is an error in it.
  public func checked() throws -> CheckedRunbook {
    if let checkedBefore { return checkedBefore }
    let source = SourceText(id: SourceID(0), name: name, text: text)
    let context = CheckContext(
      account: policy.account, environment: policy.environment, environments: policy.environments,
      loader: IncludedTexts(texts: includes))
    let preparation = Preparation(of: source, in: context)
    guard let runbook = preparation.runbook else {
      throw Invalid(diagnostics: preparation.diagnostics, sources: preparation.sources)
    }
    return runbook
  }

  /// Runs it from the start.
  public func run() throws -> Outcome {
    try run(on: World(scenario: scenario, faults: faults, interleaving: interleaving), journal: MemoryJournal())
  }

  /// Runs it in a world that may have been lived in, with a journal that may hold a record.
  ///
  /// - Parameters:
  ///   - today: The day on which the execution started; the scenario's first where it is left out.
  public func run(
    on world: World, journal: any HeldJournal, life: Life? = nil, today: CalendarDate? = nil
  ) throws -> Outcome {
    let runbook = try checked()
    let listener = Recorder()
    let interruption = Interruption()
    let time = world.time
    let machine = machine?(time)
    let clock: any WallClock = machine ?? time
    let (parameters, people, policy, jitter) = (parameters, people, policy, jitter)
    let life = life ?? dieAfter.map { _ in Life() }
    life?.whenStruck { blow in interruption.raise(.machine(blow == .kill ? 9 : 15)) }
    // Who is killed waits for nothing any more either.
    let blows: [(TimeSpan?, @Sendable () -> Void)] = [
      (interruptAfter, { interruption.raise() }),
      (
        dieAfter,
        {
          life?.finish()
          interruption.raise(.machine(9))
        }
      ),
    ]
    var client: any TailerService = world.client(living: life ?? Life(), on: machine, settings: clientSettings)
    if let behind { client = behind(client) }
    let seen: any HeldJournal = life.map { MortalJournal(journal, life: $0) } ?? journal
    let effects = Effects(
      service: client, watcher: PollingRunWatcher(service: client, clock: clock, random: { jitter }), clock: clock,
      bootTimer: bootTimer?(time) ?? SleeplessTimer(time), journal: seen, people: people, listener: listener)
    let day = today ?? scenario.now.date
    let memory = self.memory(journal)
    memory?.keepTime(by: time)
    let result = try time.run {
      // What another process has left is taken up as it is by every process.
      await memory?.reopen()
      return try await withThrowingTaskGroup(of: ExecutionResult?.self) { group in
        group.addTask {
          let execution = Execution(
            of: runbook, effects: effects, policy: policy, today: day, interruption: interruption)
          return await execution.run(runbook, parameters: parameters)
        }
        for case (let delay?, let blow) in blows {
          group.addTask {
            do {
              try await clock.sleep(for: delay)
              blow()
            } catch {}
            return nil
          }
        }
        var result: ExecutionResult?
        while let next = try await group.next() {
          if let next {
            result = next
            group.cancelAll()
          }
        }
        return result
      }
    }
    if let memory, let result, result.isResumable, life?.isOver != true {
      try time.run { await memory.stop(result) }
    }
    guard let result else { throw Invalid(diagnostics: [], sources: runbook.sources) }
    return Outcome(result: result, events: listener.events, simulator: world.simulator, sources: runbook.sources)
  }

  private func memory(_ journal: any HeldJournal) -> MemoryJournal? { journal as? MemoryJournal }

  /// Compares a record with the runbook as it is now, as `resume` does.
  ///
  /// - Parameter text: The runbook as it was recorded.
  public func compare(
    on world: World, journal: any HeldJournal, recorded text: String
  ) async throws -> Comparison {
    let runbook = try checked()
    let client = world.client()
    let effects = Effects(
      service: client, watcher: PollingRunWatcher(service: client, clock: world.time), clock: world.time,
      bootTimer: SleeplessTimer(world.time), journal: journal)
    let execution = Execution(of: runbook, effects: effects, policy: policy, today: scenario.now.date)
    return await execution.compare(
      runbook, parameters: parameters, recorded: [ExecutionHeader.Source(name: name, text: text)])
  }
}

/// The platform and its time, which outlive an execution.
public final class World: Sendable {
  public let time: VirtualTime
  public let simulator: Simulator

  public init(scenario: Scenario, faults: [FaultRule] = [], interleaving: UInt64? = nil) {
    time = VirtualTime(startingAt: scenario.now, interleaving: interleaving)
    simulator = Simulator(scenario)
    for fault in faults { simulator.add(fault) }
  }

  /// A client for one life of the process.
  public func client(
    living life: Life = Life(), on machine: Machine? = nil, settings: ClientSettings = ClientSettings()
  ) -> TailerServiceClient {
    var transport: any HTTPTransport = SimulatedTransport(simulator, clock: time)
    if let machine { transport = machine.network(transport) }
    return TailerServiceClient(
      transport: MortalTransport(transport, life: life), tokens: AnyToken(), clock: machine ?? time,
      settings: settings, random: { 0.5 })
  }
}

/// Keeps all events, in order.
public final class Recorder: EventListener, @unchecked Sendable {
  private let lock = NSLock()
  private var heard: [Event] = []

  public init() {}
  public func hear(_ event: Event) { lock.withLock { heard.append(event) } }
  public var events: [Event] { lock.withLock { heard } }
}

/// Answers from a list, one after the other; nobody is there once it is used up.
public final class ScriptedPeople: People, @unchecked Sendable {
  private let lock = NSLock()
  private var answers: [PersonAnswer]
  private var questions: [Question] = []

  public init(_ answers: [PersonAnswer]) { self.answers = answers }

  public convenience init(yes: Bool...) { self.init(yes.map { PersonAnswer(isYes: $0, by: "ann") }) }

  public var asked: [Question] { lock.withLock { questions } }

  public func answer(_ question: Question) async throws(PeopleError) -> PersonAnswer {
    let answer = lock.withLock { () -> PersonAnswer? in
      questions.append(question)
      return answers.isEmpty ? nil : answers.removeFirst()
    }
    guard let answer else { throw .nobodyThere }
    return answer
  }
}

/// Included texts by name.
struct IncludedTexts: SourceLoader {
  let texts: [String: String]
  func resolve(_ path: String, from including: String) -> String { path }
  func load(_ name: String) throws(SourceLoadError) -> [UInt8] {
    guard let text = texts[name] else { throw SourceLoadError("no such file") }
    return Array(text.utf8)
  }
}

/// A token that the simulator takes unless its scenario names others.
struct AnyToken: TokenSource {
  var name: String { "the test" }
  func token() async throws(TokenError) -> Token { try Token("rehearsal") }
  func token(insteadOf refused: Token) async throws(TokenError) -> Token { throw .refused(source: "the rehearsal") }
}
