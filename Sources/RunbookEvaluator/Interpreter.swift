import CivilTime
import Foundation
import RunbookChecker
import RunbookDiagnostics
import RunbookRecord
import RunbookSyntax
import TailerAPI

/// The latest run and status of a procedure's body, of a branch, or of the file itself.
struct Latest: Sendable {
  var run: RunReference?
  var status: RunStatus?
  /// What the latest await or check was of, for the words of `or fail`.
  var awaited: [RunReference] = []
}

/// Where a branch is, and what it goes by. The branches that it begins take it along as a whole.
struct BranchContext: Sendable {
  var runbook: CheckedRunbook
  var path: Path
  var account: String?
  var environment: String?
  var steps: [String] = []
  var trace: [Diagnostic.Label] = []
  var stop: BranchStop?
  var procedureDepth = 0
  var finallyDepth = 0
  /// The look under way at a condition that is waited for.
  var look: ConditionLook?
  /// The statement being evaluated: its position is in `path`; what its effects' identities are hashed from.
  var statement: Statement?
}

/// Evaluates one branch of a runbook: the file itself, or one branch of a `parallel`. Holds what is local to it; all else
/// is in `SharedState`.
final class Interpreter {
  let state: SharedState
  var context: BranchContext
  var scope: Scope
  /// The file's own names, which are all that a procedure sees besides its parameters.
  let globals: Scope
  var latest = Latest()
  /// How many effects the statement has had.
  var ordinal = 0
  /// Whether values of bare expressions are shown, as at the prompt.
  var showsValues = false

  static let callDepthLimit = 500
  static let textLimit = 16 << 20
  static let rangeLimit = 1_000_000

  init(state: SharedState, _ context: BranchContext, scope: Scope) {
    self.state = state
    self.context = context
    self.scope = scope
    globals = scope
  }

  /// For the runbook's file itself.
  convenience init(state: SharedState, runbook: CheckedRunbook) {
    let (account, environment) = (state.policy.account, state.policy.environment)
    let context = BranchContext(runbook: runbook, path: Path(.named("")), account: account, environment: environment)
    self.init(state: state, context, scope: Scope())
  }

  // MARK: Telling

  func tell(_ kind: Event.Kind, at place: SourceRange? = nil, replayed: Bool = false) {
    guard state.comparing == nil else { return }
    state.effects.listener.hear(
      Event(at: state.effects.clock.now, place: place, isReplayed: replayed, steps: context.steps, kind: kind))
  }

  func problem(_ kind: RuntimeProblem.Kind, at place: SourceRange) -> RuntimeProblem {
    RuntimeProblem(kind, at: place, trace: context.trace, isAtPrompt: state.isAtPrompt)
  }

  /// The unwinding for a problem that is no effect's outcome.
  func fail(_ kind: RuntimeProblem.Kind, at place: SourceRange) -> Unwind {
    failure(problem(kind, at: place), origins: [])
  }

  func failure(_ problem: RuntimeProblem, origins: [EffectKey]) -> Unwind {
    let diagnostic = problem.diagnostic
    let error: RecordedError
    if case .recorded(let recorded) = problem.kind {
      error = recorded
    } else {
      var attempts = 1
      var candidates: [Run] = []
      if case .service(let service, _, _) = problem.kind { attempts = service.attempts }
      if case .launchAmbiguous(_, _, let found, _) = problem.kind { candidates = found }
      error = RecordedError(
        kind: problem.errorKind, message: diagnostic.message, attempts: attempts, candidates: candidates,
        notes: diagnostic.notes)
    }
    return .failure(Failure(error: error, diagnostic: diagnostic, origins: origins))
  }

  // MARK: Effects

  /// The identity of the next effect of the statement being evaluated.
  func nextKey() -> EffectKey {
    defer { ordinal += 1 }
    return EffectKey(path: "\(context.path.text)#\(ordinal)", textHash: statementHash)
  }

  private var statementHash: String {
    guard let statement = context.statement, let source = context.runbook.sources[statement.range.source] else {
      return EffectKey.hash([])
    }
    let bounds = (Int(statement.range.lower)..<Int(statement.range.upper)).clamped(to: 0..<source.bytes.count)
    return EffectKey.hash(source.bytes[bounds])
  }

  /// Throws where nothing new may be started: after an interruption, and after another branch has failed.
  func mayGoOn() throws(Unwind) {
    if state.comparing != nil { return }
    if context.finallyDepth > 0 { return }
    if state.interruption.isRaised { throw .interrupted }
    if context.stop?.isRaised == true { throw .branchStopped(finallyRan: false) }
  }

  /// What the record says of the effect, after making sure that it speaks of the same thing. `nil` where it says nothing.
  func recorded(
    _ key: EffectKey, like intent: EffectIntent, at place: SourceRange, isOptional: Bool = false
  ) async throws(Unwind) -> RecordedEffect? {
    let record = try await journaling(at: place) { journal async throws(JournalError) in
      try await journal.record(of: key)
    }
    return try judged(record, key, like: intent, at: place, isOptional: isOptional)
  }

  private func judged(
    _ record: RecordedEffect?, _ key: EffectKey, like intent: EffectIntent, at place: SourceRange, isOptional: Bool
  ) throws(Unwind) -> RecordedEffect? {
    guard let record else {
      if let comparing = state.comparing, !isOptional {
        comparing.recordEnds(at: place)
        throw .recordEnds
      }
      return nil
    }
    state.comparing?.visit(record.number, at: key)
    guard intent.agrees(with: record.intent) else {
      let words = state.comparing?.recorded.words(for: record) ?? record.intent.words
      throw .broken(problem(.diverged(recorded: words, found: intent.words), at: place).diagnostic)
    }
    if record.textHash != key.textHash, !state.acceptsChanges {
      let words = state.comparing?.recorded.words(for: record) ?? record.intent.words
      let problem = problem(.recordedTextChanged(recorded: words), at: place)
      guard let comparing = state.comparing else { throw .broken(problem.diagnostic) }
      comparing.note(problem.diagnostic)
    }
    if let comparing = state.comparing, record.outcome == nil {
      comparing.recordEnds(at: place)
      throw .recordEnds
    }
    return record
  }

  /// What the record answers in place of the effect: its outcome, or the error that it ended in; `nil` where that is still
  /// to come.
  func answer(
    of record: RecordedEffect?, at key: EffectKey, _ place: SourceRange
  ) throws(Unwind) -> EffectOutcome? {
    guard let outcome = record?.outcome else { return nil }
    state.note(outcome.cost)
    guard case .failed(let error) = outcome else { return outcome }
    throw failure(problem(.recorded(error), at: place), origins: [key])
  }

  /// Carries an effect out, once: the record answers where it can; else the intent is written, `live` does it, and its
  /// outcome is written before anything depends on it. `live` gets the intent as it was recorded, which knows when a
  /// wait began.
  func perform(
    _ intent: EffectIntent, at place: SourceRange, key given: EffectKey? = nil, isLight: Bool = false,
    live: (EffectIntent) async throws(Unwind) -> EffectOutcome
  ) async throws(Unwind) -> (outcome: EffectOutcome, isReplayed: Bool) {
    let key = given ?? nextKey()
    let record = try await recorded(key, like: intent, at: place)
    if let outcome = try answer(of: record, at: key, place) { return (outcome, true) }
    if intent.changesPlatform { try mayChange(intent.verb, at: place) }
    if record == nil {
      try mayGoOn()
      if intent.precedesEffect {
        try await journaling(at: place) { journal async throws(JournalError) in
          try await journal.intend(intent, at: key, settlesAt: nil)
        }
      }
    }
    let known = record?.intent ?? intent
    defer { if intent.outdatesReads { state.noteEffect(at: state.effects.clock.now) } }
    do {
      let outcome = try await live(known)
      state.note(outcome.cost)
      try await journaling(at: place) { journal async throws(JournalError) in
        try await journal.finish(known, outcome, at: key, isLight: isLight)
      }
      return (outcome, false)
    } catch .failure(var failure) {
      let error = failure.error
      state.note(error.cost)
      try await journaling(at: place) { journal async throws(JournalError) in
        try await journal.finish(known, .failed(error), at: key, isLight: false)
      }
      failure.origins.append(key)
      throw .failure(failure)
    }
  }

  func journaling<T>(
    at place: SourceRange, _ body: (any Journal) async throws(JournalError) -> T
  ) async throws(Unwind) -> T {
    do {
      return try await body(state.effects.journal)
    } catch {
      throw unwind(over: error, at: place)
    }
  }

  /// What no record and no outcome can be: they are held against their intents where they come from.
  func unfitting(_ intent: String, _ outcome: EffectOutcome, at place: SourceRange) -> Unwind {
    unwind(over: .contradiction("“\(intent)” came to “\(outcome.words)”"), at: place)
  }

  private func unwind(over error: JournalError, at place: SourceRange) -> Unwind {
    switch error {
    case .unavailable(let reason): .broken(problem(.journalUnavailable(reason), at: place).diagnostic)
    case .leaseLost(let holder): .broken(problem(.leaseLost(holder: holder), at: place).diagnostic)
    case .cancelled: .interrupted
    case .contradiction(let words): .broken(problem(.recordContradicted(words), at: place).diagnostic)
    case .runIsTaken(let run, let owner): failure(problem(.runIsTaken(run, owner: owner.words), at: place), origins: [])
    }
  }

  /// Something that waits: given up as soon as the execution is interrupted, unless a `finally` waits.
  ///
  /// - Parameter changes: Whether it changes the platform, and its answer is worth a moment more.
  func waiting<T: Sendable, E: Error>(
    changes: Bool = false, _ body: @escaping @Sendable () async throws(E) -> T
  ) async throws(Unwind) -> Result<T, E> {
    guard context.finallyDepth == 0 else { return await Result(of: body) }
    let clock = changes ? state.effects.clock : nil
    guard let result = await state.interruption.racing(farewellOn: clock, body) else { throw .interrupted }
    return result
  }
}
