import CivilTime
import Coordination
import TailerAPI
import Testing

@testable import TailerClient

/// The time limits of requests, on a clock that a test moves.
@Suite(.timeLimit(.minutes(1))) struct TimeLimitsTests {
  /// Which limits have passed, in their order.
  private final class Log: Sendable {
    private let state = Guarded<(names: [String], waiting: [(count: Int, turn: Promise<Void>)])>(([], []))

    var names: [String] { state.withLock { $0.names } }

    func note(_ name: String) {
      let ready = state.withLock { state in
        state.names.append(name)
        defer { state.waiting.removeAll { $0.count <= state.names.count } }
        return state.waiting.filter { $0.count <= state.names.count }
      }
      for (_, turn) in ready { turn.fulfill(()) }
    }

    func wait(for count: Int) async {
      let turn = Promise<Void>()
      let isThere = state.withLock { state in
        if state.names.count < count { state.waiting.append((count, turn)) }
        return state.names.count >= count
      }
      if !isThere { _ = await turn.value() }
    }
  }

  private let clock = MovedClock()
  private let log = Log()

  private func begin(_ name: String, _ span: TimeSpan, in limits: TimeLimits) -> Int {
    limits.begin(span) { [log] in log.note(name) }
  }

  @Test func passInTheirOrderWhateverTheOrderInWhichTheyBegan() async {
    let limits = TimeLimits(clock: clock)
    let ids = [begin("c", .seconds(30), in: limits), begin("a", .seconds(10), in: limits)]
    let b = begin("b", .seconds(20), in: limits)
    await clock.move(by: .seconds(10), whenAsleepFor: .seconds(10))
    await log.wait(for: 1)
    await clock.move(by: .seconds(20), whenAsleepFor: .seconds(10))
    await log.wait(for: 2)
    await clock.move(by: .zero, whenAsleepFor: .zero)
    await log.wait(for: 3)
    #expect(log.names == ["a", "b", "c"])
    #expect((ids + [b]).map { limits.end($0) } == [false, false, false])
  }

  @Test func whatHasEndedDoesNotPass() async {
    let limits = TimeLimits(clock: clock)
    let early = begin("early", .seconds(10), in: limits)
    _ = begin("late", .seconds(30), in: limits)
    #expect(limits.end(early))
    #expect(!limits.end(early))
    await clock.move(by: .seconds(10), whenAsleepFor: .seconds(10))
    await clock.move(by: .seconds(20), whenAsleepFor: .seconds(20))
    await log.wait(for: 1)
    #expect(log.names == ["late"])
  }

  /// A clock that is put back by years does not keep a request going for years.
  @Test func aClockThatIsPutBack() async {
    let limits = TimeLimits(clock: clock)
    _ = begin("first", .seconds(10), in: limits)
    _ = begin("second", .seconds(30), in: limits)
    clock.set(back: .days(1000))
    await clock.move(by: .seconds(1), whenAsleepFor: .seconds(10))
    await log.wait(for: 1)
    await clock.move(by: .seconds(1), whenAsleepFor: .seconds(30))
    await log.wait(for: 2)
    #expect(log.names == ["first", "second"])
  }

  /// Nor do those that begin afterwards, and end before it by the clock.
  @Test func aClockThatIsPutBackWhileOthersBegin() async {
    let limits = TimeLimits(clock: clock)
    _ = begin("first", .seconds(30), in: limits)
    clock.set(back: .days(1000))
    _ = begin("second", .seconds(20), in: limits)
    await clock.move(by: .seconds(20), whenAsleepFor: .seconds(20))
    await log.wait(for: 1)
    // The first sleep of that length was given up for the second limit.
    await clock.move(by: .zero, whenAsleepFor: .seconds(30))
    await clock.move(by: .seconds(30), whenAsleepFor: .seconds(30))
    await log.wait(for: 2)
    #expect(log.names == ["second", "first"])
  }

  @Test func oneTaskSleepsForAll() async {
    let limits = TimeLimits(clock: clock)
    for number in 0..<1000 { _ = begin("\(number)", .seconds(30), in: limits) }
    await clock.move(by: .seconds(30), whenAsleepFor: .seconds(30))
    await log.wait(for: 1000)
    #expect(clock.sleeps == 1)
  }
}

/// A clock that stands still but for a test, which ends one sleep after the other.
private final class MovedClock: WallClock {
  private struct State {
    var now = Sample.now
    var sleeps = 0
    var sleepers: [(span: TimeSpan, end: Promise<Void>)] = []
    var awaited: (span: TimeSpan, turn: Promise<Void>)?
  }

  private let state = Guarded(State())

  var now: Timestamp { state.withLock { $0.now } }
  /// How many sleeps have begun.
  var sleeps: Int { state.withLock { $0.sleeps } }

  func set(back span: TimeSpan) { state.withLock { $0.now = $0.now.advanced(by: span.negated) } }

  /// Moves on, and ends the sleep of that length, once somebody sleeps for so long.
  func move(by span: TimeSpan, whenAsleepFor length: TimeSpan) async {
    let turn = Promise<Void>()
    let isAsleep = state.withLock { state in
      let isAsleep = state.sleepers.contains { $0.span == length }
      if !isAsleep { state.awaited = (length, turn) }
      return isAsleep
    }
    if !isAsleep { _ = await turn.value() }
    let ended = state.withLock { state -> Promise<Void>? in
      state.now = state.now.advanced(by: span)
      return state.sleepers.firstIndex { $0.span == length }.map { state.sleepers.remove(at: $0).end }
    }
    ended?.fulfill(())
  }

  func sleep(for span: TimeSpan) async throws(CancellationError) {
    let end = Promise<Void>()
    let turn = state.withLock { state -> Promise<Void>? in
      state.sleeps += 1
      state.sleepers.append((span, end))
      guard let awaited = state.awaited, awaited.span == span else { return nil }
      state.awaited = nil
      return awaited.turn
    }
    turn?.fulfill(())
    guard await end.value() != nil else { throw CancellationError() }
  }
}
