import RunbookDiagnostics
import RunbookSyntax

extension Checker {
  // MARK: Setting

  /// `run` and `status` have new values. Whoever has not looked at the old ones cannot any more.
  mutating func setOutcome(_ run: Fact, isList: Bool, at range: SourceRange) -> OutcomeID {
    for id in state.latest { reportUnread(id, .replaced(by: range)) }
    let id = OutcomeID(number: freshNumber())
    state.latest = []
    state.status = .set([id], at: range)
    state.run = isList ? .unset(.afterList(range)) : .set(run, at: range)
    return id
  }

  /// From here on the outcome waits to be looked at, by its name where it has one.
  mutating func expectReading(
    _ id: OutcomeID, _ origin: UnreadOutcome.Origin, at range: SourceRange, name: VariableID? = nil
  ) {
    guard state.isReachable else { return }
    state.unread[id] = UnreadOutcome(range: range, origin: origin)
    outcomes.append(id)
    if let name { outcomesOfName[name, default: []].append(id) } else { state.latest = [id] }
    guard origin != .call else { return }
    var run: RunToken?
    if case .set(let fact, _) = state.run { run = fact.run }
    outcomesOfRun[run, default: []].append(id)
  }

  // MARK: Reading

  mutating func inferRun(at range: SourceRange) -> Fact {
    guard state.isReachable else { return .unknown }
    if surroundings.isParameterDefault {
      report(ParameterProblem.defaultReads("run", at: range))
      return .unknown
    }
    switch state.run {
    case .set(let fact, _): return fact
    case .unset(let why):
      report(FlowProblem.notSet("run", why: why, at: range))
      state.run = .set(.unknown, at: nil)
      return .unknown
    }
  }

  mutating func inferStatus(at range: SourceRange) -> Fact {
    guard state.isReachable else { return Fact(.status) }
    if surroundings.isParameterDefault {
      report(ParameterProblem.defaultReads("status", at: range))
      return .unknown
    }
    switch state.status {
    case .set(let ids, _):
      markRead(ids)
    case .unset(let why):
      report(FlowProblem.notSet("status", why: why, at: range))
      state.status = .set([], at: nil)
    }
    return Fact(.status)
  }

  private mutating func markRead(_ ids: some Sequence<OutcomeID>) {
    guard !state.unread.isEmpty else { return }
    for id in ids { state.unread[id] = nil }
  }

  mutating func markRead(name: VariableID) {
    if !state.unread.isEmpty, let ids = outcomesOfName[name] { markRead(ids) }
  }

  /// The `.status` of a run was read: of that one, or of one that is not known, which gets the benefit of the doubt.
  mutating func markRead(run: RunToken?, orAny: Bool) {
    if orAny {
      state.unread = FlowMap()
    } else if !state.unread.isEmpty, let ids = outcomesOfRun[run] {
      markRead(ids)
    }
  }

  // MARK: Judging

  /// Checks an expression whose outcome somebody has to look at; gives the outcome, where it has one.
  mutating func inferOutcome(_ expression: Expression) -> (fact: Fact, outcome: (OutcomeID, UnreadOutcome.Origin)?) {
    let bare = expression.bare
    switch bare.kind {
    case .await(let target, let timeout, let every):
      let (fact, id) = inferAwait(target, timeout, every, at: bare.range)
      return (fact, (id, .await))
    case .check(let operand):
      let (fact, id) = inferCheck(operand, at: bare.range)
      return (fact, (id, .check))
    case .call(let name, let arguments):
      let result = call(name, arguments, at: bare.range)
      guard result.isProcedure, result.fact.type.unwrapped == .status else { return (result.fact, nil) }
      return (result.fact, (OutcomeID(number: freshNumber()), .call))
    case .text, .number, .boolean, .date, .timestamp, .duration, .status, .none, .name, .list, .unary, .binary, .field,
      .index, .parenthesized, .operation, .runLiteral, .launch, .lastRuns, .runsOfType, .confirm, .invalid:
      return (infer(expression), nil)
    }
  }

  /// What is known of a value behind its outcome clause.
  mutating func judge(_ fact: Fact, _ clause: OutcomeClause, at range: SourceRange) -> Fact {
    switch clause.kind {
    case .fail(let message):
      if let message { expect(message, .text, "the message of `or fail`") }
      refuseFailing("or fail", at: clause.range)
      switch fact.type {
      case .optional(let type):
        mayRaise()
        return Fact(type, fact.detail)
      case .status:
        mayRaise()
        return fact
      case .unknown: return fact
      default: break
      }
    case .ignore:
      if fact.type.unwrapped == .status || fact.type.isUnknown { return fact }
    }
    report(FlowProblem.noOutcome(fact.type, clause: clause.range, at: range))
    return fact
  }

  mutating func refuseFailing(_ word: String, at range: SourceRange) {
    if let finally = surroundings.unfailing {
      report(ControlProblem.failsFinally(word, at: range, finally: finally))
    }
  }

  // MARK: Reporting

  /// At the prompt an outcome that nobody has read is printed; in a procedure it is an error there, too.
  private var isTolerant: Bool { context.isInteractive && calls.isEmpty }

  private mutating func reportUnread(_ id: OutcomeID, _ ending: OutcomeEnding) {
    guard let outcome = state.unread[id] else { return }
    state.unread[id] = nil
    guard state.isReachable, !isTolerant, lostOutcomes.insert(id).inserted else { return }
    report(FlowProblem.unreadOutcome(outcome.origin, at: outcome.range, ending: ending))
  }

  /// What has come into being since a mark ends here: outcomes that nobody has looked at are lost.
  mutating func reportUnread(above mark: Int, _ ending: OutcomeEnding) {
    guard !state.unread.isEmpty else { return }
    for id in mark < 0 ? Array(state.unread.keys) : Array(outcomes(above: mark)) { reportUnread(id, ending) }
  }

  /// The outcomes that have come into being since a mark.
  func outcomes(above mark: Int) -> ArraySlice<OutcomeID> {
    var start = outcomes.count
    while start > 0, outcomes[start - 1].number > mark { start -= 1 }
    return outcomes[start...]
  }

  mutating func reportUnread(name: VariableID, replacedBy range: SourceRange) {
    for id in outcomesOfName[name] ?? [] { reportUnread(id, .replaced(by: range)) }
  }

  mutating func reportThrownAway(_ origin: UnreadOutcome.Origin, at range: SourceRange) {
    if !isTolerant { report(FlowProblem.unreadOutcome(origin, at: range, ending: .thrownAway)) }
  }
}
