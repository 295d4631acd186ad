import RunbookDiagnostics
import RunbookSyntax

/// A loop being walked over, with what holds where `break` and `continue` left.
struct LoopFrame {
  var breaks: FlowState?
  var continues: FlowState?
  /// Outcomes with greater numbers belong to its body.
  let mark: Int
}

/// Where control goes that leaves early.
enum Jump {
  case breakLoop(Int)
  case continueLoop(Int)
  case call(Int)
  /// The end of the runbook.
  case end
}

extension Checker {
  mutating func checkLoop(_ name: Name, _ list: Expression, _ body: Block) {
    let fact = inferIterated(list, "what a loop goes through")
    guard let elements = writtenOutOperations(fact), effort > 0 else {
      iterate(name, elementFact(of: fact), body, over: proven(list, fact))
      return
    }
    // Each element in its turn, so that what is done to one is not held against another.
    let entry = state
    var breaks: FlowState?
    for (index, element) in elements.enumerated() where state.isReachable {
      guard index == 0 || mayRepeat(body, at: list.range) else { break }
      breaks = joinAny(breaks, round(name, element, body, from: state).breaks)
    }
    let after = join(breaks, state)
    state = after.isReachable ? after : entry
    // By the rule a loop may run zero times, also where somebody could count.
    state.run = entry.run.joined(state.run) { $0.joined($1) }
    state.status = entry.status.joined(state.status) { $0.union($1) }
    state.unread = state.unread.joined(entry.unread) { $1 ?? $2 }
  }

  /// Whether a block may be walked over once more. Blocks in blocks can come to be more than anybody can wait for.
  mutating func mayRepeat(_ body: Block, at range: SourceRange) -> Bool {
    guard effort > 0 else {
      giveUp(at: range)
      return false
    }
    effort -= 1 + body.statements.count
    return true
  }

  mutating func giveUp(at range: SourceRange) {
    if hasGivenUp || surroundings.isWithoutCall { return }
    hasGivenUp = true
    report(FlowProblem.notFollowed(at: range))
  }

  /// The list that a loop or a `parallel` goes through.
  mutating func inferIterated(_ list: Expression, _ role: String) -> Fact {
    let fact = infer(list)
    if fact.type.isUnknown || isNone(fact, list) { return .unknown }
    guard case .list = fact.type else {
      report(
        TypeProblem.mismatch(role: role, wanted: .list(.unknown), found: fact.type, at: list.range, hint: nil))
      return .unknown
    }
    return fact
  }

  func writtenOutOperations(_ list: Fact) -> [Fact]? {
    guard case .list(.operation) = list.type, case .elements(let facts) = list.detail else { return nil }
    return facts
  }

  /// A loop of any number of rounds: walked over again until another round changes nothing.
  private mutating func iterate(_ name: Name, _ element: Fact, _ body: Block, over list: (VariableID, Fact)?) {
    var entry = state
    for pass in 0..<4 {
      let mark = nextNumber
      if pass > 0, !mayRepeat(body, at: name.range) { break }
      let (breaks, next) = round(name, element, body, from: entry, over: list)
      var merged = join(entry, next)
      forgetSymbols(above: mark, since: entry, in: &merged)
      let isSettled = isSettled(entry, merged)
      state = join(breaks, merged)
      if isSettled { break }
      entry = merged
    }
  }

  /// The name of a list that a loop goes through: inside the loop it has an element at least.
  mutating func proven(_ list: Expression, _ fact: Fact) -> (VariableID, Fact)? {
    guard let id = path(list), case .nothing = fact.detail, case .list = fact.type else { return nil }
    return (id, Fact(fact.type, .nonEmpty))
  }

  /// One round of a loop. Leaves, and gives, what holds before the next, and what holds where `break` left.
  @discardableResult
  private mutating func round(
    _ name: Name, _ element: Fact, _ body: Block, from entry: FlowState, over list: (VariableID, Fact)? = nil
  ) -> (breaks: FlowState?, next: FlowState) {
    let outer = surroundings
    surroundings.loopCount += 1
    surroundings.loopBarrier = nil
    let names = variables.count
    loops.append(LoopFrame(mark: nextNumber))
    state = entry
    if let (id, fact) = list { state.facts[id] = fact }
    check(body) { checker in checker.declare(name, element) }
    var frame = loops.removeLast()
    forgetNames(since: names, in: &frame.breaks)
    surroundings = outer
    state = join(frame.continues, state)
    forgetNames(since: names, in: &state)
    return (frame.breaks, state)
  }

  mutating func checkRetry(_ retry: Retry) {
    expectCount(retry.times, "the number of attempts")
    expectDuration(retry.every, "`every`")
    if let backoff = retry.backoff {
      let fact = expect(backoff, .number, "`backoff`")
      if case .number(let factor)? = fact.constant, factor < Number(1) {
        report(ValueProblem.tooSmall(role: "`backoff`", least: 1, at: backoff.range))
      }
    }
    var entry = state
    for pass in 0..<4 {
      if pass > 0, !mayRepeat(retry.body, at: retry.times.range) { return }
      handlers.append(Confluence())
      let mark = nextNumber
      let names = variables.count
      state = entry
      check(retry.body)
      guard var raised = handlers.popLast()?.state else { return }
      forgetNames(since: names, in: &raised)
      let after = state
      raise(with: raised)
      for id in outcomes(above: mark) { raised.unread[id] = nil }
      var merged = join(entry, raised)
      forgetSymbols(above: mark, since: entry, in: &merged)
      if isSettled(entry, merged) { return }
      state = after
      entry = merged
    }
  }

  mutating func checkWaitUntil(
    _ condition: Expression, _ every: Expression?, _ timeout: Expression?, at range: SourceRange
  ) {
    expectDuration(every, "`every`")
    expectDuration(timeout, "`timeout`")
    let outer = surroundings
    surroundings.readOnly = .waitUntil(condition.range)
    let (holds, fails) = branch(condition)
    surroundings = outer
    state = fails
    mayRaise()
    state = holds
  }

  /// A look at a condition leaves no trace but what it read: nobody is asked in it, and nothing is shown.
  mutating func refuseInCondition(_ word: String, at range: SourceRange) {
    guard case .waitUntil(let condition)? = surroundings.readOnly else { return }
    report(FlowProblem.speaksInCondition(word: word, at: range, condition: condition))
  }

  // MARK: Jumps

  mutating func checkJump(_ word: String, at range: SourceRange) {
    guard surroundings.loopCount > 0, let index = loops.indices.last else {
      report(ControlProblem.outsideLoop(word, at: range))
      return
    }
    if let barrier = surroundings.loopBarrier {
      report(ControlProblem.leaves(word, barrier, at: range))
      return
    }
    reportUnread(above: loops[index].mark, .left(by: range))
    leave(word == "break" ? .breakLoop(index) : .continueLoop(index))
  }

  /// Nothing goes on here; what holds goes to where the jump leads, through the `finally` blocks on the way.
  mutating func leave(_ jump: Jump) {
    if state.isReachable { arrive(jump, with: state) }
    state.isReachable = false
  }

  mutating func arrive(_ jump: Jump, with state: FlowState) {
    if let last = finallies.indices.last, finallies[last].isLeft(by: jump) {
      finallies[last].jumps.append((jump, state))
      return
    }
    switch jump {
    case .breakLoop(let index):
      if loops.indices.contains(index) { loops[index].breaks = loops[index].breaks.joined(state, variables) }
    case .continueLoop(let index):
      if loops.indices.contains(index) { loops[index].continues = loops[index].continues.joined(state, variables) }
    case .call(let index):
      if calls.indices.contains(index) { calls[index].state = calls[index].state.joined(state, variables) }
    case .end: break
    }
  }

  /// Operations that came into being in one round of a loop are others in the next.
  private func forgetSymbols(above mark: Int, since entry: FlowState, in state: inout FlowState) {
    for id in state.stopped.differences(from: entry.stopped) where id.number > mark && operations[id] == nil {
      state.stopped[id] = nil
    }
  }
}
