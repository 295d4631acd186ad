import CivilTime
import Coordination
import TailerAPI
import Testing

@testable import TailerClient

@Suite struct WindowTests {
  /// Answers once as many exchanges are under way as can be, and remembers how many were.
  private final class CountingTransport: HTTPTransport {
    private let state = Guarded<(now: Int, most: Int)>((0, 0))
    var most: Int { state.withLock { $0.most } }

    func send(
      _ request: HTTPRequest, within limit: TimeSpan, departure: Departure?
    ) async throws(TransportError) -> HTTPReply {
      state.withLock { state in
        state.now += 1
        state.most = max(state.most, state.now)
      }
      for _ in 0..<20 { await Task.yield() }
      state.withLock { $0.now -= 1 }
      return HTTPReply(status: 200, body: Array(#"{"results": []}"#.utf8))
    }
  }

  @Test func noMoreThanTheWindowGoOnAtOnce() async throws {
    let transport = CountingTransport()
    let client = client(transport, settings: ClientSettings(maximumInFlight: 3))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<200 { group.addTask { _ = try await client.lastRuns(of: Sample.prepare, RunFilter()) } }
      try await group.waitForAll()
    }
    #expect(transport.most <= 3)
    #expect(client.requestCounts.byAction == ["get_last_status": 200])
  }
}

@Suite struct RealClockTests {
  @Test func tellsTheTimeAndObeysCancellation() async throws {
    let clock = RealClock()
    let before = clock.now
    #expect(before > Sample.now)
    try await clock.sleep(for: .zero)
    try await clock.sleep(for: .seconds(-5))
    try await clock.sleep(for: .milliseconds(2))
    #expect(clock.now > before)
    let task = Task { try await clock.sleep(for: .longest) }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}

@Suite struct LearnedPaceTests {
  private func pace(_ minutes: [Int]) -> LearnedPace {
    LearnedPace(
      pastRuns: minutes.map {
        Run(id: "r", operation: Sample.export, status: .success, duration: .minutes($0))
      })
  }

  /// The ages at which a run that never ends is looked at, up to a limit, in minutes.
  private func ages(_ pace: LearnedPace, upTo limit: Double) -> [Double] {
    var ages: [Double] = [0]
    while let last = ages.last, last < limit * 60, ages.count < 10_000 {
      ages.append(last + pace.interval(atAge: last, WatchSettings()))
    }
    return ages.map { $0 / 60 }
  }

  @Test func sparseBeforeCloseAround() {
    let ages = ages(pace([29, 30, 31]), upTo: 35)
    #expect(ages.filter { $0 < 25 }.count <= 6)
    for (earlier, later) in zip(ages, ages.dropFirst()) where earlier > 26 && later < 34 {
      #expect(later - earlier <= 0.0501 * earlier)
    }
  }

  @Test func twoModesAreWatchedAndTheGapIsNot() {
    let ages = ages(pace([5, 5, 5, 60, 61, 62]), upTo: 68)
    #expect(ages.filter { $0 > 6 && $0 < 50 }.count <= 6)
    #expect(ages.filter { $0 > 4.4 && $0 < 5.6 }.count >= 4)
    #expect(ages.filter { $0 > 54 && $0 < 68 }.count >= 5)
  }

  @Test func theIntervalIsBounded() {
    for pace in [pace([]), pace([1]), pace([10, 10, 10]), pace([1, 30, 3000])] {
      for age in [-5, 0, 1, 1e3, 1e6, 1e9, .infinity] {
        let interval = pace.interval(atAge: age, WatchSettings())
        #expect(interval >= 2)
        #expect(interval <= max(300, 2 * max(age, 30)))
      }
    }
  }
}
