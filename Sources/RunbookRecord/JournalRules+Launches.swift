public import CivilTime
public import TailerAPI

/// Turns and owners: which launch of an operation may be under way, and whose a run is.
extension JournalRules {
  /// How far the clocks of two machines may be apart when it is judged whether a run can be a launch's: as far as the execution
  /// that asks was set to, so that no run is a candidate for its launch that is not one for another's, too.
  private func clockTolerance(of execution: Int64, _ rows: any JournalRows) throws -> TimeSpan {
    let usual = TimeSpan.seconds(5)
    return max(usual, try rows.execution(number: execution)?.header.settings?.clockTolerance ?? usual)
  }

  // MARK: Turns

  /// Queues an effect that wants to launch an operation.
  public func enter(
    _ operation: DataOperation, _ effect: RecordNumber, under lease: Lease, _ rows: any JournalRows
  ) throws -> LaunchTicket {
    let operation = try rows.register(operation)
    let number = try rows.addTicket(
      operation: operation, execution: lease.execution, fence: lease.fence, effect: effect)
    return LaunchTicket(
      number: number, operation: operation, execution: lease.execution, fence: lease.fence, effect: effect)
  }

  /// Who stands before a ticket. Within an execution the open launch of an operation goes first, so that nobody has to say
  /// whose run is whose; one that a person has denied is not waited for. A turn whose holder died is another execution's only once no request of that holder can arrive or be
  /// listed any more; else a run could be taken for another launch's.
  public func standing(
    of ticket: LaunchTicket, besides denied: Set<RecordNumber> = [], at now: Timestamp, _ rows: any JournalRows
  ) throws -> LaunchTicket.Standing {
    let known = try rows.openLaunches(of: ticket.operation)
    let open = known.filter { !$0.isUnconfirmed }
    let own = try open.filter { launch in
      guard launch.execution == ticket.execution, launch.effect != ticket.effect, !denied.contains(launch.effect)
      else { return false }
      return try rows.effect(launch.effect, of: launch.execution)?.standing == .current
    }
    let queue = Self.ordered(try rows.tickets(of: ticket.operation), known)
    guard queue.contains(ticket), let head = queue.first else { return .gone }
    guard head == ticket else {
      let lease = try rows.lease(of: head.execution)
      // Whoever asks under the same lease lives.
      let isOwn = head.execution == ticket.execution
      guard let lease, lease.fence == head.fence, isOwn || livingHolder(of: lease, at: now) != nil else {
        return .behindDead(execution: head.execution)
      }
      return .behind(head)
    }
    let isOpen = known.contains { $0.execution == ticket.execution && $0.effect == ticket.effect }
    if !isOpen, let first = own.first { return .behindOwn(first.effect) }
    // A run that begins now has to be told from one of theirs, by the clocks of two machines, and from one of a launch of its
    // own that was given up as not known: else nobody could say whose it is.
    let unsettled = known.filter { launch in
      if launch.execution != ticket.execution { return true }
      return launch.isUnconfirmed && !isOpen && launch.effect != ticket.effect && !denied.contains(launch.effect)
    }
    guard let last = unsettled.max(by: { $0.settlesAt < $1.settlesAt }) else { return .first }
    let tolerance = try clockTolerance(of: ticket.execution, rows)
    let end = last.settlesAt.advanced(by: tolerance).advanced(by: tolerance)
    return end >= now ? .unsettled(until: end, execution: last.execution) : .first
  }

  /// What a ticket waits for that its person has to know of: another execution, or an own launch that is not known.
  public func wait(
    _ standing: LaunchTicket.Standing, of ticket: LaunchTicket, _ rows: any JournalRows
  ) throws -> TurnWait? {
    switch standing {
    case .first, .behindOwn, .behindDead, .gone: return nil
    case .behind(let other):
      guard other.execution != ticket.execution else { return nil }
      return TurnWait(executionID: try rows.execution(number: other.execution)?.header.id)
    case .unsettled(let moment, let execution):
      return TurnWait(executionID: try rows.execution(number: execution)?.header.id, settlesAt: moment)
    }
  }

  /// Tickets in the order of their turns: as they were asked for, but that an open launch goes in the place of its
  /// execution's first.
  private static func ordered(_ tickets: [LaunchTicket], _ open: [OpenLaunch]) -> [LaunchTicket] {
    guard tickets.count > 1, !open.isEmpty else { return tickets }
    var first: [Int64: Int64] = [:]
    for ticket in tickets { first[ticket.execution] = min(first[ticket.execution] ?? ticket.number, ticket.number) }
    return tickets.map { ticket in
      let isOpen = open.contains { $0.execution == ticket.execution && $0.effect == ticket.effect }
      return (
        ticket: ticket, place: isOpen ? first[ticket.execution] ?? ticket.number : ticket.number, rank: isOpen ? 0 : 1
      )
    }.sorted { ($0.place, $0.rank, $0.ticket.number) < ($1.place, $1.rank, $1.ticket.number) }.map(\.ticket)
  }

  /// Takes the lease from the dead execution at the head of the queue, and with it its tickets. Looks again first, for the
  /// look before it was in another transaction.
  public func dismiss(
    _ execution: Int64, before ticket: LaunchTicket, at now: Timestamp, _ rows: any JournalRows
  ) throws {
    guard case .behindDead(execution) = try standing(of: ticket, at: now, rows) else { return }
    try revoke(execution, rows)
  }

  /// Throws unless the operation's turn is the ticket's: part of the transaction that records a launch's intent, so that no
  /// request leaves for whose run nobody keeps the others out.
  public func requireTurn(
    _ ticket: LaunchTicket, besides denied: Set<RecordNumber> = [], at now: Timestamp, _ rows: any JournalRows
  ) throws {
    guard try standing(of: ticket, besides: denied, at: now, rows) == .first else {
      throw JournalError.leaseLost(holder: "its place in the queue of launches has been taken")
    }
  }

  // MARK: Owners

  /// Makes a run the effect's own, unless it is another one's; whether it is the effect's own now.
  public func own(
    _ run: Run, _ effect: RecordNumber, of execution: Int64, _ rows: any JournalRows
  ) throws -> Bool {
    let operation = try rows.register(run.operation)
    let mine = RunOwnership(execution: execution, effect: effect)
    if let owner = try rows.owner(of: run.id, operation: operation) {
      guard owner != mine else { return true }
      // An old journal may not know which effect of the execution it was.
      guard owner.execution == execution, owner.effect == nil else { return false }
    }
    try rows.put(mine, of: run.id, operation: operation)
    return true
  }

  /// Whose the run is; `nil` where no launch owns it.
  public func owner(of run: Run, _ rows: any JournalRows) throws -> RunOwner? {
    guard let operation = try rows.number(of: run.operation),
      let owner = try rows.owner(of: run.id, operation: operation)
    else { return nil }
    return RunOwner(
      executionID: try rows.execution(number: owner.execution)?.header.id, effect: owner.effect)
  }

  public func ownedRuns(of operation: DataOperation, _ rows: any JournalRows) throws -> Set<String> {
    guard let number = try rows.number(of: operation) else { return [] }
    return try rows.ownedRuns(of: number)
  }

  /// The operation's open launches besides one.
  public func openLaunches(
    of operation: DataOperation, besides effect: RecordNumber?, of execution: Int64, _ rows: any JournalRows
  ) throws -> [OpenLaunch] {
    guard let number = try rows.number(of: operation) else { return [] }
    return try rows.openLaunches(of: number).filter { !($0.execution == execution && $0.effect == effect) }
  }

  /// The open launches of the operation, of whatever execution, that may as well have brought a run about: who takes the run
  /// for its own launch's may be taking theirs. No run is adopted while there are any, unless a person says whose it is.
  ///
  /// - Parameter began: When the run began, by the service's clock; `nil` where that is not known.
  public func rivals(
    of effect: RecordNumber, _ execution: Int64, _ operation: DataOperation, for began: Timestamp?,
    _ rows: any JournalRows
  ) throws -> [OpenLaunch] {
    let open = try openLaunches(of: operation, besides: effect, of: execution, rows)
    guard let began, !open.isEmpty else { return open }
    let tolerance = try clockTolerance(of: execution, rows)
    return open.filter { launch in
      launch.sentAt.advanced(by: tolerance.negated) <= began && began <= launch.settlesAt.advanced(by: tolerance)
    }
  }
}
