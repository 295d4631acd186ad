import CivilTime
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
    try db.execute(sql: "DELETE FROM launch_tickets WHERE ticket = ?", arguments: [number])
  }

  func standing(_ rules: LeaseRules, _ db: Database) throws -> Standing {
    let queue = try Row.fetchAll(
      db,
      sql: """
        SELECT ticket, execution, fence FROM launch_tickets WHERE operation = ? AND ticket <= ? ORDER BY ticket
        """,
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
    let ticket = try ticket(for: key, of: operation)
    while true {
      guard !Task.isCancelled else {
        giveBack(ticket, of: key)
        throw .cancelled
      }
      let generation = surroundings.signals.generation(of: ticket.operation)
      switch try look(at: ticket) {
      case .first: return
      case .behindDead(let execution): try dismiss(execution, before: ticket)
      case .behind(let other): await pause(behind: other, since: generation)
      case .gone:
        tickets[key.path] = nil
        try write(.visible) { _ in }
        throw .leaseLost(holder: "its place in the queue of launches has been taken")
      }
    }
  }

  func unlockLaunches(of operation: DataOperation, for key: EffectKey) {
    if let ticket = tickets[key.path] { giveBack(ticket, of: key) }
  }

  private func ticket(for key: EffectKey, of operation: DataOperation) throws(JournalError) -> LaunchTicket {
    if let ticket = tickets[key.path] { return ticket }
    let ticket = try write(.visible) { db in
      guard let number = try number(of: operation, db) else { throw UnreadableRecord() }
      try db.execute(
        sql: "INSERT INTO launch_tickets (operation, execution, fence, path) VALUES (?, ?, ?, ?)",
        arguments: [number, lease.execution, lease.fence, key.path.column])
      return LaunchTicket(number: db.lastInsertedRowID, operation: number)
    }
    tickets[key.path] = ticket
    surroundings.signals.took(ticket.number)
    return ticket
  }

  private func look(at ticket: LaunchTicket) throws(JournalError) -> LaunchTicket.Standing {
    do {
      return try surroundings.file.read { db in try ticket.standing(surroundings.rules, db) }
    } catch {
      throw JournalError(error, in: surroundings.file)
    }
  }

  /// Takes the lease from the dead execution at the head of the queue, and with it its tickets: should it only have been
  /// away, it learns so at its next write. Looks again first, under the write lock.
  private func dismiss(_ execution: Int64, before ticket: LaunchTicket) throws(JournalError) {
    try write(.visible) { db in
      guard case .behindDead(execution) = try ticket.standing(surroundings.rules, db) else { return }
      try Lease.revoke(execution, db)
    }
  }

  /// Waits for a ticket of this process to be given back; for one of another process, looks again soon.
  private func pause(behind other: LaunchTicket, since generation: Int) async {
    let (signals, clock) = (surroundings.signals, surroundings.clock)
    let isOwn = signals.isOwn(other.number)
    let span = isOwn ? surroundings.timing.renewal : surroundings.timing.polling
    await withTaskGroup { group in
      group.addTask { await signals.wait(for: other.operation, since: generation) }
      group.addTask { try? await clock.sleep(for: span) }
      await group.next()
      group.cancelAll()
    }
  }

  private func giveBack(_ ticket: LaunchTicket, of key: EffectKey) {
    tickets[key.path] = nil
    returnedTickets.insert(ticket.number)
    // Where it fails, the next write or the end of this process does it.
    try? write(.visible) { _ in }
    surroundings.signals.gaveBack(ticket.number, of: ticket.operation)
  }
}
