import CivilTime
import TailerAPI
import TailerSimulator
import Testing

@testable import TailerClient

/// What awaits have in common is asked once.
@Suite struct WatcherSharingTests {
  @Test func awaitsOnOneOperationCostAboutOne() async throws {
    let operation = job()
    let rig = WatcherRig(
      WatcherRig.scenario(past: [30, 31, 29], next: [.init(.success, after: .minutes(30))], operation))
    try await rig.time.drive {
      let run = try await rig.launched(operation)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<100 {
          group.addTask { _ = try await rig.end(of: run, by: after(.hours(2)), every: nil) }
        }
        try await group.waitForAll()
      }
    }
    let totals = rig.watcher.totals
    #expect(totals.awaits == 100)
    #expect(totals.requests <= 16, "\(totals)")
    #expect(rig.watchCosts.count == 100)
  }

  @Test func whatAListingDoesNotShowIsLookedAtAlone() async throws {
    let operation = job()
    var scenario = WatcherRig.scenario(past: [], next: [.init(.success, after: .minutes(20))], operation)
    scenario.visibilityDelay = .minutes(3)
    let rig = WatcherRig(scenario, settings: WatchSettings(historySize: 1, largestListing: 1))
    let count = try await rig.time.drive {
      var runs: [Run] = []
      for _ in 0..<5 { runs.append(try await rig.launched(operation)) }
      return try await withThrowingTaskGroup(of: Run.self) { group in
        for run in runs {
          group.addTask { try await rig.end(of: run, by: after(.hours(1)), every: nil) }
        }
        return try await group.reduce(into: 0) { $0 += $1.status == .success ? 1 : 0 }
      }
    }
    #expect(count == 5)
    #expect(rig.watcher.totals.checks > 0)
  }

  @Test(arguments: [2, 20]) func operationsShareAListingWhereThatCostsLess(_ count: Int) async throws {
    var scenario = Scenario(now: Sample.now)
    scenario.operations = (0..<count).map { number in
      Scenario.Operation(
        job(number), plans: [.init(.success, after: .minutes(30))],
        history: (1...5).map { Scenario.Start(at: after(.days(-$0)), .init(.success, after: .minutes(30))) })
    }
    let rig = WatcherRig(scenario)
    try await rig.time.drive {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<count {
          group.addTask {
            let run = try await rig.launched(job(number))
            _ = try await rig.end(of: run, by: after(.hours(2)), every: nil)
          }
        }
        try await group.waitForAll()
      }
    }
    let totals = rig.watcher.totals
    if count == 2 {
      #expect(totals.sharedListings == 0, "\(totals)")
    } else {
      // The first look at each is its own, for its past.
      #expect(totals.listings == count, "\(totals)")
      #expect(totals.sharedListings > 3, "\(totals)")
      #expect(totals.requests < 2 * count, "\(totals)")
    }
  }

  @Test func aListingThatWouldNotShowAllIsNotShared() async throws {
    var scenario = Scenario(now: Sample.now)
    scenario.operations = (0..<10).map { number in
      Scenario.Operation(
        job(number), plans: [.init(.success, after: .minutes(30))],
        history: (1...5).map { Scenario.Start(at: after(.days(-$0)), .init(.success, after: .minutes(30))) })
    }
    let rig = WatcherRig(scenario, settings: WatchSettings(largestListing: 9))
    try await rig.time.drive {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<10 {
          group.addTask {
            let run = try await rig.launched(job(number))
            _ = try await rig.end(of: run, by: after(.hours(2)), every: nil)
          }
        }
        try await group.waitForAll()
      }
    }
    #expect(rig.watcher.totals.sharedListings == 0)
  }

  private func twentyOperations() -> Scenario {
    var scenario = Scenario(now: Sample.now)
    scenario.operations = (0..<20).map { number in
      Scenario.Operation(
        job(number), plans: [.init(.success, after: .minutes(30))],
        history: (1...5).map { Scenario.Start(at: after(.days(-$0)), .init(.success, after: .minutes(30))) })
    }
    return scenario
  }

  private func awaitTwenty(_ rig: WatcherRig) async throws -> Int {
    try await rig.time.drive {
      try await withThrowingTaskGroup(of: Run.self) { group in
        for number in 0..<20 {
          group.addTask { try await rig.end(of: try await rig.launched(job(number)), by: after(.hours(2)), every: nil) }
        }
        return try await group.reduce(into: 0) { $0 += $1.status == .success ? 1 : 0 }
      }
    }
  }

  /// A busy service that would not list for all is not asked for each instead.
  @Test func aListingThatMeets429IsNotMadeUpForByALookAtEach() async throws {
    let rig = WatcherRig(twentyOperations())
    rig.simulator.add(
      FaultRule(
        .status(429, afterEffect: false, retryAfter: .minutes(3)), action: "get_by_status", occurrences: 1...1))
    #expect(try await awaitTwenty(rig) == 20)
    let actions = rig.simulator.requests.map(\.action)
    let busy = try #require(actions.firstIndex(of: "get_by_status"))
    #expect(actions[(busy + 1)...].first == "get_by_status")
    #expect(rig.watcher.totals.requests < 40, "\(rig.watcher.totals)")
  }

  @Test func whereOnlyListingsForManyMeet429EachIsLookedAt() async throws {
    let rig = WatcherRig(twentyOperations())
    rig.simulator.add(FaultRule(.status(429, afterEffect: false), action: "get_by_status"))
    #expect(try await awaitTwenty(rig) == 20)
    #expect(try #require(rig.delays.max()) <= 0.05 * 1800 + 60)
  }
}
