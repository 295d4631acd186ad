public import CivilTime
import Foundation
public import RunbookChecker
import RunbookDiagnostics
public import RunbookRecord
import RunbookSyntax
public import TailerAPI

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
      effects: effects, policy: policy, interruption: interruption, today: today, activations: memory.activations,
      isAtPrompt: true)
    interpreter = Interpreter(state: state, runbook: runbook, branch: memory.branch)
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
    fileprivate var latest = Latest()
    fileprivate var branch = Branch()
    private var end = Branch.Join()
    fileprivate let activations: Activations

    public var latestRun: Run? { latest.run?.lastSeen(by: branch) }
    public var latestStatus: RunStatus? { latest.status }
    /// Operations that were disabled or archived, and not enabled since.
    public var stopped: [DataOperation: Activation] { activations.stopped(seenBy: branch) }

    /// Makes a name free for a parameter, which keeps a value that is there.
    public mutating func forget(_ name: String) { names[name] = nil }

    /// For an entry that goes on beside the others, which see nothing of it until it has come to its end.
    public func beside() -> Memory {
      var memory = self
      memory.end = Branch.Join()
      memory.branch = Branch(in: branch, until: memory.end)
      return memory
    }

    /// Makes what an entry beside the others has seen theirs.
    public func join() { end.make() }

    /// A session's beginning.
    public init(account: String? = nil, environment: String? = nil) {
      self.init(account: account, environment: environment, activations: Activations())
    }

    fileprivate init(account: String?, environment: String?, activations: Activations) {
      self.account = account
      self.environment = environment
      self.activations = activations
    }
  }

  /// What has been left so far.
  public var memory: Memory {
    var memory = Memory(
      account: interpreter.context.account, environment: interpreter.context.environment,
      activations: state.activations)
    memory.names = interpreter.scope.snapshot()
    memory.latest = interpreter.latest
    memory.branch = interpreter.context.branch
    return memory
  }

  /// Evaluates a runbook to its end, in the names that earlier ones left. Never throws: all that can happen is an ending.
  public func run(_ runbook: CheckedRunbook, parameters: [String: Value] = [:]) async -> ExecutionResult {
    interpreter.context.runbook = runbook
    interpreter.context.path = Path(.named(entries == 0 ? "" : "entry\(entries)"))
    let site = SpanSite(.execution, at: interpreter.context.path)
    interpreter.context.span = site
    entries += 1
    for (name, value) in parameters { interpreter.scope.define(name, value) }
    let place = SourceRange(runbook.program.source.id, 0, runbook.program.source.bytes.count)
    do throws(Unwind) {
      _ = try await interpreter.within(site, at: place) { () async throws(Unwind) in
        try await interpreter.execute(runbook.program.statements)
      }
      return ExecutionResult(ending: .done, isResumable: false, awaits: state.costs)
    } catch {
      if case .failure(var failure) = error { await interpreter.release(&failure) }
      let ending = ending(error)
      let isResumable = await isResumable(ending, runbook, parameters)
      return ExecutionResult(ending: ending, isResumable: isResumable, awaits: state.costs)
    }
  }

  private func ending(_ unwind: Unwind) -> Ending {
    switch unwind {
    case .stopped(let message): .stopped(message)
    case .over(let verdict, let diagnostic): .over(verdict, diagnostic)
    case .interrupted, .halted, .recordEnds: .interrupted(state.interruption.cause ?? .person)
    case .failure(let failure): .failed(failure.error, failure.diagnostic)
    }
  }

  /// Whether the record, as a resumed execution would find it, leaves something to be done: whether evaluating over it comes
  /// to where it ends. What nobody answered, or this process may not do, is such an end; so is a record that was lost.
  private func isResumable(_ ending: Ending, _ runbook: CheckedRunbook, _ parameters: [String: Value]) async -> Bool {
    switch ending {
    case .done, .stopped: return false
    case .over(let verdict, _) where verdict != .declined: return !state.isAtPrompt
    case .failed, .over, .interrupted: break
    }
    guard !state.isAtPrompt else { return false }
    guard let record = try? await state.effects.journal.reopened() else { return true }
    let replay = Replay(of: record)
    switch await Self.evaluate(runbook, over: replay, state, parameters) {
    case .recordEnds?: return true
    case .over(let verdict, _)?: return verdict.isOfRecord
    case .failure?, .stopped?, .interrupted?, .halted?, nil: return false
    }
  }

  /// Evaluates a runbook with nothing but a record to answer: sends nothing, writes nothing, tells nobody. Gives how it
  /// left, `nil` where it came to its end.
  private static func evaluate(
    _ runbook: CheckedRunbook, over replay: Replay, _ state: SharedState, _ parameters: [String: Value]
  ) async -> Unwind? {
    var effects = state.effects
    effects.journal = replay
    effects.listener = Silence()
    effects.people = Nobody()
    // Nothing is changed here, and so nothing has to be forbidden.
    var policy = state.policy
    policy.guards.isReadOnly = false
    let dry = SharedState(
      effects: effects, policy: policy, interruption: Interruption(), today: state.today,
      recorded: replay.recorded)
    let reader = Interpreter(state: dry, runbook: runbook)
    for (name, value) in parameters { reader.scope.define(name, value) }
    do throws(Unwind) {
      _ = try await reader.execute(runbook.program.statements)
      return nil
    } catch {
      return error
    }
  }

  /// Evaluates a runbook with nothing but the record to answer, and says what of the record it did not come by, or came by
  /// with other words or another meaning.
  ///
  /// - Parameter recorded: The texts that are recorded with it.
  public func compare(
    _ runbook: CheckedRunbook, parameters: [String: Value] = [:], recorded: [ExecutionHeader.Source] = []
  ) async -> Comparison {
    let record: Record
    do throws(JournalError) {
      record = try await state.effects.journal.record()
    } catch {
      // What cannot be read now is reported by the first effect that needs it.
      return Comparison(conflicts: [])
    }
    let replay = Replay(of: record, recorded: RecordedStatements(recorded))
    var diverged: Diagnostic?
    if case .over(.broken, let diagnostic)? = await Self.evaluate(runbook, over: replay, state, parameters) {
      diverged = diagnostic
    }
    return await replay.comparison(with: runbook, diverged)
  }

  /// The names defined so far with their values, for the prompt.
  public var names: [String: Value] { interpreter.scope.snapshot() }
  public var account: String? { interpreter.context.account }
  public var environment: String? { interpreter.context.environment }
}
