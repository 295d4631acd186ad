public import CivilTime
import Coordination
public import TailerAPI

/// Watches the runs of a process by asking the service as seldom as their past allows (design, *Watching runs*).
///
/// Awaits on one operation share their looks. Each await is a few words of memory; one task sleeps for all of
/// them. The interval comes from the operation's past durations (`LearnedPace`), or from `every`; the last look
/// begins at the deadline. What a listing does not show is looked at alone. A look that fails in passing does not end an
/// await until looks have failed for `patience`. How many requests go out a second, and when none may, is the matter of
/// the service's client (`RequestCap`).
///
/// A clock that is also a task executor, as virtual time is, carries out the watcher's own tasks.
public actor PollingRunWatcher: RunWatcher {
  let service: any TailerService
  let clock: any WallClock
  let settings: WatchSettings
  private let random: @Sendable () -> Double
  private let executor: (any TaskExecutor)?

  var watched: [WatchedOperation] = []
  var numbers: [DataOperation: Int] = [:]
  /// The operations with awaits that one call can list together, and how many awaits these are.
  var listedTogether: [SharedListingKey: (operations: Set<Int>, awaits: Int)] = [:]
  /// Types whose common listing did not help, until when.
  var unshared: [SharedListingKey: Timestamp] = [:]
  var sharing: Set<SharedListingKey> = []
  /// The numbers of operations by when they have to be attended to.
  private var queue = MomentQueue<Int>()
  /// The conditions that wait for their turns.
  var turns: [Int: Turn] = [:]
  var turnQueue = MomentQueue<Int>()
  let reads: SharedReads
  /// How many awaits there are.
  private var awaits = 0
  private let counts = Guarded(WatchTotals())
  /// Of awaits and conditions.
  var lastID = 0
  private var lookNumber = 0
  /// When anything last came back from the service.
  var lastReturn = Timestamp.earliest
  private var driver: Task<Void, Never>?
  private var nap: (task: Task<Void, Never>, until: Timestamp)?

  /// - Parameters:
  ///   - random: numbers in 0..<1, for jitter.
  public init(
    service: any TailerService, clock: any WallClock, settings: WatchSettings = WatchSettings(),
    random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
  ) {
    self.service = service.looking
    self.clock = clock
    self.settings = settings
    self.random = random
    executor = clock as? any TaskExecutor
    reads = SharedReads(clock: clock)
  }

  public nonisolated var patience: TimeSpan { settings.patience }

  /// What all awaits have cost so far.
  public nonisolated var totals: WatchTotals { counts.withLock { $0 } }

  nonisolated func count(_ change: (inout WatchTotals) -> Void) { counts.withLock { change(&$0) } }

  // MARK: Waiting

  public func begin(_ waits: [RunWait], telling inbox: WatchInbox) -> @Sendable () async -> Void {
    let now = clock.now
    var begun: [(id: Int, number: Int)] = []
    for (index, wait) in waits.enumerated() {
      if case .end(let run) = wait.target, run.hasEnded {
        inbox.bring(WatchOutcome(.success(run)), of: index)
      } else {
        begun.append(begin(Watch(wait, began: now, inbox: inbox, index: index), now))
      }
    }
    if !begun.isEmpty { attend() }
    return { [begun] in await self.giveUp(begun) }
  }

  private func begin(_ begun: Watch, _ now: Timestamp) -> (id: Int, number: Int) {
    var watch = begun
    let number = number(of: watch.target.operation)
    if let pace = watched[number].pace, let usual = pace.usual {
      watch.hear(.usual(usual))
      // A run that was launched a moment ago has nothing to show yet.
      if case .end(let run) = watch.target, let start = Watch.start(of: run), abs(now.since(start).inSeconds) < 10 {
        watch.plan(from: now, pace, settings, jitter: random())
      }
    }
    lastID += 1
    let id = lastID
    watched[number].watches[id] = watch
    listedTogether[watched[number].key, default: ([], 0)].awaits += 1
    listedTogether[watched[number].key]?.operations.insert(number)
    awaits += 1
    let moment = watched[number].isLooking ? watch.deadline.advanced(by: settings.lastLookGrace) : watch.nextLook
    if moment < watched[number].queuedAt ?? .latest { enqueue(number, at: moment) }
    return (id, number)
  }

  private func giveUp(_ begun: [(id: Int, number: Int)]) {
    for (id, number) in begun { finish(id, of: number, .failure(.cancelled)) }
  }

  private func number(of operation: DataOperation) -> Int {
    if let known = numbers[operation] { return known }
    let number = watched.count
    watched.append(WatchedOperation(operation: operation, key: SharedListingKey(operation)))
    numbers[operation] = number
    return number
  }

  /// Ends an await, if it is still there.
  func finish(_ id: Int, of number: Int, _ result: Result<Run, WatchError>) {
    guard let watch = watched[number].watches.removeValue(forKey: id) else { return }
    awaits -= 1
    listedTogether[watched[number].key]?.awaits -= 1
    if watched[number].watches.isEmpty {
      watched[number].failing = nil
      listedTogether[watched[number].key]?.operations.remove(number)
    }
    count { $0.awaits += 1 }
    var cost = WatchCost(looks: watch.looks)
    if case .success(let run) = result {
      // An end that was before the await, also where the service's clock is behind, could not be noticed earlier.
      cost.noticedAfter = Watch.end(of: run).map { max(clock.now.since(max($0, watch.began)), .zero) }
      watched[number].pace?.learn(from: run)
    }
    watch.inbox.bring(WatchOutcome(result, cost), of: watch.index)
    if awaits == 0 { attend() }
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

  func enqueue(_ number: Int, at moment: Timestamp) {
    watched[number].queuedAt = moment
    queue.add(number, at: moment)
  }

  /// The next operation that has to be attended to by then, taken from the queue.
  private func take(dueBy moment: Timestamp) -> Int? {
    while let (queued, number) = queue.next(by: moment) {
      guard watched[number].queuedAt == queued else { continue }
      watched[number].queuedAt = nil
      if !watched[number].watches.isEmpty { return number }
    }
    return nil
  }

  /// Makes the driver look at what is due, where that is something else than what it waits for.
  func attend() {
    guard awaits > 0 || !turns.isEmpty else {
      nap?.task.cancel()
      return
    }
    if driver == nil {
      driver = spawn { [weak self] in await self?.drive() }
    } else if let nap, nextMoment < nap.until {
      nap.task.cancel()
    }
  }

  /// When something has to be attended to next.
  private var nextMoment: Timestamp { min(queue.earliest ?? .latest, turnQueue.earliest ?? .latest) }

  private func drive() async {
    while awaits > 0 || !turns.isEmpty {
      let now = clock.now
      wakeConditions(now)
      var due: [Int] = []
      while let number = take(dueBy: now) {
        if watched[number].isLooking { giveUpLastLooks(of: number, now) } else { due.append(number) }
      }
      if !due.isEmpty {
        begin(due, now)
        continue
      }
      let until = nextMoment
      let nap = spawn { [clock] in try? await clock.sleep(until: until) }
      self.nap = (nap, until)
      await nap.value
      self.nap = nil
    }
    driver = nil
  }

  /// Begins the looks that are due; those of many operations of a type together.
  private func begin(_ due: [Int], _ now: Timestamp) {
    let keys = Set(due.lazy.filter { self.canShare($0, now) }.map { self.watched[$0].key })
    if !keys.isEmpty { beginTogether(keys, due, now) }
    for number in due where !watched[number].isLooking {
      begin(number, now)
      _ = spawn { await self.look(at: number) }
    }
  }

  /// From here the operation is attended to only for what is past its deadline while the look is under way.
  func begin(_ number: Int, _ now: Timestamp) {
    watched[number].lookingSince = now
    enqueue(number, at: lastMoment(of: number))
  }

  private func canShare(_ number: Int, _ now: Timestamp) -> Bool {
    let key = watched[number].key
    return watched[number].pace != nil && !sharing.contains(key) && unshared[key].map { $0 <= now } ?? true
      && listedTogether[key]?.awaits ?? 0 <= settings.largestListing
      && watched[number].watches.values.allSatisfy { $0.run != nil }
  }

  /// Begins one look for all operations of a type that are due within a short time, where there are enough of them.
  private func beginTogether(_ keys: Set<SharedListingKey>, _ due: [Int], _ now: Timestamp) {
    var near: [Int] = []
    while let number = take(dueBy: now.advanced(by: settings.sharingHorizon)) { near.append(number) }
    var together: [SharedListingKey: [Int]] = [:]
    for number in due + near where keys.contains(watched[number].key) && !watched[number].isLooking {
      if canShare(number, now) { together[watched[number].key, default: []].append(number) }
    }
    for (key, numbers) in together.sorted(by: { $0.key < $1.key })
    where numbers.count >= max(2, settings.sharingThreshold) {
      sharing.insert(key)
      for number in numbers { begin(number, now) }
      _ = spawn { await self.look(at: numbers, sharing: key) }
    }
    for number in near where watched[number].queuedAt == nil {
      enqueue(number, at: watched[number].isLooking ? lastMoment(of: number) : watched[number].nextLook)
    }
  }

  /// When the last looks of an operation may be given up: a while after the deadline, or after they began where it had passed
  /// while nobody could look, as on a machine that was suspended.
  private func lastMoment(of number: Int) -> Timestamp {
    let operation = watched[number]
    return max(operation.deadline, operation.lookingSince ?? operation.deadline)
      .advanced(by: settings.lastLookGrace)
  }

  /// Ends the awaits whose last look has not come back in time. One that waits behind others, which come back one by one, as
  /// under a low cap, has that time behind each of them.
  private func giveUpLastLooks(of number: Int, _ now: Timestamp) {
    var moment = lastMoment(of: number)
    if isBehindOthers(number) { moment = max(moment, lastReturn.advanced(by: settings.lastLookGrace)) }
    if moment <= now {
      let error = watched[number].failing?.error ?? unanswered(since: watched[number].lookingSince ?? now)
      for (id, watch) in watched[number].watches where watch.deadline.advanced(by: settings.lastLookGrace) <= now {
        finish(id, of: number, .failure(watch.overdue(error)))
      }
      moment = max(lastMoment(of: number), now)
    }
    if !watched[number].watches.isEmpty { enqueue(number, at: moment) }
  }

  private func isBehindOthers(_ number: Int) -> Bool {
    guard let since = watched[number].lookingSince else { return false }
    return watched.indices.contains { other in
      guard let begun = watched[other].lookingSince, !watched[other].watches.isEmpty else { return false }
      return (begun, other) < (since, number)
    }
  }

  private func unanswered(since moment: Timestamp) -> ServiceError {
    service.quietness(for: "get_last_status", at: clock.now)
      ?? ServiceError(.unknown, action: "get_last_status", message: "no reply to the look that began at \(moment)")
  }
}
