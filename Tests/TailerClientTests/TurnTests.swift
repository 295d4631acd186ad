import CivilTime
import Coordination
import TailerAPI
import TailerSimulator
import Testing

@testable import TailerClient

/// When a condition that did not hold is looked at again.
@Suite struct TurnTests {
  private func turns(every: TimeSpan?, isFailing: Bool = false, by deadline: TimeSpan) async throws -> [TimeSpan] {
    let rig = WatcherRig(Scenario(now: Sample.now))
    return try await rig.time.drive {
      var moments: [TimeSpan] = []
      while rig.time.now < after(deadline) {
        _ = try await rig.watcher.turn(since: Sample.now, by: after(deadline), every: every, isFailing: isFailing)
        moments.append(rig.time.now.since(Sample.now))
      }
      return moments
    }
  }

  @Test func turnsObeyEveryAndComeOnceMoreAtTheDeadline() async throws {
    #expect(
      try await turns(every: .minutes(2), by: .minutes(5)) == [.minutes(2), .minutes(4), .minutes(5)])
  }

  @Test func turnsBecomeRarer() async throws {
    let moments = try await turns(every: nil, by: .hours(2))
    #expect(try #require(moments.first) <= .seconds(2))
    #expect(moments.last == .hours(2))
    let pauses = zip(moments.dropFirst(), moments).map { $0.inSeconds - $1.inSeconds }.dropLast()
    #expect(zip(pauses.dropFirst(), pauses).allSatisfy { $0 >= $1 - 0.001 })
    #expect(moments.count < 90)
    // A fixed minute would take 120 turns.
    #expect(try #require(pauses.max()) <= 300)
  }

  @Test func aTurnAfterAFailureComesSoon() async throws {
    let moments = try await turns(every: nil, isFailing: true, by: .hours(2))
    #expect(zip(moments.dropFirst(), moments).allSatisfy { $0.inSeconds - $1.inSeconds <= 30.001 })
  }

  /// The turns of conditions that begin at those moments, up to a deadline that all have.
  private func turns(beginningAt starts: [TimeSpan], every: TimeSpan?) async throws -> [[TimeSpan]] {
    let generator = Guarded(SeededGenerator(seed: 5))
    let rig = WatcherRig(
      Scenario(now: Sample.now), random: { generator.withLock { Double.random(in: 0..<1, using: &$0) } })
    return try await rig.time.drive {
      try await withThrowingTaskGroup(of: (Int, [TimeSpan]).self) { group in
        for (number, start) in starts.enumerated() {
          group.addTask {
            try await rig.time.sleep(for: start)
            var moments: [TimeSpan] = []
            while rig.time.now < after(.hours(1)) {
              let turn = try await rig.watcher.turn(
                since: after(start), by: after(.hours(1)), every: every, isFailing: false)
              #expect(turn == rig.time.now)
              moments.append(turn.since(Sample.now))
              // A look takes its time.
              try await rig.time.sleep(for: .milliseconds(20))
            }
            return (number, moments)
          }
        }
        return try await group.reduce(into: starts.map { _ in [] }) { $0[$1.0] = $1.1 }
      }
    }
  }

  /// Conditions that wait alike are looked at together, also where they did not begin in the same moment.
  @Test(arguments: [nil, TimeSpan.minutes(2)]) func turnsOfOnePaceComeTogether(_ every: TimeSpan?) async throws {
    let all = try await turns(
      beginningAt: [.zero, .milliseconds(80), .milliseconds(300), .milliseconds(900)], every: every)
    let late = all.map { $0.filter { $0 > .minutes(5) } }
    #expect(try #require(late.first).count > 20)
    #expect(Set(late).count == 1, "\(late.map(\.count))")
  }

  @Test func aTurnThatIsGivenUpLeavesTheOthers() async throws {
    let rig = WatcherRig(Scenario(now: Sample.now))
    try await rig.time.drive {
      let turn = { @Sendable () async throws(CancellationError) -> Timestamp in
        try await rig.watcher.turn(since: Sample.now, by: after(.hours(1)), every: .minutes(10), isFailing: false)
      }
      let leaving = Task(executorPreference: rig.time) { try? await turn() }
      let staying = Task(executorPreference: rig.time) { try? await turn() }
      try await rig.time.sleep(for: .minutes(1))
      leaving.cancel()
      #expect(await leaving.value == nil)
      #expect(rig.time.now == after(.minutes(1)))
      #expect(await staying.value == after(.minutes(10)))
    }
  }
}
