import RunbookDiagnostics
import RunbookSyntax

/// A `try` with a `finally`, while what stands before the `finally` is walked over.
struct FinallyFrame {
  /// How many loops and calls are open around it.
  let loops: Int
  let calls: Int
  var jumps: [(Jump, FlowState)] = []

  /// Whether a jump from inside passes the `finally`.
  func isLeft(by jump: Jump) -> Bool {
    switch jump {
    case .breakLoop(let index), .continueLoop(let index): index < loops
    case .call(let index): index < calls
    case .end: true
    }
  }
}

extension Checker {
  mutating func check(_ attempt: Attempt) {
    if attempt.body.statements.isEmpty { report(ControlProblem.emptyTry(at: attempt.body.range.first(1))) }
    let entry = state
    let mark = nextNumber
    if attempt.finally != nil { finallies.append(FinallyFrame(loops: loops.count, calls: calls.count)) }

    let outer = surroundings
    // A failure that is taken right here fails no `finally` further out.
    if attempt.catches.contains(where: { $0.kind == nil || $0.kind?.text == ErrorKind.failed.rawValue }) {
      surroundings.unfailing = nil
    }
    let names = variables.count
    handlers.append(Confluence())
    check(attempt.body)
    var raised = handlers.popLast()?.state
    forgetNames(since: names, in: &raised)
    surroundings = outer

    var after = state
    var escaping = attempt.catches.contains { $0.kind == nil } ? nil : raised
    for clause in attempt.catches {
      handlers.append(Confluence())
      state = known(raised ?? entry, before: entry, mark)
      check(clause.body) { $0.declareError(of: clause) }
      escaping = joinAny(escaping, handlers.popLast()?.state)
      after = join(after, state)
    }
    guard let finally = attempt.finally else {
      if let escaping { raise(with: escaping) }
      state = after
      return
    }
    let jumps = finallies.popLast()?.jumps ?? []
    check(finally, from: entry, mark, after: after, escaping: escaping, jumps: jumps)
  }

  /// An inner `catch` has an error of its own.
  private mutating func declareError(of clause: Attempt.Catch) {
    let variable = Variable(
      range: clause.range, isVariable: false, fact: Fact(.error), parallelDepth: surroundings.parallels.count,
      order: order)
    bind("error", add(variable))
  }

  /// What `catch` and `finally` know: of `run`, `status` and outcomes only what was there before `try`.
  private mutating func known(_ raised: FlowState, before entry: FlowState, _ mark: Int) -> FlowState {
    var result = raised
    result.run = entry.run
    result.status = entry.status
    for id in outcomes(above: mark) { result.unread[id] = nil }
    result.latest = entry.latest
    result.isReachable = entry.isReachable
    return result
  }

  /// Walks over a `finally` once for the ways on which an error or a jump passes it, and once for the plain one, so that
  /// what follows knows what it did.
  private mutating func check(
    _ finally: Block, from entry: FlowState, _ mark: Int, after: FlowState, escaping: FlowState?,
    jumps: [(Jump, FlowState)]
  ) {
    let exceptional = jumps.reduce(escaping) { joinAny($0, $1.1) }
    if let exceptional {
      let before = known(exceptional, before: entry, mark)
      state = before
      walk(finally)
      if escaping != nil { raise(with: state) }
      for (jump, left) in jumps {
        var left = left
        for id in state.stopped.differences(from: before.stopped)
        where before.stopped[id] == nil || state.stopped[id] == nil {
          left.stopped[id] = state.stopped[id]
        }
        arrive(jump, with: left)
      }
    }
    guard after.isReachable || exceptional == nil else {
      state = after
      return
    }
    if exceptional != nil, !mayRepeat(finally, at: finally.range.first(1)) {
      state = after
      return
    }
    state = known(after, before: entry, mark)
    walk(finally)
    let (run, status) = (state.run, state.status)
    state.isReachable = after.isReachable
    // What the body has set counts again, unless the `finally` has set something later.
    if !run.isNewer(than: entry.run) { state.run = after.run }
    if !status.isNewer(than: entry.status) { state.status = after.status }
    for id in outcomes(above: mark) { if let outcome = after.unread[id] { state.unread[id] = outcome } }
    state.latest = state.latest.union(after.latest)
  }

  private mutating func walk(_ finally: Block) {
    let outer = surroundings
    let barrier = Barrier(kind: .finally, range: finally.range.first(1))
    surroundings.loopBarrier = barrier
    surroundings.returnBarrier = barrier
    surroundings.stopBarrier = barrier
    surroundings.unfailing = finally.range.first(1)
    check(finally)
    surroundings = outer
  }
}

extension Latest {
  /// Whether this was set after the other.
  fileprivate func isNewer(than other: Latest) -> Bool {
    guard case .set(_, let range) = self else { return false }
    if case .set(_, let earlier) = other { return range != earlier }
    return true
  }
}
