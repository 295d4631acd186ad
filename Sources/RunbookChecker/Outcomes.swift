import RunbookDiagnostics
import RunbookSyntax

extension Checker {
  // MARK: Setting

  /// `run` and `status` have new values. Whoever has not looked at the old ones cannot any more.
  mutating func setOutcome(_ run: Fact, isList: Bool, at range: SourceRange) -> OutcomeID {
    for id in state.latest { reportUnread(id, .replaced(by: range)) }
    let id = OutcomeID(number: freshNumber())
    state.latest = .none
    state.status = .set(.one(id), at: range)
    state.run = isList ? .unset(.afterList(range)) : .set(run, at: range)
    return id
  }

  /// From here on the outcome waits to be looked at, by its name where it has one.
  mutating func expectReading(
    _ id: OutcomeID, _ origin: UnreadOutcome.Origin, at range: SourceRange, name: VariableID? = nil
  ) {
    guard state.isReachable else { return }
    state.unread[id] = UnreadOutcome(range: range, origin: origin)
    if let name { outcomesOfName[name.number, default: .none].add(id) } else { state.latest = .one(id) }
    guard origin != .call else { return }
    var run: RunToken?
    if case .set(let fact, _) = state.run { run = fact.run }
    outcomesOfRun[RunToken.number(run), default: .none].add(id)
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
      state.status = .set(.none, at: nil)
    }
    return Fact(.status)
  }

  private mutating func markRead(_ ids: IDSet<OutcomeID>) {
    guard !state.unread.isEmpty else { return }
    for id in ids { state.unread[id] = nil }
  }

  mutating func markRead(name: VariableID) {
    if !state.unread.isEmpty, let ids = outcomesOfName[name.number] { markRead(ids) }
  }

  /// The `.status` of a run was read: of that one, or of one that is not known, which gets the benefit of the doubt.
  mutating func markRead(run: RunToken?, orAny: Bool) {
    if orAny {
      state.unread.removeAll(above: -1)
    } else if !state.unread.isEmpty, let ids = outcomesOfRun[RunToken.number(run)] {
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
    default:
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
    report(Int(id.number), outcome, ending)
  }

  private mutating func report(_ number: Int, _ outcome: UnreadOutcome, _ ending: OutcomeEnding) {
    guard state.isReachable, !isTolerant, !lostOutcomes.contains(number) else { return }
    lostOutcomes.insert(number)
    report(FlowProblem.unreadOutcome(outcome.origin, at: outcome.range, ending: ending))
  }

  /// What has come into being since a mark ends here: outcomes that nobody has looked at are lost.
  mutating func reportUnread(above mark: Int, _ ending: OutcomeEnding) {
    guard !state.unread.isEmpty else { return }
    var lost: [(Int, UnreadOutcome)] = []
    if mark < 0 {
      for (number, outcome) in lastLost.changes(in: state.unread) {
        if let outcome, !lostOutcomes.contains(number) { lost.append((number, outcome)) }
      }
      if state.isReachable, !isTolerant { lastLost = state.unread }
      state.unread = Versioned()
    } else {
      state.unread.visit(above: mark) { number, outcome in
        if !lostOutcomes.contains(number) { lost.append((number, outcome)) }
      }
      state.unread.removeAll(above: mark)
    }
    for (number, outcome) in lost { report(number, outcome, ending) }
  }

  mutating func reportUnread(name: VariableID, replacedBy range: SourceRange) {
    for id in outcomesOfName[name.number] ?? .none { reportUnread(id, .replaced(by: range)) }
  }

  mutating func reportThrownAway(_ origin: UnreadOutcome.Origin, at range: SourceRange) {
    if !isTolerant { report(FlowProblem.unreadOutcome(origin, at: range, ending: .thrownAway)) }
  }
}
