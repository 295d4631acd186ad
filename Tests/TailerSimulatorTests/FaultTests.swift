import CivilTime
import TailerAPI
import TailerSimulator
import Testing

@Suite struct FaultTests {
  private let prepare = table("prepare")

  /// What one launch meets under a fault: what the sender sees, and what became of it.
  private struct Meeting {
    var result: Result<HTTPReply, TransportError>
    var took: TimeSpan
    var launchedAtOnce: Int
    var launchedInTheEnd: Int
  }

  private func meet(_ fault: Fault, limit: TimeSpan = .seconds(30)) throws -> Meeting {
    var one = scenario(.init(prepare))
    one.faults = [.on(1, of: "launch_job", fault)]
    let time = VirtualTime(startingAt: one.now)
    let transport = SimulatedTransport(Simulator(one), clock: time)
    let body = JSONValue.object(Desk.members(prepare, "launch_job")).bytes
    return try time.run {
      let request = HTTPRequest(path: "/v1/dag/launch", headers: ["authorization": "Bearer t"], body: body)
      let result: Result<HTTPReply, TransportError>
      do throws(TransportError) { result = .success(try await transport.send(request, within: limit)) } catch {
        result = .failure(error)
      }
      let took = time.now.since(morning)
      let atOnce = transport.simulator.launches.count
      transport.simulator.settle()
      return Meeting(
        result: result, took: took, launchedAtOnce: atOnce, launchedInTheEnd: transport.simulator.launches.count)
    }
  }

  @Test(arguments: Fault.all)
  func everyFaultDoesWhatItSays(fault: Fault) throws {
    let meeting = try meet(fault)
    let reply = try? meeting.result.get()
    var failure: TransportError?
    if case .failure(let error) = meeting.result { failure = error }
    func expect(_ atOnce: Int, _ inTheEnd: Int) {
      #expect(meeting.launchedAtOnce == atOnce)
      #expect(meeting.launchedInTheEnd == inTheEnd)
    }
    func expectFateUnknown() {
      guard case .fateUnknown = failure else {
        Issue.record("expected an unknown fate, not \(meeting.result)")
        return
      }
    }
    switch fault {
    case .unreachable:
      guard case .neverSent = failure else {
        Issue.record("expected never sent, not \(meeting.result)")
        return
      }
      expect(0, 0)
    case .requestLost:
      expectFateUnknown()
      expect(0, 0)
    case .replyLost:
      expectFateUnknown()
      expect(1, 1)
    case .lateEffect:
      expectFateUnknown()
      expect(0, 1)
    case .status(let code, let afterEffect, let retryAfter):
      #expect(reply?.status == code)
      #expect(reply?.headers["retry-after"] == retryAfter.map { _ in "7" })
      #expect((502...504).contains(code) == (JSONValue(reply?.body ?? []) == nil))
      expect(afterEffect ? 1 : 0, afterEffect ? 1 : 0)
    case .slow(let span):
      if span < .seconds(30) {
        #expect(reply?.status == 200)
        #expect(meeting.took == .milliseconds(20_020))
      } else {
        expectFateUnknown()
        #expect(meeting.took == .seconds(30))
      }
      expect(1, 1)
    case .truncated:
      #expect(reply?.status == 200)
      #expect(reply?.body.isEmpty == false)
      #expect(JSONValue(reply?.body ?? []) == nil)
      expect(1, 1)
    case .html:
      #expect(reply?.headers["content-type"]?.hasPrefix("text/html") == true)
      #expect(JSONValue(reply?.body ?? []) == nil)
      expect(1, 1)
    case .empty:
      #expect(reply?.body == [])
      expect(1, 1)
    case .lateListing:
      #expect(reply?.status == 200)
      expect(1, 1)
    }
  }

  @Test(arguments: Fault.all)
  func everyFaultIsReadAsItIsWritten(fault: Fault) {
    #expect(Fault(fault.description) == fault)
  }

  @Test(arguments: [
    "", "lost", "503 after", "503 after the effects", "slow", "slow by", "slow by soon", "200", "600", "0503", "5O3",
    "429 retry after", "reply lost twice", "effect after -5m", "unreachable 3", "+50", "hidden for",
  ])
  func whatIsNoFault(text: String) {
    #expect(Fault(text) == nil)
  }

  @Test func faultsAreMeantForRequests() {
    func codes(_ rules: FaultRule...) -> [Int] {
      var one = scenario(.init(prepare))
      one.faults = rules
      let desk = Desk(one)
      var codes: [Int] = []
      for _ in 1...3 {
        codes.append(desk.post("/v1/dag/launch", Desk.members(prepare, "launch_job")).code)
        codes.append(desk.post("/v1/dag/status", Desk.members(prepare, "get_last_status")).code)
      }
      return codes
    }
    let broken = Fault.status(500, afterEffect: false)
    #expect(codes() == [200, 200, 200, 200, 200, 200])
    #expect(codes(.on(2, broken)) == [200, 500, 200, 200, 200, 200])
    #expect(codes(.on(2, of: "launch_job", broken)) == [200, 200, 500, 200, 200, 200])
    #expect(codes(FaultRule(broken, action: "get_last_status")) == [200, 500, 200, 500, 200, 500])
    #expect(codes(FaultRule(broken, occurrences: 3...5)) == [200, 200, 500, 500, 500, 200])
    #expect(codes(FaultRule(broken)) == [500, 500, 500, 500, 500, 500])
    #expect(codes(.on(1, .status(503, afterEffect: false)), FaultRule(broken)) == [503, 500, 500, 500, 500, 500])
    #expect(codes(.on(7, broken)) == [200, 200, 200, 200, 200, 200])
  }

  @Test func aLateListingHidesTheRunOrLeavesItOut() throws {
    var one = scenario(.init(prepare))
    one.faults = [.on(1, of: "launch_job", .lateListing(.minutes(3)))]
    let desk = Desk(one)
    let id = try #require(desk.launch(prepare))
    desk.wait(.seconds(179))
    #expect(desk.check(prepare, id) == nil)
    desk.wait(.seconds(1))
    #expect(desk.check(prepare, id) != nil)

    desk.simulator.add(.on(2, of: "get_last_status", .lateListing(.hours(1))))
    #expect(desk.last(prepare)?.count == 1)
    #expect(desk.last(prepare)?.count == 0)
    #expect(desk.last(prepare)?.count == 1)
  }

  @Test func aLateEffectTakesPlaceAtItsMoment() {
    var one = scenario(.init(prepare))
    one.faults = [.on(1, .lateEffect(.minutes(5)))]
    let desk = Desk(one)
    #expect(desk.launch(prepare) == nil)
    desk.wait(.seconds(299))
    #expect(desk.last(prepare) == [])
    desk.wait(.minutes(1))
    #expect(desk.last(prepare)?.count == 1)
    #expect(desk.simulator.launches.map(\.launched) == [morning.advanced(by: .minutes(5))])
  }

  @Test func aRefusedRequestHasNoLateEffect() {
    var one = scenario(.init(prepare))
    one.faults = [FaultRule(.lateEffect(.minutes(5)))]
    let desk = Desk(one)
    desk.headers = [:]
    desk.launch(prepare)
    desk.simulator.settle()
    #expect(desk.simulator.runs.isEmpty)
  }

  @Test func theTransportHonoursCancellation() throws {
    var one = scenario(.init(prepare))
    one.faults = [.on(2, .slow(.hours(1)))]
    let time = VirtualTime(startingAt: one.now)
    let transport = SimulatedTransport(Simulator(one), clock: time)
    let body = JSONValue.object(Desk.members(prepare, "launch_job")).bytes
    let request = HTTPRequest(path: "/v1/dag/launch", headers: ["authorization": "Bearer t"], body: body)
    let outcomes = try time.run { () -> [TransportError?] in
      func attempt() async -> TransportError? {
        do throws(TransportError) { _ = try await transport.send(request, within: .hours(2)) } catch { return error }
        return nil
      }
      let before = Task(executorPreference: time) {
        withUnsafeCurrentTask { $0?.cancel() }
        return await attempt()
      }
      let first = await before.value
      let fine = await attempt()
      let during = Task(executorPreference: time) { await attempt() }
      try await time.sleep(for: .seconds(5))
      during.cancel()
      return [first, fine, await during.value]
    }
    #expect(outcomes == [.cancelled, nil, .cancelled])
    #expect(transport.simulator.launches.count == 2)
    #expect(time.now == morning.advanced(by: .milliseconds(5_020)))
  }

  @Test func latencyPastTheLimitIsAnUnknownFate() throws {
    let time = VirtualTime(startingAt: morning)
    let transport = SimulatedTransport(Simulator(scenario(.init(prepare))), clock: time, latency: .seconds(2))
    let body = JSONValue.object(Desk.members(prepare, "launch_job")).bytes
    let request = HTTPRequest(path: "/v1/dag/launch", headers: ["authorization": "Bearer t"], body: body)
    #expect(throws: TransportError.fateUnknown("no reply within 1s")) {
      try time.run { try await transport.send(request, within: .seconds(1)) }
    }
    #expect(transport.simulator.launches.count == 1)
  }
}
