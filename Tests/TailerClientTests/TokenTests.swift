import CivilTime
import Coordination
import FaultSupport
import TailerAPI
import Testing

@testable import TailerClient

@Suite struct TokenTests {
  private let jwt = Sample.jwt(until: Sample.now)

  @Test func readsItsExpiry() throws {
    #expect(try Token(jwt).expiry == Sample.now)
    #expect(try Token("opaque").expiry == nil)
    for payload in ["{}", #"{"exp": "soon"}"#, #"{"exp": 1e300}"#, "[", ""] {
      #expect(try Token("a.\(Sample.base64URL(payload)).c").expiry == nil)
    }
    #expect(try Token("a.%%%.c").expiry == nil)
  }

  @Test(arguments: ["", "a b", "a\nX-Evil: 1", "a\r\nb", "a\u{0}", "é", String(repeating: "x", count: 20_000)])
  func refusesWhatCannotStandInAHeader(_ text: String) {
    #expect(throws: TokenError.self) { try Token(text) }
  }

  @Test func isShownNowhere() throws {
    let token = try Token(jwt)
    var dumped = ""
    dump(token, to: &dumped)
    dump(FixedToken(token, source: "TAILER_API_JWT", clock: HastyClock()), to: &dumped)
    dumped +=
      "\(token) \(String(reflecting: token)) \(String(describing: [token])) \(Mirror(reflecting: token).children.count)"
    #expect(!dumped.contains("eyJ") && !dumped.contains("signature"))
  }

  static let forms: [@Sendable (String) -> String] = [
    { "User token : \($0)" }, { "user_token=\($0)" }, { "Welcome\n====\nUser token : \($0)\nbye\n" },
    { "user_token = \"\($0)\"\r\n" }, { "\u{1B}[32mUser token\u{1B}[0m : \u{1B}[1m\($0)\u{1B}[0m" },
    { "\u{1B}]0;title\u{07}INFO  2020-12-30 User token: '\($0)'" }, { "USER TOKEN:\($0)" },
    { "user token has no value\nUser token : \($0)" }, { "{\"user_token\": \"\($0)\", \"x\": 1}" },
    { "User token : not-a-jwt\nuser_token=\($0)" }, { "\r\nspinner\rUser token : \($0)\r\n" },
  ]

  @Test(arguments: forms.indices) func isFoundByItsLabel(_ form: Int) {
    #expect(TokenLabel.value(in: Self.forms[form](jwt)) == jwt)
  }

  @Test(arguments: ["", "User token", "User token :", "User token :  \n", "token=abc", "the user tokens: x"])
  func isNotMadeUp(_ output: String) {
    #expect(TokenLabel.value(in: output) == nil)
  }

  @Test func aFixedTokenSaysWhyItIsOfNoUse() async throws {
    let clock = HastyClock()
    let fixed = FixedToken(try Token(jwt), source: "TAILER_API_JWT", clock: clock)
    let expired = await failure { () async throws(ServiceError) in
      try await client(ScriptedTransport(.launched), clock: clock, tokens: fixed).launched(Sample.prepare)
    }
    #expect(expired?.kind == .refused)
    #expect(expired?.code == nil)
    #expect(expired?.attempts == 0)
    #expect(expired?.message.contains("TAILER_API_JWT expired at 2020-12-30T11:28:43Z") == true)

    let refused = await failure { () async throws(ServiceError) in
      try await client(ScriptedTransport(.code(401, #"{"message": "Jwt is expired"}"#))).launched(Sample.prepare)
    }
    #expect(refused?.kind == .refused)
    #expect(refused?.code == 401)
    #expect(
      refused?.message.hasPrefix("Jwt is expired; the token comes from TAILER_API_JWT; it cannot be renewed") == true)
  }

  /// A service that repeats the request, and a transport that does.
  @Test func noErrorRepeatsTheToken() async throws {
    let opaque = "opaque-secret"
    for text in [Sample.jwt(until: Sample.now.advanced(by: .days(1))), opaque] {
      let clock = HastyClock()
      let fixed = FixedToken(try Token(text), source: "TAILER_API_JWT", clock: clock)
      for exchange in [
        Exchange.code(400, "{\"message\": \"bad token \(text)\"}"), .code(401, "authorization: Bearer \(text)"),
        .code(200, "<\(text)>"), .failure(.fateUnknown("sending Bearer \(text)")), .failure(.neverSent(text)),
      ] {
        let error = await failure { () async throws(ServiceError) in
          try await client(ScriptedTransport(exchange), clock: clock, tokens: fixed).launched(Sample.prepare)
        }
        #expect(error != nil)
        #expect(!"\(String(reflecting: error))".contains(text))
      }
    }
  }
}

@Suite struct CutTokenTests {
  /// A long message is cut, and the token in it may be cut with it: what looks like it goes first.
  @Test func noPartOfATokenSurvivesACut() async throws {
    let secret = (0..<100).map { "s\(1000 + $0)" }.joined()
    let clock = HastyClock()
    let fixed = FixedToken(try Token(secret), source: "TAILER_API_JWT", clock: clock)
    let message = "the header is not understood, this is what came: Bearer \(secret)"
    let error = await failure { () async throws(ServiceError) in
      try await client(
        ScriptedTransport(.code(400, "{\"message\": \"\(message)\"}")), clock: clock, tokens: fixed
      ).launched(Sample.prepare)
    }
    let words = try #require(error?.message)
    try #require(words.hasPrefix("the header is not understood"))
    #expect(!words.contains("s1000s1001"), "\(words)")
  }

  /// A file of Kubernetes or a `.env` with CRLF ends in a newline that nobody means.
  @Test(arguments: ["\n", "\r\n"]) func aNewlineAtTheEndIsNotTheTokens(_ end: String) throws {
    let (token, plain) = (try? Token("abc.def.ghi" + end), try Token("abc.def.ghi"))
    #expect(token == plain)
  }
}

@Suite struct CachedTokensTests {
  /// Gives numbered tokens that live for an hour of the clock, or what it is told to.
  private final class Issuer: Sendable {
    private let state = Guarded<(issued: Int, failures: [TokenError])>((0, []))
    let clock = HastyClock()

    init(failing failures: TokenError...) { state.withLock { $0.failures = failures } }

    var issued: Int { state.withLock { $0.issued } }

    func issue() throws(TokenError) -> Token {
      let (serial, failure) = state.withLock { state in
        state.issued += 1
        return (state.issued, state.failures.isEmpty ? nil : state.failures.removeFirst())
      }
      if let failure { throw failure }
      return try Token(Sample.jwt(until: clock.now.advanced(by: .hours(1)), serial: serial))
    }

    func fail(_ errors: TokenError...) { state.withLock { $0.failures += errors } }
  }

  private func tokens(_ issuer: Issuer) -> CachedTokens {
    CachedTokens(source: "the test", clock: issuer.clock) { () async throws(TokenError) in
      await Task.yield()
      return try issuer.issue()
    }
  }

  @Test func oneIsKeptForItsLifeAndReplacedBeforeItsEnd() async throws {
    let issuer = Issuer()
    let tokens = tokens(issuer)
    let first = try await tokens.token()
    issuer.clock.advance(by: .minutes(58))
    #expect(try await tokens.token() == first)
    #expect(issuer.issued == 1)
    issuer.clock.advance(by: .seconds(61))
    #expect(try await tokens.token() != first)
    #expect(issuer.issued == 2)
  }

  @Test func callersAtOneTimeShareOneFetch() async throws {
    let issuer = Issuer()
    let tokens = tokens(issuer)
    let all = try await withThrowingTaskGroup(of: Token.self) { group in
      for _ in 0..<100 { group.addTask { try await tokens.token() } }
      return try await group.reduce(into: Set<Token>()) { $0.insert($1) }
    }
    #expect(all.count == 1)
    #expect(issuer.issued == 1)
    let first = try #require(all.first)
    let second = try await withThrowingTaskGroup(of: Token.self) { group in
      for _ in 0..<100 { group.addTask { try await tokens.token(insteadOf: first) } }
      return try await group.reduce(into: Set<Token>()) { $0.insert($1) }
    }
    #expect(second.count == 1 && second != all)
    #expect(issuer.issued == 2)
  }

  @Test func aFailedRefreshLeavesWhatIsLeft() async throws {
    let issuer = Issuer()
    let tokens = tokens(issuer)
    let first = try await tokens.token()
    issuer.clock.advance(by: .seconds(3570))
    issuer.fail(.noTokenInOutput(command: "x"), .noTokenInOutput(command: "x"))
    #expect(try await tokens.token() == first)
    issuer.clock.advance(by: .seconds(40))
    await #expect(throws: TokenError.noTokenInOutput(command: "x")) { try await tokens.token() }
    #expect(try await tokens.token() != first)
  }

  @Test func aFetchThatIsCancelledIsTakenOver() async throws {
    let issuer = Issuer(failing: .cancelled)
    let tokens = tokens(issuer)
    let outcomes = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<10 { group.addTask { (try? await tokens.token()) != nil } }
      return await group.reduce(into: [true: 0, false: 0]) { $0[$1, default: 0] += 1 }
    }
    #expect(outcomes == [true: 9, false: 1])
    #expect(issuer.issued == 2)
  }

  @Test func aRefusedTokenIsReplacedOnce() async throws {
    let issuer = Issuer()
    let good = ScriptedTransport(.code(401), .listed)
    _ = try await client(good, clock: issuer.clock, tokens: tokens(issuer)).check(Sample.reference)
    #expect(issuer.issued == 2)
    #expect(Set(good.requests.compactMap { $0.headers["authorization"] }).count == 2)
    #expect(issuer.clock.sleeps.isEmpty)

    let bad = ScriptedTransport(.code(403, #"{"message": "not yours"}"#))
    let error = await failure { () async throws(ServiceError) in
      try await client(bad, clock: issuer.clock, tokens: tokens(issuer)).looked(at: Sample.reference)
    }
    #expect(error?.kind == .refused)
    #expect(error?.code == 403)
    #expect(error?.message == "not yours; the token comes from the test")
    #expect(bad.requests.count == 2)
  }

  /// A launch comes back to its caller, with another token at hand for the next try.
  @Test func aRefusedLaunchSaysThatThereIsAnotherToken() async throws {
    let issuer = Issuer()
    let transport = ScriptedTransport(.code(401, #"{"message": "old"}"#), .launched)
    let client = client(transport, clock: issuer.clock, tokens: tokens(issuer))
    let error = await failure { () async throws(ServiceError) in try await client.launched(Sample.prepare) }
    #expect(error?.kind == .refused && error?.isTokenRenewed == true)
    #expect(error?.message == "old; the token comes from the test")
    #expect(transport.requests.count == 1)
    #expect(issuer.issued == 2)
    #expect(try await client.launched(Sample.prepare) == Sample.runID)
    #expect(Set(transport.requests.compactMap { $0.headers["authorization"] }).count == 2)
    #expect(issuer.issued == 2)
  }

  @Test func aRefusedLaunchWithoutAnotherTokenSaysWhy() async throws {
    let issuer = Issuer()
    let transport = ScriptedTransport(.code(401, #"{"message": "old"}"#))
    let tokens = tokens(issuer)
    let client = client(transport, clock: issuer.clock, tokens: tokens)
    _ = try await tokens.token()
    issuer.fail(.noTokenInOutput(command: "x"))
    let error = await failure { () async throws(ServiceError) in try await client.launched(Sample.prepare) }
    #expect(error?.kind == .refused && error?.isTokenRenewed == false)
    #expect(error?.message.hasPrefix("old; the token comes from the test; the token command 'x'") == true)
  }
}
