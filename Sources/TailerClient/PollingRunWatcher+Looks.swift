import CivilTime
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
  func look(at operation: DataOperation) async {
    let look = nextLook()
    do throws(ServiceError) {
      if needsListing(operation) {
        let listed = try await listing(of: operation)
        take(listed, of: operation, look)
      }
      try await lookAlone(at: operation, look)
      groups[operation]?.failingSince = nil
    } catch {
      fail(operation, error)
    }
    settle(operation, look)
  }

  /// One listing for many operations; what it does not show is looked at as if there had been none.
  func look(at operations: [DataOperation], sharing key: SharedListingKey) async {
    let look = nextLook()
    let awaited = groups.reduce(0) { SharedListingKey($1.key) == key ? $0 + $1.value.watches.count : $0 }
    let limit = min(2 * awaited + 50, max(1, settings.largestListing))
    var helped = 0
    var rest = operations
    await takeTurn()
    do throws(ServiceError) {
      count { $0.sharedListings += 1 }
      let runs = try await service.runs(
        of: key.type, account: key.account, environment: key.environment, RunFilter(limit: limit))
      let byOperation = Dictionary(grouping: runs, by: \.operation.id)
      rest = []
      for operation in operations {
        take(named(byOperation[operation.id] ?? [], operation), of: operation, look)
        if isCovered(operation, since: look) {
          helped += 1
          groups[operation]?.failingSince = nil
          settle(operation, look)
        } else {
          rest.append(operation)
        }
      }
    } catch {
      if let told = error.retryAfter, error.kind == .throttled { holdBack(for: told) }
    }
    sharing.remove(key)
    if helped * 2 < operations.count { unshared[key] = clock.now.advanced(by: settings.longestInterval) }
    for operation in rest { _ = spawn { await self.look(at: operation) } }
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
  private func isCovered(_ operation: DataOperation, since look: Look) -> Bool {
    groups[operation]?.watches.allSatisfy {
      $0.key > look.lastID || ($0.value.run != nil && $0.value.lastLook == look.number)
    } ?? true
  }

  private func needsListing(_ operation: DataOperation) -> Bool {
    guard let group = groups[operation] else { return false }
    return paces[operation] == nil || group.watches.count > 1 || group.watches.values.contains { $0.run == nil }
  }

  /// The operation's newest runs: as many as its awaits are likely to need, and on the first look its past as well.
  private func listing(of operation: DataOperation) async throws(ServiceError) -> [Run] {
    let watches = groups[operation]?.watches.values.map { $0 } ?? []
    let largest = max(1, settings.largestListing)
    var limit = min(max(2 * watches.count + 10, paces[operation] == nil ? settings.historySize : 0), largest)
    while true {
      await takeTurn()
      count { $0.listings += 1 }
      let runs = try await service.lastRuns(of: operation, RunFilter(limit: limit))
      if paces[operation]?.isLearned != true { paces[operation] = LearnedPace(pastRuns: runs) }
      // Where the oldest listed run may not be the first that started after the moment, the listing has to go further.
      let isShort = watches.contains { watch in
        guard case .nextRun(let moment) = watch.goal, runs.count >= limit, let oldest = runs.last else { return false }
        return (Watch.start(of: oldest) ?? .latest) > moment
      }
      guard isShort, limit < largest else { return runs }
      limit = min(limit * 4, largest)
    }
  }

  /// Takes in what a listing shows, newest first.
  private func take(_ runs: [Run], of operation: DataOperation, _ look: Look) {
    guard let watches = groups[operation]?.watches else { return }
    let byID = Dictionary(runs.map { ($0.id, $0) }) { first, _ in first }
    for (id, watch) in watches {
      switch watch.goal {
      case .end(let run):
        if let seen = byID[run.id] { take(seen, id, of: operation, look) }
      case .nextRun(let moment):
        if let first = Watch.firstRun(of: runs, startedAfter: moment) { take(first, id, of: operation, look) }
      }
    }
  }

  private func take(_ run: Run, _ id: Int, of operation: DataOperation, _ look: Look) {
    groups[operation]?.watches[id]?.goal = .end(of: run)
    groups[operation]?.watches[id]?.lastLook = look.number
    if run.hasEnded {
      groups[operation]?.watches[id]?.looks += 1
      finish(id, of: operation, .success(run))
    }
  }

  /// Looks one by one at the awaited runs that no listing of this look has shown.
  private func lookAlone(at operation: DataOperation, _ look: Look) async throws(ServiceError) {
    let unseen =
      groups[operation]?.watches.filter {
        $0.value.run != nil && $0.value.lastLook != look.number && $0.key <= look.lastID
      } ?? [:]
    for id in unseen.keys.sorted() {
      guard let run = groups[operation]?.watches[id]?.run else { continue }
      await takeTurn()
      count { $0.checks += 1 }
      do throws(ServiceError) {
        if let seen = try await service.check(run.reference) {
          take(seen, id, of: operation, look)
        } else {
          groups[operation]?.watches[id]?.lastLook = look.number
        }
      } catch {
        guard error.kind == .rejected else { throw error }
        finish(id, of: operation, .failure(.service(error)))
      }
    }
  }

  /// What a failed look means for the awaits of an operation.
  private func fail(_ operation: DataOperation, _ error: ServiceError) {
    switch error.kind {
    case .rejected, .refused:
      for id in groups[operation]?.watches.keys.map({ $0 }) ?? [] {
        finish(id, of: operation, .failure(.service(error)))
      }
    case .neverSent, .throttled, .unknown, .cancelled:
      if let told = error.retryAfter { holdBack(for: told) }
      let now = clock.now
      let since = groups[operation]?.failingSince ?? now
      groups[operation]?.failingSince = since
      guard now.since(since) >= settings.patience else { return }
      for id in groups[operation]?.watches.keys.map({ $0 }) ?? [] {
        finish(id, of: operation, .failure(.service(error)))
      }
    }
  }

  /// After a look: ends what is past its deadline, plans the rest.
  private func settle(_ operation: DataOperation, _ look: Look) {
    let now = clock.now
    let pace = paces[operation] ?? LearnedPace()
    for (id, watch) in groups[operation]?.watches ?? [:] {
      // An await that came while the look was under way has not been looked at.
      guard id <= look.lastID else { continue }
      groups[operation]?.watches[id]?.looks += 1
      if watch.deadline <= look.moment {
        finish(id, of: operation, .failure(.deadline(lastSeen: watch.run)))
      } else {
        groups[operation]?.watches[id]?.plan(from: now, pace, settings, jitter: jitter())
        if groups[operation]?.failingSince != nil { groups[operation]?.watches[id]?.hasten(from: now, settings) }
      }
    }
    groups[operation]?.lookingSince = nil
    if groups[operation]?.watches.isEmpty == true { groups[operation] = nil }
    attend()
  }
}
