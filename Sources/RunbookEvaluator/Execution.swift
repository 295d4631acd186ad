public import CivilTime
import Foundation
public import RunbookChecker
public import RunbookDiagnostics
public import RunbookRecord
import RunbookSyntax
public import TailerAPI

/// How an execution ended.
public enum Ending: Sendable {
  case done
  /// By `stop`, with its words.
  case stopped(String?)
  /// By an error that nothing took.
  case failed(RecordedError, Diagnostic)
  /// A person or a guard said no.
  case declined(Diagnostic)
  /// Nobody was there to be asked, or nothing may be changed.
  case refused(Diagnostic)
  case interrupted
  /// The record could not be kept, or did not fit.
  case broken(Diagnostic)

  /// The design's exit statuses.
  public var exitStatus: Int32 {
    switch self {
    case .done, .stopped: 0
    case .failed(let error, _):
      switch error.kind {
      case .failed: 1
      case .unreachable, .refused, .rejected: 3
      case .timeout: 4
      case .unconfirmed: 5
      }
    case .declined, .refused: 6
    case .interrupted: 130
    case .broken: 3
    }
  }

  /// Whether an execution that ends so goes on when it is resumed, unless a `finally` has run. What the runbook itself
  /// failed over would fail the same way again; what the world refused may not.
  public var couldBeResumed: Bool {
    switch self {
    case .done, .stopped, .declined: false
    case .failed(let error, _): error.kind != .failed
    case .refused, .interrupted, .broken: true
    }
  }

  /// One line for the journal's listings.
  public var summary: String {
    switch self {
    case .done: "done"
    case .stopped(let message): message.map { "stopped: \($0)" } ?? "stopped"
    case .failed(let error, _): error.message
    case .declined(let diagnostic), .refused(let diagnostic), .broken(let diagnostic): diagnostic.message
    case .interrupted: "interrupted"
    }
  }
}

/// What an execution came to.
public struct ExecutionResult: Sendable {
  public let ending: Ending
  /// Whether evaluating again with the same journal goes on where this stopped.
  public let isResumable: Bool
  /// The effects whose failure ended it; a resumed execution does these anew.
  public let origins: [EffectKey]
  /// What its awaits have cost, those that the record answered for included.
  public let awaits: [WatchCost]

  public init(ending: Ending, isResumable: Bool, origins: [EffectKey], awaits: [WatchCost] = []) {
    self.ending = ending
    self.isResumable = isResumable
    self.origins = origins
    self.awaits = awaits
  }
}

/// One execution of a checked runbook, or one entry of a session at the prompt, which begins with what the entries
/// before it have left.
///
/// It is evaluated from the top; where the journal holds a record, the record answers.
public final class Execution {
  private let state: SharedState
  private let interpreter: Interpreter
  private var entries = 0

  /// An execution in which nothing has been evaluated yet.
  ///
  /// - Parameters:
  ///   - today: The UTC day on which the execution started; the record's, where it is resumed.
  ///   - interruption: What is raised to stop waiting.
  public init(
    of runbook: CheckedRunbook, effects: Effects, policy: EvaluationPolicy, today: CalendarDate,
    interruption: Interruption = Interruption(), accepting changes: Comparison? = nil, showsValues: Bool = false
  ) {
    state = SharedState(
      effects: effects, policy: policy, interruption: interruption, today: today, accepting: changes)
    interpreter = Interpreter(state: state, runbook: runbook)
    interpreter.showsValues = showsValues
  }

  /// An entry of a session at the prompt. Values of bare expressions are shown.
  ///
  /// - Parameters:
  ///   - memory: What the entries before it have left.
  ///   - entry: Its number in the session, from 0, which keeps its effects in the journal apart from those of others.
  public init(
    entry: Int, of runbook: CheckedRunbook, after memory: Memory, effects: Effects, policy: EvaluationPolicy,
    today: CalendarDate, interruption: Interruption
  ) {
    state = SharedState(
      effects: effects, policy: policy, interruption: interruption, today: today, stopped: memory.stopped,
      isAtPrompt: true)
    interpreter = Interpreter(state: state, runbook: runbook)
    interpreter.showsValues = true
    for (name, value) in memory.names { interpreter.scope.define(name, value) }
    interpreter.latest = memory.latest
    interpreter.context.account = memory.account ?? policy.account
    interpreter.context.environment = memory.environment ?? policy.environment
    entries = entry
  }

  /// What an entry at the prompt leaves for the next one.
  public struct Memory: Sendable {
    public fileprivate(set) var names: [String: Value] = [:]
    public fileprivate(set) var account: String?
    public fileprivate(set) var environment: String?
    /// Operations that were disabled or archived, and not enabled since.
    public var stopped: [DataOperation: Activation] = [:]
    fileprivate var latest = Latest()

    public var latestRun: RunReference? { latest.run }
    public var latestStatus: RunStatus? { latest.status }

    /// Makes a name free for a parameter, which keeps a value that is there.
    public mutating func forget(_ name: String) { names[name] = nil }

    /// A session's beginning.
    public init(account: String? = nil, environment: String? = nil) {
      self.account = account
      self.environment = environment
    }
  }

  /// What has been left so far.
  public var memory: Memory {
    var memory = Memory(account: interpreter.context.account, environment: interpreter.context.environment)
    memory.names = interpreter.scope.snapshot()
    memory.latest = interpreter.latest
    memory.stopped = state.stopped
    return memory
  }

  /// Evaluates a runbook to its end, in the names that earlier ones left. Never throws: all that can happen is an ending.
  public func run(_ runbook: CheckedRunbook, parameters: [String: Value] = [:]) async -> ExecutionResult {
    interpreter.context.runbook = runbook
    interpreter.context.path = Path(.named(entries == 0 ? "" : "entry\(entries)"))
    entries += 1
    for (name, value) in parameters { interpreter.scope.define(name, value) }
    do {
      _ = try await interpreter.execute(runbook.program.statements)
      return ExecutionResult(ending: .done, isResumable: false, origins: [], awaits: state.costs)
    } catch {
      return result(of: error)
    }
  }

  /// Evaluates a runbook with nothing but the record to answer, and says what of the record it did not come by, or came by
  /// with other words or another meaning. Sends nothing, writes nothing, tells nobody.
  ///
  /// - Parameter recorded: The texts that are recorded with it.
  public func compare(
    _ runbook: CheckedRunbook, parameters: [String: Value] = [:], recorded: [ExecutionHeader.Source] = []
  ) async -> Comparison {
    let records: [RecordedEffect]
    do throws(JournalError) {
      records = try await state.effects.journal.initialRecords()
    } catch {
      // What cannot be read now is reported by the first effect that needs it.
      return Comparison(conflicts: [])
    }
    let notes = ComparisonNotes(recorded: RecordedStatements(recorded))
    let comparing = SharedState(
      effects: state.effects, policy: state.policy, interruption: Interruption(), today: state.today, comparing: notes)
    let reader = Interpreter(state: comparing, runbook: runbook)
    for (name, value) in parameters { reader.scope.define(name, value) }
    var diverged: Diagnostic?
    do throws(Unwind) {
      _ = try await reader.execute(runbook.program.statements)
    } catch .broken(let diagnostic) {
      diverged = diagnostic
    } catch {
      // Any other ending is one that the record leads to.
    }
    let missed = records.filter { !notes.hasVisited($0.number) }
    var conflicts = notes.conflicts
    if let diverged { conflicts.append(diverged) }
    let unexpected = missed.filter { $0.standing == .current }
    if diverged == nil, !unexpected.isEmpty {
      let place =
        notes.recordEnd ?? runbook.program.statements.last?.range ?? SourceRange(runbook.program.source.id, 0, 0)
      let words = unexpected.map { notes.recorded.words(for: $0) }
      conflicts.append(
        RuntimeProblem(.recordNotReached(recorded: words, isAtEnd: notes.recordEnd == nil), at: place).diagnostic)
    }
    let launches = missed.filter { if case .launch = $0.intent { true } else { false } }
    return Comparison(
      conflicts: conflicts, hasDiverged: diverged != nil, reached: notes.reached, missed: missed.map(\.number),
      movedLaunches: launches)
  }

  private func result(of unwind: Unwind) -> ExecutionResult {
    switch unwind {
    case .stopped(let message): return ended(.stopped(message), isResumable: false)
    case .declined(let diagnostic): return ended(.declined(diagnostic), isResumable: false)
    case .refused(let diagnostic, _): return ended(.refused(diagnostic), isResumable: !state.isEndedByFinally)
    case .interrupted, .branchStopped, .recordEnds: return ended(.interrupted, isResumable: !state.isEndedByFinally)
    case .broken(let diagnostic): return ended(.broken(diagnostic), isResumable: true)
    case .failure(let failure):
      let ending = Ending.failed(failure.error, failure.diagnostic)
      let isResumable = ending.couldBeResumed && !failure.finallyRan && !state.isEndedByFinally
      return ended(ending, isResumable: isResumable, origins: failure.origins)
    }
  }

  private func ended(_ ending: Ending, isResumable: Bool, origins: [EffectKey] = []) -> ExecutionResult {
    ExecutionResult(ending: ending, isResumable: isResumable, origins: origins, awaits: state.costs)
  }

  /// The names defined so far with their values, for the prompt.
  public var names: [String: Value] { interpreter.scope.snapshot() }
  public var latestRun: RunReference? { interpreter.latest.run }
  public var latestStatus: String? { interpreter.latest.status?.name }
  public var account: String? { interpreter.context.account }
  public var environment: String? { interpreter.context.environment }
}
