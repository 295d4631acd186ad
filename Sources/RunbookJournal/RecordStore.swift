public import CivilTime
public import RunbookRecord
public import TailerAPI

/// How long the journal waits for what.
public struct JournalTiming: Hashable, Sendable {
  /// How long another process may keep the file locked.
  public var busy: TimeSpan
  /// How often a process that waits for another one's launch looks again.
  public var polling: TimeSpan
  /// How often a process that asks somebody looks whether somebody else has answered.
  public var asking: TimeSpan
  /// How often a lease is renewed.
  public var renewal: TimeSpan
  /// How long after its last renewal a lease of a process out of sight still stands.
  public var leaseLifetime: TimeSpan

  public init(
    busy: TimeSpan = .seconds(5), polling: TimeSpan = .milliseconds(200), asking: TimeSpan = .milliseconds(500),
    renewal: TimeSpan = .seconds(20), leaseLifetime: TimeSpan = .minutes(2)
  ) {
    self.busy = busy
    self.polling = polling
    self.asking = asking
    self.renewal = renewal
    self.leaseLifetime = leaseLifetime
  }
}

/// The executions in one store of rows: one implementation for every store, so that all go by the same rules.
public final class RecordStore: JournalStore {
  let surroundings: HeldRecord.Surroundings

  public init(
    _ rows: any RowStore, clock: any WallClock, liveness: HolderLiveness = .system, timing: JournalTiming = .init()
  ) {
    surroundings = HeldRecord.Surroundings(
      store: rows, rules: JournalRules(leaseLifetime: timing.leaseLifetime, verdict: liveness.verdict), clock: clock,
      timing: timing, signals: LaunchSignals())
  }

  /// For rehearsals and tests: executions that live as long as the process.
  public static func inMemory(clock: any WallClock, liveness: HolderLiveness = .everybody) -> RecordStore {
    RecordStore(MemoryRowStore(), clock: clock, liveness: liveness)
  }

  public func begin(_ header: ExecutionHeader) async throws(JournalStoreError) -> any HeldJournal {
    let now = surroundings.clock.now
    let lease = try await commit(.visible) { [rules] rows in try rules.begin(header, at: now, rows) }
    return HeldRecord(header, by: header.holder, lease: lease, record: nil, at: now, surroundings: surroundings)
  }

  public func resume(
    _ id: String?, by holder: LeaseHolder, launchingAgain: LaunchAgain
  ) async throws(JournalStoreError) -> (ExecutionHeader, any HeldJournal) {
    let now = surroundings.clock.now
    let resumed = try await commit(.durable) { [rules] rows in
      try rules.resume(id, by: holder, launchingAgain: launchingAgain, at: now, rows)
    }
    return held(resumed, by: holder, at: now)
  }

  public func settling(
    _ id: String, by holder: LeaseHolder, launchingAgain: LaunchAgain
  ) async throws(JournalStoreError) -> (ExecutionHeader, any HeldJournal) {
    let now = surroundings.clock.now
    let taken = try await commit(.durable) { [rules] rows in
      try rules.settle(id, by: holder, launchingAgain: launchingAgain, at: now, rows)
    }
    return held(taken, by: holder, at: now)
  }

  private func held(
    _ resumed: JournalRules.Resumed, by holder: LeaseHolder, at now: Timestamp
  ) -> (ExecutionHeader, any HeldJournal) {
    let journal = HeldRecord(
      resumed.state.header, by: holder, lease: resumed.lease, record: resumed, at: now, surroundings: surroundings)
    return (resumed.state.header, journal)
  }

  public func resumable(_ id: String?) async throws(JournalStoreError) -> ExecutionHeader {
    let now = surroundings.clock.now
    return try await read { [rules] rows in try rules.resumable(id, at: now, rows).header }
  }

  public func abandon(_ id: String, by user: String) async throws(JournalStoreError) {
    let now = surroundings.clock.now
    try await commit(.durable) { [rules] rows in try rules.abandon(id, by: user, at: now, rows) }
  }

  public func answer(
    _ given: GivenAnswer, to id: String
  ) async throws(JournalStoreError) -> AnsweredQuestion {
    let now = surroundings.clock.now
    return try await commit(.durable) { [rules] rows in try rules.answer(given, to: id, at: now, rows) }
  }

  public func summary(of id: String) async throws(JournalStoreError) -> ExecutionSummary {
    let now = surroundings.clock.now
    return try await read { [rules] rows in
      guard let state = try rows.execution(id: id) else { throw JournalStoreError.noSuchExecution(id) }
      return try rules.summary(of: state, at: now, rows)
    }
  }

  public func executions(limit: Int) async throws(JournalStoreError) -> [ExecutionSummary] {
    let now = surroundings.clock.now
    return try await read { [rules] rows in
      try rows.executions(limit: max(0, limit)).map { try rules.summary(of: $0, at: now, rows) }
    }
  }

  public func record(of id: String) async throws(JournalStoreError) -> ExecutionRecord {
    let now = surroundings.clock.now
    return try await read { [rules] rows in
      guard let state = try rows.execution(id: id) else { throw JournalStoreError.noSuchExecution(id) }
      return ExecutionRecord(
        summary: try rules.summary(of: state, at: now, rows), effects: try rows.effects(of: state.number),
        spans: try rows.spans(of: state.number), answers: try rows.answers(of: state.number))
    }
  }

  public func entries(of id: String) async throws(JournalStoreError) -> [RecordedEffect] {
    try await read { rows in
      guard let state = try rows.execution(id: id) else { throw JournalStoreError.noSuchExecution(id) }
      return try rows.effects(of: state.number).filter { $0.standing != .lapsed || $0.isDenied }
    }
  }

  public func prune(endedBefore moment: Timestamp) async throws(JournalStoreError) -> Int {
    let now = surroundings.clock.now
    let old = try await read { [rules] rows in try rules.prunable(endedBefore: moment, at: now, rows) }
    var count = 0
    // One transaction each, so that other processes are not kept waiting, and no more space is needed than for one.
    for number in old {
      let isPruned = try await commit(.durable) { [rules] rows in
        try rules.prune(number, endedBefore: moment, at: now, rows)
      }
      guard isPruned else { continue }
      count += 1
      do {
        try await surroundings.store.giveSpaceBack()
      } catch {
        throw JournalStoreError(error, in: surroundings.store)
      }
    }
    return count
  }

  public func knownOperations() async throws(JournalStoreError) -> [DataOperation] {
    try await read { rows in try rows.operations() }
  }

  private var rules: JournalRules { surroundings.rules }

  private func read<T: Sendable>(
    _ body: @escaping @Sendable (any JournalRows) throws -> T
  ) async throws(JournalStoreError) -> T {
    do {
      return try await surroundings.store.read(body)
    } catch {
      throw JournalStoreError(error, in: surroundings.store)
    }
  }

  private func commit<T: Sendable>(
    _ durability: Durability, _ body: @escaping @Sendable (any JournalRows) throws -> T
  ) async throws(JournalStoreError) -> T {
    do {
      return try await surroundings.store.commit(durability, body)
    } catch {
      throw JournalStoreError(error, in: surroundings.store)
    }
  }
}

extension RecordStore {
  /// The executions in the SQLite file under a state directory.
  ///
  /// - Throws: `.unavailable` where it cannot be had, or not for its owner alone; `.damaged`; `.newerSchema`.
  public convenience init(
    in directory: String, clock: any WallClock, liveness: HolderLiveness = .system, timing: JournalTiming = .init()
  ) throws(JournalStoreError) {
    self.init(
      try SQLiteRowStore(in: directory, busyTimeout: timing.busy), clock: clock, liveness: liveness, timing: timing)
  }
}
