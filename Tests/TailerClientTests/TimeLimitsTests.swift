import CivilTime
import NIOConcurrencyHelpers
import TailerAPI
import Testing

@testable import TailerClient

/// The time limits of requests, on a clock that a test moves.
@Suite(.timeLimit(.minutes(1))) struct TimeLimitsTests {
  /// Which limits have passed, in their order.
  private final class Log: Sendable {
    private let state = NIOLockedValueBox<(names: [String], waiting: [(count: Int, turn: OneShot<Void>)])>(([], []))

    var names: [String] { state.withLockedValue { $0.names } }

    func note(_ name: String) {
      let ready = state.withLockedValue { state in
        state.names.append(name)
        defer { state.waiting.removeAll { $0.count <= state.names.count } }
        return state.waiting.filter { $0.count <= state.names.count }
      }
      for (_, turn) in ready { turn.bring(()) }
    }

    func wait(for count: Int) async {
      let turn = OneShot<Void>()
      let isThere = state.withLockedValue { state in
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
    await clock.move(by: .seconds(10), whenAsleepFor: .seconds(10))
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

  @Test func stoppedLimitsDoNotPass() async {
    let limits = TimeLimits(clock: clock)
    let id = begin("first", .seconds(10), in: limits)
    limits.stop()
    #expect(!limits.end(id))
    _ = begin("second", .seconds(20), in: limits)
    await clock.move(by: .seconds(20), whenAsleepFor: .seconds(20))
    await log.wait(for: 1)
    #expect(log.names == ["second"])
  }
}

/// A clock that stands still but for a test, which ends one sleep after the other.
private final class MovedClock: WallClock {
  private struct State {
    var now = Sample.now
    var sleeps = 0
    var sleepers: [(span: TimeSpan, end: OneShot<Void>)] = []
    var awaited: (span: TimeSpan, turn: OneShot<Void>)?
  }

  private let state = NIOLockedValueBox(State())

  var now: Timestamp { state.withLockedValue { $0.now } }
  /// How many sleeps have begun.
  var sleeps: Int { state.withLockedValue { $0.sleeps } }

  func set(back span: TimeSpan) { state.withLockedValue { $0.now = $0.now.advanced(by: span.negated) } }

  /// Moves on, and ends the sleep of that length, once somebody sleeps for so long.
  func move(by span: TimeSpan, whenAsleepFor length: TimeSpan) async {
    let turn = OneShot<Void>()
    let isAsleep = state.withLockedValue { state in
      let isAsleep = state.sleepers.contains { $0.span == length }
      if !isAsleep { state.awaited = (length, turn) }
      return isAsleep
    }
    if !isAsleep { _ = await turn.value() }
    let ended = state.withLockedValue { state -> OneShot<Void>? in
      state.now = state.now.advanced(by: span)
      return state.sleepers.firstIndex { $0.span == length }.map { state.sleepers.remove(at: $0).end }
    }
    ended?.bring(())
  }

  func sleep(for span: TimeSpan) async throws(CancellationError) {
    let end = OneShot<Void>()
    let turn = state.withLockedValue { state -> OneShot<Void>? in
      state.sleeps += 1
      state.sleepers.append((span, end))
      guard let awaited = state.awaited, awaited.span == span else { return nil }
      state.awaited = nil
      return awaited.turn
    }
    turn?.bring(())
    guard await end.value() != nil else { throw CancellationError() }
  }
}
