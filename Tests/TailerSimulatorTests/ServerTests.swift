import CivilTime
import FoundationEssentials
import Glibc
import Subprocess
import TailerAPI
import TailerSimulator
import Testing

/// The documentation's own requests, sent with curl.
@Suite struct ServerTests {
  private let prepare = table("000099_iowa_liquor_prepare_pda")
  private static let run = "20201230-112837-0a795c70-2557-4a60-ba16-788aa2bea179"
  private static let four =
    #""account":"000099","environment":"DEV","configuration_type":"table-to-table","configuration_id":"000099_iowa_liquor_prepare_pda_DEV""#

  /// Stands still, so that replies can be compared word by word.
  private struct StoppedClock: WallClock {
    let now: Timestamp
    func sleep(for span: TimeSpan) async throws(CancellationError) {
      if Task.isCancelled { throw CancellationError() }
    }
  }

  private struct Reply: Equatable {
    var exit: String
    var body: String
    /// The code and the version of HTTP, as curl saw them.
    var line: String
  }

  private func scenario(_ faults: FaultRule...) -> Scenario {
    var scenario = Scenario(now: moment("2020-12-30T11:35:00Z"))
    var one = Scenario.Operation(prepare)
    one.history = [
      .init(
        at: moment("2020-12-30T11:28:43.861340Z"), .init(.success, after: TimeSpan(microseconds: 84_002_519) ?? .zero),
        runID: Self.run)
    ]
    scenario.operations = [one]
    scenario.faults = faults
    return scenario
  }

  /// Runs a server for as long as the body goes on; gives the body the base address and more of curl's arguments.
  private func serve(
    _ simulator: Simulator, isSecure: Bool = false, _ body: (String, [String]) async throws -> Void
  ) async throws -> [SimulatorServer.Exchange] {
    let directory = FileManager.default.temporaryDirectory.appending(path: "simulator-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let certificate = directory.appending(path: "certificate.pem").path
    let key = directory.appending(path: "key.pem").path
    if isSecure {
      let made = try await Subprocess.run(
        .name("openssl"),
        arguments: [
          "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
          "-keyout", key, "-out", certificate, "-subj", "/CN=localhost", "-addext",
          "subjectAltName=DNS:localhost,IP:127.0.0.1",
        ], output: .discarded)
      #expect(made.terminationStatus.isSuccess)
    }
    let (exchanges, log) = AsyncStream<SimulatorServer.Exchange>.makeStream()
    let server = SimulatorServer(
      simulator, clock: StoppedClock(now: simulator.now),
      certificate: isSecure ? .init(chain: certificate, privateKey: key) : nil, log: { log.yield($0) })
    let (ports, bound) = AsyncStream<Int>.makeStream()
    try await withThrowingTaskGroup { group in
      group.addTask {
        defer { bound.finish() }
        try await server.run { bound.yield($0) }
      }
      guard let port = await ports.first(where: { _ in true }) else {
        try await group.waitForAll()
        return
      }
      let base = isSecure ? "https://localhost:\(port)" : "http://127.0.0.1:\(port)"
      let more = isSecure ? ["--http2", "--cacert", certificate] : ["--http1.1"]
      do {
        try await body(base, more)
      } catch {
        group.cancelAll()
        throw error
      }
      group.cancelAll()
      try await group.waitForAll()
    }
    log.finish()
    return await exchanges.reduce(into: []) { $0.append($1) }
  }

  private func curl(_ base: String, _ path: String, _ body: String, _ more: [String]) async throws -> Reply {
    let result = try await Subprocess.run(
      .name("curl"),
      arguments: Arguments(
        ["--silent", "--max-time", "60", "-X", "POST", base + path, "-H", "content-type: application/json"]
          + ["-H", "Authorization: Bearer abc", "-d", body, "-w", "\n%{http_code} %{http_version}"] + more),
      output: .string(limit: 1 << 20))
    let output = result.standardOutput
    let lines = output.split(separator: "\n", omittingEmptySubsequences: false)
    return Reply(
      exit: "\(result.terminationStatus)", body: lines.dropLast().joined(separator: "\n"),
      line: lines.last.map(String.init) ?? "")
  }

  @Test(arguments: [false, true])
  func theDocumentedRequestsGetTheDocumentedReplies(isSecure: Bool) async throws {
    let simulator = Simulator(scenario())
    let four = Self.four
    let shown = { (type: String) in
      #"{"results":[{"account":"000099","configuration_id":"000099_iowa_liquor_prepare_pda_DEV","configuration_type":"\#(type)","#
        + #""duration":"0:01:24.002519","environment":"DEV","job_id":"gbq-to-gbq|000099_iowa_liquor_prepare_pda_DEV","#
        + #""last_update_date":"2020-12-30T11:30:07.863859+00:00","run_id":"\#(Self.run)","#
        + #""start_execution_date":"2020-12-30T11:28:43.861340+00:00","status":"SUCCESS"}]}"#
    }
    let workflow =
      #""account":"000099","environment":"DEV","configuration_type":"workflow","configuration_id":"000099-iowa-liquor-load-pda""#
    let calls = [
      (
        "/v1/dag/status",
        #"{\#(four),"action":"check_run_status","job_id":"gbq-to-gbq|000099_iowa_liquor_prepare_pda_DEV","run_id":"\#(Self.run)"}"#,
        shown("table-to-table")
      ),
      ("/v1/dag/status", #"{\#(four),"action":"get_last_status","limit":3}"#, shown("gbq-to-gbq")),
      (
        "/v1/dag/status",
        #"{"account":"000099","configuration_type":"table-to-table","action":"get_by_status","status":"SUCCESS","execution_date":"2020-12-30"}"#,
        shown("gbq-to-gbq")
      ),
      (
        "/v1/dag/status", #"{\#(four),"action":"set_run_status","run_id":"\#(Self.run)","status":"CHECKED"}"#,
        #"{"message":"ok"}"#
      ),
      (
        "/v1/workflow/status", #"{\#(workflow),"action":"reset_workflow_status"}"#,
        #"{"code":200,"data":{},"message":"ok"}"#
      ),
      (
        "/v1/configuration/status",
        #"{\#(four),"action":"set_configuration_status","activated":true,"archived":false}"#, #"{"message":"ok"}"#
      ),
    ]
    let exchanges = try await serve(simulator, isSecure: isSecure) { base, more in
      for (path, body, reply) in calls {
        #expect(
          try await curl(base, path, body, more)
            == Reply(exit: "exited(0)", body: reply, line: isSecure ? "200 2" : "200 1.1"))
      }
      let launched = try await curl(
        base, "/v1/dag/launch", #"{\#(four),"action":"launch_job","execution_date":"2020-12-30"}"#, more)
      let id = try #require(simulator.launches.first?.id)
      #expect(launched.body == #"{"run_id":"\#(id)"}"#)
    }
    #expect(exchanges.map(\.version) == Array(repeating: isSecure ? .http2 : .http1, count: 7))
    #expect(exchanges.map(\.code) == Array(repeating: 200, count: 7))
    #expect(simulator.runs.first?.status == .checked)
    #expect(simulator.effects.count == 4)
  }

  @Test func overTLSAlsoHTTP1IsSpoken() async throws {
    let exchanges = try await serve(Simulator(scenario()), isSecure: true) { base, more in
      let body = #"{\#(Self.four),"action":"get_last_status"}"#
      let reply = try await curl(base, "/v1/dag/status", body, more.filter { $0 != "--http2" } + ["--http1.1"])
      #expect(reply.line == "200 1.1")
      let distrusted = try await curl(base, "/v1/dag/status", body, ["--http2"])
      #expect(distrusted.exit == "exited(60)")
    }
    #expect(exchanges.map(\.version) == [.http1])
  }

  @Test(arguments: [false, true])
  func droppedRepliesCloseTheConnection(isSecure: Bool) async throws {
    for (fault, launches) in [(Fault.replyLost, 1), (.requestLost, 0), (.unreachable, 0), (.lateEffect(.hours(1)), 0)] {
      let simulator = Simulator(scenario(.on(1, fault)))
      let body = #"{\#(Self.four),"action":"launch_job"}"#
      let exchanges = try await serve(simulator, isSecure: isSecure) { base, more in
        let dropped = try await curl(base, "/v1/dag/launch", body, more)
        #expect(dropped.line.hasPrefix("000 "))
        #expect(dropped.exit != "exited(0)" && dropped.exit != "exited(28)", "\(dropped)")
        #expect(simulator.launches.count == launches)
        #expect(
          try await curl(base, "/v1/dag/status", #"{\#(Self.four),"action":"get_last_status"}"#, more).exit
            == "exited(0)")
      }
      #expect(exchanges.map(\.code) == [nil, 200])
    }
  }

  @Test(arguments: [false, true])
  func anIdleConnectionDoesNotKeepItFromStopping(isSecure: Bool) async throws {
    var idle: Int32 = -1
    _ = try await serve(Simulator(scenario()), isSecure: isSecure) { base, more in
      let port = base.split(separator: ":").last.flatMap { UInt16($0) } ?? 0
      idle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      let connected = withUnsafePointer(to: address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(idle, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      #expect(connected == 0)
      let served = try await curl(base, "/nowhere", "{}", more)
      #expect(served.line.hasPrefix("404 "))
    }
    close(idle)
  }

  @Test func otherFaultsArriveAsTheyAre() async throws {
    let faults: [FaultRule] = [
      .on(1, .truncated), .on(2, .html), .on(3, .empty),
      .on(4, .status(429, afterEffect: false, retryAfter: .seconds(7))),
      .on(5, .status(502, afterEffect: true)), .on(6, .slow(.hours(1))),
    ]
    var one = scenario()
    one.faults = faults
    let simulator = Simulator(one)
    _ = try await serve(simulator) { base, more in
      let body = #"{\#(Self.four),"action":"launch_job"}"#
      var replies: [Reply] = []
      for _ in 1...6 { replies.append(try await curl(base, "/v1/dag/launch", body, more + ["-i"])) }
      #expect(replies.map(\.line) == ["200 1.1", "200 1.1", "200 1.1", "429 1.1", "502 1.1", "200 1.1"])
      #expect(replies[0].body.hasSuffix("\"}") == false)
      #expect(replies[1].body.contains("<html>"))
      #expect(replies[2].body.lowercased().contains("content-length: 0"))
      #expect(replies[3].body.lowercased().contains("retry-after: 7"))
      #expect(replies[4].body.contains("Bad Gateway"))
    }
    #expect(simulator.launches.count == 5)
  }

  @Test func oddRequestsAreRefused() async throws {
    let simulator = Simulator(scenario())
    _ = try await serve(simulator) { base, more in
      let path = "/v1/dag/status"
      #expect(try await curl(base, path, "{", more).line == "400 1.1")
      #expect(try await curl(base, "/nowhere", "{}", more).line == "404 1.1")
      #expect(try await curl(base, path, "{}", more + ["-X", "GET"]).line == "405 1.1")
      #expect(try await curl(base, path, "{}", more + ["-X", "POST", "-H", "Authorization;"]).line == "401 1.1")
      let directory = FileManager.default.temporaryDirectory.appending(path: "large-\(UUID().uuidString)")
      try Data(repeating: 0x20, count: 3 << 20).write(to: directory)
      defer { try? FileManager.default.removeItem(at: directory) }
      let large = try await curl(base, path, "{}", more + ["--data-binary", "@\(directory.path)", "-H", "Expect:"])
      #expect(large.line == "413 1.1" || large.exit != "exited(0)")
      #expect(try await curl(base, path, #"{\#(Self.four),"action":"get_last_status"}"#, more).line == "200 1.1")
    }
    #expect(simulator.effects == [])
  }

  /// A page that a browser shows, or a name that leads to loopback, is not who the simulator is for.
  @Test(arguments: [
    "Host: evil.example", "Host: 127.0.0.1.evil.example:80", "Host: [::2]", "Host;", "Origin: https://evil.example",
    "Origin: null", "Origin: http://localhost.evil.example",
  ])
  func whoComesByAnotherNameIsRefused(_ header: String) async throws {
    let simulator = Simulator(scenario())
    var line = ""
    _ = try await serve(simulator) { base, more in
      line = try await curl(
        base, "/v1/dag/status", #"{\#(Self.four),"action":"get_last_status"}"#, more + ["-H", header]
      ).line
    }
    let code = line
    #expect(code.hasPrefix("4"), "\(code)")
  }

  @Test(arguments: ["0.0.0.0", "192.168.0.1", "::", "example.com", "127.0.0", "127.0.0.1.example.com", "128.0.0.1", ""])
  func onlyLoopbackIsServed(host: String) async {
    let simulator = Simulator(scenario())
    let server = SimulatorServer(simulator, clock: StoppedClock(now: simulator.now), host: host)
    await #expect(throws: SimulatorServerError.notLoopback(host)) { try await server.run { _ in } }
  }

  @Test func whatCannotBeServedIsSaid() async {
    let simulator = Simulator(scenario())
    let clock = StoppedClock(now: simulator.now)
    let certificate = SimulatorServer.Certificate(chain: "/nowhere/c.pem", privateKey: "/nowhere/k.pem")
    for server in [
      SimulatorServer(simulator, clock: clock, certificate: certificate),
      SimulatorServer(simulator, clock: clock, port: -1),
      SimulatorServer(simulator, clock: clock, port: 65_536),
    ] {
      await #expect(throws: SimulatorServerError.self) { try await server.run { _ in Issue.record("listening") } }
    }
  }

  @Test func aTakenPortIsSaid() async throws {
    let simulator = Simulator(scenario())
    _ = try await serve(simulator) { base, _ in
      let port = base.split(separator: ":").last.flatMap { Int($0) } ?? 0
      let second = SimulatorServer(simulator, clock: StoppedClock(now: simulator.now), port: port)
      await #expect(throws: SimulatorServerError.self) { try await second.run { _ in Issue.record("listening") } }
    }
  }
}
