import CivilTime
import Coordination
import TailerAPI
import TailerSimulator
import Testing

@testable import TailerClient

/// One cap on requests a second for the whole process, whoever asks.
@Suite struct RequestCapTests {
  private func after(_ span: TimeSpan) -> Timestamp { Sample.now.advanced(by: span) }

  /// The moments, in seconds, at which so many turns came that were all asked for at once.
  private func turns(
    _ kinds: [RequestCap.Kind], perSecond: Double, prepare: @escaping @Sendable (RequestCap) -> Void = { _ in }
  ) throws -> [(kind: RequestCap.Kind, at: Double)] {
    let time = VirtualTime(startingAt: Sample.now)
    let cap = RequestCap(perSecond: perSecond, longestHold: .minutes(2), clock: time)
    return try time.run {
      prepare(cap)
      return await withTaskGroup(of: (RequestCap.Kind, Double)?.self) { group in
        for kind in kinds {
          group.addTask { await cap.turn(kind) ? (kind, time.now.since(Sample.now).inSeconds) : nil }
        }
        return await group.reduce(into: []) { turns, turn in turns += turn.map { [$0] } ?? [] }
      }
    }
  }

  @Test func aSecondsWorthGoesAtOnceAndTheRestInTurn() throws {
    let moments = try turns(Array(repeating: .call, count: 40), perSecond: 10).map(\.at).sorted()
    #expect(moments.count == 40)
    #expect(moments.filter { $0 == 0 }.count == 10)
    #expect(abs(try #require(moments.last) - 3) < 0.01)
  }

  @Test func looksLetCallsGoFirst() throws {
    let turns = try turns(
      Array(repeating: .look, count: 40) + Array(repeating: .call, count: 5), perSecond: 10)
    #expect(turns.count == 45)
    #expect(turns.filter { $0.kind == .call }.allSatisfy { $0.at == 0 })
    let seconds = Dictionary(grouping: turns) { Int($0.at) }.mapValues(\.count)
    #expect(seconds.values.allSatisfy { $0 <= 20 }, "\(seconds)")
    #expect(try #require(turns.map(\.at).max()) > 3.4)
  }

  @Test func looksWaitForWhatTheServiceWishesAndCallsForAWhile() throws {
    let short = try turns([.look, .call], perSecond: 10) { $0.hold(for: .seconds(30)) }
    #expect(short.allSatisfy { $0.at == 30 })
    // A call is not kept for longer: it gets the service's own answer.
    let long = try turns([.look, .call], perSecond: 10) { $0.hold(for: .minutes(10)) }
    #expect(long.first { $0.kind == .look }?.at == 600)
    #expect(long.first { $0.kind == .call }?.at == 0)
  }

  @Test func whoIsCancelledInTheLineLeavesItToTheOthers() throws {
    let time = VirtualTime(startingAt: Sample.now)
    let cap = RequestCap(perSecond: 1, longestHold: .minutes(2), clock: time)
    let came = try time.run {
      await withTaskGroup(of: Bool.self) { group in
        cap.hold(for: .seconds(10))
        let leaving = [0, 1].map { _ in Task(executorPreference: time) { await cap.turn(.look) } }
        group.addTask { await cap.turn(.look) }
        try? await time.sleep(for: .seconds(5))
        for task in leaving { task.cancel() }
        let left = [await leaving[0].value, await leaving[1].value].contains(true)
        return await group.next() == true && !left
      }
    }
    #expect(came)
    #expect(time.now.since(Sample.now) < .seconds(12))
  }

  /// Calls, looks and further tries count together.
  @Test func everythingThatAClientSendsCounts() async throws {
    let time = VirtualTime(startingAt: Sample.now)
    let simulator = Simulator(Scenario(now: Sample.now))
    simulator.add(FaultRule(.status(503, afterEffect: false), action: "get_by_status"))
    let client = client(
      SimulatedTransport(simulator, clock: time), clock: time,
      tokens: FixedToken(try Token("t"), source: "TAILER_API_JWT", clock: time),
      settings: ClientSettings(attempts: 3, requestsPerSecond: 5))
    try await time.drive {
      await withTaskGroup(of: Void.self) { group in
        for number in 0..<60 {
          group.addTask {
            let caller = number % 2 == 0 ? client : client.looking
            switch number % 3 {
            case 0: _ = try? await caller.lastRuns(of: Sample.prepare, RunFilter(limit: 1))
            case 1: _ = try? await caller.check(Sample.reference)
            default:
              _ = try? await caller.runs(of: .tableToTable, account: "000099", environment: "DEV", RunFilter(limit: 1))
            }
          }
        }
        await group.waitForAll()
      }
    }
    let moments = simulator.requests.map { $0.moment.since(Sample.now).inSeconds }
    #expect(moments.count == 100)
    #expect(client.requestCounts.total == 100)
    for second in 0..<20 {
      let count = moments.filter { $0 >= Double(second) && $0 < Double(second + 1) }.count
      #expect(count <= 10, "\(count) in second \(second)")
    }
    #expect(try #require(moments.max()) >= 18.9)
  }

  @Test func aWishOfTheServiceHoldsUpAllLooks() async throws {
    let time = VirtualTime(startingAt: Sample.now)
    let simulator = Simulator(Scenario(now: Sample.now))
    simulator.add(
      FaultRule(
        .status(429, afterEffect: false, retryAfter: .seconds(40)), action: "check_run_status", occurrences: 1...1))
    let client = client(
      SimulatedTransport(simulator, clock: time), clock: time,
      tokens: FixedToken(try Token("t"), source: "TAILER_API_JWT", clock: time))
    try await time.drive {
      _ = try? await client.looking.check(Sample.reference)
      _ = try await client.looking.lastRuns(of: Sample.prepare, RunFilter(limit: 1))
    }
    #expect(simulator.requests.dropFirst().allSatisfy { $0.moment >= after(.seconds(40)) })
  }
}
