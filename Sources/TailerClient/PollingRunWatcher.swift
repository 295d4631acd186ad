public import CivilTime
import NIOConcurrencyHelpers
public import TailerAPI

/// Watches the runs of a process by asking the service as seldom as their past allows (design, *Watching runs*).
///
/// Awaits on one operation share their looks. Each await is a continuation and a few words of memory; one task sleeps
/// for all of them. The interval comes from the operation's past durations (`LearnedPace`), or from `every`; 429 and
/// `Retry-After` hold up all looks; the last look begins at the deadline. What a listing does not show is looked at
/// alone. A look that fails in passing does not end an await until looks have failed for `patience`.
///
/// A clock that is also a task executor, as virtual time is, carries out the watcher's own tasks.
public actor PollingRunWatcher: RunWatcher {
  let service: any TailerService
  let clock: any WallClock
  let settings: WatchSettings
  private let random: @Sendable () -> Double
  private let report: @Sendable (WatchReport) -> Void
  private let executor: (any TaskExecutor)?

  var groups: [DataOperation: WatchGroup] = [:]
  var paces: [DataOperation: LearnedPace] = [:]
  /// Types whose common listing did not help, until when.
  var unshared: [SharedListingKey: Timestamp] = [:]
  var sharing: Set<SharedListingKey> = []
  private let counts = NIOLockedValueBox(WatchTotals())
  private var lastID = 0
  private var lookNumber = 0
  private var driver: Task<Void, Never>?
  private var nap: Task<Void, Never>?
  /// Before this moment no look begins: the cap on looks a second, and what the service asked for.
  private var nextSlot = Timestamp.earliest

  /// - Parameters:
  ///   - random: numbers in 0..<1, for jitter.
  ///   - report: hears what each await cost, as it ends.
  public init(
    service: any TailerService, clock: any WallClock, settings: WatchSettings = WatchSettings(),
    random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
    report: @escaping @Sendable (WatchReport) -> Void = { _ in }
  ) {
    self.service = service
    self.clock = clock
    self.settings = settings
    self.random = random
    self.report = report
    executor = clock as? any TaskExecutor
  }

  /// What all awaits have cost so far.
  public nonisolated var totals: WatchTotals { counts.withLockedValue { $0 } }

  nonisolated func count(_ change: (inout WatchTotals) -> Void) { counts.withLockedValue { change(&$0) } }

  public func end(of run: Run, by deadline: Timestamp, every: TimeSpan?) async throws(WatchError) -> Run {
    if run.hasEnded { return run }
    return try await wait(for: .end(of: run), of: run.operation, by: deadline, every: every)
  }

  public func endOfNextRun(
    of operation: DataOperation, since moment: Timestamp, by deadline: Timestamp, every: TimeSpan?
  ) async throws(WatchError) -> Run {
    try await wait(for: .nextRun(since: moment), of: operation, by: deadline, every: every)
  }

  private func wait(
    for goal: Watch.Goal, of operation: DataOperation, by deadline: Timestamp, every: TimeSpan?
  ) async throws(WatchError) -> Run {
    guard !Task.isCancelled else { throw .cancelled }
    let now = clock.now
    var watch = Watch(
      deadline: deadline, every: every, began: now, result: OneShot(), goal: goal, due: now)
    // A run that was launched a moment ago, of an operation whose past is known, has nothing to show yet.
    if let pace = paces[operation], pace.isLearned, case .end(let run) = goal, let start = Watch.start(of: run),
      abs(now.since(start).inSeconds) < 10
    {
      watch.plan(from: now, pace, settings, jitter: random())
    }
    lastID += 1
    let id = lastID
    groups[operation, default: WatchGroup()].watches[id] = watch
    attend()
    guard let result = await watch.result.value() else {
      finish(id, of: operation, .failure(.cancelled))
      throw .cancelled
    }
    return try result.get()
  }

  /// Ends an await, if it is still there.
  func finish(_ id: Int, of operation: DataOperation, _ result: Result<Run, WatchError>) {
    guard let watch = groups[operation]?.watches.removeValue(forKey: id) else { return }
    if let group = groups[operation], group.watches.isEmpty, !group.isLooking { groups[operation] = nil }
    count { $0.awaits += 1 }
    var delay: TimeSpan?
    if case .success(let run) = result { delay = Watch.end(of: run).map { max(clock.now.since($0), .zero) } }
    report(
      WatchReport(
        operation: operation, runID: (try? result.get())?.id ?? watch.run?.id, looks: watch.looks, delay: delay))
    watch.result.bring(result)
    if groups.isEmpty { attend() }
  }

  // MARK: Time

  func spawn(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
    Task(executorPreference: executor) { await body() }
  }

  func jitter() -> Double { random() }

  func nextLook() -> Look {
    lookNumber += 1
    return Look(number: lookNumber, moment: clock.now, lastID: lastID)
  }

  /// Makes the driver look at what is due, now that it may have changed.
  func attend() {
    if driver == nil, !groups.isEmpty {
      driver = spawn { [weak self] in await self?.drive() }
    } else {
      nap?.cancel()
    }
  }

  private func drive() async {
    while !groups.isEmpty {
      let now = clock.now
      var earliest = Timestamp.latest
      var due: [(operation: DataOperation, moment: Timestamp)] = []
      for (operation, group) in groups {
        let moment = group.due(grace: settings.lastLookGrace)
        if moment > now {
          earliest = min(earliest, moment)
        } else {
          due.append((operation, moment))
        }
      }
      if due.isEmpty {
        let nap = spawn { [clock, earliest] in try? await clock.sleep(until: earliest) }
        self.nap = nap
        await nap.value
        self.nap = nil
      } else {
        due.sort { ($0.moment, $0.operation.id) < ($1.moment, $1.operation.id) }
        begin(due.map(\.operation), now)
      }
    }
    driver = nil
  }

  /// Begins the looks that are due; those of many operations of a type together.
  private func begin(_ due: [DataOperation], _ now: Timestamp) {
    var keys: Set<SharedListingKey> = []
    for operation in due {
      if groups[operation]?.isLooking == true {
        giveUpLastLooks(of: operation, now)
      } else if canShare(operation, now) {
        keys.insert(SharedListingKey(operation))
      }
    }
    if !keys.isEmpty { beginTogether(keys, now) }
    for operation in due where groups[operation]?.isLooking == false {
      groups[operation]?.lookingSince = now
      _ = spawn { await self.look(at: operation) }
    }
  }

  private func canShare(_ operation: DataOperation, _ now: Timestamp) -> Bool {
    let key = SharedListingKey(operation)
    return paces[operation] != nil && !sharing.contains(key) && unshared[key].map { $0 <= now } ?? true
  }

  /// Begins one look for all operations of a type that are due within a short time, where there are enough of them.
  private func beginTogether(_ keys: Set<SharedListingKey>, _ now: Timestamp) {
    let horizon = now.advanced(by: settings.sharingHorizon)
    var together: [SharedListingKey: [DataOperation]] = [:]
    for (operation, group) in groups where !group.isLooking && group.due(grace: .zero) <= horizon {
      let key = SharedListingKey(operation)
      guard keys.contains(key), paces[operation] != nil, group.watches.values.allSatisfy({ $0.run != nil }) else {
        continue
      }
      together[key, default: []].append(operation)
    }
    for (key, operations) in together.sorted(by: { $0.key < $1.key })
    where operations.count >= max(2, settings.sharingThreshold) {
      sharing.insert(key)
      for operation in operations { groups[operation]?.lookingSince = now }
      let ordered = operations.sorted { $0.id < $1.id }
      _ = spawn { await self.look(at: ordered, sharing: key) }
    }
  }

  /// Ends the awaits whose last look has not come back in time.
  private func giveUpLastLooks(of operation: DataOperation, _ now: Timestamp) {
    for (id, watch) in groups[operation]?.watches ?? [:]
    where groups[operation]?.end(ofLastLookFor: watch, grace: settings.lastLookGrace) ?? now <= now {
      finish(id, of: operation, .failure(.deadline(lastSeen: watch.run)))
    }
  }

  /// Waits for the turn that the cap on looks and the service's own wishes leave.
  func takeTurn() async {
    let now = clock.now
    let turn = max(now, nextSlot)
    nextSlot = turn.advanced(by: .seconds(1 / max(settings.looksPerSecond, 0.001)))
    if turn > now { try? await clock.sleep(for: turn.since(now)) }
  }

  /// No look begins within that time.
  func holdBack(for span: TimeSpan) { nextSlot = max(nextSlot, clock.now.advanced(by: span)) }
}
