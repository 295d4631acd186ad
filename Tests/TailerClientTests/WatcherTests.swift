import CivilTime
import NIOConcurrencyHelpers
import TailerAPI
import TailerSimulator
import Testing

@testable import TailerClient

/// The watcher on virtual time, against the simulated service.
@Suite struct WatcherTests {
  fileprivate struct Rig: Sendable {
    let time: VirtualTime
    let simulator: Simulator
    let service: TailerServiceClient
    let watcher: PollingRunWatcher
    let costs = NIOLockedValueBox<[WatchCost]>([])

    init(_ scenario: Scenario, settings: WatchSettings = WatchSettings()) {
      time = VirtualTime(startingAt: Sample.now)
      simulator = Simulator(scenario)
      service = client(
        SimulatedTransport(simulator, clock: time), clock: time, tokens: EveryToken(),
        settings: ClientSettings(attempts: 2, totalLimit: .minutes(1)))
      watcher = PollingRunWatcher(
        service: service, clock: time, settings: settings, random: { 0.5 })
    }

    func end(of run: Run, by deadline: Timestamp, every: TimeSpan?) async throws(WatchError) -> Run {
      let outcome = await watcher.watch(.end(of: run), by: deadline, every: every) { _ in }
      costs.withLockedValue { $0.append(outcome.cost) }
      return try outcome.result.get()
    }

    var delays: [Double] { costs.withLockedValue { $0.compactMap { $0.noticedAfter?.inSeconds } } }

    func launched(_ operation: DataOperation) async throws -> Run {
      Run(id: try await service.launch(operation, on: nil), operation: operation)
    }
  }

  private struct EveryToken: TokenSource {
    func token() async throws(TokenError) -> Token { try Token("token") }
    func token(insteadOf refused: Token) async throws(TokenError) -> Token { try Token("token") }
  }

  private func operation(_ number: Int = 0, type: ConfigurationType = .tableToStorage) -> DataOperation {
    .named("000099_job_\(number)", type: type, environment: "DEV", account: "000099")
  }

  /// Ten past runs of those minutes, and a plan for the next.
  private func scenario(past: [Int], next: [Scenario.Plan], _ operation: DataOperation) -> Scenario {
    var scenario = Scenario(now: Sample.now)
    let history = past.enumerated().map { index, minutes in
      Scenario.Start(
        at: Sample.now.advanced(by: .days(index - past.count)), Scenario.Plan(.success, after: .minutes(minutes)))
    }
    scenario.operations = [Scenario.Operation(operation, plans: next, history: history)]
    return scenario
  }

  private func after(_ span: TimeSpan) -> Timestamp { Sample.now.advanced(by: span) }

  @Test func learnsWhenToExpectTheEnd() async throws {
    let operation = operation()
    let rig = Rig(scenario(past: [28, 30, 31, 29, 32], next: [.init(.failed, after: .minutes(31))], operation))
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
    let operation = operation()
    let rig = Rig(scenario(past: [], next: [.init(.success, after: .hours(3))], operation))
    _ = try await rig.time.drive {
      try await rig.end(of: try await rig.launched(operation), by: after(.days(1)), every: nil)
    }
    #expect(rig.watcher.totals.requests < 100)
    #expect(try #require(rig.delays.first) <= 300.1)
  }

  /// What a run's start tells of its age is not heeded where clocks differ by years: neither is it left alone, nor asked
  /// for every moment.
  @Test(arguments: [-2_000, 2_000]) func clocksMayDiffer(_ days: Int) async throws {
    let operation = operation()
    let pace = LearnedPace(
      pastRuns: [30, 31, 32].map { minutes in
        Run(
          id: "\(minutes)", operation: operation, status: .success, started: Sample.now,
          duration: .minutes(minutes))
      })
    let run = Run(id: "1", operation: operation, status: .running, started: Sample.now.advanced(by: .days(days)))
    for waited in [TimeSpan.seconds(20), .minutes(1), .minutes(10)] {
      var watch = Watch(
        deadline: .latest, every: nil, began: Sample.now, result: OneShot(), hear: { _ in }, target: .end(of: run),
        due: Sample.now)
      let now = Sample.now.advanced(by: waited)
      watch.plan(from: now, pace, WatchSettings(), jitter: 0)
      let pause = watch.due.since(now).inSeconds
      #expect(pause <= max(30, waited.inSeconds * 2) && pause >= waited.inSeconds / 10, "\(waited): \(pause)")
    }
  }

  @Test func obeysEvery() async throws {
    let operation = operation()
    let rig = Rig(scenario(past: [30, 30, 30], next: [.init(.success, after: .minutes(5))], operation))
    _ = try await rig.time.drive {
      try await rig.end(of: try await rig.launched(operation), by: after(.hours(1)), every: .minutes(1))
    }
    #expect(rig.watcher.totals.requests == 6)
  }

  @Test func awaitsOnOneOperationCostAboutOne() async throws {
    let operation = operation()
    let rig = Rig(scenario(past: [30, 31, 29], next: [.init(.success, after: .minutes(30))], operation))
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
    #expect(rig.costs.withLockedValue { $0.count } == 100)
  }

  @Test func looksOnceMoreAtTheDeadline() async throws {
    let operation = operation()
    // Ends one second before the deadline, which no learned look would fall on.
    let ending = scenario(past: [120, 120, 120], next: [.init(.success, after: .seconds(1799))], operation)
    let rig = Rig(ending)
    let run = try await rig.time.drive {
      try await rig.end(of: try await rig.launched(operation), by: after(.minutes(30)), every: nil)
    }
    #expect(run.status == .success)

    let stuck = Rig(scenario(past: [], next: [.init(.running, after: .zero)], operation))
    let error = try await stuck.time.drive {
      let run = try await stuck.launched(operation)
      return await watchFailure { () async throws(WatchError) in
        try await stuck.end(of: run, by: after(.minutes(30)), every: nil)
      }
    }
    guard case .deadline(let seen?)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(seen.status == .running)
    #expect(stuck.time.now >= after(.minutes(30)))
    #expect(stuck.time.now <= after(.minutes(31)))
  }

  @Test func aDeadlineThatHasPassedStillLooksOnce() async throws {
    let operation = operation()
    let rig = Rig(scenario(past: [], next: [.init(.success, after: .zero)], operation))
    let run = try await rig.time.drive {
      let run = try await rig.launched(operation)
      return try await rig.end(of: run, by: Sample.now, every: nil)
    }
    #expect(run.status == .success)
    #expect(rig.watcher.totals.requests == 1)
  }

  @Test func passingTroubleIsWaitedOut() async throws {
    let operation = operation()
    let rig = Rig(scenario(past: [], next: [.init(.success, after: .minutes(1))], operation))
    rig.simulator.add(FaultRule(.status(503, afterEffect: false), action: "get_last_status", occurrences: 1...3))
    rig.simulator.add(FaultRule(.replyLost, action: "check_run_status", occurrences: 1...4))
    let run = try await rig.time.drive {
      try await rig.end(of: try await rig.launched(operation), by: after(.hours(1)), every: nil)
    }
    #expect(run.status == .success)
  }

  @Test func lastingTroubleEndsTheAwait() async throws {
    let operation = operation()
    let rig = Rig(scenario(past: [], next: [], operation), settings: WatchSettings(patience: .minutes(5)))
    for action in ["get_last_status", "check_run_status"] {
      rig.simulator.add(FaultRule(.status(503, afterEffect: false), action: action))
    }
    let error = try await rig.time.drive {
      let run = try await rig.launched(operation)
      return await watchFailure { () async throws(WatchError) in
        try await rig.end(of: run, by: after(.hours(5)), every: nil)
      }
    }
    guard case .service(let service)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(service.code == 503)
    #expect(rig.time.now >= after(.minutes(5)))
    #expect(rig.time.now <= after(.minutes(7)))
  }

  @Test(arguments: [400, 401, 403, 404]) func aNoEndsTheAwaitAtOnce(_ code: Int) async throws {
    let operation = operation()
    let rig = Rig(scenario(past: [], next: [], operation))
    for action in ["get_last_status", "check_run_status"] {
      rig.simulator.add(FaultRule(.status(code, afterEffect: false), action: action))
    }
    let error = try await rig.time.drive {
      let run = try await rig.launched(operation)
      return await watchFailure { () async throws(WatchError) in
        try await rig.end(of: run, by: after(.hours(5)), every: nil)
      }
    }
    guard case .service(let service)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(service.code == code)
    #expect(rig.time.now <= after(.seconds(5)))
  }

  @Test func retryAfterHoldsUpEveryLook() async throws {
    let rig = Rig(Scenario(now: Sample.now))
    rig.simulator.add(
      FaultRule(
        .status(429, afterEffect: false, retryAfter: .minutes(10)), action: "get_last_status", occurrences: 1...1))
    try await rig.time.drive {
      let runs = [try await rig.launched(operation(1)), try await rig.launched(operation(2))]
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

  @Test func theNextRunIsTheFirstAfterTheMoment() async throws {
    let operation = operation()
    var scenario = scenario(past: [5, 5, 5], next: [], operation)
    scenario.operations[0].schedule = [10, 20, 30].map { minute in
      Scenario.Start(at: after(.minutes(minute)), Scenario.Plan(minute == 20 ? .failed : .success, after: .minutes(5)))
    }
    let rig = Rig(scenario)
    let run = try await rig.time.drive {
      try await rig.watcher.endOfNextRun(of: operation, since: after(.minutes(15)), by: after(.hours(1)), every: nil)
    }
    #expect(run.started == after(.minutes(20)))
    #expect(run.status == .failed)

    let none = try await Rig(self.scenario(past: [5, 5, 5], next: [], operation)).nothingBy(after(.hours(1)), operation)
    #expect(none == .deadline(lastSeen: nil))
  }

  @Test func whatAListingDoesNotShowIsLookedAtAlone() async throws {
    let operation = operation()
    var scenario = scenario(past: [], next: [.init(.success, after: .minutes(20))], operation)
    scenario.visibilityDelay = .minutes(3)
    let rig = Rig(scenario, settings: WatchSettings(historySize: 1, largestListing: 1))
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

  @Test func aCancelledAwaitEndsAtOnceAndLeavesTheOthers() async throws {
    let operation = operation()
    let rig = Rig(scenario(past: [], next: [.init(.success, after: .minutes(20))], operation))
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

  /// Twenty operations whose runs are due together cost one listing of their type each time; two cost their own looks.
  @Test(arguments: [2, 20]) func operationsShareAListingWhereThatCostsLess(_ count: Int) async throws {
    var scenario = Scenario(now: Sample.now)
    scenario.operations = (0..<count).map { number in
      Scenario.Operation(
        operation(number), plans: [.init(.success, after: .minutes(30))],
        history: (1...5).map { Scenario.Start(at: after(.days(-$0)), .init(.success, after: .minutes(30))) })
    }
    let rig = Rig(scenario)
    try await rig.time.drive {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<count {
          group.addTask {
            let run = try await rig.launched(operation(number))
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

  /// A type's listing that cannot show all that is awaited is not asked for.
  @Test func aListingThatWouldNotShowAllIsNotShared() async throws {
    var scenario = Scenario(now: Sample.now)
    scenario.operations = (0..<10).map { number in
      Scenario.Operation(
        operation(number), plans: [.init(.success, after: .minutes(30))],
        history: (1...5).map { Scenario.Start(at: after(.days(-$0)), .init(.success, after: .minutes(30))) })
    }
    let rig = Rig(scenario, settings: WatchSettings(largestListing: 9))
    try await rig.time.drive {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<10 {
          group.addTask {
            let run = try await rig.launched(operation(number))
            _ = try await rig.end(of: run, by: after(.hours(2)), every: nil)
          }
        }
        try await group.waitForAll()
      }
    }
    #expect(rig.watcher.totals.sharedListings == 0)
  }

  @Test func learnsFromWhatItSawItself() async throws {
    let operation = operation()
    let rig = Rig(scenario(past: [], next: [.init(.success, after: .minutes(30))], operation))
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

  @Test func saysHowLongRunsUsuallyTake() async throws {
    let operation = operation()
    let rig = Rig(scenario(past: [28, 30, 31, 29, 32], next: [.init(.success, after: .minutes(30))], operation))
    let news = NIOLockedValueBox<[WatchNews]>([])
    _ = try await rig.time.drive {
      let run = try await rig.launched(operation)
      return await rig.watcher.watch(.end(of: run), by: after(.hours(2)), every: nil) { piece in
        news.withLockedValue { $0.append(piece) }
      }
    }
    let usual = UsualDuration(
      median: .minutes(30), range: .minutes(28)...(.minutes(32)), longest: .minutes(32), runs: 5)
    #expect(news.withLockedValue { $0 } == [.usual(usual)])
  }

  @Test func saysThatTheNextRunHasStarted() async throws {
    let operation = operation()
    var scenario = scenario(past: [], next: [], operation)
    scenario.operations[0].schedule = [Scenario.Start(at: after(.minutes(10)), .init(.success, after: .minutes(5)))]
    let rig = Rig(scenario)
    let news = NIOLockedValueBox<[WatchNews]>([])
    _ = try await rig.time.drive {
      await rig.watcher.watch(
        .nextRun(of: operation, since: Sample.now), by: after(.hours(2)), every: nil
      ) { piece in news.withLockedValue { $0.append(piece) } }
    }
    let heard = news.withLockedValue { $0 }
    guard case .appeared(let run)? = heard.first else {
      Issue.record("\(heard)")
      return
    }
    #expect(heard.count == 1)
    #expect(run.started == after(.minutes(10)))
  }

  // MARK: Turns for conditions

  private func turns(every: TimeSpan?, isFailing: Bool = false, by deadline: TimeSpan) async throws -> [TimeSpan] {
    let rig = Rig(Scenario(now: Sample.now))
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

extension WatcherTests.Rig {
  fileprivate func nothingBy(_ deadline: Timestamp, _ operation: DataOperation) async throws -> WatchError? {
    try await time.drive {
      await watchFailure { () async throws(WatchError) in
        try await watcher.endOfNextRun(of: operation, since: Sample.now, by: deadline, every: nil)
      }
    }
  }
}

private func watchFailure(_ wait: () async throws(WatchError) -> Run) async -> WatchError? {
  do throws(WatchError) {
    _ = try await wait()
    return nil
  } catch {
    return error
  }
}
