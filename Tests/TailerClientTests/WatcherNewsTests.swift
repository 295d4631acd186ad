import CivilTime
import Coordination
import TailerAPI
import TailerSimulator
import Testing

@testable import TailerClient

/// The next run, and what is told of a run while it is awaited.
@Suite struct WatcherNewsTests {
  @Test func theNextRunIsTheFirstAfterTheMoment() async throws {
    let operation = job()
    var scenario = WatcherRig.scenario(past: [5, 5, 5], next: [], operation)
    scenario.operations[0].schedule = [10, 20, 30].map { minute in
      Scenario.Start(at: after(.minutes(minute)), Scenario.Plan(minute == 20 ? .failed : .success, after: .minutes(5)))
    }
    let rig = WatcherRig(scenario)
    let run = try await rig.time.drive {
      try await rig.watcher.endOfNextRun(of: operation, since: after(.minutes(15)), by: after(.hours(1)), every: nil)
    }
    #expect(run.started == after(.minutes(20)))
    #expect(run.status == .failed)

  }

  @Test func aNextRunThatDoesNotComeIsNone() async throws {
    let rig = WatcherRig(WatcherRig.scenario(past: [5, 5, 5], next: [], job()))
    let none = try await rig.time.drive {
      await watchFailure { () async throws(WatchError) in
        try await rig.watcher.endOfNextRun(of: job(), since: Sample.now, by: after(.hours(1)), every: nil)
      }
    }
    #expect(none == .deadline(lastSeen: nil, isShown: false))
  }

  @Test func saysHowLongRunsUsuallyTake() async throws {
    let operation = job()
    let rig = WatcherRig(
      WatcherRig.scenario(past: [28, 30, 31, 29, 32], next: [.init(.success, after: .minutes(30))], operation))
    let news = Guarded<[WatchNews]>([])
    _ = try await rig.time.drive {
      let run = try await rig.launched(operation)
      return await rig.watcher.watch(.end(of: run), by: after(.hours(2)), every: nil) { piece in
        news.withLock { $0.append(piece) }
      }
    }
    let usual = UsualDuration(
      median: .minutes(30), range: .minutes(28)...(.minutes(32)), longest: .minutes(32), runs: 5)
    #expect(news.withLock { $0 } == [.usual(usual)])
  }

  @Test func saysThatTheNextRunHasStarted() async throws {
    let operation = job()
    var scenario = WatcherRig.scenario(past: [], next: [], operation)
    scenario.operations[0].schedule = [Scenario.Start(at: after(.minutes(10)), .init(.success, after: .minutes(5)))]
    let rig = WatcherRig(scenario)
    let news = Guarded<[WatchNews]>([])
    _ = try await rig.time.drive {
      await rig.watcher.watch(
        .nextRun(of: operation, since: Sample.now), by: after(.hours(2)), every: nil
      ) { piece in news.withLock { $0.append(piece) } }
    }
    let heard = news.withLock { $0 }
    guard case .appeared(let run)? = heard.first else {
      Issue.record("\(heard)")
      return
    }
    #expect(heard.count == 1)
    #expect(run.started == after(.minutes(10)))
  }
}
