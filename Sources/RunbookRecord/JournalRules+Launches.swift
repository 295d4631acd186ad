public import CivilTime
public import TailerAPI

/// Turns and owners: which launch of an operation may be under way, and whose a run is.
extension JournalRules {
  /// How far the clocks of two machines may be apart when it is judged whether a run can be a launch's.
  private static let clockTolerance = TimeSpan.seconds(5)

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

  /// Who stands before a ticket. A turn whose holder died is another execution's only once no request of that holder can
  /// arrive or be listed any more; else a run could be taken for another launch's.
  public func standing(
    of ticket: LaunchTicket, at now: Timestamp, _ rows: any JournalRows
  ) throws -> LaunchTicket.Standing {
    let queue = try rows.tickets(of: ticket.operation).filter { $0.number <= ticket.number }
    guard queue.last == ticket, let head = queue.first else { return .gone }
    guard head == ticket else {
      let lease = try rows.lease(of: head.execution)
      // Whoever asks under the same lease lives.
      let isOwn = head.execution == ticket.execution
      guard let lease, lease.fence == head.fence, isOwn || livingHolder(of: lease, at: now) != nil else {
        return .behindDead(execution: head.execution)
      }
      return .behind(head)
    }
    let unsettled = try rows.openLaunches(of: ticket.operation)
      .filter { $0.execution != ticket.execution && !$0.isUnconfirmed && $0.settlesAt >= now }
    guard let last = unsettled.map(\.settlesAt).max() else { return .first }
    return .unsettled(until: last)
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
  public func requireTurn(_ ticket: LaunchTicket, at now: Timestamp, _ rows: any JournalRows) throws {
    guard try standing(of: ticket, at: now, rows) == .first else {
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
    try openLaunches(of: operation, besides: effect, of: execution, rows).filter { launch in
      guard let began else { return true }
      return launch.sentAt.advanced(by: Self.clockTolerance.negated) <= began
        && began <= launch.settlesAt.advanced(by: Self.clockTolerance)
    }
  }

  // MARK: Answers

  /// Records an answer to a question, from whichever process. The first one stands: gives the one that stands.
  public func answer(
    _ answer: RecordedAnswer, of execution: Int64, _ rows: any JournalRows
  ) throws -> RecordedAnswer {
    if let first = try rows.answer(to: answer.question, generation: answer.generation, of: execution) { return first }
    guard let effect = try rows.effect(answer.question, of: execution), case .ask = effect.intent,
      effect.outcome == nil, effect.standing == .current, effect.generation == answer.generation
    else {
      throw JournalError.contradiction("\(answer.question) is no open question")
    }
    try rows.put(answer, of: execution)
    return answer
  }
}
