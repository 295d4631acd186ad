import CivilTime
import RunbookDiagnostics
import RunbookSyntax
import TailerAPI

extension Interpreter {
  // MARK: Awaiting

  func awaitRuns(
    _ target: AwaitTarget, timeout: Expression?, every: Expression?, at place: SourceRange
  ) async throws(Unwind) -> Value {
    let value: Value
    var since: Timestamp?
    let operand: Expression
    switch target {
    case .runs(let expression):
      operand = expression
      value = try await evaluate(expression)
    case .nextRun(let expression, let moment):
      operand = expression
      value = try await evaluate(expression)
      let start = try await evaluate(moment)
      guard case .timestamp(let timestamp) = start else {
        throw fail(.typeMismatch(wanted: "timestamp", found: start.typeName), at: moment.range)
      }
      since = timestamp
    }
    let timeout = try await optionalDuration(timeout) ?? state.policy.defaultTimeout
    let every = try await optionalDuration(every)
    // A deadline leaves `status` unset; what was awaited is set before it can pass.
    latest.status = nil
    let awaited: [RunReference]
    if let since {
      let operations = try operations(in: value, at: operand.range)
      for operation in operations {
        guard operation.type.hasRuns else { throw fail(.workflowHasNoRuns(operation), at: operand.range) }
        if let activation = state.activation(of: operation) {
          throw fail(.operationIsStopped(operation, activation), at: operand.range)
        }
      }
      let keys = keys(for: operations.count)
      let watch = Watch(timeout: timeout, every: every)
      awaited = try await each(operations, at: place, isCapped: false) {
        interpreter, operation, index async throws(Unwind) in
        try await interpreter.awaitNext(operation, since: since, watch, key: keys[index], at: place)
      }
    } else {
      let references = try runs(in: value, at: operand.range)
      if case .run(let run) = value {
        latest.run = run
        latest.awaited = [run]
      } else {
        latest.run = nil
        latest.awaited = references
      }
      let keys = keys(for: references.count)
      let watch = Watch(timeout: timeout, every: every)
      awaited = try await each(references, at: place, isCapped: false) { interpreter, run, index async throws(Unwind) in
        try await interpreter.awaitEnd(of: run, watch, key: keys[index], at: place)
        return run
      }
    }
    return conclude(awaited, isList: value.isList)
  }

  /// Sets `run` and `status` from what was looked at, and gives the status.
  private func conclude(_ runs: [RunReference], isList: Bool) -> Value {
    latest.awaited = runs
    latest.run = isList ? nil : runs.first
    let statuses = runs.map { $0.lastSeen.status ?? Self.unseen }
    // An empty list has nothing in it that is not SUCCESS.
    let status = statuses.min { $0.severityRank < $1.severityRank } ?? .success
    latest.status = status
    return .status(status)
  }

  struct Watch: Sendable {
    let timeout: TimeSpan
    let every: TimeSpan?
  }

  private func awaitEnd(
    of run: RunReference, _ watch: Watch, key: EffectKey, at place: SourceRange
  ) async throws(Unwind) {
    let seen = run.lastSeen
    let intent = EffectIntent.await(runID: seen.id, operation: seen.operation, from: state.effects.clock.now)
    let (outcome, isReplayed) = try await perform(intent, at: place, key: key) { intent async throws(Unwind) in
      guard case .await(_, _, let from) = intent else { return .look(nil) }
      let deadline = from.advanced(by: watch.timeout)
      tell(.awaiting(seen, deadline: deadline), at: place)
      return try await watched(.end(of: seen), watch, by: deadline, subject: "run \(seen.id)", run: run, at: place)
    }
    guard case .ended(let ended, let cost) = outcome else { return }
    run.lastSeen = ended
    tell(.ended(ended, cost), at: place, replayed: isReplayed)
  }

  private func awaitNext(
    _ operation: DataOperation, since: Timestamp, _ watch: Watch, key: EffectKey, at place: SourceRange
  ) async throws(Unwind) -> RunReference {
    let intent = EffectIntent.awaitNext(operation, since: since, from: state.effects.clock.now)
    let (outcome, isReplayed) = try await perform(intent, at: place, key: key) { intent async throws(Unwind) in
      guard case .awaitNext(_, _, let from) = intent else { return .look(nil) }
      let deadline = from.advanced(by: watch.timeout)
      tell(.awaitingNext(operation, since: since, deadline: deadline), at: place)
      return try await watched(
        .nextRun(of: operation, since: since), watch, by: deadline, subject: "the next run of \(operation.name)",
        run: nil, at: place)
    }
    guard case .ended(let ended, let cost) = outcome else { throw .interrupted }
    tell(.ended(ended, cost), at: place, replayed: isReplayed)
    return RunReference(ended)
  }

  /// The run that a watch gave, or the error that it ended in.
  private func watched(
    _ target: WatchTarget, _ watch: Watch, by deadline: Timestamp, subject: String, run: RunReference?,
    at place: SourceRange
  ) async throws(Unwind) -> EffectOutcome {
    let watcher = state.effects.watcher
    let tell = teller(at: place)
    let watching = try await waiting { () async -> WatchOutcome in
      await watcher.watch(target, by: deadline, every: watch.every) { news in
        switch news {
        case .usual(let usual): tell(.expecting(target, usual))
        case .appeared(let run): tell(.appeared(run))
        }
      }
    }
    guard case .success(let outcome) = watching else { throw .interrupted }
    switch outcome.result {
    case .success(let run): return .ended(run, outcome.cost)
    case .failure(.cancelled): throw .interrupted
    case .failure(.service(let error)):
      let problem = problem(.service(error, verb: "await", operation: subject), at: place)
      throw awaitFailure(problem, attempts: error.attempts, run: nil, outcome.cost)
    case .failure(.deadline(let lastSeen)):
      if let lastSeen { run?.lastSeen = lastSeen }
      let problem = problem(
        .deadlinePassed(waitedFor: subject, timeout: watch.timeout, lastSeen: lastSeen?.status?.name), at: place)
      throw awaitFailure(problem, attempts: 1, run: lastSeen ?? run?.lastSeen, outcome.cost)
    }
  }

  private func awaitFailure(_ problem: RuntimeProblem, attempts: Int, run: Run?, _ cost: WatchCost) -> Unwind {
    let diagnostic = problem.diagnostic
    let error = RecordedError(
      kind: problem.errorKind, message: diagnostic.message, attempts: attempts, run: run, notes: diagnostic.notes,
      cost: cost)
    return .failure(Failure(error: error, diagnostic: diagnostic, origins: []))
  }

  // MARK: Looking

  func check(_ operand: Expression, at place: SourceRange) async throws(Unwind) -> Value {
    let value = try await evaluate(operand)
    let references = try runs(in: value, at: operand.range)
    let keys = keys(for: references.count)
    let looked = try await each(references, at: place) { interpreter, run, index async throws(Unwind) in
      let seen = run.lastSeen
      let intent = EffectIntent.check(runID: seen.id, operation: seen.operation)
      // A look changes nothing, so its record may wait for that of the next effect that does.
      let (outcome, isReplayed) = try await interpreter.perform(intent, at: place, key: keys[index], isLight: true) {
        _ async throws(Unwind) in
        .look(
          try await interpreter.calling("check", on: "run \(seen.id)", at: place) {
            service async throws(ServiceError) in
            try await service.check(seen.reference)
          })
      }
      if case .look(let found?) = outcome { run.lastSeen = found }
      interpreter.tell(.checked(run.lastSeen), at: place, replayed: isReplayed)
      return run
    }
    return conclude(looked, isList: value.isList)
  }

  func lastRuns(_ query: LastRuns, at place: SourceRange) async throws(Unwind) -> Value {
    let operation = try await operation(query.operation)
    guard operation.type.hasRuns else { throw fail(.workflowHasNoRuns(operation), at: query.operation.range) }
    var filter = RunFilter(limit: 1)
    if let count = query.count { filter.limit = try await wholeNumber(count, atLeast: 1, what: "the number of runs") }
    if let status = query.status { filter.status = try await self.status(status) }
    if let started = query.started { filter.started = try await date(started) }
    let wanted = filter
    let runs = try await listing("last runs of \(operation) \(wanted.text)", at: place) {
      service async throws(ServiceError) -> [Run] in
      try await service.lastRuns(of: operation, wanted)
    }
    guard query.count != nil else { return runs.first.map { .run(RunReference($0)) } ?? .none }
    return .list(runs.prefix(wanted.limit ?? 1).map { .run(RunReference($0)) })
  }

  func runs(_ query: RunsOfType, at place: SourceRange) async throws(Unwind) -> Value {
    guard let type = ConfigurationType(serviceName: query.type.text) else {
      throw fail(.typeMismatch(wanted: "configuration type", found: query.type.text), at: query.type.range)
    }
    var account = account
    if let expression = query.account { account = try checkedAccount(try await text(expression), at: expression.range) }
    var environment = environment
    if let reference = query.environment { environment = try await environmentName(reference) }
    guard let account else { throw fail(.missingDefault(what: "account"), at: place) }
    guard let environment else { throw fail(.missingDefault(what: "environment"), at: place) }
    var filter = RunFilter(limit: Self.defaultListingLimit)
    if let limit = query.limit { filter.limit = try await wholeNumber(limit, atLeast: 1, what: "the limit") }
    if let status = query.status { filter.status = try await self.status(status) }
    if let started = query.started { filter.started = try await date(started) }
    let wanted = filter
    let runs = try await listing(
      "runs of \(type.rawValue) in \(environment) of \(account) \(wanted.text)", at: place
    ) { service async throws(ServiceError) -> [Run] in
      try await service.runs(of: type, account: account, environment: environment, wanted)
    }
    if query.limit == nil, runs.count >= Self.defaultListingLimit {
      tell(.warning(problem(.listingFull(limit: Self.defaultListingLimit), at: place).diagnostic), at: place)
    }
    return .list(runs.map { .run(RunReference($0)) })
  }

  static let defaultListingLimit = 100

  private func listing(
    _ what: String, at place: SourceRange,
    _ body: @escaping @Sendable (any TailerService) async throws(ServiceError) -> [Run]
  ) async throws(Unwind) -> [Run] {
    let (outcome, isReplayed) = try await perform(.list(what), at: place, isLight: true) {
      _ async throws(Unwind) in
      .runs(try await calling("list", on: what, at: place, body))
    }
    guard case .runs(let runs) = outcome else { return [] }
    tell(.listed(what, count: runs.count), at: place, replayed: isReplayed)
    return runs
  }
}

extension Value {
  var isList: Bool { if case .list = self { true } else { false } }
}

extension RunFilter {
  /// The filter in words that stay the same, for the journal.
  fileprivate var text: String {
    [status.map { "with status \($0.name)" }, started.map { "started \($0)" }, limit.map { "limit \($0)" }]
      .compactMap { $0 }.joined(separator: " ")
  }
}
