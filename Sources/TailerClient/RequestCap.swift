public import CivilTime
import Coordination
public import TailerAPI

/// The process's one cap on requests a second, and the place where the service's wish to be left alone is kept.
///
/// A second's worth of requests may go at once. A call that a statement makes takes its turn before the looks of those
/// who wait: the looks stand in a line of their own and leave half of what may go at once.
public final class RequestCap: Sendable {
  public enum Kind: Hashable, Sendable {
    /// A statement's own call.
    case call
    /// A look of somebody who waits anyway.
    case look
  }

  private struct State {
    /// When all that may go at once may go at once again.
    var whole = Timestamp.earliest
    /// No look before it, and no call unless that were too long.
    var held = Timestamp.earliest
  }

  private let clock: any WallClock
  private let cost: TimeSpan
  private let burst: Double
  private let longestHold: TimeSpan
  private let state = Guarded(State())
  /// Where looks stand: the first of them sleeps, the others wait for it.
  private let line = AsyncSemaphore(1)

  /// - Parameters:
  ///   - perSecond: How many requests a second; `infinity` for no cap.
  ///   - longestHold: The longest wish of the service that a call waits for. It is sent in spite of a longer one, and gets
  ///     the service's own answer.
  public init(perSecond: Double, longestHold: TimeSpan, clock: any WallClock) {
    let rate = max(perSecond, 0.001)
    cost = .seconds(1 / rate)
    burst = max(rate.isFinite ? rate : 1, 1)
    self.longestHold = longestHold
    self.clock = clock
  }

  /// Waits for a turn; `false` if the task is cancelled first.
  public func turn(_ kind: Kind) async -> Bool {
    switch kind {
    case .call: await callTurn()
    case .look: await lookTurn()
    }
  }

  /// The service wants no request within that time.
  public func hold(for span: TimeSpan) {
    let end = clock.now.advanced(by: span)
    state.withLock { $0.held = max($0.held, end) }
  }

  /// Until when no look may go; `nil` where one may.
  public var heldUntil: Timestamp? {
    let held = state.withLock(\.held)
    return held > clock.now ? held : nil
  }

  private func callTurn() async -> Bool {
    let now = clock.now
    let turn = state.withLock { state in
      let held = state.held.since(now) <= longestHold ? state.held : now
      let turn = max(now, held, begin(after: state, leaving: 0))
      state.whole = max(state.whole, turn).advanced(by: cost)
      return turn
    }
    return await sleep(until: turn, from: now)
  }

  private func lookTurn() async -> Bool {
    guard await line.wait() else { return false }
    defer { line.signal() }
    while true {
      let now = clock.now
      let turn = state.withLock { state -> Timestamp? in
        let turn = max(state.held, begin(after: state, leaving: burst / 2))
        guard turn <= now else { return turn }
        state.whole = max(state.whole, now).advanced(by: cost)
        return nil
      }
      guard let turn else { return true }
      guard await sleep(until: turn, from: now) else { return false }
    }
  }

  /// When the next request may go that leaves so many others to go at once.
  private func begin(after state: State, leaving rest: Double) -> Timestamp {
    state.whole.advanced(by: cost.scaled(by: max(burst - rest, 1) - 1).negated)
  }

  private func sleep(until turn: Timestamp, from now: Timestamp) async -> Bool {
    guard turn > now else { return !Task.isCancelled }
    do {
      try await clock.sleep(until: turn)
      return true
    } catch {
      return false
    }
  }
}
