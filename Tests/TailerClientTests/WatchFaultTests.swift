import CivilTime
import TailerAPI
import TailerSimulator
import Testing

@testable import TailerClient

/// No await is ever forgotten: every fault, at every request of a watch, alone and lasting for a while.
@Suite struct WatchFaultTests {
  /// What is awaited.
  enum Situation: CaseIterable {
    case one, threeOfOneOperation, sixOperations, next
  }

  private func operation(_ number: Int) -> DataOperation {
    .named("000099_job_\(number)", type: .tableToStorage, environment: "DEV", account: "000099")
  }

  private func after(_ span: TimeSpan) -> Timestamp { Sample.now.advanced(by: span) }

  private func scenario(_ situation: Situation) -> Scenario {
    var scenario = Scenario(now: Sample.now)
    scenario.operations = (0..<6).map { number in
      Scenario.Operation(
        operation(number), plans: [.init(.success, after: .minutes(30))],
        history: (1...4).map { Scenario.Start(at: after(.days(-$0)), .init(.success, after: .minutes(30))) })
    }
    if situation == .next {
      scenario.operations[0].schedule = [Scenario.Start(at: after(.minutes(10)), .init(.success, after: .minutes(30)))]
    }
    return scenario
  }

  /// What the awaits came to, and how many requests it took.
  private func watch(
    _ situation: Situation, _ faults: [FaultRule], deadline: TimeSpan = .hours(3)
  ) throws -> (outcomes: [WatchOutcome], requests: Int, end: TimeSpan) {
    let time = VirtualTime(startingAt: Sample.now)
    let simulator = Simulator(scenario(situation))
    let service = client(
      SimulatedTransport(simulator, clock: time), clock: time, tokens: EveryToken(),
      settings: ClientSettings(attempts: 1))
    let watcher = PollingRunWatcher(service: service, clock: time, random: { 0.5 })
    let end = after(deadline)
    let outcomes = try time.run {
      var targets: [WatchTarget] = []
      let launches =
        situation == .one
        ? [0] : situation == .next ? [] : situation == .sixOperations ? [0, 1, 2, 3, 4, 5] : [0, 0, 0]
      for number in launches {
        let operation = operation(number)
        targets.append(
          .end(of: Run(id: try await service.launch(operation, on: nil, LaunchTry()), operation: operation)))
      }
      if situation == .next { targets.append(.nextRun(of: operation(0), since: Sample.now)) }
      for fault in faults { simulator.add(fault) }
      return await withTaskGroup(of: WatchOutcome.self) { group in
        for target in targets {
          group.addTask { await watcher.watch(target, by: end, every: nil) { _ in } }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
    }
    return (outcomes, simulator.requestCount, time.now.since(Sample.now))
  }

  @Test(arguments: Situation.allCases) func everyFaultAtEveryRequest(_ situation: Situation) throws {
    let (_, requests, _) = try watch(situation, [])
    let launches = [1, 3, 6, 0][Situation.allCases.firstIndex(of: situation) ?? 0]
    // A no to a look ends its awaits; everything else is borne.
    let borne = Fault.all.filter { fault in
      if case .status(let code, _, _) = fault { ![400, 401, 403, 404].contains(code) } else { true }
    }
    let isAlone = situation == .one || situation == .next
    let some: [Fault] = [
      .replyLost, .html, .slow(.hours(2)), .lateListing(.minutes(3)), .status(503, afterEffect: false),
      .status(429, afterEffect: false, retryAfter: .seconds(7)),
    ]
    for fault in isAlone ? borne : some {
      for first in (launches + 1)...requests {
        for length in [1, 5] {
          let rule = FaultRule(fault, occurrences: first...(first + length - 1))
          let (outcomes, _, end) = try watch(situation, [rule])
          let ended = outcomes.filter { (try? $0.result.get())?.status == .success }
          #expect(ended.count == outcomes.count, "\(fault) from request \(first), \(length) times")
          #expect(end < .hours(2), "\(fault) from request \(first), \(length) times: \(end)")
        }
      }
    }
  }

  /// Whatever the service does, an await is over at its deadline, or shortly after.
  @Test(arguments: Situation.allCases) func everyLastingFaultEndsSomehow(_ situation: Situation) throws {
    for fault in Fault.all {
      let (outcomes, _, end) = try watch(situation, [FaultRule(fault)], deadline: .hours(1))
      for outcome in outcomes {
        if case .failure(.cancelled) = outcome.result { Issue.record("\(fault): cancelled") }
      }
      #expect(end <= .minutes(61), "\(fault): \(end)")
    }
  }

  /// Where a service is silent altogether, the last look is given up soon after the deadline.
  @Test func aSilentServiceDoesNotKeepADeadlineFromPassing() throws {
    let (outcomes, _, end) = try watch(.sixOperations, [FaultRule(.slow(.hours(2)))], deadline: .minutes(5))
    #expect(outcomes.allSatisfy { if case .failure(.unseen) = $0.result { true } else { false } })
    #expect(end >= .minutes(5))
    #expect(end <= .minutes(6))
  }
}
