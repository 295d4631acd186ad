import CivilTime
import Coordination
import TailerAPI

/// What one call of `get_by_status` can list together.
struct SharedListingKey: Hashable, Comparable {
  let type: ConfigurationType
  let account: String
  let environment: String

  init(_ operation: DataOperation) {
    type = operation.type
    account = operation.account
    environment = operation.environment
  }

  static func < (a: Self, b: Self) -> Bool {
    (a.type.rawValue, a.account, a.environment) < (b.type.rawValue, b.account, b.environment)
  }
}

/// One look, from before its first request to after its last.
struct Look {
  let number: Int
  /// When it began; it shows at least what had happened by then.
  let moment: Timestamp
  /// Awaits that came later are not part of it.
  let lastID: Int
}

extension PollingRunWatcher {
  /// Looks at what is awaited of one operation: by a listing where that tells more than one thing, else at the run.
  ///
  /// - Parameter wanted: How many runs somebody else wants listed.
  func look(at number: Int, listing wanted: Int? = nil) async {
    let look = nextLook()
    do throws(ServiceError) {
      if needsListing(number) || wanted != nil {
        watched[number].listing = watched[number].listing ?? Listing(since: look.moment)
        let listed = try await listing(of: number, atLeast: wanted ?? 1)
        watched[number].listing.take()?.reply.fulfill(.success(listed))
        take(listed, of: number, look)
      }
      try await lookAlone(at: number, look)
      settle(number, look)
    } catch {
      watched[number].listing.take()?.reply.fulfill(.failure(error))
      settle(number, look, failed: error)
    }
  }

  /// One listing for many operations; what it does not show is looked at as if there had been none. It counts as a look at
  /// whatever else of the type is awaited and shown.
  func look(at numbers: [Int], sharing key: SharedListingKey) async {
    let look = nextLook()
    let limit = min(2 * (listedTogether[key]?.awaits ?? 0) + 50, max(1, settings.largestListing))
    var rest = numbers
    do throws(ServiceError) {
      count { $0.sharedListings += 1 }
      let runs = try await service.runs(
        of: key.type, account: key.account, environment: key.environment, RunFilter(limit: limit))
      lastReturn = clock.now
      let byOperation = Dictionary(grouping: runs, by: \.operation.id)
      rest = []
      for number in numbers {
        let operation = watched[number].operation
        take(named(byOperation[operation.id] ?? [], operation), of: number, look)
        if isCovered(number, since: look) {
          settle(number, look)
        } else {
          rest.append(number)
        }
      }
      for number in (listedTogether[key]?.operations ?? []).sorted() where !watched[number].isLooking {
        let operation = watched[number].operation
        guard let runs = byOperation[operation.id], watched[number].pace != nil else { continue }
        take(named(runs, operation), of: number, look)
        if isCovered(number, since: look) { settle(number, look) }
      }
    } catch {
      lastReturn = clock.now
      // A service that is busy is not asked one by one instead, unless it answers only that.
      if error.kind == .throttled, numbers.allSatisfy({ watched[$0].failing == nil }) {
        rest = []
        for number in numbers { settle(number, look, failed: error) }
      }
    }
    sharing.remove(key)
    if rest.count * 2 > numbers.count { unshared[key] = clock.now.advanced(by: settings.longestInterval) }
    for number in rest { _ = spawn { await self.look(at: number) } }
  }

  /// A common listing knows an operation by its id alone; here its runs get the identity that the awaits have.
  private func named(_ runs: [Run], _ operation: DataOperation) -> [Run] {
    runs.compactMap { run in
      if let job = operation.job, let runJob = run.jobID, runJob != job { return nil }
      return Run(
        id: run.id, operation: operation, jobID: run.jobID, status: run.status, started: run.started,
        duration: run.duration, updated: run.updated)
    }
  }

  /// Whether every await of the operation was taken in by the look that began then.
  private func isCovered(_ number: Int, since look: Look) -> Bool {
    watched[number].watches.allSatisfy {
      $0.key > look.lastID || ($0.value.run != nil && $0.value.lastLook == look.number)
    }
  }

  private func needsListing(_ number: Int) -> Bool {
    let watches = watched[number].watches
    return watched[number].pace == nil || watches.count > 1 || watches.values.contains { $0.run == nil }
  }

  /// The operation's newest runs: as many as its awaits are likely to need, and on the first look its past as well.
  private func listing(of number: Int, atLeast least: Int) async throws(ServiceError) -> [Run] {
    let watches = Array(watched[number].watches.values)
    let largest = max(1, settings.largestListing)
    let isFirst = watched[number].pace == nil
    var limit = min(max(2 * watches.count + 10, least, isFirst ? settings.historySize : 0), largest)
    while true {
      count { $0.listings += 1 }
      let runs = try await service.lastRuns(of: watched[number].operation, RunFilter(limit: limit))
      lastReturn = clock.now
      if watched[number].pace?.isLearned != true { learn(number, from: runs) }
      // Where the oldest listed run may not be the first that started after the moment, the listing has to go further.
      let isShort = watches.contains { watch in
        guard case .nextRun(_, let moment) = watch.target, runs.count >= limit, let oldest = runs.last else {
          return false
        }
        return (Watch.start(of: oldest) ?? .latest) > moment
      }
      guard isShort, limit < largest else { return runs }
      limit = min(limit * 4, largest)
    }
  }

  private func learn(_ number: Int, from runs: [Run]) {
    let pace = LearnedPace(pastRuns: runs)
    watched[number].pace = pace
    guard let usual = pace.usual else { return }
    for watch in watched[number].watches.values { watch.hear(.usual(usual)) }
  }

  /// Takes in what a listing shows, newest first.
  private func take(_ runs: [Run], of number: Int, _ look: Look) {
    let byID = Dictionary(runs.map { ($0.id, $0) }) { first, _ in first }
    for id in watched[number].watches.keys.sorted() {
      guard let watch = watched[number].watches[id] else { continue }
      switch watch.target {
      case .end(let run):
        if let seen = byID[run.id] { take(seen, id, of: number, look) }
      case .nextRun(_, let moment):
        if let first = Watch.firstRun(of: runs, startedAfter: moment) {
          watch.hear(.appeared(first))
          take(first, id, of: number, look)
        } else {
          watched[number].watches[id]?.see(in: look, isShown: false)
        }
      }
    }
  }

  private func take(_ run: Run, _ id: Int, of number: Int, _ look: Look) {
    watched[number].watches[id]?.target = .end(of: run)
    watched[number].watches[id]?.see(in: look, isShown: true)
    if run.hasEnded {
      watched[number].watches[id]?.looks += 1
      finish(id, of: number, .success(run))
    }
  }

  /// Looks one by one at the awaited runs that no listing of this look has shown.
  private func lookAlone(at number: Int, _ look: Look) async throws(ServiceError) {
    let unseen = watched[number].watches.filter {
      $0.value.run != nil && $0.value.lastLook != look.number && $0.key <= look.lastID
    }
    for id in unseen.keys.sorted() {
      guard let run = watched[number].watches[id]?.run else { continue }
      count { $0.checks += 1 }
      do throws(ServiceError) {
        let seen = try await service.check(run.reference)
        lastReturn = clock.now
        if let seen {
          take(seen, id, of: number, look)
        } else {
          watched[number].watches[id]?.see(in: look, isShown: false)
        }
      } catch {
        guard error.kind == .rejected else { throw error }
        finish(id, of: number, .failure(.service(error)))
      }
    }
  }

  /// Whether a look's failure ends the awaits of its operation; else it is borne for a while.
  private func isFinal(_ error: ServiceError, of number: Int, _ now: Timestamp) -> Bool {
    switch error.kind {
    case .rejected, .refused: return true
    case .neverSent, .throttled, .unknown, .cancelled:
      let since = watched[number].failing?.since ?? now
      watched[number].failing = (since, error)
      return now.since(since) >= settings.patience
    }
  }

  /// After a look: ends what is past its deadline or what the look's failure ends, plans the rest.
  private func settle(_ number: Int, _ look: Look, failed error: ServiceError? = nil) {
    let now = clock.now
    let pace = watched[number].pace ?? LearnedPace()
    if error == nil { watched[number].failing = nil } else { lastReturn = now }
    let isFinal = error.map { self.isFinal($0, of: number, now) } ?? false
    // One throw for all: the earliest of many would always be early.
    let jitter = jitter()
    for id in watched[number].watches.keys.sorted() {
      // An await that came while the look was under way has not been looked at, but is lost with the rest.
      guard let watch = watched[number].watches[id], isFinal || id <= look.lastID else { continue }
      if let error, isFinal {
        finish(id, of: number, .failure(watch.ended(by: error)))
        continue
      }
      watched[number].watches[id]?.looks += 1
      let failure = watch.lastLook == look.number ? nil : error
      if watch.deadline <= (failure == nil ? look.moment : now) {
        finish(id, of: number, .failure(watch.overdue(failure)))
      } else {
        if let failure { watched[number].watches[id]?.miss(failure) }
        watched[number].watches[id]?.plan(from: now, pace, settings, jitter: jitter)
        if failure != nil { watched[number].watches[id]?.hasten(from: now, settings) }
      }
    }
    watched[number].lookingSince = nil
    guard !watched[number].watches.isEmpty else { return }
    enqueue(number, at: watched[number].nextLook)
    attend()
  }
}
