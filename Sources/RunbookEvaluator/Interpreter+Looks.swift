import CivilTime
import RunbookDiagnostics
import RunbookRecord
import RunbookSyntax
import TailerAPI

extension Interpreter {
  /// Sets `run` and `status` from what was looked at, and gives the status.
  func conclude(_ runs: [RunReference], isList: Bool) -> Value {
    latest.awaited = runs
    latest.run = isList ? nil : runs.first
    let statuses = runs.map { seen($0).status ?? Self.unseen }
    // An empty list has nothing in it that is not SUCCESS.
    let status = statuses.min { $0.severityRank < $1.severityRank } ?? .success
    latest.status = status
    return .status(status)
  }

  // MARK: Looking

  func check(_ operand: Expression, at place: SourceRange) async throws(Unwind) -> Value {
    let value = try await evaluate(operand)
    let references = try runs(in: value, at: operand.range)
    let sites = sites(for: references.count)
    let looked = try await each(references, at: place) { interpreter, run, index async throws(Unwind) in
      let seen = interpreter.seen(run)
      // A look changes nothing, so its record may wait for that of the next effect that does.
      let look = try await interpreter.perform(.check(seen), at: place, site: sites[index]) { _ async throws(Unwind) in
        try await interpreter.calling("check", on: "run \(seen.id)", at: place) { service async throws(ServiceError) in
          try await service.check(seen.reference)
        }
      }
      if let found = look.outcome { interpreter.note(found, of: run, at: look.number) }
      interpreter.tell(.checked(interpreter.seen(run)), at: place, replayed: look.isReplayed)
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
    let runs = try await listing("last runs", of: "\(operation) \(wanted.text)", at: place, nextSite()) {
      service async throws(ServiceError) -> [Run] in
      try await service.lastRuns(of: operation, wanted)
    }
    guard query.count != nil else { return runs.first.map { .run(reference(to: $0)) } ?? .none }
    return .list(runs.prefix(wanted.limit ?? 1).map { .run(reference(to: $0)) })
  }

  func runs(_ query: RunsOfType, at place: SourceRange) async throws(Unwind) -> Value {
    guard let type = ConfigurationType(serviceName: query.type.text) else {
      throw fail(.typeMismatch(wanted: "configuration type", found: query.type.text), at: query.type.range)
    }
    var account = context.account
    if let expression = query.account { account = try checkedAccount(try await text(expression), at: expression.range) }
    var environment = context.environment
    if let reference = query.environment { environment = try await environmentName(reference) }
    guard let account else { throw fail(.missingDefault(what: "account"), at: place) }
    guard let environment else { throw fail(.missingDefault(what: "environment"), at: place) }
    var filter = RunFilter(limit: Self.defaultListingLimit)
    if let limit = query.limit { filter.limit = try await wholeNumber(limit, atLeast: 1, what: "the limit") }
    if let status = query.status { filter.status = try await self.status(status) }
    if let started = query.started { filter.started = try await date(started) }
    let wanted = filter
    let site = nextSite()
    let runs = try await listing(
      "runs", of: "\(type.rawValue) in \(environment) of \(account) \(wanted.text)", at: place, site
    ) { service async throws(ServiceError) -> [Run] in
      try await service.runs(of: type, account: account, environment: environment, wanted)
    }
    if query.limit == nil, runs.count >= Self.defaultListingLimit {
      let warning = problem(.listingFull(limit: Self.defaultListingLimit), at: place).diagnostic
      tell(.warning(warning), at: place, of: site)
    }
    return .list(runs.map { .run(reference(to: $0)) })
  }

  static let defaultListingLimit = 100

  private func listing(
    _ words: String, of what: String, at place: SourceRange, _ site: EffectSite,
    _ body: @escaping @Sendable (any TailerService) async throws(ServiceError) -> [Run]
  ) async throws(Unwind) -> [Run] {
    let whole = "\(words) of \(what)"
    let listed = try await perform(.list(whole), at: place, site: site) { _ async throws(Unwind) in
      try await calling(words, on: what, at: place, body)
    }
    tell(.listed(whole, count: listed.outcome.count), at: place, replayed: listed.isReplayed)
    return listed.outcome
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
