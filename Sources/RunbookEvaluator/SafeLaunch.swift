import CivilTime
import RunbookRecord
import TailerAPI

/// Launches once. `launch` has no idempotency key, so one is made of what is known: the operation's runs before the
/// request, the intent in the journal, and the runs that appear afterwards (design, *Safe launch*).
struct SafeLaunch {
  let operation: DataOperation
  let date: CalendarDate?
  let site: EffectSite
  let effects: Effects
  let policy: EvaluationPolicy
  let interruption: Interruption
  let isInFinally: Bool
  let teller: @Sendable (Event.Kind, EffectSite) -> Void

  enum Refusal: Error {
    case problem(RuntimeProblem.Kind)
    case journal(JournalError)
    case interrupted
  }

  private static let baselineSize = 50

  func tell(_ kind: Event.Kind) { teller(kind, site) }

  var isInterrupted: Bool { interruption.isRaised(inFinally: isInFinally) }

  /// Steps 1 to 4. Gives the run, whose outcome has been recorded.
  func launch() async throws(Refusal) -> Run {
    try await alone { () async throws(Refusal) in
      try await self.journaling { () async throws(JournalError) in try await self.effects.journal.enter(self.site) }
      let baseline = try await self.listing().map(\.id)
      let stamps = LaunchStamps(of: self, after: baseline)
      let sending = try await self.send(stamps)
      guard let stamp = stamps.last else { throw .interrupted }
      switch sending {
      case .launched(let id):
        let run = Run(id: id, operation: self.operation)
        let intent = EffectIntent.launch(self.operation, on: self.date, baseline: baseline, at: stamp.at)
        try await self.journaling { () async throws(JournalError) in
          _ = try await self.effects.journal.finish(intent, .run(run, adopted: false), at: self.site)
        }
        return run
      case .lost(let failure):
        let end = max(stamp.settlesAt, self.effects.clock.now.advanced(by: self.policy.visibilityDelay))
        return try await self.search(
          baseline: Set(baseline), sentAt: stamp.at, until: end, reason: failure.message)
      }
    }
  }

  /// Step 3 for a launch that was begun earlier, by a process that did not live to see its outcome. One that surely did
  /// nothing is launched.
  ///
  /// - Parameters:
  ///   - sentAt: The last stamp of its tries, as is `settlesAt`.
  func recover(baseline: [String], sentAt: Timestamp, settlesAt: Timestamp?) async throws(Refusal) -> Run {
    guard settlesAt != sentAt else { return try await launch() }
    return try await alone { () async throws(Refusal) in
      if case .run(let run, _, _)? = try await self.known?.outcome { return run }
      return try await self.search(
        baseline: Set(baseline), sentAt: sentAt,
        until: max(settlesAt ?? sentAt, sentAt.advanced(by: self.policy.settlingTime)),
        reason: "its request was to leave at \(sentAt), and no reply to it was recorded")
    }
  }

  /// Looks for the run through the visibility delay, always at least once, and decides at its end: an earlier look
  /// might take somebody else's run while this one is not listed yet.
  private func search(
    baseline: Set<String>, sentAt: Timestamp, until end: Timestamp, reason: String
  ) async throws(Refusal) -> Run {
    // Taken up again later, it is looked for once.
    tell(.launchUnknown(operation, reason: reason, lookingUntil: max(end, effects.clock.now)))
    var findings = Findings()
    var lookFailed: String?
    // The time of day may be put back meanwhile; what has been slept counts too.
    var budget = end.since(effects.clock.now)
    looking: while true {
      do {
        findings = try await look(besides: baseline, of: sentAt)
        lookFailed = nil
      } catch .problem(.service(let error, _, _)) {
        lookFailed = error.message
        if error.kind == .refused || error.kind == .rejected { break looking }
      } catch {
        throw error
      }
      let left = min(end.since(effects.clock.now), budget)
      guard left > .zero else { break }
      let nap = min(left, policy.searchInterval)
      try await sleep(for: nap)
      budget = budget.adding(nap.negated) ?? .zero
    }
    let unconfirmed = RuntimeProblem.Kind.launchUnconfirmed(
      operation, reason: reason, lookedFor: policy.settlingTime, lookFailed: lookFailed, sentAt: sentAt,
      misses: findings.misses, clockDifference: effects.service.clockDifference)
    let candidates = findings.candidates
    guard lookFailed == nil, let found = candidates.first else { throw .problem(unconfirmed) }
    let rivals = try await journaling { () async throws(JournalError) in
      try await self.effects.journal.rivals(for: found, of: self.site.key)
    }
    guard candidates.count == 1, rivals == 0 else {
      throw .problem(.launchAmbiguous(operation, reason: reason, candidates: candidates, rivals: rivals))
    }
    let isOurs = try await journaling { () async throws(JournalError) in
      guard let effect = try await self.effects.journal.record().effect(at: self.site.key) else { return false }
      return try await self.effects.journal.claim(found, for: effect.number, by: nil)
    }
    // A launch that began since the look may have brought it about, or has it by now.
    guard isOurs else {
      throw .problem(.launchAmbiguous(operation, reason: reason, candidates: candidates, rivals: 1))
    }
    tell(.adopted(found, reason: reason))
    return found
  }

  /// The operation's runs that were not there before, and are nobody's.
  private struct Findings {
    /// Those that can have come of the request: begun in the time in which it can have arrived.
    var candidates: [Run] = []
    /// Those that began at another time, by the service's clock.
    var misses: [Run] = []
  }

  private func look(besides baseline: Set<String>, of sentAt: Timestamp) async throws(Refusal) -> Findings {
    let owned = try await journaling { () async throws(JournalError) in
      try await self.effects.journal.ownedRuns(of: self.operation)
    }
    let window = arrival(of: sentAt)
    var findings = Findings()
    for run in try await listing() where !baseline.contains(run.id) && !owned.contains(run.id) {
      if run.began.map(window.contains) ?? true {
        findings.candidates.append(run)
      } else {
        findings.misses.append(run)
      }
    }
    return findings
  }

  /// When the service can have received a request that was sent then.
  private func arrival(of sentAt: Timestamp) -> ClosedRange<Timestamp> {
    let latest = sentAt.advanced(by: policy.visibilityDelay).advanced(by: policy.clockTolerance)
    return sentAt.advanced(by: policy.clockTolerance.negated)...max(latest, sentAt)
  }

  private func listing() async throws(Refusal) -> [Run] {
    let (service, operation) = (effects.service, operation)
    let listed = await race { () async throws(ServiceError) in
      try await service.lastRuns(of: operation, RunFilter(limit: Self.baselineSize))
    }
    switch listed {
    case .success(let runs)?: return runs
    case nil: throw .interrupted
    case .failure(let error)? where error.kind == .cancelled: throw .interrupted
    case .failure(let error)?:
      throw .problem(.service(error, verb: "last runs", operation: operation.name))
    }
  }

  /// With no other launch of the operation between its intent and its outcome: of two whose replies are lost, each
  /// could take the other's run.
  private func alone<T: Sendable>(
    _ body: @escaping () async throws(Refusal) -> T
  ) async throws(Refusal) -> T {
    let journal = effects.journal
    let (operation, site, tell) = (operation, site, tell)
    locking: while true {
      let locked = await race { () async throws(JournalError) in
        try await journal.lockLaunches(of: operation, for: site) { tell(.waitingForTurn(operation, $0)) }
      }
      switch locked {
      case .success?: break locking
      case .failure(.launchIsOpen(let number))?: try await settle(number)
      case .failure(.cancelled)?, nil: throw .interrupted
      case .failure(let error)?: throw .journal(error)
      }
    }
    do {
      let result = try await body()
      await journal.unlockLaunches(of: operation, for: site)
      return result
    } catch {
      // The turn of a launch that has failed is given back once the failure has kept others from beginning.
      if case .problem = error { throw error }
      await journal.unlockLaunches(of: operation, for: site)
      throw error
    }
  }

  /// Looks for the run of an earlier launch of the operation by this execution, whose place nobody has come to again yet.
  ///
  /// - Throws: `.launchIsOpen` where it stays unknown.
  private func settle(_ number: RecordNumber) async throws(Refusal) {
    let record = try await journaling { () async throws(JournalError) in try await self.effects.journal.record() }
    guard let effect = record.effect(number), case .launch(_, let date, let baseline, let sentAt) = effect.intent,
      record.halt(over: effect.span)?.reason != .interruption
    else { throw .journal(.launchIsOpen(number)) }
    let earlier = SafeLaunch(
      operation: operation, date: date, site: EffectSite(effect.key, place: effect.place), effects: effects,
      policy: policy, interruption: interruption, isInFinally: isInFinally, teller: teller)
    do throws(Refusal) {
      _ = try await earlier.recover(baseline: baseline, sentAt: sentAt, settlesAt: effect.settlesAt)
    } catch {
      guard case .problem = error else { throw error }
      await effects.journal.unlockLaunches(of: operation, for: earlier.site)
      throw .journal(.launchIsOpen(number))
    }
  }

  /// What the record says of this launch by now.
  private var known: RecordedEffect? {
    get async throws(Refusal) {
      try await journaling { () async throws(JournalError) in
        try await self.effects.journal.record().effect(at: self.site.key)
      }
    }
  }

  func journaling<T>(
    _ body: () async throws(JournalError) -> T
  ) async throws(Refusal) -> T {
    do {
      return try await body()
    } catch {
      switch error {
      case .cancelled: throw .interrupted
      case .runIsTaken(let run, let owner): throw .problem(.runIsTaken(run, owner: owner.words))
      default: throw .journal(error)
      }
    }
  }

  func sleep(for span: TimeSpan) async throws(Refusal) {
    let clock = effects.clock
    let slept = await race { () async throws(CancellationError) in
      try await clock.sleep(for: span)
    }
    guard case .success? = slept else { throw .interrupted }
  }

  /// - Parameter isUnderWay: Whether the body has begun with what an interruption lets go on for a while; without it, it is
  ///   cancelled at once.
  func race<T: Sendable, E: Error>(
    farewellIf isUnderWay: (@Sendable () -> Bool)? = nil, _ body: @escaping @Sendable () async throws(E) -> T
  ) async -> Result<T, E>? {
    await interruption.racing(inFinally: isInFinally, on: effects.clock, farewellIf: isUnderWay, body)
  }
}
