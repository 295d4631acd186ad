import CivilTime
import SeedSupport
import TailerAPI
import TailerSimulator
import Testing

@Suite struct VirtualTimeTests {
  /// What was noted, in order, by tasks that share one thread or an actor.
  private actor Notes {
    private(set) var lines: [String] = []
    func add(_ line: String) { lines.append(line) }
  }

  @Test func aDayPassesAtOnce() throws {
    let time = VirtualTime(startingAt: morning)
    let elapsed = try time.run {
      let start = time.now
      try await time.sleep(for: .days(1))
      try await time.sleep(for: .zero)
      try await time.sleep(for: .seconds(-5))
      return time.now.since(start)
    }
    #expect(elapsed == .days(1))
    #expect(time.now == morning.advanced(by: .days(1)))
  }

  @Test func sleepersWakeInOrderAndTiesInTheOrderTheyBegan() throws {
    let time = VirtualTime(startingAt: morning)
    let lines = try time.run {
      let notes = Notes()
      await withTaskGroup { group in
        for (name, seconds) in [("a", 3), ("b", 1), ("c", 3), ("d", 2), ("e", 3)] {
          group.addTask {
            try? await time.sleep(for: .seconds(seconds))
            await notes.add("\(name) \(time.now.since(morning))")
          }
        }
      }
      return await notes.lines
    }
    #expect(lines == ["b 1s", "d 2s", "a 3s", "c 3s", "e 3s"])
  }

  @Test func cancellationEndsASleepAtOnce() throws {
    let time = VirtualTime(startingAt: morning)
    let (wasCancelled, elapsed) = try time.run {
      let sleeper = Task(executorPreference: time) {
        do { try await time.sleep(for: .days(1)) } catch { return true }
        return false
      }
      try await time.sleep(for: .seconds(5))
      sleeper.cancel()
      let wasCancelled = await sleeper.value
      return (wasCancelled, time.now.since(morning))
    }
    #expect(wasCancelled)
    #expect(elapsed == .seconds(5))
  }

  @Test func aCancelledTaskDoesNotSleep() throws {
    let time = VirtualTime(startingAt: morning)
    let threw = try time.run {
      let task = Task(executorPreference: time) {
        withUnsafeCurrentTask { $0?.cancel() }
        do { try await time.sleep(for: .seconds(1)) } catch { return true }
        return false
      }
      return await task.value
    }
    #expect(threw)
    #expect(time.now == morning)
  }

  @Test func aDeadlockIsReported() {
    let time = VirtualTime(startingAt: morning)
    #expect(throws: VirtualTime.Deadlock(moment: morning.advanced(by: .seconds(2)))) {
      try time.run {
        try await time.sleep(for: .seconds(2))
        let (stream, continuation) = AsyncStream<Int>.makeStream()
        for await _ in stream {}
        withExtendedLifetime(continuation) {}
      }
    }
  }

  @Test func aSleepBeyondTheCalendarEndsByCancellationOnly() {
    let time = VirtualTime(startingAt: moment("9999-12-31T23:00:00Z"))
    #expect(throws: VirtualTime.Deadlock.self) { try time.run { try await time.sleep(for: .hours(2)) } }
  }

  @Test func errorsComeThroughAndTheClockGoesOn() throws {
    struct Failure: Error {}
    let time = VirtualTime(startingAt: morning)
    #expect(throws: Failure.self) {
      try time.run {
        try await time.sleep(for: .seconds(1))
        throw Failure()
      }
    }
    try time.run { try await time.sleep(for: .seconds(1)) }
    #expect(time.now == morning.advanced(by: .seconds(2)))
  }

  @Test func itIsRunByOneCallAtATime() throws {
    let time = VirtualTime(startingAt: morning)
    let refused = try time.run {
      do { try time.run {} } catch { return error is VirtualTime.AlreadyRunning }
      return false
    }
    #expect(refused)
  }

  /// Steps of racing tasks, in the order they were taken.
  private static func steps(interleaving: UInt64?) throws -> [String] {
    let time = VirtualTime(startingAt: morning, interleaving: interleaving)
    return try time.run {
      let notes = Notes()
      await withTaskGroup { group in
        for name in ["a", "b", "c", "d"] {
          group.addTask {
            for step in 1...3 {
              await notes.add("\(name)\(step)")
              await Task.yield()
            }
          }
        }
      }
      return await notes.lines
    }
  }

  @Test func theSameSeedTakesTheSameSteps() throws {
    let plain = try Self.steps(interleaving: nil)
    #expect(plain.count == 12)
    #expect(try Self.steps(interleaving: nil) == plain)
    var orders: Set<[String]> = []
    for seed in Seeds.each(20) {
      let order = try Self.steps(interleaving: seed)
      #expect(try Self.steps(interleaving: seed) == order)
      #expect(order.sorted() == plain.sorted())
      orders.insert(order)
    }
    #expect(orders.count > 10)
  }

  @Test func holdingKeepsTheClockStillWhileOthersWork() async throws {
    let time = VirtualTime(startingAt: morning)
    let shown = try await time.drive {
      async let deadline: Void = time.sleep(for: .hours(1))
      let shown = await time.holding {
        let elsewhere = Task.detached { () -> Timestamp in
          for _ in 0..<100 { await Task.yield() }
          return time.now
        }
        return await elsewhere.value
      }
      try await deadline
      return shown
    }
    #expect(shown == morning)
    #expect(time.now == morning.advanced(by: .hours(1)))
  }

  @Test func othersMayBringTheEnd() async throws {
    let time = VirtualTime(startingAt: morning, whenIdle: .waitForOthers)
    let value = try await time.drive {
      let elsewhere = Task.detached { () -> Int in
        for _ in 0..<100 { await Task.yield() }
        return 7
      }
      return await elsewhere.value
    }
    #expect(value == 7)
    #expect(time.now == morning)
  }

  @Test func cancellingTheDriverCancelsTheBody() async {
    let time = VirtualTime(startingAt: morning, whenIdle: .waitForOthers)
    let (started, beginning) = AsyncStream<Void>.makeStream()
    let driver = Task {
      try await time.drive {
        beginning.finish()
        try await time.holding { try await Task.sleep(for: .seconds(3600)) }
      }
    }
    for await _ in started {}
    driver.cancel()
    await #expect(throws: CancellationError.self) { try await driver.value }
  }

  @Test func tenThousandSleepersAreNoTrouble() throws {
    let time = VirtualTime(startingAt: morning)
    let sum = try time.run {
      await withTaskGroup(of: Int.self) { group in
        for n in 0..<10_000 {
          group.addTask {
            try? await time.sleep(for: .seconds(n % 97))
            return 1
          }
        }
        return await group.reduce(0, +)
      }
    }
    #expect(sum == 10_000)
    #expect(time.now == morning.advanced(by: .seconds(96)))
  }

  @Test func aScaledClockGoesFaster() async throws {
    let clock = ScaledClock(startingAt: morning, speed: 1_000_000)
    try await clock.sleep(for: .minutes(10))
    #expect(clock.now >= morning.advanced(by: .minutes(10)))
    let task = Task { try await ScaledClock(startingAt: morning).sleep(for: .days(1)) }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(ScaledClock(startingAt: morning, speed: .nan).now >= morning)
  }
}
