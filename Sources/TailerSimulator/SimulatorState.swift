import CivilTime
import TailerAPI

/// The platform with its front end: tokens, faults and the count of requests.
struct SimulatorState {
  /// How many requests are remembered one by one; the counts go on.
  private static let maximumRecords = 100_000
  private static let maximumBody = 1 << 20

  var platform: Platform
  var tokens: [String: Timestamp]?
  var faults: [FaultRule]
  private(set) var requestCount = 0
  private(set) var actionCounts: [String: Int] = [:]
  private(set) var records: [RequestRecord] = []

  init(_ scenario: Scenario) {
    platform = Platform(scenario)
    tokens = scenario.tokens
    faults = scenario.faults
  }

  mutating func handle(_ request: HTTPRequest, at moment: Timestamp) -> Simulator.Answer {
    platform.advance(to: moment)
    let body = request.body.count <= Self.maximumBody ? JSONValue(request.body) : nil
    let action = RequestReading.action(of: body) ?? "unknown"
    requestCount += 1
    let occurrence = (actionCounts[action] ?? 0) + 1
    actionCounts[action] = occurrence
    let fault =
      faults.first { $0.befalls(action: action, number: requestCount, occurrence: occurrence) }?.fault
    let answer = answer(to: request, body: body, fault: fault).dated(platform.now)
    if records.count < Self.maximumRecords {
      var code: Int?
      if case .reply(let reply) = answer.fate { code = reply.status }
      records.append(
        RequestRecord(number: requestCount, moment: platform.now, action: action, fault: fault, code: code))
    }
    return answer
  }

  private mutating func answer(to request: HTTPRequest, body: JSONValue?, fault: Fault?) -> Simulator.Answer {
    switch fault {
    case .unreachable: return .init(fate: .unreachable, delay: .zero)
    case .requestLost: return .init(fate: .dropped, delay: .zero)
    case .status(let code, afterEffect: false, let retryAfter):
      return .init(fate: .reply(.failure(code, retryAfter: retryAfter)), delay: .zero)
    case .lateEffect(let span):
      if let call = try? call(request, body: body) { platform.schedule(.effect(call), after: span) }
      return .init(fate: .dropped, delay: .zero)
    default: break
    }

    var hiding = TimeSpan.zero
    if case .lateListing(let span) = fault { hiding = span }
    var reply: HTTPReply
    do {
      reply = .json(200, try platform.perform(try call(request, body: body), hiding: hiding))
    } catch {
      reply = .refusal(error)
    }

    switch fault {
    case .replyLost: return .init(fate: .dropped, delay: .zero)
    case .status(let code, _, let retryAfter): reply = .failure(code, retryAfter: retryAfter)
    case .slow(let span): return .init(fate: .reply(reply), delay: max(span, .zero))
    case .truncated: reply.body = Array(reply.body.prefix(reply.body.count / 2))
    case .html: reply = .html(200, "Please wait")
    case .empty: reply.body = []
    default: break
    }
    return .init(fate: .reply(reply), delay: .zero)
  }

  private func call(_ request: HTTPRequest, body: JSONValue?) throws(Refusal) -> ServiceRequest {
    try BearerToken.check(request.headers["authorization"], accepted: tokens, now: platform.now)
    guard request.body.count <= Self.maximumBody else { throw Refusal(413, "The body is too large") }
    return try RequestReading.call(request, body: body)
  }
}
