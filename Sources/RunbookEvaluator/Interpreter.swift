import CivilTime
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
  /// The span that it is in.
  var span: SpanSite
  /// Whose observations it goes by.
  var branch: Branch
  var account: String?
  var environment: String?
  var steps: [String] = []
  var trace: [Diagnostic.Label] = []
  var procedureDepth = 0
  var isInFinally = false
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
  /// How many effects, and spans with effects, this branch has come by.
  var comings = 0
  /// Whether values of bare expressions are shown, as at the prompt.
  var showsValues = false

  static let callDepthLimit = 500
  static let textLimit = Value.textLimit
  static let rangeLimit = 1_000_000
  /// How deep lists may be in each other.
  static let nestingLimit = 100

  init(state: SharedState, _ context: BranchContext, scope: Scope) {
    self.state = state
    self.context = context
    self.scope = scope
    globals = scope
  }

  /// For the runbook's file itself, or an entry at the prompt.
  convenience init(state: SharedState, runbook: CheckedRunbook, branch: Branch = Branch()) {
    let path = Path(.named(""))
    let context = BranchContext(
      runbook: runbook, path: path, span: SpanSite(.execution, at: path), branch: branch,
      account: state.policy.account, environment: state.policy.environment)
    self.init(state: state, context, scope: Scope())
  }

  // MARK: Telling

  func tell(
    _ kind: Event.Kind, at place: SourceRange? = nil, replayed: Bool = false, of effect: EffectSite? = nil
  ) {
    // What an answering look goes through was told when it was looked at.
    if context.look?.number != nil { return }
    state.effects.listener.hear(
      Event(
        at: state.effects.clock.now, place: place, isReplayed: replayed, steps: context.steps,
        effect: effect?.key.path, kind: kind))
  }

  func teller(at place: SourceRange) -> @Sendable (Event.Kind, EffectSite) -> Void {
    let (effects, steps) = (state.effects, context.steps)
    return { kind, site in
      effects.listener.hear(
        Event(
          at: effects.clock.now, place: place, isReplayed: false, steps: steps, effect: site.key.path, kind: kind))
    }
  }

  func problem(_ kind: RuntimeProblem.Kind, at place: SourceRange) -> RuntimeProblem {
    RuntimeProblem(kind, at: place, trace: context.trace, isAtPrompt: state.isAtPrompt, isUndone: state.hasOpenFinally)
  }

  /// The unwinding for a problem. Not inlined, as what few effects come by.
  @inline(never)
  func fail(_ kind: RuntimeProblem.Kind, at place: SourceRange) -> Unwind { failure(problem(kind, at: place)) }

  /// - Parameters:
  ///   - origins: Where in the log it came from, if it is an effect's outcome.
  ///   - run: As it was last seen, of an await.
  @inline(never)
  func failure(
    _ problem: RuntimeProblem, origins: [RecordNumber] = [], attempts: Int = 1, run: Run? = nil,
    cost: WatchCost? = nil
  ) -> Unwind {
    let diagnostic = problem.diagnostic
    let error: RecordedError
    if case .recorded(let recorded) = problem.kind {
      error = recorded
    } else {
      var (attempts, candidates) = (attempts, [Run]())
      if case .service(let service, _, _) = problem.kind { attempts = service.attempts }
      if case .launchAmbiguous(_, _, let found, _) = problem.kind { candidates = found }
      error = RecordedError(
        kind: problem.errorKind, message: diagnostic.message, attempts: attempts, run: run, candidates: candidates,
        notes: diagnostic.notes, cost: cost)
    }
    return .failure(Failure(error: error, diagnostic: diagnostic, origins: origins))
  }

  // MARK: Seeing

  func seen(_ run: RunReference) -> Run { run.lastSeen(by: context.branch) }

  func reference(to run: Run) -> RunReference { RunReference(run, by: context.branch) }

  /// - Parameter number: The position in the log at which it was seen; `nil` in a look that leaves no trace.
  func note(_ run: Run, of reference: RunReference, at number: RecordNumber?) {
    reference.note(run, by: context.branch, at: number)
  }
}
