import CivilTime
import TailerAPI
import TailerSimulator
import Testing

@testable import TailerClient

/// How awaits end otherwise than by a run's end: deadlines, trouble, the service's no, cancellation.
@Suite struct WatcherEndingTests {
  @Test func looksOnceMoreAtTheDeadline() async throws {
    let operation = job()
    // Ends one second before the deadline, which no learned look would fall on.
    let ending = WatcherRig.scenario(past: [120, 120, 120], next: [.init(.success, after: .seconds(1799))], operation)
    let rig = WatcherRig(ending)
    let run = try await rig.time.drive {
      try await rig.end(of: try await rig.launched(operation), by: after(.minutes(30)), every: nil)
    }
    #expect(run.status == .success)

    let stuck = WatcherRig(WatcherRig.scenario(past: [], next: [.init(.running, after: .zero)], operation))
    let error = try await stuck.time.drive {
      let run = try await stuck.launched(operation)
      return await watchFailure { () async throws(WatchError) in
        try await stuck.end(of: run, by: after(.minutes(30)), every: nil)
      }
    }
    guard case .deadline(let seen?, isShown: true)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(seen.status == .running)
    #expect(stuck.time.now >= after(.minutes(30)))
    #expect(stuck.time.now <= after(.minutes(31)))
  }

  @Test func aDeadlineThatHasPassedStillLooksOnce() async throws {
    let operation = job()
    let rig = WatcherRig(WatcherRig.scenario(past: [], next: [.init(.success, after: .zero)], operation))
    let run = try await rig.time.drive {
      let run = try await rig.launched(operation)
      return try await rig.end(of: run, by: Sample.now, every: nil)
    }
    #expect(run.status == .success)
    #expect(rig.watcher.totals.requests == 1)
  }

  @Test func passingTroubleIsWaitedOut() async throws {
    let operation = job()
    let rig = WatcherRig(WatcherRig.scenario(past: [], next: [.init(.success, after: .minutes(1))], operation))
    rig.simulator.add(FaultRule(.status(503, afterEffect: false), action: "get_last_status", occurrences: 1...3))
    rig.simulator.add(FaultRule(.replyLost, action: "check_run_status", occurrences: 1...4))
    let run = try await rig.time.drive {
      try await rig.end(of: try await rig.launched(operation), by: after(.hours(1)), every: nil)
    }
    #expect(run.status == .success)
  }

  /// The code that an await ends with where every look gets it, and when.
  private func ending(
    with code: Int, _ settings: WatchSettings = WatchSettings()
  ) async throws -> (code: Int?, moment: Timestamp) {
    let operation = job()
    let rig = WatcherRig(WatcherRig.scenario(past: [], next: [], operation), settings: settings)
    for action in ["get_last_status", "check_run_status"] {
      rig.simulator.add(FaultRule(.status(code, afterEffect: false), action: action))
    }
    let error = try await rig.time.drive {
      let run = try await rig.launched(operation)
      return await watchFailure { () async throws(WatchError) in
        try await rig.end(of: run, by: after(.hours(5)), every: nil)
      }
    }
    switch error {
    case .service(let service)?, .unseen(_, _, let service)?: return (service.code, rig.time.now)
    default: return (nil, rig.time.now)
    }
  }

  @Test func lastingTroubleEndsTheAwait() async throws {
    let ending = try await ending(with: 503, WatchSettings(patience: .minutes(5)))
    #expect(ending.code == 503)
    #expect(ending.moment >= after(.minutes(5)))
    #expect(ending.moment <= after(.minutes(7)))
  }

  @Test(arguments: [400, 401, 403, 404]) func aNoEndsTheAwaitAtOnce(_ code: Int) async throws {
    let ending = try await ending(with: code)
    #expect(ending.code == code)
    #expect(ending.moment <= after(.seconds(5)))
  }

  @Test func retryAfterHoldsUpEveryLook() async throws {
    let rig = WatcherRig(Scenario(now: Sample.now))
    rig.simulator.add(
      FaultRule(
        .status(429, afterEffect: false, retryAfter: .minutes(10)), action: "get_last_status", occurrences: 1...1))
    try await rig.time.drive {
      let runs = [try await rig.launched(job(1)), try await rig.launched(job(2))]
      try await withThrowingTaskGroup(of: Void.self) { group in
        for run in runs {
          group.addTask { _ = try await rig.end(of: run, by: after(.hours(1)), every: nil) }
        }
        try await group.waitForAll()
      }
    }
    let looks = rig.simulator.requests.filter { $0.action != "launch_job" }
    let quiet = looks.filter { $0.moment > after(.seconds(1)) && $0.moment < after(.minutes(10)) }
    #expect(quiet.isEmpty)
  }

  @Test func aCancelledAwaitEndsAtOnceAndLeavesTheOthers() async throws {
    let operation = job()
    let rig = WatcherRig(WatcherRig.scenario(past: [], next: [.init(.success, after: .minutes(20))], operation))
    let (error, run) = try await rig.time.drive {
      let run = try await rig.launched(operation)
      return try await withThrowingTaskGroup(of: Run?.self) { group in
        group.addTask { try await rig.end(of: run, by: after(.hours(1)), every: nil) }
        let leaving = Task(executorPreference: rig.time) {
          await watchFailure { () async throws(WatchError) in
            try await rig.end(of: run, by: after(.hours(1)), every: nil)
          }
        }
        try await rig.time.sleep(for: .minutes(5))
        leaving.cancel()
        let error = await leaving.value
        #expect(rig.time.now == after(.minutes(5)).advanced(by: .milliseconds(20)))
        return (error, try await group.next() ?? nil)
      }
    }
    #expect(error == .cancelled)
    #expect(run?.status == .success)
  }
}
