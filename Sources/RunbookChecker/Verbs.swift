import RunbookDiagnostics
import RunbookSyntax
import TailerAPI

extension Checker {
  mutating func refuseInDefault(_ word: String, at range: SourceRange) {
    if surroundings.isParameterDefault { report(ParameterProblem.defaultActs(word, at: range)) }
  }

  // MARK: Launching

  mutating func inferLaunch(_ expression: Expression, _ date: Expression?, at range: SourceRange) -> Fact {
    let operand = inferChange(.launch, expression, date, at: range)
    for part in operand.parts {
      if let type = types(of: part.fact).first(where: { !$0.canBeLaunched }) {
        report(ServiceProblem.cannotLaunch(type, at: part.range))
      } else if let stopped = stopped(part.fact, at: part.range) {
        report(FlowProblem.launchAfterStop(stopped, at: part.range))
      }
    }
    state.status = .unset(.afterLaunch(range))
    guard operand.isList else {
      let run = Fact(.run, .run(token(), of: operand.fact.operations))
      state.run = .set(run, at: range)
      return run
    }
    state.run = .unset(.afterList(range))
    return Fact(.list(.run), runs(of: operand.fact))
  }

  /// What is known of the runs of a list of operations.
  private mutating func runs(of list: Fact) -> Fact.Detail {
    switch list.detail {
    case .elements(let facts): .elements(facts.map { Fact(.run, .run(token(), of: $0.operations)) })
    case .nonEmpty: .nonEmpty
    default: .nothing
    }
  }

  /// The operation that some path has stopped, among those that a value may be.
  private mutating func stopped(_ fact: Fact, at range: SourceRange) -> StoppedOperation? {
    guard !state.stopped.isEmpty, state.isReachable else { return nil }
    for id in fact.operations {
      guard let stop = state.stopped[id] else { continue }
      let words = text(of: range)
      let before = text(of: stop.range)
      return StoppedOperation(
        name: operations[id]?.name ?? words, verb: stop.verb, since: stop.range,
        isRenamed: words != before && !before.hasPrefix("["))
    }
    return nil
  }

  // MARK: Looking

  mutating func inferAwait(
    _ target: AwaitTarget, _ timeout: Expression?, _ every: Expression?, at range: SourceRange
  ) -> (fact: Fact, outcome: OutcomeID) {
    refuseInDefault("await", at: range)
    let operand: Operand
    var run: Fact
    switch target {
    case .runs(let expression):
      operand = self.operand(expression, .run, of: "await")
      run = operand.fact
    case .nextRun(let expression, let since):
      operand = self.operand(expression, .operation(nil), of: "await next run of")
      expect(since, .timestamp, "`since`")
      for part in operand.parts {
        requireRuns(part.fact, at: part.range)
        if let stopped = stopped(part.fact, at: part.range) {
          report(FlowProblem.awaitAfterStop(stopped, at: part.range))
        }
      }
      run = Fact(.run, .run(token(), of: operand.fact.operations))
    }
    expectDuration(timeout, "`timeout`")
    expectDuration(every, "`every`")
    mayRaise()
    if run.type != .run { run = Fact(.run, .run(token(), of: [])) }
    return (Fact(.status), setOutcome(run, isList: operand.isList, at: range))
  }

  mutating func inferCheck(_ expression: Expression, at range: SourceRange) -> (fact: Fact, outcome: OutcomeID) {
    refuseInDefault("check", at: range)
    let operand = operand(expression, .run, of: "check")
    mayRaise()
    let run = operand.fact.type == .run ? operand.fact : Fact(.run, .run(token(), of: []))
    return (Fact(.status), setOutcome(run, isList: operand.isList, at: range))
  }

  mutating func inferLastRuns(_ query: LastRuns) -> Fact {
    refuseInDefault("last", at: query.operation.range)
    expectCount(query.count, "the number of runs")
    let operation = expect(query.operation, .operation(nil), "what `last run of` takes")
    requireRuns(operation, at: query.operation)
    if let started = query.started { expect(started, .date, "`started`") }
    expectStatus(query.status, "`with status`")
    mayRaise()
    guard query.count == nil else { return Fact(.list(.run)) }
    return Fact(.optional(.run), .run(token(), of: operation.operations))
  }

  mutating func inferRuns(_ query: RunsOfType, at range: SourceRange) -> Fact {
    refuseInDefault("runs", at: range)
    if ConfigurationType(serviceName: query.type.text)?.hasRuns == false {
      report(ServiceProblem.workflowHasNoRuns(at: query.type.range))
    }
    if let account = query.account {
      _ = checkedAccount(account)
    } else {
      _ = inForce(.account, settings.account, for: range)
    }
    if let environment = query.environment {
      _ = checkedEnvironment(environment)
    } else {
      _ = inForce(.environment, settings.environment, for: range)
    }
    expectStatus(query.status, "`with status`")
    if let started = query.started { expect(started, .date, "`started`") }
    expectCount(query.limit, "`limit`")
    mayRaise()
    return Fact(.list(.run))
  }

  // MARK: Changing

  /// A changing verb that gives nothing.
  mutating func checkChange(
    _ verb: ChangingVerb, _ expression: Expression, _ clause: Expression?, at range: SourceRange
  ) {
    let operand = inferChange(verb, expression, clause, at: range)
    switch verb.description.standing {
    case .outOfService:
      for part in operand.parts {
        for id in part.fact.operations { state.stopped[id] = Stop(verb: verb, range: part.range) }
      }
    case .inService:
      for part in operand.parts { enable(part.fact) }
    case nil: break
    }
  }

  /// What any changing verb asks of its operand, of its clause, and of where it stands.
  private mutating func inferChange(
    _ verb: ChangingVerb, _ expression: Expression, _ clause: Expression?, at range: SourceRange
  ) -> Operand {
    let description = verb.description
    let operand: Operand
    switch description.operand {
    case .runs: operand = self.operand(expression, .run, of: verb.word)
    case .operations: operand = self.operand(expression, .operation(nil), of: verb.word)
    case .workflows:
      operand = self.operand(expression, .operation(nil), of: verb.word)
      for part in operand.parts {
        if let type = types(of: part.fact).first(where: { $0 != .workflow }) {
          report(ServiceProblem.notWorkflow(verb, type, at: part.range))
        }
      }
    }
    if let clause {
      switch description.clause {
      case .executionDate: expect(clause, .date, "the execution date")
      case .status: expectSettable(clause)
      case nil: break
      }
    }
    refuseInDefault(verb.word, at: range)
    if let place = surroundings.readOnly {
      report(FlowProblem.changesService(word: verb.word, at: range, place: place))
    }
    mayRaise()
    return operand
  }

  /// A status that the service lets a run be marked with.
  private mutating func expectSettable(_ status: Expression) {
    let fact = expectStatus(status, "what a run is marked as")
    let word: String? =
      switch fact.constant {
      case .status(let word), .text(let word): word
      default: nil
      }
    if let word, !RunStatus.settable.contains(RunStatus(word)) {
      report(ServiceProblem.cannotMark(word.printable, at: status.range))
    }
  }

  /// An operation that is known is in service again. One that may be any of several leaves them all in doubt; of one that
  /// nothing is known of, the benefit of the doubt is given.
  private mutating func enable(_ fact: Fact) {
    guard !state.stopped.isEmpty else { return }
    let ids = fact.operations
    if ids.count == 1, let id = ids.first, operations[id] != nil || state.stopped[id] != nil {
      state.stopped[id] = nil
    } else if ids.count <= 1 {
      for id in state.stopped.keys where operations[id] != nil { state.stopped[id] = nil }
    }
  }
}
