import CivilTime
import Coordination
import GRDB
import RunbookEvaluator
import TailerAPI

/// A place in the queue of those who want to launch an operation. Whose ticket is the lowest among the living launches,
/// so turns are in the order of asking, within a process and across all.
///
/// An effect has one ticket and takes no other while it has it, so nobody can wait in a circle. A holder that dies loses its
/// ticket to whoever waits behind it. What its launch came to stays open until its execution is resumed: the run it may have
/// begun is owned by nobody, and so a candidate for whoever looks for a lost launch of the same operation meanwhile.
struct LaunchTicket: Sendable {
  let number: Int64
  /// The operation's number in the file.
  let operation: Int64

  /// Who stands before the ticket.
  enum Standing {
    case first
    case behind(LaunchTicket)
    /// The one before it is dead; its execution's number.
    case behindDead(Int64)
    /// It is not in the queue: its execution's lease has been taken.
    case gone
  }

  static func delete(_ number: Int64, _ db: Database) throws {
    try db.cachedStatement(sql: "DELETE FROM launch_tickets WHERE ticket = ?").execute(arguments: [number])
  }

  func standing(_ rules: LeaseRules, _ db: Database) throws -> Standing {
    let queue = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT ticket, execution, fence FROM launch_tickets WHERE operation = ? AND ticket <= ? ORDER BY ticket
          """),
      arguments: [operation, number])
    guard try queue.last?.decode(Int64.self, forColumn: "ticket") == number, let head = queue.first else {
      return .gone
    }
    let first = try head.decode(Int64.self, forColumn: "ticket")
    if first == number { return .first }
    let execution = try head.decode(Int64.self, forColumn: "execution")
    let lease = try LeaseRow.of(execution, db)
    guard let lease, try lease.fence == head.decode(Int64.self, forColumn: "fence"),
      rules.livingHolder(of: lease) != nil
    else { return .behindDead(execution) }
    return .behind(LaunchTicket(number: first, operation: operation))
  }
}

extension SQLiteJournal {
  func lockLaunches(of operation: DataOperation, for key: EffectKey) async throws(JournalError) {
    let (ticket, isFirst) = try await ticket(for: key, of: operation)
    if isFirst, !Task.isCancelled { return }
    while true {
      guard !Task.isCancelled else {
        await giveBack(ticket, of: key)
        throw .cancelled
      }
      let nextReturn = surroundings.signals.nextReturn(of: ticket.operation)
      switch try await look(at: ticket) {
      case .first: return
      case .behindDead(let execution): try await dismiss(execution, before: ticket)
      case .behind(let other): await pause(behind: other, until: nextReturn)
      case .gone:
        tickets[key.path] = nil
        try await write(.visible) { _ in }
        throw .leaseLost(holder: "its place in the queue of launches has been taken")
      }
    }
  }

  func unlockLaunches(of operation: DataOperation, for key: EffectKey) async {
    if let ticket = tickets[key.path] { await giveBack(ticket, of: key) }
  }

  /// The effect's ticket, and whether it is a new one with nobody before it.
  private func ticket(
    for key: EffectKey, of operation: DataOperation
  ) async throws(JournalError) -> (LaunchTicket, isFirst: Bool) {
    if let ticket = tickets[key.path] { return (ticket, false) }
    let operation = number(of: operation)
    let rules = surroundings.rules
    let (ticket, isFirst) = try await write(.visible) { [lease] db in
      guard let number = try operation.find(db) else { throw UnreadableRecord() }
      try db.cachedStatement(sql: "INSERT INTO launch_tickets (operation, execution, fence, path) VALUES (?, ?, ?, ?)")
        .execute(arguments: [number, lease.execution, lease.fence, key.path.column])
      let ticket = LaunchTicket(number: db.lastInsertedRowID, operation: number)
      if case .first = try ticket.standing(rules, db) { return (ticket, true) }
      return (ticket, false)
    }
    tickets[key.path] = ticket
    surroundings.signals.took(ticket.number)
    return (ticket, isFirst)
  }

  private func look(at ticket: LaunchTicket) async throws(JournalError) -> LaunchTicket.Standing {
    let rules = surroundings.rules
    do {
      return try await surroundings.file.look { db in try ticket.standing(rules, db) }
    } catch {
      throw JournalError(error, in: surroundings.file)
    }
  }

  /// Takes the lease from the dead execution at the head of the queue, and with it its tickets: should it only have been
  /// away, it learns so at its next write. Looks again first, under the write lock.
  private func dismiss(_ execution: Int64, before ticket: LaunchTicket) async throws(JournalError) {
    let rules = surroundings.rules
    try await write(.visible) { db in
      guard case .behindDead(execution) = try ticket.standing(rules, db) else { return }
      try Lease.revoke(execution, db)
    }
  }

  /// Waits for a ticket of this process to be given back; for one of another process, looks again soon.
  private func pause(behind other: LaunchTicket, until nextReturn: Promise<Void>) async {
    let clock = surroundings.clock
    let isOwn = surroundings.signals.isOwn(other.number)
    let span = isOwn ? surroundings.timing.renewal : surroundings.timing.polling
    _ = await nextReturn.value(by: clock.now.advanced(by: span), on: clock)
  }

  private func giveBack(_ ticket: LaunchTicket, of key: EffectKey) async {
    tickets[key.path] = nil
    returnedTickets.insert(ticket.number)
    // Where it fails, the next write or the end of this process does it.
    try? await write(.visible) { _ in }
    surroundings.signals.gaveBack(ticket.number, of: ticket.operation)
  }
}
