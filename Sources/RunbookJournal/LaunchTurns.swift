import CivilTime
import Coordination
import RunbookRecord
import TailerAPI

/// Waiting for the turn to launch an operation.
extension HeldRecord {
  func lockLaunches(
    of operation: DataOperation, for site: EffectSite, telling tell: @escaping @Sendable (TurnWait) -> Void
  ) async throws(JournalError) {
    let key = site.key
    while turnsTaken.contains(key.path) {
      guard !Task.isCancelled else { throw .cancelled }
      if let ticket = tickets[key.path] {
        await pause(surroundings.timing.polling, until: surroundings.signals.nextReturn(of: ticket.operation))
      } else {
        try? await surroundings.clock.sleep(for: surroundings.timing.polling)
      }
    }
    turnsTaken.insert(key.path)
    do throws(JournalError) {
      let (ticket, isFirst) = try await ticket(for: key, of: operation)
      if !isFirst || Task.isCancelled { try await untilFirst(ticket, for: site, tell) }
    } catch {
      // Who gives up stands in nobody's way.
      turnsTaken.remove(key.path)
      if let ticket = tickets[key.path] { await giveBack(ticket, of: key) }
      throw error
    }
  }

  private func untilFirst(
    _ ticket: LaunchTicket, for site: EffectSite, _ tell: @Sendable (TurnWait) -> Void
  ) async throws(JournalError) {
    var told: TurnWait?
    while true {
      guard !Task.isCancelled else { throw .cancelled }
      let nextReturn = surroundings.signals.nextReturn(of: ticket.operation)
      let now = surroundings.clock.now
      let (standing, wait) = try await reading { [rules = surroundings.rules, denied = Set(denied.keys)] rows in
        let standing = try rules.standing(of: ticket, besides: denied, at: now, rows)
        return (standing, try rules.wait(standing, of: ticket, rows))
      }
      if let wait, wait != told { tell(wait) }
      told = wait ?? told
      switch standing {
      case .first: return
      case .behindDead(let execution):
        try await write(.visible) { [rules = surroundings.rules] rows in
          try rules.dismiss(execution, before: ticket, at: now, rows)
        }
      case .behind(let other): await pause(behind: other, until: nextReturn)
      case .behindOwn(let launch): throw .launchIsOpen(launch)
      case .unsettled(let moment, _):
        try? await surroundings.clock.sleep(
          for: min(max(moment.since(now), .milliseconds(1)), surroundings.timing.renewal))
      case .gone:
        tickets[site.key.path] = nil
        try await write(.visible) { _ in }
        throw .leaseLost(holder: "its place in the queue of launches has been taken")
      }
    }
  }

  func unlockLaunches(of operation: DataOperation, for site: EffectSite) async {
    turnsTaken.remove(site.key.path)
    if let ticket = tickets[site.key.path] { await giveBack(ticket, of: site.key) }
  }

  /// The effect's ticket, and whether it is a new one with nobody before it.
  private func ticket(
    for key: EffectKey, of operation: DataOperation
  ) async throws(JournalError) -> (LaunchTicket, isFirst: Bool) {
    if let ticket = tickets[key.path] { return (ticket, false) }
    let now = surroundings.clock.now
    let known = record().effect(at: key).flatMap { denied[$0.number] == nil ? $0.number : nil }
    let number = known ?? reserveNumber()
    let (ticket, isFirst) = try await write(.visible) {
      [lease, rules = surroundings.rules, denied = Set(denied.keys)] rows in
      let ticket = try rules.enter(operation, number, under: lease, rows)
      return (ticket, try rules.standing(of: ticket, besides: denied, at: now, rows) == .first)
    }
    tickets[key.path] = ticket
    surroundings.signals.took(ticket.number)
    return (ticket, isFirst)
  }

  /// Waits for a ticket of this process to be given back; for one of another process, looks again soon.
  private func pause(behind other: LaunchTicket, until nextReturn: Promise<Void>) async {
    let isOwn = surroundings.signals.isOwn(other.number)
    await pause(isOwn ? surroundings.timing.renewal : surroundings.timing.polling, until: nextReturn)
  }

  private func pause(_ span: TimeSpan, until nextReturn: Promise<Void>) async {
    let clock = surroundings.clock
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
