import RunbookDiagnostics
import RunbookSyntax
import TailerAPI

/// One walk over a program that follows every path, with what holds on it, in `state`. A call is followed into the
/// procedure with what is known of its arguments, a loop until another round could find nothing new.
struct Checker {
  let program: Program
  let context: CheckContext
  var sources: SourceMap

  // What the files declare, found before the walk.
  var items: [Item] = []
  var procedures: [String: ProcedureRecord] = [:]
  var included: [SourceRange: Program] = [:]
  var includers: [SourceID: SourceRange] = [:]
  var includes: [SourceID: Set<SourceID>] = [:]
  var reach: [SourceID: Set<SourceID>] = [:]
  var declaredLater: [String: LaterName] = [:]
  var unreadableRanges: [SourceRange] = []

  // What has been said.
  var diagnostics: [Diagnostic] = []
  private var reported: Set<ReportKey> = []
  var unknownNames: Set<String> = []
  /// The outcomes of which has been said that nobody reads them.
  var lostOutcomes: Set<OutcomeID> = []
  var suggestionsLeft = 100
  var missingSettings: Set<Setting> = []

  // What names stand for.
  var variables: [Variable] = []
  var globals: [String: VariableID] = [:]
  var locals: [String: Local] = [:]
  /// What the names that the open blocks have declared meant before.
  var hidden: [(name: String, before: Local?)] = []
  var openBlocks: [[Statement]] = []
  /// What stands for a field of a variable.
  var paths: [PathKey: VariableID] = [:]
  var pathsOf: [VariableID: [VariableID]] = [:]
  /// What a procedure that is checked by itself may count on: what is known of `let`s, and that a `var` may hold anything.
  var factsAlone = FlowMap<VariableID, Fact>()
  /// The facts of the walk that have gone into these.
  var factsSeen = FlowMap<VariableID, Fact>()
  var operations = OperationTable()
  var parameters: [CheckedParameter] = []
  var settings = Settings()

  // Where the walk is.
  var state = FlowState()
  var surroundings = Surroundings()
  var order = 0
  /// The source whose names are seen here.
  var source: SourceID
  /// How deep expressions, blocks and calls are nested here.
  var depth = 0
  /// What holds wherever an error is raised, for each that may take it, outermost first.
  var handlers: [Confluence] = []
  var loops: [LoopFrame] = []
  var finallies: [FinallyFrame] = []
  var calls: [CallFrame] = []
  var expansions: [ExpansionKey: Expansion] = [:]
  var nextNumber = 0
  /// How many more statements may be walked over again, in calls and further rounds of loops.
  var effort = 0
  /// What is said once: where following calls was given up.
  var hasGivenUp = false
  var hasGoneTooDeep = false
  /// All outcomes that somebody has to read, in the order of their numbers, and those that a name or a run has ever held.
  var outcomes: [OutcomeID] = []
  var outcomesOfName: [VariableID: [OutcomeID]] = [:]
  var outcomesOfRun: [RunToken?: [OutcomeID]] = [:]

  /// How deep calls, blocks and expressions may be nested, together, for another call to be followed: with what the
  /// parser lets that call nest, it fits the smallest stack that a thread has.
  static let depthLimit = 80
  /// How much of the way to a mistake is shown.
  private static let traceLimit = 8

  init(program: Program, sources: SourceMap, context: CheckContext) {
    self.program = program
    source = program.source.id
    self.sources = sources
    self.sources.add(program.source)
    self.context = context
  }

  mutating func check() -> CheckResult {
    enterScope(context.scope)
    collect()
    effort = 50_000 + 20 * items.count
    findRecursion()
    var reachability = Reachability(state)
    for item in items {
      order = item.order
      source = item.statement.range.source
      surroundings.readOnly = item.include.map { .include($0) }
      check(item.statement, &reachability)
    }
    if !context.isInteractive { reportUnread(above: -1, .blockEnds(nil)) }
    diagnostics.sort { a, b in
      let (one, other) = (a.primary.range, b.primary.range)
      return (one.source.number, one.lower, one.upper, a.id) < (other.source.number, other.lower, other.upper, b.id)
    }
    guard !diagnostics.containsError else {
      return CheckResult(diagnostics: diagnostics, sources: sources, runbook: nil)
    }
    let runbook = CheckedRunbook(
      program: program, sources: sources, included: included, procedures: procedures.mapValues(\.procedure),
      parameters: parameters, diagnostics: diagnostics,
      accounts: operations.accounts.union([settings.account.text].compactMap(\.self)).sorted(),
      environments: operations.environments.union([settings.environment.text].compactMap(\.self)).sorted(),
      settings: (context.account ?? context.scope.account, context.environment ?? context.scope.environment),
      scope: context.isInteractive ? leaveScope() : .empty)
    return CheckResult(diagnostics: diagnostics, sources: sources, runbook: runbook)
  }

  // MARK: Reporting

  private struct ReportKey: Hashable {
    let id: String
    let range: SourceRange
  }

  /// Says something once: one place can be walked over many times.
  mutating func report(_ problem: some Diagnosable) { report(problem.diagnostic) }

  mutating func report(_ diagnostic: Diagnostic) {
    guard reported.insert(ReportKey(id: diagnostic.id, range: diagnostic.primary.range)).inserted else { return }
    var trace = diagnostic.trace
    if trace.isEmpty, !calls.isEmpty {
      trace = calls.reversed().compactMap { call in call.range.map { .init($0, "called from here") } }
    }
    if trace.isEmpty {
      var source = diagnostic.primary.range.source
      while let range = includers[source], trace.count < Self.includeLimit {
        trace.append(.init(range, "included from here"))
        source = range.source
      }
    }
    if trace.count > Self.traceLimit {
      let left = trace.count - Self.traceLimit
      trace.replaceSubrange((Self.traceLimit - 2)..<(trace.count - 2), with: [])
      trace[Self.traceLimit - 2] = .init(trace[Self.traceLimit - 2].range, "after \(left) more, from here")
    }
    diagnostics.append(
      Diagnostic(
        id: diagnostic.id, severity: diagnostic.severity, message: diagnostic.message, primary: diagnostic.primary,
        secondary: diagnostic.secondary, notes: diagnostic.notes, fixes: diagnostic.fixes, trace: trace))
  }

  /// The candidate that was most likely meant. Searched for the first mistakes only: a file with thousands has another
  /// trouble.
  mutating func suggestion(for word: String, among candidates: [String]) -> String? {
    suggestion(for: word) { _ in candidates }
  }

  mutating func suggestion(for word: String, among candidates: (inout Checker) -> [String]) -> String? {
    guard suggestionsLeft > 0 else { return nil }
    suggestionsLeft -= 1
    return nearest(to: word, among: candidates(&self))
  }

  func text(of range: SourceRange) -> String { sources[range.source]?.text(range) ?? "" }

  mutating func freshNumber() -> Int {
    nextNumber += 1
    return nextNumber
  }
}

/// What surrounds the place where the walk is.
struct Surroundings {
  var isTopLevel = true
  var isInStep = false
  /// Whether arguments are not known: the procedure is checked by itself, not at a call.
  var isWithoutCall = false
  /// Which `run` and `status` are meant: the file's, those of a call or of a branch.
  var frame = 0
  /// How many loops of this procedure are open, and what stands between here and the nearest.
  var loopCount = 0
  var loopBarrier: Barrier?
  var returnBarrier: Barrier?
  /// What `stop` would have to leave, also through calls.
  var stopBarrier: Barrier?
  /// The `finally` that must not be failed.
  var unfailing: SourceRange?
  var parallels: [SourceRange] = []
  var readOnly: ReadOnlyPlace?
  /// What `it` is.
  var it: Fact?
  /// Whether this is a parameter's default, which is known before anything has been evaluated.
  var isParameterDefault = false
}

/// The operations that the text spells out.
struct OperationTable {
  private var ids: [DataOperation: OperationID] = [:]
  private var known: [OperationID: DataOperation] = [:]

  var accounts: Set<String> { Set(ids.keys.map(\.account)) }
  var environments: Set<String> { Set(ids.keys.map(\.environment)) }

  subscript(id: OperationID) -> DataOperation? { known[id] }
  func id(of operation: DataOperation) -> OperationID? { ids[operation] }

  mutating func add(_ operation: DataOperation, _ id: OperationID) {
    ids[operation] = id
    known[id] = operation
  }
}

extension Checker {
  /// Something here may raise an error: whoever takes it has to reckon with this state.
  mutating func mayRaise() { raise(with: state) }

  mutating func raise(with state: FlowState) {
    guard state.isReachable, let last = handlers.indices.last else { return }
    handlers[last].addRaised(state, variables.joined)
  }
}
