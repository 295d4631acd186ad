import CivilTime
import Coordination
import SeedSupport
import TailerAPI
import TailerSimulator
import Testing

@testable import TailerClient

/// When the watcher looks, from what it knows of the past; on virtual time, against the simulated service.
@Suite struct WatcherTests {
  @Test func learnsWhenToExpectTheEnd() async throws {
    let operation = job()
    let rig = WatcherRig(
      WatcherRig.scenario(past: [28, 30, 31, 29, 32], next: [.init(.failed, after: .minutes(31))], operation))
    let run = try await rig.time.drive {
      let run = try await rig.launched(operation)
      return try await rig.end(of: run, by: after(.hours(2)), every: nil)
    }
    #expect(run.status == .failed)
    #expect(run.duration == .minutes(31))
    let totals = rig.watcher.totals
    // Fixed polling at 10 s would look 186 times.
    #expect(totals.requests <= 14, "\(totals)")
    #expect(try #require(rig.delays.first) <= 0.05 * 31 * 60)
  }

  @Test func growsWhileNothingIsKnown() async throws {
    let operation = job()
    let rig = WatcherRig(WatcherRig.scenario(past: [], next: [.init(.success, after: .hours(3))], operation))
    _ = try await rig.time.drive {
      try await rig.end(of: try await rig.launched(operation), by: after(.days(1)), every: nil)
    }
    #expect(rig.watcher.totals.requests < 100)
    #expect(try #require(rig.delays.first) <= 300.1)
  }

  @Test(arguments: [-2_000, 2_000]) func clocksMayDiffer(_ days: Int) async throws {
    let operation = job()
    let pace = LearnedPace(
      pastRuns: [30, 31, 32].map { minutes in
        Run(
          id: "\(minutes)", operation: operation, status: .success, started: Sample.now,
          duration: .minutes(minutes))
      })
    let run = Run(id: "1", operation: operation, status: .running, started: Sample.now.advanced(by: .days(days)))
    for waited in [TimeSpan.seconds(20), .minutes(1), .minutes(10)] {
      var watch = Watch(
        RunWait(for: .end(of: run), by: .latest), began: Sample.now, inbox: WatchInbox { _, _ in }, index: 0)
      let now = Sample.now.advanced(by: waited)
      watch.plan(from: now, pace, WatchSettings(), jitter: 0)
      let pause = watch.due.since(now).inSeconds
      #expect(pause <= max(30, waited.inSeconds * 2) && pause >= waited.inSeconds / 10, "\(waited): \(pause)")
    }
  }

  @Test func obeysEvery() async throws {
    let operation = job()
    let rig = WatcherRig(
      WatcherRig.scenario(past: [30, 30, 30], next: [.init(.success, after: .minutes(5))], operation))
    _ = try await rig.time.drive {
      try await rig.end(of: try await rig.launched(operation), by: after(.hours(1)), every: .minutes(1))
    }
    #expect(rig.watcher.totals.requests == 6)
  }

  @Test func learnsFromWhatItSawItself() async throws {
    let operation = job()
    let rig = WatcherRig(WatcherRig.scenario(past: [], next: [.init(.success, after: .minutes(30))], operation))
    let looks = try await rig.time.drive {
      var looks: [Int] = []
      for _ in 0..<5 {
        let before = rig.watcher.totals.requests
        let run = try await rig.launched(operation)
        _ = try await rig.end(of: run, by: rig.time.now.advanced(by: .hours(2)), every: nil)
        looks.append(rig.watcher.totals.requests - before)
      }
      return looks
    }
    #expect(looks[4] * 2 < looks[0], "\(looks)")
  }

  /// An end is noticed within as much again, then within seven seconds, then within a tenth; and looks are few.
  @Test(arguments: [(1, 3), (5, 4), (20, 7), (60, 13), (600, 38), (1800, 52), (86_400, 430)])
  func whereNothingIsKnown(seconds: Int, mostLooks: Int) async throws {
    var total = 0.0
    let seeds = Seeds.each(20)
    for seed in seeds {
      let generator = Guarded(SeededGenerator(seed: seed))
      let plans = [Scenario.Plan(.success, after: .seconds(seconds))]
      let rig = WatcherRig(
        WatcherRig.scenario(past: [], next: plans, job()),
        random: { generator.withLock { Double.random(in: 0..<1, using: &$0) } })
      _ = try await rig.time.drive {
        try await rig.end(of: try await rig.launched(job()), by: after(.days(2)), every: nil)
      }
      let duration = Double(seconds)
      let bound = min(max(duration * 0.1, 7), max(duration, 2), 300)
      #expect(try #require(rig.delays.first) <= bound + 0.2)
      #expect(rig.watcher.totals.requests <= mostLooks)
      total += Double(rig.watcher.totals.requests)
    }
    if seconds == 60 {
      let mean = total / Double(seeds.count)
      #expect(mean <= 12.5, "\(mean)")
    }
  }

  /// What ended before it was awaited could not be noticed earlier, however far apart the clocks are.
  @Test func anEndOfOldIsNoticedAtOnce() async throws {
    let rig = WatcherRig(WatcherRig.scenario(past: [30, 30, 30], next: [], job()))
    try await rig.time.drive {
      let old = try #require(try await rig.service.lastRuns(of: job(), RunFilter(limit: 1)).first)
      _ = try await rig.end(of: Run(id: old.id, operation: job()), by: after(.hours(1)), every: nil)
    }
    #expect(try #require(rig.delays.first) < 1)
  }
}
