public import CivilTime
import Coordination
public import TailerAPI

/// The service over HTTP. Repeats what may be repeated; a launch is sent once a call, and tried again by its caller.
///
/// What a try came to decides what follows (design, *Safe launch*):
/// - never sent: again, after a pause that grows;
/// - 401 or 403: once more with a new token;
/// - 429: again, after the wait that the service asks for;
/// - any other 4xx but 408: final;
/// - everything else is unknown: again after a pause.
///
/// Every try takes its turn under the process's one cap on requests a second.
public final class TailerServiceClient: TailerService {
  private let transport: any HTTPTransport
  let tokens: any TokenSource
  let clock: any WallClock
  let pauses: Pauses
  private let settings: ClientSettings
  let window: AsyncSemaphore?
  let cap: RequestCap
  let kind: RequestCap.Kind
  private let counts: Guarded<RequestCounts>
  private let difference: Guarded<TimeSpan?>

  /// - Parameters:
  ///   - random: numbers in 0..<1, for the jitter of pauses.
  public init(
    transport: any HTTPTransport, tokens: any TokenSource, clock: any WallClock,
    settings: ClientSettings = ClientSettings(),
    random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
  ) {
    self.transport = transport
    self.tokens = tokens
    self.clock = clock
    self.settings = settings
    pauses = Pauses(settings: settings, random: random)
    window = settings.maximumInFlight.map { AsyncSemaphore($0) }
    cap = RequestCap(perSecond: settings.requestsPerSecond, longestHold: settings.longestRetryAfter, clock: clock)
    kind = .call
    counts = Guarded(RequestCounts())
    difference = Guarded(nil)
  }

  private init(_ other: TailerServiceClient, as kind: RequestCap.Kind) {
    transport = other.transport
    tokens = other.tokens
    clock = other.clock
    pauses = other.pauses
    settings = other.settings
    window = other.window
    cap = other.cap
    counts = other.counts
    difference = other.difference
    self.kind = kind
  }

  /// Its requests count with the others under the one cap.
  public var looking: any TailerService { TailerServiceClient(self, as: .look) }

  public var requestCounts: RequestCounts { counts.withLock { $0 } }

  public var quietUntil: Timestamp? { cap.heldUntil }

  public var clockDifference: TimeSpan? { difference.withLock { $0 } }

  /// A run whose job is not known is looked for in its operation's listing, since the service's look needs the job.
  public func check(_ run: Run.Reference) async throws(ServiceError) -> Run? {
    guard run.jobID == nil else {
      return try await perform(.checkRun(run)) { reply throws(UnreadableReply) in try ReplyCodec.run(reply, run) }
    }
    let day = Run.moment(ofID: run.id)?.date
    if let day {
      let listed = try await lastRuns(of: run.operation, RunFilter(started: day, limit: Self.searchLimit))
      if let found = listed.first(where: { $0.id == run.id }) { return found }
    }
    let listed = try await lastRuns(of: run.operation, RunFilter(limit: Self.searchLimit))
    return listed.first { $0.id == run.id }
  }

  private static let searchLimit = 500

  public func lastRuns(of operation: DataOperation, _ filter: RunFilter) async throws(ServiceError) -> [Run] {
    guard filter.limit ?? 1 > 0 else { return [] }
    return try await perform(.lastRuns(operation, filter)) { reply throws(UnreadableReply) in
      try ReplyCodec.runs(reply, of: operation, filter)
    }
  }

  public func runs(
    of type: ConfigurationType, account: String, environment: String?, _ filter: RunFilter
  ) async throws(ServiceError) -> [Run] {
    guard filter.limit ?? 1 > 0 else { return [] }
    let request = ServiceRequest.runsByStatus(type: type, account: account, environment: environment, filter)
    return try await perform(request) { reply throws(UnreadableReply) in
      try ReplyCodec.runs(reply, of: type, account: account, environment: environment, filter)
    }
  }

  public func send(_ change: ServiceChange) async throws(ServiceError) {
    try await perform(.change(change)) { reply throws(UnreadableReply) in
      if change.isAcknowledged { try ReplyCodec.acknowledgement(reply) }
    }
  }

  private func perform<Reply>(
    _ request: ServiceRequest, _ read: (HTTPReply) throws(UnreadableReply) -> Reply
  ) async throws(ServiceError) -> Reply {
    var begun: Timestamp?
    var attempt = 0
    var tries = 0
    var wasRenewed = false
    while true {
      guard await cap.turn(kind) else { throw cancelled(request, attempts: attempt) }
      begun = begun ?? clock.now
      let token = try await token(for: request, attempts: attempt) { () async throws(TokenError) in
        try await self.tokens.token()
      }
      attempt += 1
      tries += 1
      let failure: ServiceError
      do throws(ServiceError) {
        return try await outcome(of: request, token, attempt, read) { [attempt] () async throws(TransportError) in
          try await self.send(request, token, isRetry: attempt > 1)
        }
      } catch {
        failure = error
      }
      if let told = failure.retryAfter { cap.hold(for: told) }
      switch failure.kind {
      case .rejected, .cancelled:
        throw failure
      case .refused:
        guard !wasRenewed else { throw failure }
        wasRenewed = true
        tries -= 1
        _ = try await self.token(for: request, attempts: attempt, after: failure) { () async throws(TokenError) in
          try await self.tokens.token(insteadOf: token)
        }
      case .neverSent, .throttled, .unknown:
        let now = clock.now
        guard let pause = pauses.next(after: failure, tries: tries, since: begun ?? now, now: now) else {
          throw failure
        }
        do {
          try await clock.sleep(for: pause)
        } catch {
          throw cancelled(request, attempts: attempt)
        }
      }
    }
  }

  func cancelled(_ request: ServiceRequest, attempts: Int) -> ServiceError {
    ServiceError(.cancelled, action: request.action, message: "cancelled", attempts: attempts)
  }

  /// Gets a token, or says why the call cannot be made; `failure` is the service's refusal, where there was one.
  func token(
    for request: ServiceRequest, attempts: Int, after failure: ServiceError? = nil,
    _ fetch: () async throws(TokenError) -> Token
  ) async throws(ServiceError) -> Token {
    do {
      return try await fetch()
    } catch .cancelled {
      throw cancelled(request, attempts: attempts)
    } catch {
      let words = failure.map { "\($0.message); \(error)" } ?? "\(error)"
      throw ServiceError(.refused, action: request.action, code: failure?.code, message: words, attempts: attempts)
    }
  }

  /// What one exchange came to.
  func outcome<Reply>(
    of request: ServiceRequest, _ token: Token, _ attempt: Int,
    _ read: (HTTPReply) throws(UnreadableReply) -> Reply,
    _ exchange: () async throws(TransportError) -> HTTPReply
  ) async throws(ServiceError) -> Reply {
    let action = request.action
    func failed(
      _ kind: ServiceError.Kind, _ message: String, code: Int? = nil, retryAfter: TimeSpan? = nil,
      isLasting: Bool = false
    ) -> ServiceError {
      ServiceError(
        kind, action: action, code: code, message: ErrorText.shown(token.redacted(from: message)), attempts: attempt,
        retryAfter: retryAfter, isLasting: isLasting)
    }

    var reply: HTTPReply
    do {
      reply = try await exchange()
    } catch {
      switch error {
      case .neverSent(let words, let isLasting): throw failed(.neverSent, words, isLasting: isLasting)
      case .fateUnknown(let words, let isLasting): throw failed(.unknown, words, isLasting: isLasting)
      case .cancelled: throw failed(.cancelled, "cancelled")
      }
    }
    let now = clock.now
    if let date = reply.headers["date"].flatMap({ HTTPDate.moment($0, now: now) }) {
      difference.withLock { $0 = now.since(date) }
    }
    // Before anything is taken from it, or cut: what has been cut is not known for a token any more.
    reply.body = token.redacted(from: reply.body)
    if let kind = ServiceError.Kind(code: reply.status) {
      let isBusy = kind == .throttled || reply.status == 503
      let told = isBusy ? RetryAfter.span(reply.headers["retry-after"], now: now) : nil
      var words = ErrorText.message(of: reply)
      if let told, told > settings.longestRetryAfter {
        words += "; it wants to be left alone until \(now.advanced(by: told).plainMoment)"
      }
      if kind == .refused { words += "; the token comes from \(tokens.name)" }
      throw failed(kind, words, code: reply.status, retryAfter: told)
    }
    do {
      return try read(reply)
    } catch {
      throw failed(.unknown, error.reason, code: reply.status)
    }
  }

  private func send(
    _ request: ServiceRequest, _ token: Token, isRetry: Bool
  ) async throws(TransportError) -> HTTPReply {
    guard let window else { return try await sendInPlace(request, token, isRetry: isRetry) }
    let result = await window.inside { () async -> Result<HTTPReply, TransportError> in
      do throws(TransportError) {
        return .success(try await self.sendInPlace(request, token, isRetry: isRetry))
      } catch {
        return .failure(error)
      }
    }
    guard let result else { throw .cancelled }
    return try result.get()
  }

  /// Sends what has its place in the window.
  func sendInPlace(
    _ request: ServiceRequest, _ token: Token, isRetry: Bool, _ departure: Departure? = nil
  ) async throws(TransportError) -> HTTPReply {
    guard !Task.isCancelled else { throw .cancelled }
    var message = request.httpRequest
    message.headers["authorization"] = token.authorization
    counts.withLock { $0.count(request.action, isRetry: isRetry) }
    return try await transport.send(message, within: settings.requestLimit, departure: departure)
  }
}
