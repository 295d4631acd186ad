import CivilTime
import TailerAPI

/// Launches once. `launch` has no idempotency key, so one is made of what is known: the operation's runs before the
/// request, the intent in the journal, and the runs that appear afterwards (design, *Safe launch*).
struct SafeLaunch {
  let operation: DataOperation
  let date: CalendarDate?
  let key: EffectKey
  let effects: Effects
  let policy: EvaluationPolicy
  let interruption: Interruption?
  let tell: @Sendable (Event.Kind) -> Void

  enum Refusal: Error {
    case problem(RuntimeProblem.Kind)
    case journal(JournalError)
    case interrupted
  }

  private static let baselineSize = 50

  /// Steps 1 to 4. Gives the run, and whether it was adopted.
  func launch() async throws(Refusal) -> (run: Run, adopted: Bool) {
    try await alone { () async throws(Refusal) in
      let baseline = try await self.listing()
      let sentAt = self.effects.clock.now
      let intent = EffectIntent.launch(self.operation, on: self.date, baseline: baseline.map(\.id), at: sentAt)
      try await self.journaling { () async throws(JournalError) in
        try await self.effects.journal.intend(intent, at: self.key)
      }
      self.tell(.launching(self.operation, on: self.date))
      let failure: ServiceError
      do throws(ServiceError) {
        let id = try await self.effects.service.launch(self.operation, on: self.date)
        return (Run(id: id, operation: self.operation), false)
      } catch {
        failure = error
      }
      guard failure.kind == .unknown || failure.kind == .cancelled else {
        throw .problem(.service(failure, verb: "launch", operation: self.operation.name))
      }
      return try await self.search(
        baseline: Set(baseline.map(\.id)), sentAt: sentAt,
        until: self.effects.clock.now.advanced(by: self.policy.visibilityDelay), reason: failure.message)
    }
  }

  /// Step 3 for a launch that was begun earlier, by a process that did not live to see its outcome.
  func recover(baseline: [String], sentAt: Timestamp) async throws(Refusal) -> (run: Run, adopted: Bool) {
    try await alone { () async throws(Refusal) in
      try await self.search(
        baseline: Set(baseline), sentAt: sentAt, until: sentAt.advanced(by: self.policy.visibilityDelay),
        reason: "the launch was begun at \(sentAt), and its reply was not recorded")
    }
  }

  /// Looks for the run through the visibility delay, always at least once, and decides at its end: an earlier look
  /// might take somebody else's run while this one is not listed yet.
  private func search(
    baseline: Set<String>, sentAt: Timestamp, until end: Timestamp, reason: String
  ) async throws(Refusal) -> (run: Run, adopted: Bool) {
    tell(.launchUnknown(operation, reason: reason, lookingUntil: end))
    var candidates: [Run] = []
    var lookFailed: String?
    while true {
      do {
        let owned = try await journaling { () async throws(JournalError) in
          try await self.effects.journal.ownedRuns(of: self.operation)
        }
        let earliest = sentAt.advanced(by: policy.clockTolerance.negated)
        candidates = try await listing().filter { run in
          guard !baseline.contains(run.id), !owned.contains(run.id) else { return false }
          guard let moment = Run.moment(ofID: run.id) ?? run.started else { return true }
          return moment >= earliest
        }
        lookFailed = nil
      } catch .problem(.service(let error, _, _)) {
        lookFailed = error.message
        if error.kind == .refused || error.kind == .rejected { break }
      } catch {
        throw error
      }
      let left = end.since(effects.clock.now)
      guard left > .zero else { break }
      try await sleep(for: min(left, policy.searchInterval))
    }
    if let lookFailed {
      throw .problem(
        .launchUnconfirmed(operation, reason: reason, lookedFor: policy.visibilityDelay, lookFailed: lookFailed))
    }
    guard let found = candidates.first else {
      throw .problem(.launchUnconfirmed(operation, reason: reason, lookedFor: policy.visibilityDelay, lookFailed: nil))
    }
    guard candidates.count == 1 else {
      throw .problem(.launchAmbiguous(operation, reason: reason, candidates: candidates))
    }
    let isOurs = try await journaling { () async throws(JournalError) in
      try await self.effects.journal.claim(found, for: self.key)
    }
    guard isOurs else {
      throw .problem(.launchUnconfirmed(operation, reason: reason, lookedFor: policy.visibilityDelay, lookFailed: nil))
    }
    tell(.adopted(found, reason: reason))
    return (found, true)
  }

  private func listing() async throws(Refusal) -> [Run] {
    do {
      return try await effects.service.lastRuns(of: operation, RunFilter(limit: Self.baselineSize))
    } catch {
      throw .problem(.service(error, verb: "last runs", operation: operation.name))
    }
  }

  /// With no other launch of the operation between its intent and its outcome: of two whose replies are lost, each
  /// could take the other's run.
  private func alone<T: Sendable>(
    _ body: @escaping () async throws(Refusal) -> T
  ) async throws(Refusal) -> T {
    let journal = effects.journal
    let (operation, key) = (operation, key)
    let locked = await race { () async throws(JournalError) in
      try await journal.lockLaunches(of: operation, for: key)
    }
    guard let locked else { throw .interrupted }
    if case .failure(let error) = locked { throw error == .cancelled ? .interrupted : .journal(error) }
    let result: Result<T, Refusal>
    do {
      result = .success(try await body())
    } catch {
      result = .failure(error)
    }
    await journal.unlockLaunches(of: operation, for: key)
    return try result.get()
  }

  private func journaling<T>(
    _ body: () async throws(JournalError) -> T
  ) async throws(Refusal) -> T {
    do {
      return try await body()
    } catch {
      throw error == .cancelled ? .interrupted : .journal(error)
    }
  }

  private func sleep(for span: TimeSpan) async throws(Refusal) {
    let clock = effects.clock
    let slept = await race { () async throws(CancellationError) in
      try await clock.sleep(for: span)
    }
    guard case .success? = slept else { throw .interrupted }
  }

  private func race<T: Sendable, E: Error>(
    _ body: @escaping @Sendable () async throws(E) -> T
  ) async -> Result<T, E>? {
    guard let interruption else { return await Result(of: body) }
    return await interruption.racing(body)
  }
}
