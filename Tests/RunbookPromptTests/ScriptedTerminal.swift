import CivilTime
import Coordination
import Foundation
import Glibc
import RehearsalSupport
import RunbookChecker
import RunbookEvaluator
import RunbookJournal
import RunbookRecord
import RunbookSession
import RunbookTerminal
import TailerAPI
import TailerClient
import TailerSimulator
import VisibleText

@testable import RunbookPrompt

/// A terminal whose person follows a script, and that keeps what a screen would have shown.
final class ScriptedTerminal: PromptTerminal, @unchecked Sendable {
  enum Act: Hashable {
    case type(String)
    /// Types the answer to a question, whenever one comes.
    case answer(String)
    case controlC
    case controlD
    /// Thinks for so long before the next act.
    case pause(TimeSpan)
    /// Presses Ctrl-C so long after the next entry has begun.
    case interrupt(after: TimeSpan)
    /// The terminal goes away.
    case hangUp
  }

  // The lock guards everything below it.
  private let lock = NSLock()
  private var acts: ArraySlice<Act>
  private var shown = ""
  private var liveLines: [[String]] = []
  private var interruptDelay: TimeSpan?
  private let time: VirtualTime
  let appearance: Appearance
  let questions = AsyncSemaphore(1)
  var edited: String?

  init(_ acts: [Act], time: VirtualTime, width: Int = 200) {
    self.acts = acts[...]
    self.time = time
    appearance = Appearance(hasColour: false, isLive: true, width: width)
  }

  var screen: String { lock.withLock { shown } }
  /// Every state of the lines at the bottom.
  var live: [[String]] { lock.withLock { liveLines } }

  func show(_ text: ScreenText, as kind: Shown) { lock.withLock { shown += text.text } }
  func showLive(_ lines: [ScreenText]) { lock.withLock { if !lines.isEmpty { liveLines.append(lines.map(\.text)) } } }

  func read(_ request: LineRequest) async -> LineReply {
    while true {
      switch lock.withLock({ next(for: request.kind) }) {
      case .type(let line)?, .answer(let line)?:
        lock.withLock { shown += request.prompt.text + line + "\n" }
        return .line(line)
      case .controlC?: return .interrupted
      case .controlD?: return .endOfFile
      case .hangUp?, nil: return .closed(SIGHUP)
      case .pause(let span)?: try? await time.sleep(for: span)
      case .interrupt(let delay)?: lock.withLock { interruptDelay = delay }
      }
    }
  }

  private func next(for kind: LineRequest.Kind) -> Act? {
    let answers = acts.indices.filter { if case .answer = acts[$0] { true } else { false } }
    if kind == .question, let first = answers.first { return acts.remove(at: first) }
    return acts.indices.first { !answers.contains($0) }.map { acts.remove(at: $0) }
  }

  func onInterrupt(_ body: (@Sendable (Int32) -> Void)?) {
    let delay = lock.withLock {
      defer { if body != nil { interruptDelay = nil } }
      return interruptDelay
    }
    guard let body, let delay else { return }
    let time = time
    Task(executorPreference: time) {
      try? await time.sleep(for: delay)
      body(SIGINT)
    }
  }

  func edit(_ text: String) async -> Result<String, EditorFailure> {
    edited.map { .success($0) } ?? .failure(EditorFailure("neither $VISUAL nor $EDITOR is set"))
  }
}

/// A session at the prompt on virtual time, against the simulator.
struct PromptRehearsal {
  var acts: [ScriptedTerminal.Act]
  var scenario = ""
  var policy = EvaluationPolicy()
  var account: String? = "000099"
  var environment: String? = "DEV"
  var width = 200
  var directory = "/nowhere"
  var edited: String?
  var variables: [String: String] = [:]

  init(_ lines: [String]) { acts = lines.map { .type($0) } }
  init(_ acts: [ScriptedTerminal.Act]) { self.acts = acts }

  struct Outcome {
    let status: Int32
    let terminal: ScriptedTerminal
    let simulator: Simulator
    let store: RecordStore
    var screen: String { terminal.screen }

    /// The last of the lines that does not tell what the session leaves.
    var lastSaid: String? { lines.last { !$0.hasPrefix("left ") } }

    /// The screen without the lines that tell of requests and what they cost, whose times and run ids are no matter here.
    var lines: [String] {
      screen.split(separator: "\n").map(String.init).filter {
        $0.firstMatch(of: #/^(\[\d+\] )?\d\d:\d\d:\d\d |^\d+ requests? \(/#) == nil
      }
    }
  }

  func run() throws -> Outcome {
    let start = Rehearsal.start
    let platform =
      scenario.isEmpty
      ? Scenario(now: start)
      : try ScenarioFile(yaml: Array(scenario.utf8), file: "test.scenario.yaml", now: start).scenario(path: nil)
    let world = World(scenario: platform)
    let terminal = ScriptedTerminal(acts, time: world.time, width: width)
    terminal.edited = edited
    let client = world.client()
    let store = RecordStore.inMemory(clock: world.time)
    let session = Session(
      service: client, watcher: PollingRunWatcher(service: client, clock: world.time, random: { 0.5 }),
      clock: world.time, bootTimer: SleeplessTimer(world.time), store: store,
      people: PromptPeople(terminal: terminal, user: "ada"), listener: Silence(),
      policy: policy, interruption: Interruption(),
      holder: LeaseHolder(user: "ada", host: "here", process: 1, processStart: "0"),
      ids: ExecutionIDs(random: { 7 }), serviceName: "simulator", directory: directory)
    let context = CheckContext(
      account: account, environment: environment, loader: SourceFiles(directory: directory))
    let loop = PromptLoop(
      .init(session: session, context: context, variables: variables, isRehearsal: true), terminal: terminal,
      history: nil, suggestions: Suggestions(directory: directory))
    let status = try world.time.run { await loop.run() }
    return Outcome(status: status, terminal: terminal, simulator: world.simulator, store: store)
  }
}
