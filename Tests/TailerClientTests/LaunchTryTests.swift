import CivilTime
import Coordination
import Foundation
import TailerAPI
import Testing

@testable import TailerClient

/// A launch is one try a call, and what has to be waited for is waited for before the caller is told that it may go.
@Suite struct LaunchTryTests {
  /// What happened, in its order.
  private final class Log: TokenSource, HTTPTransport, WallClock {
    var name: String { "the test" }
    private let state = Guarded<(lines: [String], now: Timestamp)>(([], Sample.now))
    private let hold: Promise<Void>?

    init(holding hold: Promise<Void>? = nil) { self.hold = hold }

    var lines: [String] { state.withLock { $0.lines } }
    func note(_ line: String) { state.withLock { $0.lines.append(line) } }

    var now: Timestamp { state.withLock { $0.now } }
    func sleep(for span: TimeSpan) async throws(CancellationError) {
      state.withLock { state in
        state.now = state.now.advanced(by: span)
        state.lines.append("slot")
      }
    }

    func token() async throws(TokenError) -> Token {
      note("token")
      return try Token("t")
    }
    func token(insteadOf refused: Token) async throws(TokenError) -> Token { throw .refused(source: "the test") }

    func send(
      _ request: HTTPRequest, within limit: TimeSpan, departure: Departure?
    ) async throws(TransportError) -> HTTPReply {
      note("sent" + (departure.map { " within \($0.limit)" } ?? ""))
      departure?.left()
      _ = await hold?.value()
      note("replied")
      return HTTPReply(status: 200, body: Array("{\"run_id\": \"\(Sample.runID)\"}".utf8))
    }
  }

  private func service(_ log: Log, _ settings: ClientSettings) -> TailerServiceClient {
    TailerServiceClient(transport: log, tokens: log, clock: log, settings: settings, random: { 0.5 })
  }

  private func launchTry(_ log: Log) -> LaunchTry {
    LaunchTry { () async throws(LaunchTry.Withheld) in
      log.note("ready")
      return .seconds(9)
    } left: {
      log.note("left")
    }
  }

  @Test func theCallerIsToldWhenNothingIsLeftToWaitFor() async throws {
    let log = Log()
    let service = service(log, ClientSettings(requestsPerSecond: 1))
    for _ in 0..<2 { _ = try await service.launch(Sample.prepare, on: nil, launchTry(log)) }
    let launch = ["token", "ready", "sent within 9s", "left", "replied"]
    #expect(log.lines == launch + ["slot"] + launch)
  }

  /// Its place among those in flight is its own before the caller is told.
  @Test func aLaunchIsReadyOnceItHasItsPlace() async throws {
    let hold = Promise<Void>()
    let log = Log(holding: hold)
    let service = service(log, ClientSettings(maximumInFlight: 1))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<2 { group.addTask { _ = try await service.launch(Sample.prepare, on: nil, launchTry(log)) } }
      while !log.lines.contains("left") { await Task.yield() }
      for _ in 0..<100 { await Task.yield() }
      hold.fulfill(())
      try await group.waitForAll()
    }
    let launch = ["token", "ready", "sent within 9s", "left", "replied"]
    #expect(log.lines == launch + launch)
  }

  @Test func whatIsWithheldIsNeverSent() async throws {
    let transport = ScriptedTransport(.launched)
    let client = client(transport)
    let error = await failure { () async throws(ServiceError) in
      try await client.launch(
        Sample.prepare, on: nil, LaunchTry(ready: { () async throws(LaunchTry.Withheld) in throw LaunchTry.Withheld() })
      )
    }
    #expect(error?.kind == .neverSent)
    #expect(transport.requests.isEmpty)
    #expect(client.requestCounts.total == 0)
  }

  private static let failures: [(Exchange, ServiceError.Kind, TimeSpan?)] = [
    (.failure(.neverSent("refused")), .neverSent, nil), (.code(429, "", ["retry-after": "7"]), .throttled, .seconds(7)),
    (.code(401), .refused, nil), (.code(400), .rejected, nil), (.failure(.fateUnknown("")), .unknown, nil),
    (.code(500), .unknown, nil), (.code(408), .unknown, nil), (.code(302), .unknown, nil),
    (.code(200, "{"), .unknown, nil),
  ]

  @Test(arguments: failures.indices) func everyFailureComesBackFromOneTry(_ index: Int) async throws {
    let (exchange, kind, retryAfter) = Self.failures[index]
    let clock = HastyClock()
    let transport = ScriptedTransport(exchange, .launched)
    let client = client(transport, clock: clock)
    let error = await failure { () async throws(ServiceError) in
      try await client.launch(Sample.prepare, on: nil, LaunchTry(number: 3))
    }
    #expect(error?.kind == kind)
    #expect(error?.retryAfter == retryAfter)
    #expect(error?.attempts == 3)
    #expect(error?.isTokenRenewed == false)
    #expect(transport.requests.count == 1)
    #expect(clock.sleeps.isEmpty)
    #expect(client.requestCounts.retries == 1)
  }

  /// They are those of every other call.
  @Test func thePausesBetweenItsTriesAreTheClients() {
    let clock = HastyClock()
    let settings = ClientSettings(attempts: 5, firstPause: .seconds(1), longestPause: .seconds(4))
    let client = client(ScriptedTransport(.launched), clock: clock, settings: settings)
    func pause(_ tries: Int, retryAfter: TimeSpan? = nil, since begun: Timestamp = Sample.now) -> TimeSpan? {
      client.pause(
        after: ServiceError(.throttled, action: "launch_job", message: "", retryAfter: retryAfter), tries: tries,
        since: begun)
    }
    #expect(
      (0...5).map { pause($0) } == [
        .milliseconds(750), .milliseconds(750), .milliseconds(1500), .seconds(3), .seconds(3), nil,
      ])
    #expect(pause(1, retryAfter: .seconds(30)) == .milliseconds(30_750))
    #expect(pause(1, retryAfter: .minutes(3)) == nil)
    #expect(pause(1, retryAfter: .minutes(1), since: Sample.now.advanced(by: .minutes(-4))) == nil)
    #expect(pause(1, since: Sample.now.advanced(by: .minutes(-4))) != nil)
  }
}
