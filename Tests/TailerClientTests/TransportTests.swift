import CivilTime
import Coordination
import TailerAPI
import Testing

@testable import TailerClient

/// What the network does to a request, and what is known of its fate afterwards.
@Suite(.timeLimit(.minutes(2))) struct TransportTests {
  private let request = HTTPRequest(
    path: "/v1/dag/launch", headers: ["content-type": "application/json"], body: Array(#"{"action":"launch_job"}"#.utf8)
  )

  /// Its sleeps end when the test says so.
  private final class HeldClock: WallClock {
    private let sleepsEnd = Promise<Void>()
    var now: Timestamp { Sample.now }

    func end() { sleepsEnd.fulfill(()) }

    func sleep(for span: TimeSpan) async throws(CancellationError) {
      guard await sleepsEnd.value() != nil else { throw CancellationError() }
    }
  }

  private func send(
    to port: Int, _ request: HTTPRequest? = nil, settings: HTTPClientTransport.Settings = .init(),
    clock: any WallClock = HeldClock(), scheme: String = "http"
  ) async throws -> Exchange {
    let transport = try HTTPClientTransport(
      base: BaseAddress("\(scheme)://127.0.0.1:\(port)"), settings: settings, clock: clock)
    let result = await outcome(transport, request ?? self.request)
    await transport.shutdown()
    return result
  }

  private func outcome(_ transport: HTTPClientTransport, _ request: HTTPRequest) async -> Exchange {
    do throws(TransportError) {
      return .success(try await transport.send(request, within: .seconds(30)))
    } catch {
      return .failure(error)
    }
  }

  private func isNeverSent(_ exchange: Exchange) -> Bool {
    if case .failure(.neverSent) = exchange { true } else { false }
  }

  private func isFateUnknown(_ exchange: Exchange) -> Bool {
    if case .failure(.fateUnknown) = exchange { true } else { false }
  }

  @Test func aReply() async throws {
    let server = try await LoopbackServer(.answer(LoopbackServer.launched))
    let reply = try await send(to: server.port).get()
    #expect(reply.status == 200)
    #expect(String(decoding: reply.body, as: UTF8.self) == #"{"run_id":"r1"}"#)
    #expect(server.requests == 1)
    await server.stop()
  }

  @Test func connectionRefused() async throws {
    let server = try await LoopbackServer(.stall)
    await server.stop()
    let exchange = try await send(to: server.port)
    #expect(isNeverSent(exchange), "\(exchange)")
    #expect("\(exchange)".contains("refused"))
  }

  @Test func nameThatDoesNotResolve() async throws {
    let transport = try HTTPClientTransport(base: BaseAddress("https://nowhere.invalid"), clock: HeldClock())
    let exchange = await outcome(transport, request)
    await transport.shutdown()
    #expect(isNeverSent(exchange), "\(exchange)")
  }

  @Test func closedBeforeTheTLSHandshake() async throws {
    let server = try await LoopbackServer(.closeAtOnce)
    let exchange = try await send(to: server.port, scheme: "https")
    #expect(isNeverSent(exchange), "\(exchange)")
    await server.stop()
  }

  @Test func aServerThatNeverShakesHands() async throws {
    let server = try await LoopbackServer(.stall)
    let settings = HTTPClientTransport.Settings(connectLimit: .milliseconds(200))
    let exchange = try await send(to: server.port, settings: settings, scheme: "https")
    #expect(isNeverSent(exchange), "\(exchange)")
    await server.stop()
  }

  @Test func closedAfterReading() async throws {
    let server = try await LoopbackServer(.readThenClose)
    let exchange = try await send(to: server.port)
    #expect(isFateUnknown(exchange), "\(exchange)")
    #expect(server.requests == 1)
    await server.stop()
  }

  @Test func noAnswerByTheDeadline() async throws {
    let clock = HeldClock()
    let server = try await LoopbackServer(.stall, onRequest: { clock.end() })
    let exchange = try await send(to: server.port, clock: clock)
    #expect(exchange == .failure(.fateUnknown("no whole reply within 30s")))
    #expect(server.requests == 1)
    await server.stop()
  }

  // MARK: When a request has left

  private func departing(
    to port: Int, scheme: String = "http", clock: HeldClock, left: @escaping @Sendable () -> Void
  ) async throws -> Exchange {
    let transport = try HTTPClientTransport(base: BaseAddress("\(scheme)://127.0.0.1:\(port)"), clock: clock)
    let result: Exchange
    do throws(TransportError) {
      result = .success(
        try await transport.send(request, within: .seconds(30), departure: Departure(within: .seconds(9), left: left)))
    } catch {
      result = .failure(error)
    }
    await transport.shutdown()
    return result
  }

  /// What has left is not given up for having taken long to leave.
  @Test func aRequestThatHasLeftIsWaitedFor() async throws {
    let clock = HeldClock()
    let server = try await LoopbackServer(.stall)
    let exchange = try await departing(to: server.port, clock: clock) { clock.end() }
    #expect(exchange == .failure(.fateUnknown("no whole reply within 30s")))
    await server.stop()
  }

  @Test func aRequestThatCannotLeaveIsGivenUpAndWasNeverSent() async throws {
    let clock = HeldClock()
    let server = try await LoopbackServer(.stall)
    clock.end()
    let exchange = try await departing(to: server.port, scheme: "https", clock: clock) { Issue.record("it left") }
    #expect(exchange == .failure(.neverSent("https://127.0.0.1:\(server.port): no connection within 9s")))
    #expect(server.requests == 0)
    await server.stop()
  }

  @Test func halfAReplyThenTheDeadline() async throws {
    let clock = HeldClock()
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"run_id\""
    let server = try await LoopbackServer(.answer(half), onRequest: { clock.end() })
    let exchange = try await send(to: server.port, clock: clock)
    #expect(isFateUnknown(exchange), "\(exchange)")
    await server.stop()
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"run_id\"", "HTTP/1.1 200 OK\r\ncontent-le", "HTTP/1.1 2",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"ru", "garbage\r\n\r\n",
    "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
    "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n",
  ])
  func aBrokenReply(_ text: String) async throws {
    let server = try await LoopbackServer(.answerThenClose(text))
    let exchange = try await send(to: server.port)
    #expect(isFateUnknown(exchange), "\(exchange)")
    #expect(server.requests == 1)
    await server.stop()
  }

  @Test func aReplyThatIsTooLarge() async throws {
    let body = String(repeating: "x", count: 2000)
    let server = try await LoopbackServer(.answer("HTTP/1.1 200 OK\r\ncontent-length: 2000\r\n\r\n\(body)"))
    let exchange = try await send(to: server.port, settings: .init(largestReply: 1000))
    #expect(
      exchange
        == .failure(.fateUnknown("the reply has more than 1000 bytes; a lower `limit` asks for less", isLasting: true)))
    await server.stop()
  }

  @Test func aRedirectIsNotFollowed() async throws {
    let elsewhere = try await LoopbackServer(.answer(LoopbackServer.launched))
    let redirect = "HTTP/1.1 307 X\r\nlocation: http://127.0.0.1:\(elsewhere.port)/\r\ncontent-length: 0\r\n\r\n"
    let server = try await LoopbackServer(.answer(redirect))
    let reply = try await send(to: server.port).get()
    #expect(reply.status == 307)
    #expect(elsewhere.connections == 0)
    await server.stop()
    await elsewhere.stop()
  }

  /// A connection that was kept and that the server closed: each request arrives once at most, and one that
  /// may have arrived is not called unsent.
  @Test func aKeptConnectionThatWasClosed() async throws {
    let server = try await LoopbackServer(.answerThenClose(LoopbackServer.launched))
    let transport = try HTTPClientTransport(
      base: BaseAddress("http://127.0.0.1:\(server.port)"), clock: HeldClock())
    var mayHaveArrived = 0
    var replies = 0
    for _ in 0..<200 {
      let exchange = await outcome(transport, request)
      if !isNeverSent(exchange) { mayHaveArrived += 1 }
      if case .success = exchange { replies += 1 }
    }
    await transport.shutdown()
    #expect(replies > 0)
    #expect(server.requests >= replies)
    #expect(server.requests <= mayHaveArrived)
    await server.stop()
  }

  @Test func aCancelledRequestEndsAtOnce() async throws {
    let transportHolder = Guarded<Task<Exchange, any Error>?>(nil)
    let server = try await LoopbackServer(.stall, onRequest: { transportHolder.withLock { $0?.cancel() } })
    let task = Task { try await send(to: server.port) }
    transportHolder.withLock { $0 = task }
    if server.requests > 0 { task.cancel() }
    #expect(try await task.value == .failure(.cancelled))
    await server.stop()
  }

  @Test func connectionsAreKept() async throws {
    let server = try await LoopbackServer(.answer(LoopbackServer.launched))
    let transport = try HTTPClientTransport(
      base: BaseAddress("http://127.0.0.1:\(server.port)"), clock: HeldClock())
    for _ in 0..<20 { _ = await outcome(transport, request) }
    await transport.shutdown()
    #expect(server.requests == 20)
    // A request may come before the connection of the one before it is known to be free.
    #expect(server.connections <= 3)
    await server.stop()
  }

  @Test func trustRootsThatCannotBeUsed() throws {
    let base = try BaseAddress("https://localhost")
    for path in ["/nowhere.pem", "/dev/null"] {
      #expect(throws: HTTPClientTransport.UnusableTrustRoots.self) {
        _ = try HTTPClientTransport(base: base, settings: .init(trustRoots: path))
      }
    }
  }

  // MARK: What does not become better by trying again

  /// How often a look was sent to a server that answers so, and what was said in the end.
  private func look(
    at text: String, settings: HTTPClientTransport.Settings = .init()
  ) async throws -> (requests: Int, words: String) {
    let server = try await LoopbackServer(.answerThenClose(text))
    let transport = try HTTPClientTransport(
      base: BaseAddress("http://127.0.0.1:\(server.port)"), settings: settings, clock: HeldClock())
    let client = client(transport)
    let error = await failure { () async throws(ServiceError) in
      try await client.lastRuns(of: Sample.prepare, RunFilter(limit: 10))
    }
    await transport.shutdown()
    await server.stop()
    return (server.requests, error?.message ?? "")
  }

  @Test func aReplyThatIsTooLargeIsNotAskedForAgain() async throws {
    let body = String(repeating: "x", count: 2000)
    let (requests, words) = try await look(
      at: "HTTP/1.1 200 OK\r\ncontent-length: 2000\r\n\r\n\(body)", settings: .init(largestReply: 1000))
    #expect(requests == 1)
    #expect(words.contains("1000") && words.contains("limit"), "\(words)")
  }

  /// Interim replies without end would keep a core busy until the request's deadline.
  @Test func aFloodOfInterimRepliesIsBounded() async throws {
    let flood = String(repeating: "HTTP/1.1 103 Early Hints\r\n\r\n", count: 20_000)
    let server = try await LoopbackServer(.answer(flood + LoopbackServer.launched))
    let exchange = try await send(to: server.port)
    await server.stop()
    #expect(isFateUnknown(exchange), "\(exchange)")
  }

  @Test func aServerThatSpeaksNoHTTPIsNotAskedAgain() async throws {
    let (requests, words) = try await look(at: "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")
    #expect(requests == 1)
    #expect(words.contains("HTTP"), "\(words)")
  }

  @Test func aFileOfCertificatesThatIsMissingIsSaidToBe() throws {
    let error = #expect(throws: HTTPClientTransport.UnusableTrustRoots.self) {
      _ = try HTTPClientTransport(base: BaseAddress("https://localhost"), settings: .init(trustRoots: "/nowhere.pem"))
    }
    #expect(error?.reason.lowercased().contains("no such file") == true, "\(error?.reason ?? "")")
  }
}
