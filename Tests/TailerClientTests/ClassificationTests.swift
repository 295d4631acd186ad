import CivilTime
import FaultSupport
import TailerAPI
import Testing

@testable import TailerClient

/// The table of *Safe launch*: what a reply's code makes of a launch and of what may be repeated.
@Suite struct ClassificationTests {
  static let bodies = ["", "{}", #"{"message": "no"}"#, "<html><title>502</title></html>", "{\"run_id\": 7}", "\u{0}"]

  private func expected(_ code: Int) -> ServiceError.Kind {
    switch code {
    case 401, 403: .refused
    case 429: .throttled
    case 400..<500 where code != 408: .rejected
    default: .unknown
    }
  }

  @Test(arguments: bodies) func everyCodeToALaunch(_ body: String) async throws {
    for code in 100..<600 {
      let transport = ScriptedTransport(.code(code, body))
      let error = await failure { () async throws(ServiceError) in
        try await client(transport).launched(Sample.prepare)
      }
      #expect(error?.kind == expected(code), "\(code)")
      #expect(error?.code == code)
      // A good code whose body has no run id leaves the outcome open.
      #expect(transport.requests.count == 1, "\(code)")
    }
  }

  @Test(arguments: bodies) func everyBadCodeToALook(_ body: String) async throws {
    for code in (100..<600) where !(200..<300).contains(code) {
      let transport = ScriptedTransport(.code(code, body), .listed)
      let error = await failure { () async throws(ServiceError) in
        try await client(transport).looked(at: Sample.reference)
      }
      switch expected(code) {
      case .unknown, .throttled:
        #expect(error == nil, "\(code)")
        #expect(transport.requests.count == 2)
      case let kind:
        #expect(error?.kind == kind, "\(code)")
        #expect(transport.requests.count == 1)
      }
    }
  }

  @Test func everyGoodCodeIsGood() async throws {
    for code in 200..<300 {
      let transport = ScriptedTransport(.code(code, "not json"))
      try await client(transport).send(.mark(Sample.reference, as: .checked))
      #expect(transport.requests.count == 1)
    }
  }

  @Test func transportFailures() async throws {
    let neverSent = ScriptedTransport(.failure(.neverSent("refused")), .listed)
    #expect(try await client(neverSent).check(Sample.reference)?.id == Sample.runID)
    #expect(neverSent.requests.count == 2)

    let lost = ScriptedTransport(.failure(.fateUnknown("reset")), .launched)
    let error = await failure { () async throws(ServiceError) in try await client(lost).launched(Sample.prepare) }
    #expect(error?.kind == .unknown)
    #expect(error?.attempts == 1)
    #expect(lost.requests.count == 1)

    let cancelled = ScriptedTransport(.failure(.cancelled), .launched)
    let ended = await failure { () async throws(ServiceError) in try await client(cancelled).launched(Sample.prepare) }
    #expect(ended?.kind == .cancelled)
    #expect(cancelled.requests.count == 1)
  }

  @Test func whatMayBeRepeatedIs() async throws {
    let lost = Exchange.failure(.fateUnknown("reset"))
    let ok = Exchange.code(200, #"{"message": "ok"}"#)
    let calls: [(String, Exchange, @Sendable (TailerServiceClient) async throws -> Void)] = [
      ("check", .listed, { _ = try await $0.check(Sample.reference) }),
      ("last", .listed, { _ = try await $0.lastRuns(of: Sample.prepare, RunFilter()) }),
      (
        "runs", .listed,
        { _ = try await $0.runs(of: .tableToTable, account: "000099", environment: nil, RunFilter()) }
      ),
      ("mark", ok, { try await $0.send(.mark(Sample.reference, as: .checked)) }),
      ("reset", ok, { try await $0.send(.reset(Sample.load)) }),
      ("set", ok, { try await $0.send(.activation(Sample.prepare, .disabled)) }),
    ]
    for (name, good, call) in calls {
      let transport = ScriptedTransport(lost, .code(503), good)
      let client = client(transport)
      try await call(client)
      #expect(transport.requests.count == 3, "\(name)")
      #expect(client.requestCounts.total == 3)
      #expect(client.requestCounts.retries == 2)
    }
  }

  @Test func triesAreBoundedAndPausesGrow() async throws {
    let clock = HastyClock()
    let transport = ScriptedTransport(.failure(.neverSent("down")))
    let settings = ClientSettings(attempts: 5, firstPause: .seconds(1), longestPause: .seconds(4))
    let error = await failure { () async throws(ServiceError) in
      try await client(transport, clock: clock, settings: settings, random: { 0.5 }).looked(at: Sample.reference)
    }
    #expect(error?.kind == .neverSent)
    #expect(error?.attempts == 5)
    #expect(clock.sleeps == [.milliseconds(750), .milliseconds(1500), .seconds(3), .seconds(3)])
  }

  @Test func noTryBeginsAfterTheTotalLimit() async throws {
    let clock = HastyClock()
    let transport = ScriptedTransport(.code(503))
    let settings = ClientSettings(attempts: 1000, totalLimit: .minutes(1))
    _ = await failure { () async throws(ServiceError) in
      try await client(transport, clock: clock, settings: settings).looked(at: Sample.reference)
    }
    #expect(clock.now.since(Sample.now) <= .minutes(1))
    #expect(transport.requests.count > 3)
  }

  @Test(arguments: [("7", 7), ("Wed, 30 Dec 2020 11:29:03 GMT", 20)])
  func retryAfterIsObeyed(_ header: String, _ seconds: Int) async throws {
    let clock = HastyClock()
    let transport = ScriptedTransport(.code(429, "", ["retry-after": header]), .listed)
    _ = try await client(transport, clock: clock, random: { 0 }).check(Sample.reference)
    #expect(clock.sleeps == [TimeSpan.seconds(seconds).adding(.milliseconds(250)) ?? .zero])
  }

  @Test func aRetryAfterBeyondTheBoundIsNotWaitedFor() async throws {
    let clock = HastyClock()
    let transport = ScriptedTransport(.code(429, "", ["retry-after": "86400"]))
    let error = await failure { () async throws(ServiceError) in
      try await client(transport, clock: clock).looked(at: Sample.reference)
    }
    #expect(error?.kind == .throttled)
    #expect(error?.retryAfter == .days(1))
    #expect(clock.sleeps.isEmpty)
  }

  /// The code, where a redirect leads, and what was expected: also where the reply has no words of its own.
  @Test(arguments: [(302, ["location": "https://login.example.com/x"], "login.example.com"), (502, [:], "502")])
  func aLaunchWhoseReplyHasNoWordsSaysWhatCame(_ code: Int, _ headers: [String: String], _ word: String) async throws {
    let transport = ScriptedTransport(.code(code, "", headers))
    let error = await failure { () async throws(ServiceError) in try await client(transport).launched(Sample.prepare) }
    #expect(error?.kind == .unknown)
    let words = error?.message ?? ""
    #expect(words.contains("\(code)") && words.contains(word), "\(words)")
  }

  @Test func aCancelledCallSendsNothing() async throws {
    let transport = ScriptedTransport(.launched)
    let client = client(transport)
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return await failure { () async throws(ServiceError) in try await client.launched(Sample.prepare) }
    }
    #expect(await task.value?.kind == .cancelled)
    #expect(transport.requests.isEmpty)
  }
}

extension TailerServiceClient {
  func launched(_ operation: DataOperation) async throws(ServiceError) -> String {
    try await launch(operation, on: nil, LaunchTry())
  }

  func looked(at run: Run.Reference) async throws(ServiceError) -> Run? { try await check(run) }
}
