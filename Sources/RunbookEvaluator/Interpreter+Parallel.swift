import Coordination
import RunbookChecker
import RunbookDiagnostics
import RunbookRecord
import RunbookSyntax

extension Interpreter {
  func parallel(
    _ name: Name, over collection: Expression, _ clauses: ParallelClauses, _ body: Block, at place: SourceRange
  ) async throws(Unwind) {
    let elements = try await elements(of: collection)
    let branches = Branches(count: elements.count) { index in Self.label(name, elements[index]) }
    try await evaluate(branches, clauses, at: place) { branch, index async throws(Unwind) in
      branch.context.steps.append(branches.title(index))
      _ = try await branch.execute(body, as: "branch", iteration: index, defining: [(name.text, elements[index])])
    }
  }

  func parallel(steps: Block, _ clauses: ParallelClauses, at place: SourceRange) async throws(Unwind) {
    let statements = steps.statements
    try await evaluate(Branches(count: statements.count) { _ in "" }, clauses, at: place) {
      branch, index async throws(Unwind) in
      guard statements.indices.contains(index) else { return }
      branch.context.path = branch.context.path.appending(.iteration(index))
      _ = try await branch.execute([statements[index]])
    }
  }

  private struct Branches: Sendable {
    let count: Int
    let title: @Sendable (Int) -> String
  }

  /// How a branch has left.
  fileprivate struct Left: Sendable {
    let index: Int
    let unwind: Unwind
    /// The position in the log at which it failed.
    var failed: RecordNumber?
  }

  /// Runs branches under a cap, started in their order. The first failure keeps the others from starting anything new,
  /// lets what is in flight finish, and then stands; `keep going` runs them all and fails at the end. Which one was first the
  /// record knows, whatever comes first here.
  private func evaluate(
    _ branches: Branches, _ clauses: ParallelClauses, at place: SourceRange,
    _ body: @escaping @Sendable (Interpreter, Int) async throws(Unwind) -> Void
  ) async throws(Unwind) {
    var cap = state.policy.cap
    if let max = clauses.max { cap = try await wholeNumber(max, atLeast: 1, what: "the cap") }
    guard branches.count > 0 else { return }
    guard branches.count <= Self.rangeLimit else { throw fail(.rangeTooLong(limit: Self.rangeLimit), at: place) }
    let path = context.path.appending(.named("parallel"))
    let parallel = SpanSite(.parallel, at: path, in: context.span)
    let seed = seed { context in context.path = path }
    let halting = !clauses.keepGoing
    let join = Branch.Join()
    defer { join.make() }
    let left = await capped(branches.count, atOnce: cap) { index async -> Left? in
      let site = SpanSite(.branch, at: path.appending(.iteration(index)), title: branches.title(index), in: parallel)
      let own = Branch(in: seed.context.branch, until: join)
      return await seed.run(site, as: own, halting: halting, at: place, index, body)
    }
    .compactMap { $0 }
    comings += 1
    guard left.isEmpty else {
      let inOrder = left.sorted { $0.index < $1.index }.map(\.unwind)
      let first = left.sorted {
        ($0.failed ?? RecordNumber(.max), $0.index) < ($1.failed ?? RecordNumber(.max), $1.index)
      }
      let unwind =
        clauses.keepGoing
        ? await together(inOrder, of: branches.count, telling: true, at: place) : await standing(first.map(\.unwind))
      throw try await closing(parallel, over: unwind, at: place)
    }
    try await close(parallel, .completed, at: place)
  }
}

extension Interpreter {
  /// How this branch leaves: its failure is on record, and keeps the others from beginning, before it gives its turns back.
  fileprivate func ending(
    _ site: SpanSite, over unwind: Unwind, halting: Bool, at place: SourceRange, _ index: Int
  ) async -> Left {
    do throws(Unwind) {
      guard case .failure(var failure) = try await closing(site, over: unwind, halting: halting, at: place) else {
        return Left(index: index, unwind: unwind)
      }
      await release(&failure)
      return Left(index: index, unwind: .failure(failure), failed: failure.origins.last)
    } catch {
      return Left(index: index, unwind: error)
    }
  }

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

  /// Evaluates something beside the others of its statement: what it gave, or how it left.
  func evaluate<Value: Sendable>(
    _ body: @Sendable (Interpreter) async throws(Unwind) -> Value
  ) async -> Result<Value, Unwind> {
    let branch = Interpreter(state: state, context, scope: Scope(outer: outer))
    do { return .success(try await body(branch)) } catch { return .failure(error) }
  }
}

extension BranchSeed {
  /// Evaluates a branch of a `parallel` in its span; `nil` where it came to its end.
  fileprivate func run(
    _ site: SpanSite, as own: Branch, halting: Bool, at place: SourceRange, _ index: Int,
    _ body: @Sendable (Interpreter, Int) async throws(Unwind) -> Void
  ) async -> Interpreter.Left? {
    var context = context
    context.span = site
    context.branch = own
    let branch = Interpreter(state: state, context, scope: Scope(outer: outer))
    do throws(Unwind) {
      try await branch.open(site, at: place)
      try await body(branch, index)
      try await branch.close(site, .completed, at: place)
      return nil
    } catch {
      return await branch.ending(site, over: error, halting: halting, at: place, index)
    }
  }
}
