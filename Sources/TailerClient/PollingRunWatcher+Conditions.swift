public import CivilTime
import Coordination
public import TailerAPI

/// A condition that waits for its next look.
struct Turn {
  /// From here on it may go along with others.
  let earliest: Timestamp
  let woken = Promise<Timestamp>()
}

extension PollingRunWatcher {
  // MARK: Turns

  /// The pace is that of awaits of which nothing is known. As jitter may shorten a pause by a tenth, so may company: when one
  /// condition's turn has come, those follow whose own would come within the last tenth of their pauses, the last
  /// hundredth where `every` prescribes them. Conditions that wait alike are so looked at together from then on, and
  /// what they read in common is asked once.
  public func turn(
    since began: Timestamp, by deadline: Timestamp, every: TimeSpan?, isFailing: Bool
  ) async throws(CancellationError) -> Timestamp {
    guard !Task.isCancelled else { throw CancellationError() }
    let now = clock.now
    let waited = now.since(began).inSeconds
    var pause = every.map(Watch.kept) ?? .seconds(LearnedPace().interval(atAge: waited, settings))
    if isFailing, every == nil { pause = min(pause, settings.afterFailure) }
    let freedom = every == nil ? settings.jitter : settings.jitter / 10
    let earliest = now.advanced(by: pause.scaled(by: 1 - freedom))
    let latest = every == nil ? now.advanced(by: pause.scaled(by: 1 - freedom * jitter())) : now.advanced(by: pause)
    let turn = Turn(earliest: earliest)
    let id = add(turn, at: min(latest, deadline))
    attend()
    guard let moment = await turn.woken.value() else {
      turns[id] = nil
      attend()
      throw CancellationError()
    }
    return moment
  }

  private func add(_ turn: Turn, at moment: Timestamp) -> Int {
    lastID += 1
    turns[lastID] = turn
    turnQueue.add(lastID, at: moment)
    return lastID
  }

  /// Wakes the conditions whose turn has come, and those that may go along.
  func wakeConditions(_ now: Timestamp) {
    var isAnyDue = false
    while let (_, id) = turnQueue.next(by: now) {
      guard let turn = turns.removeValue(forKey: id) else { continue }
      turn.woken.fulfill(now)
      isAnyDue = true
    }
    guard isAnyDue else { return }
    for (id, turn) in turns.sorted(by: { $0.key < $1.key }) where turn.earliest <= now {
      turns[id] = nil
      turn.woken.fulfill(now)
    }
  }

  // MARK: Reads

  public nonisolated func reads(since moment: Timestamp, by deadline: Timestamp) -> any TailerService {
    ConditionReads(watcher: self, moment: moment, deadline: deadline)
  }

  /// The operation's runs. Where runs of it are awaited, the listing is their look too, or their look that is under way is
  /// this listing; but for a longer listing than looks ask for by themselves, whose failing must not be theirs.
  fileprivate func list(
    _ operation: DataOperation, _ filter: RunFilter, since moment: Timestamp
  ) async throws(ServiceError) -> [Run] {
    let count = filter.limit ?? 1
    if filter.started == nil, count <= settings.historySize,
      let listing = listing(of: operation, for: count, since: moment)
    {
      switch await listing.value() {
      case .success(let runs):
        let found = runs.filter { filter.status == nil || $0.status == filter.status }.prefix(count)
        // Where the listing has fewer, older runs may still be what is asked for.
        if found.count == count { return Array(found) }
      case .failure(let error): throw error
      case nil: throw ServiceError(.cancelled, action: "get_last_status", message: "cancelled")
      }
    }
    return try await service.lastRuns(of: operation, filter)
  }

  /// The listing for a look at what is awaited of the operation; `nil` where nothing is, or where the look that is under way
  /// does not list or began too early.
  private func listing(
    of operation: DataOperation, for count: Int, since moment: Timestamp
  ) -> Promise<SharedReads.Reply>? {
    guard let number = numbers[operation], !watched[number].watches.isEmpty else { return nil }
    if !watched[number].isLooking {
      begin(number, clock.now)
      watched[number].listing = Listing(since: clock.now)
      _ = spawn { await self.look(at: number, listing: count) }
    }
    guard let listing = watched[number].listing, listing.since >= moment else { return nil }
    return listing.reply
  }

  /// A read for a condition. It ends when an await's last look would, and at the deadline at once where the service
  /// wants to be left alone for longer than that.
  fileprivate nonisolated func read(
    _ request: ServiceRequest, since moment: Timestamp, by deadline: Timestamp,
    _ ask: @escaping @Sendable () async throws(ServiceError) -> [Run]
  ) async throws(ServiceError) -> [Run] {
    let limit = max(deadline, clock.now).advanced(by: settings.lastLookGrace)
    if let quiet = service.quietUntil, quiet > limit {
      do { try await clock.sleep(until: deadline) } catch {
        throw ServiceError(.cancelled, action: request.action, message: "cancelled")
      }
    } else if let runs = try await reads.reply(to: request, since: moment, by: limit, ask) {
      return runs
    }
    throw gaveUp(request)
  }

  private nonisolated func gaveUp(_ request: ServiceRequest) -> ServiceError {
    service.quietness(for: request.action, at: clock.now)
      ?? ServiceError(.unknown, action: request.action, message: "nothing came back in time")
  }
}

extension TailerService {
  /// The error of what waits for a service that wants to be left alone; `nil` where it does not.
  func quietness(for action: String, at now: Timestamp) -> ServiceError? {
    guard let quiet = quietUntil, quiet > now else { return nil }
    return ServiceError(
      .throttled, action: action, message: "it wants to be left alone until \(quiet.plainMoment)",
      retryAfter: quiet.since(now))
  }
}

/// The service as a look at a condition sees it: its reads are shared with others, see `SharedReads`.
private struct ConditionReads: TailerService {
  let watcher: PollingRunWatcher
  let moment: Timestamp
  let deadline: Timestamp

  private var service: any TailerService { watcher.service }
  var requestCounts: RequestCounts { service.requestCounts }
  var quietUntil: Timestamp? { service.quietUntil }

  func check(_ run: Run.Reference) async throws(ServiceError) -> Run? {
    try await watcher.read(.checkRun(run), since: moment, by: deadline) { [service] () async throws(ServiceError) in
      try await service.check(run).map { [$0] } ?? []
    }.first
  }

  func lastRuns(of operation: DataOperation, _ filter: RunFilter) async throws(ServiceError) -> [Run] {
    try await watcher.read(.lastRuns(operation, filter), since: moment, by: deadline) {
      [watcher, moment] () async throws(ServiceError) in
      try await watcher.list(operation, filter, since: moment)
    }
  }

  func runs(
    of type: ConfigurationType, account: String, environment: String?, _ filter: RunFilter
  ) async throws(ServiceError) -> [Run] {
    let request = ServiceRequest.runsByStatus(type: type, account: account, environment: environment, filter)
    return try await watcher.read(request, since: moment, by: deadline) { [service] () async throws(ServiceError) in
      try await service.runs(of: type, account: account, environment: environment, filter)
    }
  }

  func launch(
    _ operation: DataOperation, on date: CalendarDate?, _ launchTry: LaunchTry
  ) async throws(ServiceError) -> String {
    try await service.launch(operation, on: date, launchTry)
  }

  func pause(after failure: ServiceError, tries: Int, since begun: Timestamp) -> TimeSpan? {
    service.pause(after: failure, tries: tries, since: begun)
  }

  func send(_ change: ServiceChange) async throws(ServiceError) { try await service.send(change) }
}
