public import CivilTime
import TailerAPI

/// What may be written in a journal, and when: leases and their fence, turns, owners of runs, answers, taking up again. It
/// decides over the rows of one transaction and knows no store and no clock.
///
/// Who works on an execution has its lease. Every write begins by making sure of it, so that none can come after the loss.
public struct JournalRules: Sendable {
  /// What is known of a lease's holder.
  public let verdict: @Sendable (LeaseHolder) -> HolderVerdict
  /// How long after its last renewal a lease of a holder out of sight still stands.
  public let leaseLifetime: TimeSpan

  public init(leaseLifetime: TimeSpan, verdict: @escaping @Sendable (LeaseHolder) -> HolderVerdict) {
    self.leaseLifetime = leaseLifetime
    self.verdict = verdict
  }

  // MARK: Leases

  /// The holder, if it lives: by what is known of it, else by its last sign of life.
  public func livingHolder(of lease: LeaseState?, at now: Timestamp) -> LeaseHolder? {
    guard let lease, let holder = lease.holder else { return nil }
    let isAlive =
      switch verdict(holder) {
      case .alive: true
      case .dead: false
      case .unknown: now.since(lease.renewedAt) < leaseLifetime
      }
    return isAlive ? holder : nil
  }

  /// Throws `JournalError.leaseLost` unless the lease is still had.
  public func require(_ lease: Lease, _ rows: any JournalRows) throws {
    guard try !rows.isHeld(lease) else { return }
    guard let state = try rows.lease(of: lease.execution) else {
      throw JournalError.leaseLost(holder: "its record has been deleted")
    }
    throw JournalError.leaseLost(
      holder: state.holder?.words ?? "it was taken for dead, having given no sign of life for too long")
  }

  public func renew(_ lease: Lease, at now: Timestamp, _ rows: any JournalRows) throws {
    guard var state = try rows.lease(of: lease.execution) else { return }
    state.renewedAt = now
    try rows.put(state, of: lease.execution)
  }

  /// Takes the lease, whoever has it: a process that has it now loses it.
  public func take(
    _ execution: Int64, for holder: LeaseHolder, at now: Timestamp, _ rows: any JournalRows
  ) throws -> Lease {
    let before = try rows.lease(of: execution)
    if before?.holder != nil { try leave(execution, fence: before?.fence ?? 0, .lost, at: before?.renewedAt, rows) }
    let fence = try Self.next(before?.fence ?? 0)
    try rows.deleteTickets(of: execution)
    try rows.put(LeaseState(fence: fence, holder: holder, renewedAt: now), of: execution)
    try rows.put(ProcessLife(fence: fence, holder: holder, began: now), of: execution)
    return Lease(execution: execution, fence: fence)
  }

  /// Gives the lease up, with what is queued under it.
  public func release(
    _ lease: Lease, _ leaving: ProcessLife.Leaving, at now: Timestamp, _ rows: any JournalRows
  ) throws {
    try clear(lease.execution, fence: lease.fence, rows)
    try leave(lease.execution, fence: lease.fence, leaving, at: now, rows)
  }

  /// Takes the lease from a holder that is dead, for nobody. Should it only have been away, it learns so at its next write.
  public func revoke(_ execution: Int64, _ rows: any JournalRows) throws {
    guard let before = try rows.lease(of: execution) else { return }
    try clear(execution, fence: Self.next(before.fence), rows)
    if before.holder != nil { try leave(execution, fence: before.fence, .lost, at: before.renewedAt, rows) }
  }

  private static func next(_ fence: Int64) throws -> Int64 {
    let (next, overflow) = fence.addingReportingOverflow(1)
    if overflow { throw JournalError.contradiction("its lease has changed hands more often than can be") }
    return next
  }

  private func clear(_ execution: Int64, fence: Int64, _ rows: any JournalRows) throws {
    guard var state = try rows.lease(of: execution) else { return }
    state.fence = fence
    state.holder = nil
    try rows.put(state, of: execution)
    try rows.deleteTickets(of: execution)
  }

  private func leave(
    _ execution: Int64, fence: Int64, _ leaving: ProcessLife.Leaving, at moment: Timestamp?, _ rows: any JournalRows
  ) throws {
    guard var life = try rows.lives(of: execution).last(where: { $0.fence == fence }) else { return }
    life.left = moment
    life.leaving = leaving
    try rows.put(life, of: execution)
  }

  // MARK: Beginning and ending

  public func begin(_ header: ExecutionHeader, at now: Timestamp, _ rows: any JournalRows) throws -> Lease {
    guard try rows.execution(id: header.id) == nil else {
      throw JournalStoreError.unavailable("the execution \(header.id) is in the journal already")
    }
    return try take(try rows.addExecution(header), for: header.holder, at: now, rows)
  }

  /// Records how an execution ended or why it stopped, and gives the lease up.
  public func end(_ lease: Lease, _ end: ExecutionEnd, at now: Timestamp, _ rows: any JournalRows) throws {
    guard var state = try rows.execution(number: lease.execution) else { return }
    state.end = end
    try rows.put(state)
    try release(lease, .ended, at: now, rows)
  }

  /// Ends an unfinished execution for good, by a person's decision.
  public func abandon(_ id: String, by user: String, at now: Timestamp, _ rows: any JournalRows) throws {
    var state = try givenUp(id, at: now, rows)
    // Should its process only have been taken for dead, it does nothing more.
    try revoke(state.number, rows)
    state.end = .abandoned(state.end, by: user, at: now)
    try rows.put(state)
  }

  /// What can be given up: what can be resumed, and a session at the prompt whose process was killed.
  private func givenUp(_ id: String, at now: Timestamp, _ rows: any JournalRows) throws -> ExecutionState {
    guard let state = try rows.execution(id: id), state.header.isSession, state.end == nil,
      livingHolder(of: try rows.lease(of: state.number), at: now) == nil
    else { return try resumable(id, at: now, rows) }
    return state
  }

  // MARK: Taking up again

  /// The execution that can be resumed under that id, or the latest one that can.
  public func resumable(_ id: String?, at now: Timestamp, _ rows: any JournalRows) throws -> ExecutionState {
    guard let id else {
      var number: Int64?
      while let state = try rows.unfinishedExecution(before: number) {
        number = state.number
        if state.whyOver == nil, livingHolder(of: try rows.lease(of: state.number), at: now) == nil { return state }
      }
      throw JournalStoreError.nothingToResume
    }
    guard let state = try rows.execution(id: id) else { throw JournalStoreError.noSuchExecution(id) }
    if let holder = livingHolder(of: try rows.lease(of: state.number), at: now) {
      throw JournalStoreError.isHeld(id: id, by: holder)
    }
    if let why = state.whyOver { throw JournalStoreError.hasEnded(id: id, why: why) }
    return state
  }

  /// An execution that has been taken up again.
  public struct Resumed: Sendable {
    public let state: ExecutionState
    public let lease: Lease
    /// Whether the process before was killed, and could record no ending.
    public let wasKilled: Bool
    /// The record as it stands once what the execution ended over is done anew.
    public let record: Record
    /// What has to be written before anything else is, so that the journal says so too; `nil` where nothing is done anew.
    public let reopening: [RecordedEffect]?
    /// Open launches that a person has launched again, and who that was.
    public let launchingAgain: [RecordNumber: Adopter]
  }

  /// The open launches that a person has launched again, having seen that they did not happen.
  ///
  /// - Throws: Where none is meant, or several could be, or something of the request may still arrive.
  public func launches(
    _ again: LaunchAgain, of state: ExecutionState, at now: Timestamp, _ rows: any JournalRows
  ) throws -> Set<RecordNumber> {
    guard again != .none else { return [] }
    let open = try rows.effects(of: state.number).filter { $0.isLaunchInDoubt && $0.standing == .current }
    let meant = open.filter { again.means($0) }
    guard let launch = meant.first else {
      throw JournalStoreError.noSuchLaunch(id: state.header.id, open: open)
    }
    guard meant.count == 1 else {
      throw JournalStoreError.severalLaunches(id: state.header.id, open: meant)
    }
    if let settlesAt = launch.settlesAt, settlesAt >= now {
      throw JournalStoreError.launchIsUnsettled(id: state.header.id, until: settlesAt)
    }
    return [launch.number]
  }

  /// Takes the lease of an execution that has not ended. The journal says that what it ended over is done anew from the
  /// first effect on that is recorded; until then it can be given back as it was.
  ///
  /// - Parameter again: What a person has launched again.
  public func resume(
    _ id: String?, by holder: LeaseHolder, launchingAgain again: LaunchAgain, at now: Timestamp,
    _ rows: any JournalRows
  ) throws -> Resumed {
    let state = try resumable(id, at: now, rows)
    let denied = try launches(again, of: state, at: now, rows)
    // Who comes to an end gives the lease up.
    let wasKilled = try rows.lease(of: state.number)?.holder != nil
    var record = try Record(try rows.effects(of: state.number), try rows.spans(of: state.number))
    // Who was killed goes on as if that had not happened; what an execution has ended over is done anew.
    let takenOver = state.overAt.map { record.takeOver(interruptedAt: $0) } ?? []
    let reopening = (takenOver + record.reopen(over: state.end)).map(\.after)
    let lease = try take(state.number, for: holder, at: now, rows)
    return Resumed(
      state: state, lease: lease, wasKilled: wasKilled, record: record, reopening: reopening,
      launchingAgain: Self.words(for: denied, by: holder, at: now))
  }

  /// Takes the lease of an execution so that what came of its launches can be said, whatever has ended. Nothing else of it
  /// changes.
  public func settle(
    _ id: String, by holder: LeaseHolder, launchingAgain again: LaunchAgain, at now: Timestamp, _ rows: any JournalRows
  ) throws -> Resumed {
    guard let state = try rows.execution(id: id) else { throw JournalStoreError.noSuchExecution(id) }
    if let holder = livingHolder(of: try rows.lease(of: state.number), at: now) {
      throw JournalStoreError.isHeld(id: id, by: holder)
    }
    let denied = try launches(again, of: state, at: now, rows)
    let record = try Record(try rows.effects(of: state.number), try rows.spans(of: state.number))
    return Resumed(
      state: state, lease: try take(state.number, for: holder, at: now, rows), wasKilled: false, record: record,
      reopening: nil, launchingAgain: Self.words(for: denied, by: holder, at: now))
  }

  private static func words(
    for launches: Set<RecordNumber>, by holder: LeaseHolder, at now: Timestamp
  ) -> [RecordNumber: Adopter] {
    Dictionary(uniqueKeysWithValues: launches.map { ($0, Adopter(user: holder.user, at: now)) })
  }

  /// Writes what taking an execution up again has changed, before anything else is.
  public func apply(_ reopening: [RecordedEffect], of execution: Int64, _ rows: any JournalRows) throws {
    guard var state = try rows.execution(number: execution) else { return }
    for effect in reopening { try put(effect, of: execution, rows) }
    (state.end, state.overAt) = (nil, nil)
    try rows.put(state)
  }

  // MARK: Effects

  /// Writes an effect as it stands, under the lease of its execution. A launch whose run is known owns it from the same
  /// moment on.
  ///
  /// - Throws: `JournalError.runIsTaken` where the run is another launch's.
  public func put(_ change: RecordChange, of execution: Int64, _ rows: any JournalRows) throws {
    guard change.isOutcomeAlone else {
      // A run was taken when it became the outcome; an old journal may not know any more by which effect.
      if let before = change.before, before.outcome == change.after.outcome {
        return try putRow(change.after, of: execution, rows)
      }
      return try put(change.after, of: execution, rows)
    }
    try rows.putOutcome(of: change.after, of: execution)
    try takeRun(of: change.after, of: execution, rows)
  }

  /// The same for an effect of which it is not known how it stood before.
  public func put(_ effect: RecordedEffect, of execution: Int64, _ rows: any JournalRows) throws {
    try putRow(effect, of: execution, rows)
    try takeRun(of: effect, of: execution, rows)
  }

  private func putRow(_ effect: RecordedEffect, of execution: Int64, _ rows: any JournalRows) throws {
    try rows.put(effect, operation: try effect.intent.operation.map(rows.register), of: execution)
  }

  private func takeRun(of effect: RecordedEffect, of execution: Int64, _ rows: any JournalRows) throws {
    guard case .launch = effect.intent, case .run(let run, _, _)? = effect.outcome else { return }
    guard try own(run, effect.number, of: execution, rows) else {
      let owner = try owner(of: run, rows) ?? RunOwner(executionID: nil, effect: nil)
      throw JournalError.runIsTaken(run.id, by: owner)
    }
  }

  // MARK: Listing and pruning

  public func summary(
    of state: ExecutionState, at now: Timestamp, _ rows: any JournalRows
  ) throws -> ExecutionSummary {
    let isHeld = livingHolder(of: try rows.lease(of: state.number), at: now) != nil
    let condition: ExecutionSummary.State = isHeld ? .running : state.whyOver == nil ? .unfinished : .ended
    let lives = try rows.lives(of: state.number)
    return ExecutionSummary(
      header: state.header, state: condition, end: isHeld ? nil : end(of: state, after: lives), lives: lives)
  }

  /// How an execution ended; `nil` where a process has worked on it since, and was killed.
  private func end(of state: ExecutionState, after lives: [ProcessLife]) -> ExecutionEnd? {
    guard let last = lives.last, last.leaving == nil, let end = state.end, end.at < last.began else { return state.end }
    return nil
  }

  /// The numbers of the executions that are over and ended before the moment.
  public func prunable(endedBefore moment: Timestamp, at now: Timestamp, _ rows: any JournalRows) throws -> [Int64] {
    try rows.executions(startedBefore: moment).filter { try isPrunable($0, moment, now, rows) }.map(\.number)
  }

  /// Deletes an execution where it still is over; whether it was.
  public func prune(
    _ number: Int64, endedBefore moment: Timestamp, at now: Timestamp, _ rows: any JournalRows
  ) throws -> Bool {
    guard let state = try rows.execution(number: number), try isPrunable(state, moment, now, rows) else { return false }
    try rows.deleteExecution(number)
    return true
  }

  private func isPrunable(
    _ state: ExecutionState, _ moment: Timestamp, _ now: Timestamp, _ rows: any JournalRows
  ) throws -> Bool {
    guard state.whyOver != nil else { return false }
    // Whoever launches the operation has to know of a request that may still arrive.
    let isUnsettled = try rows.effects(of: state.number).contains { effect in
      OpenLaunch(effect, of: state.number).map { $0.settlesAt >= now } ?? false
    }
    guard !isUnsettled else { return false }
    let lease = try rows.lease(of: state.number)
    // What was killed has ended with its last sign of life.
    let end = state.end?.at ?? lease?.renewedAt ?? state.header.startedAt
    return end < moment && livingHolder(of: lease, at: now) == nil
  }
}
