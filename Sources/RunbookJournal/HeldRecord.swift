import CivilTime
import Coordination
import RunbookRecord
import TailerAPI

/// The record of one execution, held by this process under its lease, in whichever store.
///
/// What the record says is kept in memory, so that only writes go to the store. What a write changes is remembered when it
/// is handed to the store, in the order of the log, and taken back where the store refuses it; behind a write that could not
/// be kept none is, so that the log is durable as a prefix.
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
  private var held: Record
  /// Who is told what has been kept; `nil` where nobody is.
  private var follower: RecordFollower?
  /// The last number at the last write of spans.
  private var spansWritten: RecordNumber
  private var header: ExecutionHeader
  private let life: ProcessLife
  private let isResumed: Bool
  /// `nil` once it stands in the store.
  private var reopening: [RecordedEffect]?
  /// Open launches that a person has denied, and who that was, until they are launched again.
  private(set) var denied: [RecordNumber: Adopter]
  private var hasEnded = false
  private var renewedAt: Timestamp
  /// Why a write could not be kept; nothing is written behind it.
  private let loss = Guarded<(any Error)?>(nil)
  /// The tickets in the queues of those who launch, by the effect's path.
  var tickets: [String: LaunchTicket] = [:]
  /// The paths of the effects whose turn somebody has: an open launch may be settled by whoever comes to it first.
  var turnsTaken: Set<String> = []
  /// Tickets given back whose rows could not be deleted yet.
  var returnedTickets: Set<Int64> = []

  /// - Parameters:
  ///   - resumed: What was taken up again; `nil` for an execution that begins.
  ///   - now: When the lease was taken.
  init(
    _ header: ExecutionHeader, by holder: LeaseHolder, lease: Lease, record resumed: JournalRules.Resumed?,
    at now: Timestamp, surroundings: Surroundings
  ) {
    executionID = header.id
    self.header = header
    self.lease = lease
    life = ProcessLife(fence: lease.fence, holder: holder, began: now)
    isResumed = resumed != nil
    renewedAt = now
    self.surroundings = surroundings
    var cost = resumed?.state.end?.cost
    if resumed?.wasKilled == true { cost?.lacksKilled = true }
    earlierCost = cost
    held = resumed?.record ?? Record()
    spansWritten = held.last
    reopening = resumed?.reopening
    denied = resumed?.launchingAgain ?? [:]
  }

  // MARK: Reading

  func record() -> Record { held }

  func reopened() -> Record {
    var record = held
    let end = ExecutionEnd(at: surroundings.clock.now, exitStatus: 1, summary: "", isResumable: true)
    _ = record.reopen(over: end)
    return record
  }

  func recall(_ intent: EffectIntent, at site: EffectSite) throws(JournalError) -> RecordedEffect? {
    let effect = try held.recall(intent, at: site)
    return effect.flatMap { denied[$0.number] == nil ? $0 : nil }
  }

  func follow(_ follower: @escaping RecordFollower) {
    self.follower = follower
    for row in [.execution(header, isResumed: isResumed), .process(life)] as [RecordNews.Row] {
      follower(RecordNews(at: surroundings.clock.now, row))
    }
  }

  func owner(of run: Run) async throws(JournalError) -> RunOwner? {
    try await reading { [rules = surroundings.rules] rows in try rules.owner(of: run, rows) }
  }

  func ownedRuns(of operation: DataOperation) async throws(JournalError) -> Set<String> {
    try await reading { [rules = surroundings.rules] rows in try rules.ownedRuns(of: operation, rows) }
  }

  func rivals(for run: Run, of key: EffectKey) async throws(JournalError) -> Int {
    let own = held.number(at: key) ?? RecordNumber(0)
    return try await reading { [rules = surroundings.rules, lease] rows in
      try rules.rivals(of: own, lease.execution, run.operation, for: run.began, rows).count
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

  /// One write under the lease, which is renewed with it when that is due, and with the spans that began and ended before.
  ///
  /// - Parameter rows: What the body writes, for who follows.
  func write<T: Sendable>(
    _ durability: Durability, withSpans: Bool = false, telling rows: [RecordNews.Row] = [],
    _ body: @escaping @Sendable (any JournalRows) throws -> T
  ) async throws(JournalError) -> T {
    guard !hasEnded else { throw .unavailable("the execution \(executionID) has ended") }
    let now = surroundings.clock.now
    let before = renewedAt
    let isRenewalDue = now < before || now.since(before) >= surroundings.timing.renewal
    if isRenewalDue { renewedAt = now }
    let returned = returnedTickets
    returnedTickets = []
    let spans = withSpans ? held.takeUnwritten() : []
    let written = spansWritten
    if withSpans { spansWritten = held.last }
    let reopening = withSpans ? reopening : nil
    if withSpans { self.reopening = nil }
    let news =
      follower == nil
      ? []
      : (spans.log(after: written).map { .span($0) } + (reopening ?? []).map { .effect($0) } + rows)
        .map { RecordNews(at: now, $0) }
    do {
      return try await surroundings.store.commit(
        durability,
        ended: { [loss, follower] error in
          if let error {
            // Only what carries rows of the record leaves a gap in it.
            if withSpans, !(error is JournalError) { loss.withLock { $0 = $0 ?? error } }
          } else if let follower {
            for row in news { follower(row) }
          }
        },
        { [lease, rules = surroundings.rules, loss] rows in
          if let lost = loss.withLock({ $0 }) { throw lost }
          try rules.require(lease, rows)
          for ticket in returned { try rows.deleteTicket(ticket) }
          if isRenewalDue { try rules.renew(lease, at: now, rows) }
          if let reopening { try rules.apply(reopening, of: lease.execution, rows) }
          for span in spans { try rows.put(span, of: lease.execution) }
          return try body(rows)
        })
    } catch {
      if isRenewalDue { renewedAt = before }
      returnedTickets.formUnion(returned)
      held.putBack(spans)
      spansWritten = min(spansWritten, written)
      if let reopening { self.reopening = reopening }
      throw JournalError(error, in: surroundings.store)
    }
  }

  /// Changes the record and writes the effects that this changes, in one transaction; where either is refused, the record is
  /// as it was.
  ///
  /// - Parameters:
  ///   - beside: What else the transaction holds, before the effects.
  ///   - change: Gives each change that it makes to what takes it back.
  private func changing(
    _ durability: Durability, beside: (@Sendable (any JournalRows) throws -> Void)? = nil,
    telling rows: [RecordNews.Row] = [],
    _ change: (inout Record, inout [RecordChange]) throws(RecordContradiction) -> Void
  ) async throws(JournalError) {
    var changes: [RecordChange] = []
    do throws(RecordContradiction) {
      try change(&held, &changes)
    } catch {
      takeBack(changes)
      throw JournalError(error)
    }
    let made = changes
    do throws(JournalError) {
      let told = follower == nil ? [] : rows + made.map { .effect($0.after) }
      try await write(durability, withSpans: true, telling: told) { [lease, rules = surroundings.rules] rows in
        try beside?(rows)
        for change in made { try rules.put(change, of: lease.execution, rows) }
      }
    } catch {
      takeBack(changes)
      throw error
    }
  }

  private func takeBack(_ changes: [RecordChange]) {
    for change in changes.reversed() { held.undo(change) }
  }

  // MARK: Effects

  func enter(_ site: EffectSite) throws(JournalError) {
    do throws(RecordContradiction) {
      _ = try held.enter(site, now: surroundings.clock.now)
    } catch {
      throw JournalError(error)
    }
  }

  func intend(_ intent: EffectIntent, at site: EffectSite, settlesAt: Timestamp?) async throws(JournalError) {
    let now = surroundings.clock.now
    guard case .launch = intent else {
      return try await changing(.durable) { record, changes throws(RecordContradiction) in
        changes.append(try record.begin(intent, at: site, now: now))
      }
    }
    guard let ticket = tickets[site.key.path] else {
      throw .contradiction("\(intent.words) begins without its operation's turn")
    }
    let words = denied
    let requireTurn = { @Sendable [rules = surroundings.rules] (rows: any JournalRows) throws in
      try rules.requireTurn(ticket, besides: Set(words.keys), at: now, rows)
    }
    let before = held.number(at: site.key)
    try await changing(.durable, beside: requireTurn) { record, changes throws(RecordContradiction) in
      if let before, let person = words[before] { changes.append(try record.deny(before, by: person)) }
      changes.append(try record.begin(intent, at: site, as: ticket.effect, settlesAt: settlesAt, now: now))
    }
    if let before { denied[before] = nil }
  }

  func intend(_ effects: [(intent: EffectIntent, site: EffectSite)]) async throws(JournalError) {
    let now = surroundings.clock.now
    for part in effects.parts(of: CommitLine.limit) {
      try await changing(.durable) { record, changes throws(RecordContradiction) in
        changes.reserveCapacity(part.count)
        for (intent, site) in part { changes.append(try record.begin(intent, at: site, now: now)) }
      }
    }
  }

  /// The outcome of a question is the answer that stands, which may have come from elsewhere meanwhile.
  func finish(
    _ intent: EffectIntent, _ outcome: EffectOutcome, at site: EffectSite
  ) async throws(JournalError) -> RecordNumber {
    guard case .answer(let said) = outcome, let question = effect(at: site) else {
      return try await finish(intent, outcome, at: site, beside: nil)
    }
    let requireNoOther = {
      @Sendable [rules = surroundings.rules, execution = lease.execution] (rows: any JournalRows) in
      if let first = try rules.answer(to: question, of: execution, rows)?.answer, first != said {
        throw JournalError.isAnswered(first)
      }
    }
    do throws(JournalError) {
      return try await finish(intent, outcome, at: site, beside: requireNoOther)
    } catch .isAnswered(let first) {
      return try await finish(intent, .answer(first), at: site, beside: nil)
    } catch {
      throw error
    }
  }

  private func finish(
    _ intent: EffectIntent, _ outcome: EffectOutcome, at site: EffectSite,
    beside: (@Sendable (any JournalRows) throws -> Void)?
  ) async throws(JournalError) -> RecordNumber {
    let now = surroundings.clock.now
    var ended: RecordNumber?
    let isLight = if case .failed = outcome { false } else { !intent.precedesEffect }
    // One that a person has denied is not what came of the launch in its stead.
    let before = held.number(at: site.key)
    let words = denied
    try await changing(isLight ? .visible : .durable, beside: beside) { record, changes throws(RecordContradiction) in
      if let before, let person = words[before] { changes.append(try record.deny(before, by: person)) }
      let change = try record.end(intent, outcome, at: site, now: now)
      ended = change.after.ended
      changes.append(change)
    }
    if let before { denied[before] = nil }
    return ended ?? RecordNumber(0)
  }

  func finish(_ effects: [FinishedEffect]) async throws(JournalError) -> [RecordNumber] {
    let now = surroundings.clock.now
    var numbers: [RecordNumber] = []
    numbers.reserveCapacity(effects.count)
    for part in effects.parts(of: CommitLine.limit) {
      try await changing(.durable) { record, changes throws(RecordContradiction) in
        changes.reserveCapacity(part.count)
        for effect in part {
          let change = try record.end(effect.intent, effect.outcome, at: effect.site, now: now)
          numbers.append(change.after.ended ?? change.after.number)
          changes.append(change)
        }
      }
    }
    return numbers
  }

  /// The run is adopted with the claim: a process that dies behind it has the launch's outcome on record, and does not
  /// look for a run that is its own already.
  func claim(_ run: Run, for number: RecordNumber, by adopter: Adopter?) async throws(JournalError) -> Bool {
    guard let effect = held.effect(number) else {
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

  // MARK: Spans

  func open(_ span: SpanSite, causes: [RecordNumber]) throws(JournalError) {
    do throws(RecordContradiction) {
      try held.begin(span, causes: causes, now: surroundings.clock.now)
    } catch {
      throw JournalError(error)
    }
  }

  func close(_ span: SpanSite, _ ending: Span.Ending, halting: Bool) -> RecordNumber {
    held.close(span, ending, halting: halting, now: surroundings.clock.now)
  }

  func interrupt(_ span: SpanSite) { held.interrupt(span, now: surroundings.clock.now) }

  // MARK: The execution

  func accept(
    _ header: ExecutionHeader, rewording: [RecordNumber: EffectKey], settingAside: [RecordNumber]
  ) async throws(JournalError) {
    let putHeader = { @Sendable [execution = lease.execution] (rows: any JournalRows) throws in
      guard var state = try rows.execution(number: execution) else { return }
      state.header = header
      try rows.put(state)
    }
    let news = RecordNews.Row.execution(header, isResumed: isResumed)
    try await changing(.durable, beside: putHeader, telling: [news]) { record, changes throws(RecordContradiction) in
      for number in settingAside { changes.append(try record.setAside(number)) }
      for (number, key) in rewording.sorted(by: { $0.key < $1.key }) {
        changes.append(try record.move(number, to: key))
      }
    }
    self.header = header
  }

  /// What was lost before does not keep the end from being recorded: all that came behind it has been refused.
  func end(_ end: ExecutionEnd) async throws(JournalError) {
    let now = surroundings.clock.now
    loss.withLock { $0 = nil }
    let news = leaving(.ended, at: now)
    try await write(.durable, withSpans: true, telling: [news]) { [lease, rules = surroundings.rules] rows in
      try rules.end(lease, end, at: now, rows)
    }
    leave()
  }

  func giveBack() async throws(JournalError) {
    let now = surroundings.clock.now
    try await write(.durable, telling: [leaving(.gaveBack, at: now)]) { [lease, rules = surroundings.rules] rows in
      try rules.release(lease, .gaveBack, at: now, rows)
    }
    leave()
  }

  func settle() async throws(JournalError) {
    let now = surroundings.clock.now
    var record = held
    var effects: [RecordedEffect] = []
    for (number, person) in denied {
      do throws(RecordContradiction) {
        effects.append(try record.deny(number, by: person).after)
      } catch {
        throw JournalError(error)
      }
    }
    let news = effects.map { RecordNews.Row.effect($0) } + [leaving(.gaveBack, at: now)]
    try await write(.durable, telling: news) { [lease, effects, rules = surroundings.rules] rows in
      for effect in effects { try rules.put(effect, of: lease.execution, rows) }
      try rules.release(lease, .gaveBack, at: now, rows)
    }
    leave()
  }

  private func leaving(_ leaving: ProcessLife.Leaving, at moment: Timestamp) -> RecordNews.Row {
    var left = life
    (left.left, left.leaving) = (moment, leaving)
    return .process(left)
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

  /// The effect that answers for a place.
  func effect(at site: EffectSite) -> RecordedEffect? { held.effect(at: site.key) }

  /// What taking it up again has changed and is not written yet.
  var pending: [RecordedEffect] { reopening ?? [] }

  /// A number for an effect that waits for its turn.
  func reserveNumber() -> RecordNumber { held.reserve() }
}
