import Foundation

/// Wakes those in this process who wait for a launch ticket, when one of this process is given back. It decides nothing:
/// whoever is woken looks at the journal again.
final class LaunchSignals: @unchecked Sendable {
  private let lock = NSLock()
  // The lock guards what follows.
  private var ownTickets: Set<Int64> = []
  private var generations: [Int64: Int] = [:]
  private var waiters: [Int: (operation: Int64, continuation: CheckedContinuation<Void, Never>)] = [:]
  private var lastWaiter = 0

  func took(_ ticket: Int64) { _ = lock.withLock { ownTickets.insert(ticket) } }

  func isOwn(_ ticket: Int64) -> Bool { lock.withLock { ownTickets.contains(ticket) } }

  /// Changes with each ticket given back; taken before a look, it lets `wait` notice one given back since.
  func generation(of operation: Int64) -> Int { lock.withLock { generations[operation, default: 0] } }

  func gaveBack(_ ticket: Int64, of operation: Int64) {
    let woken = lock.withLock {
      ownTickets.remove(ticket)
      generations[operation, default: 0] &+= 1
      let woken = waiters.filter { $0.value.operation == operation }
      for number in woken.keys { waiters[number] = nil }
      return woken
    }
    for (_, waiter) in woken.sorted(by: { $0.key < $1.key }) { waiter.continuation.resume() }
  }

  /// Returns once a ticket has been given back since that generation, or the task is cancelled.
  func wait(for operation: Int64, since generation: Int) async {
    let number = lock.withLock {
      lastWaiter += 1
      return lastWaiter
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = lock.withLock {
          if Task.isCancelled || generations[operation, default: 0] != generation { return true }
          waiters[number] = (operation, continuation)
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      lock.withLock { waiters.removeValue(forKey: number) }?.continuation.resume()
    }
  }
}
