import CivilTime
import NIOConcurrencyHelpers
import TailerAPI

/// The time limits of the requests under way: one task sleeps for all of them, instead of one for each.
///
/// A limit has passed when the time of day says so. Where the clock is put back meanwhile, all that are running begin
/// anew.
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
    /// The latest time of day that was seen.
    var latest = Timestamp.earliest
  }

  private let clock: any WallClock
  private let state = NIOLockedValueBox(State())

  init(clock: any WallClock) { self.clock = clock }

  /// Begins a limit; `pass` is called once it has passed, unless it is ended before.
  func begin(_ span: TimeSpan, pass: @escaping @Sendable () -> Void) -> Int {
    return state.withLockedValue { state in
      let now = clock.now
      if now < state.latest { beginAnew(at: now, &state) }
      state.latest = now
      let end = now.advanced(by: span)
      state.lastID += 1
      state.running[state.lastID] = Limit(span: span, pass: pass)
      state.queue.add(state.lastID, at: end)
      if end < state.sleeper?.until ?? .latest { sleep(until: end, for: span, &state) }
      return state.lastID
    }
  }

  /// Ends a limit; `false` where it has passed.
  func end(_ id: Int) -> Bool { state.withLockedValue { $0.running.removeValue(forKey: id) != nil } }

  /// Ends all of them.
  func stop() {
    state.withLockedValue { state in
      state.sleeper?.task.cancel()
      state = State(lastID: state.lastID)
    }
  }

  private func beginAnew(at now: Timestamp, _ state: inout State) {
    state.queue = MomentQueue()
    for (id, limit) in state.running { state.queue.add(id, at: now.advanced(by: limit.span)) }
    if let first = state.running.values.min(by: { $0.span < $1.span }) {
      sleep(until: now.advanced(by: first.span), for: first.span, &state)
    }
  }

  private func sleep(until end: Timestamp, for span: TimeSpan, _ state: inout State) {
    state.sleeper?.task.cancel()
    let task = Task { [clock] in
      guard (try? await clock.sleep(for: span)) != nil else { return }
      self.wake(at: end)
    }
    state.sleeper = (task, end)
  }

  /// Has what ends by then passed, and sleeps for the next.
  private func wake(at moment: Timestamp) {
    let passed = state.withLockedValue { state -> [Limit] in
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
}
