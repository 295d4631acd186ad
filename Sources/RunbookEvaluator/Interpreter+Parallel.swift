import RunbookChecker
import RunbookDiagnostics
import RunbookRecord
import RunbookSyntax

extension Interpreter {
  func parallel(
    _ name: Name, over collection: Expression, _ clauses: ParallelClauses, _ body: Block, at place: SourceRange
  ) async throws(Unwind) {
    let elements = try await elements(of: collection)
    let name = name.text
    try await branches(elements.count, clauses, at: place) { branch, index async throws(Unwind) in
      branch.context.steps.append("\(name) = \(elements[index].text)")
      _ = try await branch.execute(body, as: "branch", iteration: index, defining: [(name, elements[index])])
    }
  }

  func parallel(steps: Block, _ clauses: ParallelClauses, at place: SourceRange) async throws(Unwind) {
    let statements = steps.statements
    try await branches(statements.count, clauses, at: place) { branch, index async throws(Unwind) in
      guard statements.indices.contains(index) else { return }
      branch.context.path = branch.context.path.appending(.iteration(index))
      _ = try await branch.execute([statements[index]])
    }
  }

  /// Runs branches under a cap, started in their order. The first failure keeps the others from starting anything new,
  /// lets what is in flight finish, and then stands; `keep going` runs them all and fails at the end.
  private func branches(
    _ count: Int, _ clauses: ParallelClauses, at place: SourceRange,
    _ body: @escaping @Sendable (Interpreter, Int) async throws(Unwind) -> Void
  ) async throws(Unwind) {
    var cap = state.policy.cap
    if let max = clauses.max { cap = try await wholeNumber(max, atLeast: 1, what: "the cap") }
    guard count > 0 else { return }
    let key = nextKey()
    let stop = BranchStop(parent: context.stop)
    // Which branch failed first, and so what the others did not begin, is not decided anew by a resumed execution.
    let wasStopped = try await recorded(key, like: .parallel, at: place, isOptional: true)?.outcome != nil
    if wasStopped { _ = stop.raise() }
    let seed = seed { context in
      context.path = context.path.appending(.named("parallel"))
      if !clauses.keepGoing { context.stop = stop }
    }

    var endings: [Int: Unwind] = [:]
    var failedFirst: Int?
    var broken: Unwind?
    var begun = 0
    await withTaskGroup(of: (Int, Result<Void, Unwind>).self) { group in
      func begin() {
        let index = begun
        begun += 1
        group.addTask { (index, await seed.evaluate { branch async throws(Unwind) in try await body(branch, index) }) }
      }
      while begun < min(cap, count) { begin() }
      while let (index, ending) = await group.next() {
        let unwind: Unwind? = if case .failure(let unwind) = ending { unwind } else { nil }
        endings[index] = unwind
        if !clauses.keepGoing, state.comparing == nil, case .failure(let failure)? = unwind, stop.raise() {
          do throws(Unwind) {
            try await journaling(at: place) { journal async throws(JournalError) in
              try await journal.finish(.parallel, .failed(failure.error), at: key, isLight: false)
            }
          } catch {
            broken = error
          }
        }
        if let unwind, !unwind.isBranchStop, failedFirst == nil { failedFirst = index }
        let mayBegin = (wasStopped || !stop.isRaised) && !(state.interruption.isRaised && context.finallyDepth == 0)
        if begun < count, mayBegin { begin() }
      }
    }
    if let broken { throw broken }
    try conclude(
      endings, failedFirst: failedFirst, count: count, begun: begun, keepGoing: clauses.keepGoing, key: key, at: place)
  }

  /// What the branches' endings come to, the gravest first.
  private func conclude(
    _ endings: [Int: Unwind], failedFirst: Int?, count: Int, begun: Int, keepGoing: Bool, key: EffectKey,
    at place: SourceRange
  ) throws(Unwind) {
    let unwinds = endings.sorted { $0.key < $1.key }.map(\.value)
    for unwind in unwinds { if case .broken = unwind { throw unwind } }
    for unwind in unwinds { if case .recordEnds = unwind { throw unwind } }
    for unwind in unwinds { if case .interrupted = unwind { throw unwind } }
    for unwind in unwinds { if case .declined = unwind { throw unwind } }
    for unwind in unwinds { if case .refused = unwind { throw unwind } }
    var failures = unwinds.compactMap { if case .failure(let failure) = $0 { failure } else { nil } }
    let finallyRan = unwinds.contains { if case .branchStopped(true) = $0 { true } else { false } }
    guard let failedFirst, case .failure(var first)? = endings[failedFirst] else {
      if let stopped = unwinds.first { throw stopped }
      if begun < count { throw state.interruption.isRaised ? .interrupted : .branchStopped(finallyRan: false) }
      return
    }
    let origins = failures.flatMap(\.origins) + [key]
    let anyFinallyRan = finallyRan || failures.contains(where: \.finallyRan)
    if failures.count > 1, keepGoing {
      for failure in failures { tell(.alsoFailed(failure.diagnostic), at: failure.diagnostic.primary.range) }
      var several = together(failures, of: count, at: place)
      several.origins = origins
      several.finallyRan = anyFinallyRan
      throw .failure(several)
    }
    // What is not known stands before what failed earlier: no `retry` and no bare `catch` may take it.
    if let unconfirmed = failures.first(where: { $0.error.kind == .unconfirmed }) { first = unconfirmed }
    failures.removeAll { $0.origins == first.origins }
    for failure in failures { tell(.alsoFailed(failure.diagnostic), at: failure.diagnostic.primary.range) }
    first.origins = origins
    first.finallyRan = anyFinallyRan
    throw .failure(first)
  }
}

extension Unwind {
  var isBranchStop: Bool { if case .branchStopped = self { true } else { false } }
}

extension Interpreter {
  /// What branches are begun with here.
  func seed(_ change: (inout BranchContext) -> Void = { _ in }) -> BranchSeed {
    var context = context
    change(&context)
    return BranchSeed(state: state, context: context, outer: scope.snapshot())
  }
}

/// What a branch is begun with; it has `run` and `status` of its own.
struct BranchSeed: Sendable {
  let state: SharedState
  let context: BranchContext
  let outer: [String: Value]

  /// Evaluates a branch: what it gave, or how it left.
  func evaluate<Value: Sendable>(
    _ body: @Sendable (Interpreter) async throws(Unwind) -> Value
  ) async -> Result<Value, Unwind> {
    let branch = Interpreter(state: state, context, scope: Scope(outer: outer))
    do { return .success(try await body(branch)) } catch { return .failure(error) }
  }
}
