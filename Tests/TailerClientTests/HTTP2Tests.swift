import CivilTime
import Coordination
import FaultSupport
import FoundationEssentials
import Subprocess
import TailerAPI
import TailerSimulator
import Testing

@testable import TailerClient

/// The client and the built-in service over a real connection with TLS.
@Suite(.timeLimit(.minutes(2))) struct HTTP2Tests {
  private struct NoCertificate: Error {}

  /// A certificate of its own for a name, in a folder that the caller removes.
  private func certificate(for name: String) async throws -> (SimulatorServer.Certificate, folder: URL) {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let chain = folder.appendingPathComponent("chain.pem").path
    let key = folder.appendingPathComponent("key.pem").path
    let made = try await Subprocess.run(
      .name("openssl"),
      arguments: [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj",
        "/CN=test", "-addext", "subjectAltName=\(name)", "-keyout", key, "-out", chain,
      ], output: .discarded, error: .discarded)
    guard made.terminationStatus.isSuccess else { throw NoCertificate() }
    return (SimulatorServer.Certificate(chain: chain, privateKey: key), folder)
  }

  private final class Log: Sendable {
    private let state = Guarded<[SimulatorServer.Exchange]>([])
    var exchanges: [SimulatorServer.Exchange] { state.withLock { $0 } }
    func note(_ exchange: SimulatorServer.Exchange) { state.withLock { $0.append(exchange) } }
  }

  /// Serves while the body runs, which is given the port.
  private func serving<Result: Sendable>(
    _ simulator: Simulator, _ certificate: SimulatorServer.Certificate?, _ log: Log,
    _ body: @escaping @Sendable (Int) async throws -> Result
  ) async throws -> Result {
    let server = SimulatorServer(
      simulator, clock: HastyClock(), certificate: certificate, log: { log.note($0) })
    let listening = Promise<Int>()
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run { listening.fulfill($0) } }
      let port = try #require(await listening.value())
      let result = try await body(port)
      group.cancelAll()
      return result
    }
  }

  private func service(_ transport: any HTTPTransport) throws -> TailerServiceClient {
    let clock = HastyClock()
    let token = try Token(Sample.jwt(until: clock.now.advanced(by: .days(1))))
    return TailerServiceClient(
      transport: transport, tokens: FixedToken(token, source: "TAILER_API_JWT", clock: clock), clock: clock,
      settings: ClientSettings(attempts: 1))
  }

  @Test func bothSidesSpeakHTTP2() async throws {
    let (certificate, folder) = try await certificate(for: "IP:127.0.0.1")
    defer { try? FileManager.default.removeItem(at: folder) }
    let simulator = Simulator(Scenario(now: Sample.now))
    let log = Log()
    let versions = try await serving(simulator, certificate, log) { port in
      let transport = try HTTPClientTransport(
        base: BaseAddress("https://127.0.0.1:\(port)"), settings: .init(trustRoots: certificate.chain))
      let service = try service(transport)
      let id = try await service.launched(Sample.prepare)
      let run = try await service.check(Run.Reference(id: id, operation: Sample.prepare))
      #expect(run?.id == id)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<300 {
          group.addTask { _ = try await service.lastRuns(of: Sample.prepare, RunFilter(limit: 1)) }
        }
        try await group.waitForAll()
      }
      await transport.shutdown()
      return transport.replyVersions
    }
    #expect(versions == ["HTTP/2.0": 302])
    #expect(log.exchanges.count == 302)
    #expect(log.exchanges.allSatisfy { $0.version == .http2 && $0.code == 200 })
    #expect(simulator.launches.count == 1)
  }

  @Test(arguments: [true, false]) func aRequestIsSaidToHaveLeftOnce(_ isHTTP2: Bool) async throws {
    let (certificate, folder) = try await certificate(for: "IP:127.0.0.1")
    defer { try? FileManager.default.removeItem(at: folder) }
    let simulator = Simulator(Scenario(now: Sample.now))
    let left = Guarded(0)
    try await serving(simulator, isHTTP2 ? certificate : nil, Log()) { port in
      let transport = try HTTPClientTransport(
        base: BaseAddress("\(isHTTP2 ? "https" : "http")://127.0.0.1:\(port)"),
        settings: .init(trustRoots: certificate.chain))
      let service = try service(transport)
      for number in 1...3 {
        _ = try await service.launch(
          Sample.prepare, on: nil, LaunchTry(left: { left.withLock { $0 += 1 } }))
        #expect(left.withLock { $0 } == number)
      }
      await transport.shutdown()
    }
  }

  @Test func plainOnLoopbackIsHTTP1() async throws {
    let log = Log()
    let versions = try await serving(Simulator(Scenario(now: Sample.now)), nil, log) { port in
      let transport = try HTTPClientTransport(base: BaseAddress("http://127.0.0.1:\(port)"))
      _ = try await service(transport).launched(Sample.prepare)
      await transport.shutdown()
      return transport.replyVersions
    }
    #expect(versions == ["HTTP/1.1": 1])
    #expect(log.exchanges.map(\.version) == [.http1])
  }

  @Test func aCertificateThatIsNotTrustedSendsNothing() async throws {
    let (trusted, folder) = try await certificate(for: "IP:127.0.0.1")
    let (elsewhere, otherFolder) = try await certificate(for: "DNS:somewhere.example")
    defer {
      try? FileManager.default.removeItem(at: folder)
      try? FileManager.default.removeItem(at: otherFolder)
    }
    // Signed by nobody who is trusted; trusted, but for another name.
    for (shown, roots) in [(trusted, nil), (trusted, elsewhere.chain), (elsewhere, elsewhere.chain)] {
      let simulator = Simulator(Scenario(now: Sample.now))
      let log = Log()
      let error = try await serving(simulator, shown, log) { port in
        let transport = try HTTPClientTransport(
          base: BaseAddress("https://127.0.0.1:\(port)"), settings: .init(trustRoots: roots))
        let service = try service(transport)
        let error = await failure { () async throws(ServiceError) in try await service.launched(Sample.prepare) }
        await transport.shutdown()
        return error
      }
      #expect(error?.kind == .neverSent)
      #expect(error?.message.contains("certificate is not trusted") == true, "\(error?.message ?? "")")
      #expect(log.exchanges.isEmpty)
      #expect(simulator.requestCount == 0)
    }
  }

  /// The service has carried the launch out and breaks the connection: the client must not call that unsent.
  @Test func aLostReplyOverHTTP2IsUnknown() async throws {
    let (certificate, folder) = try await certificate(for: "IP:127.0.0.1")
    defer { try? FileManager.default.removeItem(at: folder) }
    let simulator = Simulator(Scenario(now: Sample.now))
    simulator.add(.on(1, .replyLost))
    let error = try await serving(simulator, certificate, Log()) { port in
      let transport = try HTTPClientTransport(
        base: BaseAddress("https://127.0.0.1:\(port)"), settings: .init(trustRoots: certificate.chain))
      let service = try service(transport)
      let error = await failure { () async throws(ServiceError) in try await service.launched(Sample.prepare) }
      await transport.shutdown()
      return error
    }
    #expect(error?.kind == .unknown)
    #expect(simulator.launches.count == 1)
  }

  // MARK: What proves that nothing was processed

  /// What became of a request that is answered with these frames, and how many arrived.
  private func fate(
    _ behaviour: RawHTTP2Server.Behaviour
  ) async throws -> (error: TransportError?, requests: Int) {
    let (certificate, folder) = try await certificate(for: "IP:127.0.0.1")
    defer { try? FileManager.default.removeItem(at: folder) }
    let server = try await RawHTTP2Server(behaviour, chain: certificate.chain, privateKey: certificate.privateKey)
    let transport = try HTTPClientTransport(
      base: BaseAddress("https://127.0.0.1:\(server.port)"), settings: .init(trustRoots: certificate.chain))
    let request = HTTPRequest(path: "/v1/dag/launch", headers: [:], body: Array("{}".utf8))
    var error: TransportError?
    do throws(TransportError) {
      _ = try await transport.send(request, within: .seconds(30))
    } catch let failure {
      error = failure
    }
    await transport.shutdown()
    await server.stop()
    return (error, server.requests)
  }

  private func isNeverSent(_ error: TransportError?) -> Bool { if case .neverSent = error { true } else { false } }

  /// RFC 9113, 8.7: nothing was processed of a stream that is reset so.
  @Test func aRefusedStreamWasNotProcessed() async throws {
    let (error, requests) = try await fate(.resetStream(code: 7))
    try #require(error != nil && requests == 1)
    #expect(isNeverSent(error), "\(String(describing: error))")
  }

  /// Any other code proves nothing. A GOAWAY whose last stream is below the request's would, but the library closes the
  /// stream with CANCEL then, as it does for a reset with that code: it stays unknown.
  @Test func anythingElseMayHaveBeenProcessed() async throws {
    for behaviour in [
      RawHTTP2Server.Behaviour.resetStream(code: 2), .resetStream(code: 8), .goAway(lastStream: 1),
      .goAway(lastStream: 0),
    ] {
      let (error, requests) = try await fate(behaviour)
      #expect(requests == 1)
      #expect(error != nil && !isNeverSent(error), "\(behaviour)")
    }
  }

  /// As over HTTP/1.1.
  @Test func interimRepliesAreBounded() async throws {
    #expect(try await fate(.interim(count: 100)).error == nil)
    let (error, requests) = try await fate(.interim(count: 20_000))
    #expect(requests == 1)
    #expect(!isNeverSent(error) && error.map { "\($0)".contains("1xx") } == true, "\(String(describing: error))")
  }

  @Test func noMessageShowsTheLibrarysInternals() async throws {
    for code in [UInt32(2), 8] {
      let (error, _) = try await fate(.resetStream(code: code))
      let words = try #require(error.map { "\($0)" })
      #expect(!words.contains("streamID") && !words.contains("location"), "\(words)")
    }
  }

  // MARK: Certificates

  /// Nothing becomes better by trying again; what is wrong, and what helps, is said.
  @Test(arguments: [
    (TimeSpan.zero, ["issuer", "--trust"]), (.hours(48), ["expired at"]), (.hours(-48), ["valid from"]),
  ])
  func aCertificateThatIsNotTrustedIsTriedOnceAndSaysWhy(_ offset: TimeSpan, _ said: [String]) async throws {
    let (shown, folder) = try await certificate(for: "IP:127.0.0.1")
    defer { try? FileManager.default.removeItem(at: folder) }
    let error = try await serving(Simulator(Scenario(now: Sample.now)), shown, Log()) { port in
      let transport = try HTTPClientTransport(
        base: BaseAddress("https://127.0.0.1:\(port)"), clock: ShiftedClock(offset: offset))
      let client = client(transport)
      let error = await failure { () async throws(ServiceError) in try await client.launched(Sample.prepare) }
      await transport.shutdown()
      return error
    }
    #expect(error?.kind == .neverSent)
    #expect(error?.attempts == 1)
    for words in said { #expect(error?.message.contains(words) == true, "\(error?.message ?? "")") }
  }
}

/// The machine's clock, wrong by a span.
private struct ShiftedClock: WallClock {
  let offset: TimeSpan
  var now: Timestamp { RealClock().now.advanced(by: offset) }
  func sleep(for span: TimeSpan) async throws(CancellationError) { try await RealClock().sleep(for: span) }
}
