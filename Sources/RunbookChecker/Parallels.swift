import RunbookDiagnostics
import RunbookSyntax

extension Checker {
  mutating func checkParallel(
    _ name: Name, _ list: Expression, _ clauses: ParallelClauses, _ body: Block, at range: SourceRange
  ) {
    let fact = inferIterated(list, "what a `parallel` goes through")
    expectCount(clauses.max, "`max`")
    let entry = state
    let proven = proven(list, fact)
    let elements = writtenOutOperations(fact) ?? [elementFact(of: fact)]
    var branches: [FlowState] = []
    for element in elements {
      guard branches.isEmpty || mayRepeat(body, at: list.range) else { break }
      branches.append(
        checkBranch(from: entry, keyword(of: range)) { checker in
          if let (id, fact) = proven { checker.state.facts[id] = fact }
          checker.check(body) { checker in checker.declare(name, element) }
        })
    }
    // It may have no branch at all, unless its elements are written out.
    state = afterBranches(branches, entry, mayBeNone: writtenOutOperations(fact) == nil)
    state.unread = entry.unread
  }

  mutating func checkParallel(_ clauses: ParallelClauses, _ body: Block, at range: SourceRange) {
    expectCount(clauses.max, "`max`")
    let entry = state
    var branches: [FlowState] = []
    for statement in body.statements {
      branches.append(
        checkBranch(from: entry, keyword(of: range)) { checker in
          checker.check(Block([statement], statement.range))
        })
    }
    state = afterBranches(branches, entry, mayBeNone: branches.isEmpty)
    // All branches run: what one has read is read.
    state.unread = branches.reduce(entry.unread) { $0.joined($1.unread) { $1 == nil || $2 == nil ? nil : $1 } }
  }

  private mutating func checkBranch(
    from entry: FlowState, _ range: SourceRange, _ body: (inout Checker) -> Void
  ) -> FlowState {
    let outer = surroundings
    let barrier = Barrier(kind: .parallel, range: range)
    surroundings.frame = freshNumber()
    surroundings.loopBarrier = barrier
    surroundings.returnBarrier = barrier
    surroundings.stopBarrier = barrier
    surroundings.parallels.append(range)
    state = entry
    state.run = .unset(.never)
    state.status = .unset(.never)
    state.latest = []
    body(&self)
    surroundings = outer
    return state
  }

  /// What holds when all branches are done: everything that any of them has stopped and none has enabled.
  private mutating func afterBranches(_ branches: [FlowState], _ entry: FlowState, mayBeNone: Bool) -> FlowState {
    var result = entry
    let changes = branches.map { branch in (branch, ids: branch.stopped.differences(from: entry.stopped)) }
    if !mayBeNone {
      for (branch, ids) in changes {
        for id in ids where branch.stopped[id] == nil { result.stopped[id] = nil }
      }
    }
    for (branch, ids) in changes {
      for id in ids where entry.stopped[id] == nil { result.stopped[id] = branch.stopped[id] }
    }
    return result
  }

  private func keyword(of range: SourceRange) -> SourceRange {
    range.first("parallel".utf8.count)
  }
}
