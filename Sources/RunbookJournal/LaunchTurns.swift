import CivilTime
import Coordination
import RunbookRecord
import TailerAPI

/// Waiting for the turn to launch an operation.
extension HeldRecord {
  func lockLaunches(of operation: DataOperation, for key: EffectKey) async throws(JournalError) {
    let (ticket, isFirst) = try await ticket(for: key, of: operation)
    if isFirst, !Task.isCancelled { return }
    do throws(JournalError) {
      try await untilFirst(ticket, for: key)
    } catch {
      // Who gives up stands in nobody's way.
      if tickets[key.path] != nil { await giveBack(ticket, of: key) }
      throw error
    }
  }

  private func untilFirst(_ ticket: LaunchTicket, for key: EffectKey) async throws(JournalError) {
    while true {
      guard !Task.isCancelled else { throw .cancelled }
      let nextReturn = surroundings.signals.nextReturn(of: ticket.operation)
      let now = surroundings.clock.now
      let standing = try await reading { [rules = surroundings.rules] rows in
        try rules.standing(of: ticket, at: now, rows)
      }
      switch standing {
      case .first: return
      case .behindDead(let execution):
        try await write(.visible) { [rules = surroundings.rules] rows in
          try rules.dismiss(execution, before: ticket, at: now, rows)
        }
      case .behind(let other): await pause(behind: other, until: nextReturn)
      case .unsettled(let moment):
        try? await surroundings.clock.sleep(
          for: min(max(moment.since(now), .milliseconds(1)), surroundings.timing.renewal))
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
    let now = surroundings.clock.now
    let number = record(of: key)?.number ?? reserveNumber()
    let (ticket, isFirst) = try await write(.visible) { [lease, rules = surroundings.rules] rows in
      let ticket = try rules.enter(operation, number, under: lease, rows)
      return (ticket, try rules.standing(of: ticket, at: now, rows) == .first)
    }
    tickets[key.path] = ticket
    surroundings.signals.took(ticket.number)
    return (ticket, isFirst)
  }

  /// Waits for a ticket of this process to be given back; for one of another process, looks again soon.
  private func pause(behind other: LaunchTicket, until nextReturn: Promise<Void>) async {
    let clock = surroundings.clock
    let span = surroundings.signals.isOwn(other.number) ? surroundings.timing.renewal : surroundings.timing.polling
    await withTaskGroup { group in
      group.addTask { _ = await nextReturn.value() }
      group.addTask { try? await clock.sleep(for: span) }
      await group.next()
      group.cancelAll()
    }
  }

  private func giveBack(_ ticket: LaunchTicket, of key: EffectKey) async {
    tickets[key.path] = nil
    returnedTickets.insert(ticket.number)
    // Where it fails, the next write or the end of this process does it.
    try? await write(.visible) { _ in }
    surroundings.signals.gaveBack(ticket.number, of: ticket.operation)
  }
}
