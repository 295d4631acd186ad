import Coordination

/// Wakes those in this process who wait for a launch ticket, when one of this process is given back. It decides nothing:
/// whoever is woken looks at the journal again.
final class LaunchSignals: Sendable {
  private struct State {
    var ownTickets: Set<Int64> = []
    /// By the operation.
    var nextReturns: [Int64: Promise<Void>] = [:]
  }

  private let state = Guarded(State())

  func took(_ ticket: Int64) { state.withLock { _ = $0.ownTickets.insert(ticket) } }

  func isOwn(_ ticket: Int64) -> Bool { state.withLock { $0.ownTickets.contains(ticket) } }

  /// Kept when the next ticket of the operation is given back; taken before a look, it misses none that is after the look.
  func nextReturn(of operation: Int64) -> Promise<Void> {
    state.withLock { state in
      let next = state.nextReturns[operation] ?? Promise()
      state.nextReturns[operation] = next
      return next
    }
  }

  func gaveBack(_ ticket: Int64, of operation: Int64) {
    state.withLock { state in
      state.ownTickets.remove(ticket)
      return state.nextReturns.removeValue(forKey: operation)
    }?.fulfill(())
  }
}
