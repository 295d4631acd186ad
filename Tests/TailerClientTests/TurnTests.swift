import CivilTime
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
        try await rig.watcher.turn(since: Sample.now, by: after(deadline), every: every, isFailing: isFailing)
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
}
