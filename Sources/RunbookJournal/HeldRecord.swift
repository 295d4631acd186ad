import CivilTime
import RunbookRecord
import TailerAPI

/// The record of one execution, held by this process under its lease, in whichever store.
///
/// What the record says is kept in memory, so that only writes go to the store. What a write changes is remembered when it
/// is handed to the store, in the order of the log, and taken back where the store refuses it.
actor HeldRecord: HeldJournal {
  /// What it shares with the other executions of its store.
  struct Surroundings: Sendable {
    let store: any RowStore
    let rules: JournalRules
    let clock: any WallClock
    let timing: JournalTiming
    let signals: LaunchSignals
  }

  nonisolated let executionID: String
  nonisolated let earlierCost: ExecutionCost?
  let surroundings: Surroundings
  nonisolated let lease: Lease
  private let initial: [RecordedEffect]
  private var record: Record
  /// `nil` once it stands in the store.
  private var reopening: [RecordedEffect]?
  private var hasEnded = false
  private var renewedAt: Timestamp
  /// The tickets in the queues of those who launch, by the effect's path.
  var tickets: [String: LaunchTicket] = [:]
  /// Tickets given back whose rows could not be deleted yet.
  var returnedTickets: Set<Int64> = []

  /// - Parameter resumed: What was taken up again; `nil` for an execution that begins.
  init(
    _ executionID: String, lease: Lease, record resumed: JournalRules.Resumed?, renewedAt: Timestamp,
    surroundings: Surroundings
  ) {
    self.executionID = executionID
    self.lease = lease
    self.renewedAt = renewedAt
    self.surroundings = surroundings
    var cost = resumed?.state.end?.cost
    if resumed?.wasKilled == true { cost?.lacksKilled = true }
    earlierCost = cost
    record = resumed?.record ?? Record()
    reopening = resumed?.reopening
    initial = record.effects.filter { $0.standing != .lapsed }
  }

  // MARK: Reading

  func record(of key: EffectKey) -> RecordedEffect? { record.effect(at: key) }

  func initialRecords() -> [RecordedEffect] { initial }

  func owner(of run: Run) async throws(JournalError) -> RunOwner? {
    try await reading { [rules = surroundings.rules] rows in try rules.owner(of: run, rows) }
  }

  func ownedRuns(of operation: DataOperation) async throws(JournalError) -> Set<String> {
    try await reading { [rules = surroundings.rules] rows in try rules.ownedRuns(of: operation, rows) }
  }

  func openLaunches(of operation: DataOperation, besides key: EffectKey) async throws(JournalError) -> [Timestamp] {
    let own = record.effect(at: key)?.number
    return try await reading { [rules = surroundings.rules, lease] rows in
      try rules.openLaunches(of: operation, besides: own, of: lease.execution, rows).map(\.sentAt)
    }
  }

  func reading<T: Sendable>(
    _ body: @escaping @Sendable (any JournalRows) throws -> T
  ) async throws(JournalError) -> T {
    do {
      return try await surroundings.store.read(body)
    } catch {
      throw JournalError(error, in: surroundings.store)
    }
  }

  // MARK: Writing

  /// One write under the lease, which is renewed with it when that is due.
  func write<T: Sendable>(
    _ durability: Durability, _ body: @escaping @Sendable (any JournalRows) throws -> T
  ) async throws(JournalError) -> T {
    guard !hasEnded else { throw .unavailable("the execution \(executionID) has ended") }
    let now = surroundings.clock.now
    let before = renewedAt
    let isRenewalDue = now < before || now.since(before) >= surroundings.timing.renewal
    if isRenewalDue { renewedAt = now }
    let returned = returnedTickets
    returnedTickets = []
    do {
      return try await surroundings.store.commit(durability) { [lease, rules = surroundings.rules] rows in
        try rules.require(lease, rows)
        for ticket in returned { try rows.deleteTicket(ticket) }
        if isRenewalDue { try rules.renew(lease, at: now, rows) }
        return try body(rows)
      }
    } catch {
      if isRenewalDue { renewedAt = before }
      returnedTickets.formUnion(returned)
      throw JournalError(error, in: surroundings.store)
    }
  }

  /// A write of something that was done, or is about to be.
  private func recording<T: Sendable>(
    _ durability: Durability, _ body: @escaping @Sendable (any JournalRows) throws -> T
  ) async throws(JournalError) -> T {
    let result = try await write(durability) { [lease, reopening, rules = surroundings.rules] rows in
      if let reopening { try rules.apply(reopening, of: lease.execution, rows) }
      return try body(rows)
    }
    reopening = nil
    return result
  }

  /// Changes the record and writes the effects that this changes, in one transaction; where either is refused, the record is
  /// as it was.
  ///
  /// - Parameters:
  ///   - beside: What else the transaction holds, before the effects.
  ///   - change: Gives each change that it makes to what takes it back.
  private func changing(
    _ durability: Durability, beside: (@Sendable (any JournalRows) throws -> Void)? = nil,
    _ change: (inout Record, inout [RecordChange]) throws(RecordContradiction) -> Void
  ) async throws(JournalError) {
    var changes: [RecordChange] = []
    do throws(RecordContradiction) {
      try change(&record, &changes)
    } catch {
      takeBack(changes)
      throw .contradiction("\(error)")
    }
    let made = changes
    do throws(JournalError) {
      try await recording(durability) { [lease, rules = surroundings.rules] rows in
        try beside?(rows)
        for change in made { try rules.put(change, of: lease.execution, rows) }
      }
    } catch {
      takeBack(changes)
      throw error
    }
  }

  private func takeBack(_ changes: [RecordChange]) {
    for change in changes.reversed() { record.undo(change) }
  }

  func intend(_ intent: EffectIntent, at key: EffectKey, settlesAt: Timestamp?) async throws(JournalError) {
    let now = surroundings.clock.now
    guard case .launch = intent else {
      return try await changing(.durable) { record, changes throws(RecordContradiction) in
        changes.append(try record.begin(intent, at: key, now: now))
      }
    }
    guard let ticket = tickets[key.path] else {
      throw .contradiction("\(intent.words) begins without its operation's turn")
    }
    let requireTurn = { @Sendable [rules = surroundings.rules] (rows: any JournalRows) throws in
      try rules.requireTurn(ticket, at: now, rows)
    }
    try await changing(.durable, beside: requireTurn) { record, changes throws(RecordContradiction) in
      changes.append(try record.begin(intent, at: key, as: ticket.effect, settlesAt: settlesAt, now: now))
    }
  }

  func intend(_ effects: [(intent: EffectIntent, key: EffectKey)]) async throws(JournalError) {
    let now = surroundings.clock.now
    for part in effects.parts(of: CommitLine.limit) {
      try await changing(.durable) { record, changes throws(RecordContradiction) in
        changes.reserveCapacity(part.count)
        for (intent, key) in part { changes.append(try record.begin(intent, at: key, now: now)) }
      }
    }
  }

  func finish(
    _ intent: EffectIntent, _ outcome: EffectOutcome, at key: EffectKey, isLight: Bool
  ) async throws(JournalError) {
    let now = surroundings.clock.now
    try await changing(isLight ? .visible : .durable) { record, changes throws(RecordContradiction) in
      changes.append(try record.end(intent, outcome, at: key, now: now))
    }
  }

  func finish(_ effects: [FinishedEffect]) async throws(JournalError) {
    let now = surroundings.clock.now
    for part in effects.parts(of: CommitLine.limit) {
      try await changing(.durable) { record, changes throws(RecordContradiction) in
        changes.reserveCapacity(part.count)
        for effect in part {
          changes.append(try record.end(effect.intent, effect.outcome, at: effect.key, now: now))
        }
      }
    }
  }

  /// The run is adopted with the claim: a process that dies behind it has the launch's outcome on record, and does not
  /// look for a run that is its own already.
  func claim(_ run: Run, for number: RecordNumber, by adopter: Adopter?) async throws(JournalError) -> Bool {
    guard let effect = record.effect(number) else {
      throw .contradiction("\(RecordContradiction.unknown(number))")
    }
    guard effect.isOpenLaunch else {
      guard case .run(let known, _, _)? = effect.outcome else { return false }
      return known.id == run.id && known.operation == run.operation
    }
    let now = surroundings.clock.now
    // A launch that began since the look may have brought the run about.
    let requireNoRivals = {
      @Sendable [rules = surroundings.rules, execution = lease.execution] (rows: any JournalRows) throws in
      guard adopter == nil else { return }
      let rivals = try rules.rivals(of: number, execution, run.operation, for: run.began, rows)
      guard rivals.isEmpty else {
        throw JournalError.runIsTaken(run.id, by: RunOwner(executionID: nil, effect: rivals.first?.effect))
      }
    }
    do throws(JournalError) {
      try await changing(.durable, beside: requireNoRivals) { record, changes throws(RecordContradiction) in
        changes.append(try record.end(number, .run(run, adopted: true, by: adopter), now: now))
      }
      return true
    } catch .runIsTaken {
      return false
    } catch {
      throw error
    }
  }

  func move(_ number: RecordNumber, to key: EffectKey) async throws(JournalError) {
    try await changing(.durable) { record, changes throws(RecordContradiction) in
      changes.append(try record.move(number, to: key))
    }
  }

  func accept(
    _ header: ExecutionHeader, rewording: [RecordNumber: EffectKey], settingAside: [RecordNumber]
  ) async throws(JournalError) {
    let putHeader = { @Sendable [execution = lease.execution] (rows: any JournalRows) throws in
      guard var state = try rows.execution(number: execution) else { return }
      state.header = header
      try rows.put(state)
    }
    try await changing(.durable, beside: putHeader) { record, changes throws(RecordContradiction) in
      for number in settingAside { changes.append(try record.setAside(number)) }
      for (number, key) in rewording.sorted(by: { $0.key < $1.key }) {
        changes.append(try record.move(number, to: key))
      }
    }
  }

  func endForGood() async throws(JournalError) {
    let now = surroundings.clock.now
    try await recording(.durable) { [lease, rules = surroundings.rules] rows in
      try rules.endForGood(lease, at: now, rows)
    }
  }

  func end(_ end: ExecutionEnd) async throws(JournalError) {
    let now = surroundings.clock.now
    try await recording(.durable) { [lease, rules = surroundings.rules] rows in
      try rules.end(lease, end, at: now, rows)
    }
    leave()
  }

  func giveBack() async throws(JournalError) {
    let now = surroundings.clock.now
    try await write(.durable) { [lease, rules = surroundings.rules] rows in
      try rules.release(lease, .gaveBack, at: now, rows)
    }
    leave()
  }

  func settle() async throws(JournalError) {
    let now = surroundings.clock.now
    try await write(.durable) { [lease, reopening, rules = surroundings.rules] rows in
      for effect in reopening ?? [] where effect.isForgottenLaunch { try rules.put(effect, of: lease.execution, rows) }
      try rules.release(lease, .gaveBack, at: now, rows)
    }
    leave()
  }

  private func leave() {
    hasEnded = true
    for ticket in tickets.values { surroundings.signals.gaveBack(ticket.number, of: ticket.operation) }
    tickets = [:]
  }

  func keepLease() async {
    while surroundings.store.isShared, !hasEnded {
      do {
        try await surroundings.clock.sleep(for: surroundings.timing.renewal)
      } catch {
        return
      }
      guard !hasEnded else { return }
      do {
        try await write(.visible) { _ in }
      } catch .leaseLost {
        return
      } catch {
        continue
      }
    }
  }

  /// What taking it up again has changed and is not written yet.
  var pending: [RecordedEffect] { reopening ?? [] }

  /// A number for an effect that waits for its turn.
  func reserveNumber() -> RecordNumber { record.reserve() }
}
