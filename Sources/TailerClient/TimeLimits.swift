import CivilTime
import Coordination
import TailerAPI

/// The time limits of the requests under way. One task sleeps for all of them: with one for each, sleeping is a quarter of what
/// hundreds of launches at once cost.
final class TimeLimits: Sendable {
  private struct Limit {
    let span: TimeSpan
    let pass: @Sendable () -> Void
  }

  private struct State {
    var lastID = 0
    var running: [Int: Limit] = [:]
    /// Also of limits that have ended since.
    var queue = MomentQueue<Int>()
    var sleeper: (task: Task<Void, Never>, until: Timestamp)?
  }

  private let clock: any WallClock
  private let state = Guarded(State())

  init(clock: any WallClock) { self.clock = clock }

  /// Begins a limit.
  ///
  /// - Parameter pass: Is called once it has passed, unless it is ended before. Must not block.
  func begin(_ span: TimeSpan, pass: @escaping @Sendable () -> Void) -> Int {
    state.withLock { state in
      let end = clock.now.advanced(by: span)
      state.lastID += 1
      state.running[state.lastID] = Limit(span: span, pass: pass)
      state.queue.add(state.lastID, at: end)
      if end < state.sleeper?.until ?? .latest { sleep(until: end, for: span, &state) }
      return state.lastID
    }
  }

  /// Ends a limit; `false` where it has passed.
  @discardableResult
  func end(_ id: Int) -> Bool { state.withLock { $0.running.removeValue(forKey: id) != nil } }

  private func sleep(until end: Timestamp, for span: TimeSpan, _ state: inout State) {
    state.sleeper?.task.cancel()
    let task = Task { [weak self, clock] in
      if (try? await clock.sleep(for: span)) != nil { self?.wake(at: end) }
    }
    state.sleeper = (task, end)
  }

  /// Has pass what ends by then, and sleeps for the next: never for longer than it lasts, for the clock may have been put back.
  private func wake(at moment: Timestamp) {
    let passed = state.withLock { state -> [Limit] in
      guard state.sleeper?.until == moment else { return [] }
      state.sleeper = nil
      var passed: [Limit] = []
      while let (_, id) = state.queue.next(by: moment) {
        if let limit = state.running.removeValue(forKey: id) { passed.append(limit) }
      }
      while let (end, id) = state.queue.next() {
        guard let limit = state.running[id] else { continue }
        state.queue.add(id, at: end)
        sleep(until: end, for: min(end.since(clock.now), limit.span), &state)
        break
      }
      return passed
    }
    for limit in passed { limit.pass() }
  }

  deinit { state.withLock { $0.sleeper?.task.cancel() } }
}
