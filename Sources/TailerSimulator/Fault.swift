public import CivilTime

/// Something that goes wrong with one exchange. Each says whether the request still has its effect.
public enum Fault: Hashable, Sendable {
  /// The service cannot be reached; not a byte leaves. No effect.
  case unreachable
  /// The connection breaks after the request has left and before it arrives. No effect.
  case requestLost
  /// The effect takes place; the connection breaks before the reply.
  case replyLost
  /// The connection breaks, and the effect takes place that much later: the request was stuck on its way.
  case lateEffect(TimeSpan)
  /// The reply has this status code instead of its own. Those of a front end (502, 503, 504) have an HTML body.
  case status(Int, afterEffect: Bool, retryAfter: TimeSpan? = nil)
  /// The effect takes place; the reply takes that much longer.
  case slow(TimeSpan)
  /// The effect takes place; the reply's body stops half way.
  case truncated
  /// The effect takes place; the reply's body is HTML.
  case html
  /// The effect takes place; the reply has no body.
  case empty
  /// A launched run shows that much later; a listing leaves out the runs that were launched within that time.
  case lateListing(TimeSpan)

  /// One or more of every case, for tests that go through all that can go wrong.
  public static let all: [Fault] =
    [
      .unreachable, .requestLost, .replyLost, .lateEffect(.seconds(45)), .slow(.seconds(20)), .slow(.hours(2)),
      .truncated, .html, .empty, .lateListing(.minutes(3)),
      .status(429, afterEffect: false, retryAfter: .seconds(7)), .status(429, afterEffect: false),
    ]
    + [400, 401, 403, 404].map { .status($0, afterEffect: false) }
    + [408, 500, 502, 503, 504].flatMap { [.status($0, afterEffect: false), .status($0, afterEffect: true)] }
}

extension Fault: CustomStringConvertible {
  /// As a scenario file writes it.
  public var description: String {
    switch self {
    case .unreachable: "unreachable"
    case .requestLost: "request lost"
    case .replyLost: "reply lost"
    case .lateEffect(let span): "effect after \(span)"
    case .status(let code, let afterEffect, let retryAfter):
      "\(code)" + (retryAfter.map { " retry after \($0)" } ?? "") + (afterEffect ? " after the effect" : "")
    case .slow(let span): "slow by \(span)"
    case .truncated: "truncated"
    case .html: "html"
    case .empty: "empty"
    case .lateListing(let span): "hidden for \(span)"
    }
  }
}

/// Which requests a fault befalls.
public struct FaultRule: Hashable, Sendable {
  /// The `action` that counts; `nil` for every request.
  public var action: String?
  /// Which of the requests that count, from 1; `nil` for all.
  public var occurrences: ClosedRange<Int>?
  public var fault: Fault

  public init(_ fault: Fault, action: String? = nil, occurrences: ClosedRange<Int>? = nil) {
    self.fault = fault
    self.action = action
    self.occurrences = occurrences
  }

  /// The fault on one request alone, counted from 1 over all requests, or over those of an action.
  public static func on(_ number: Int, of action: String? = nil, _ fault: Fault) -> FaultRule {
    FaultRule(fault, action: action, occurrences: number...number)
  }

  /// Whether the rule is meant for the request that is the `number`th of all and the `occurrence`th of its action.
  func befalls(action: String, number: Int, occurrence: Int) -> Bool {
    guard self.action == nil || self.action == action else { return false }
    return occurrences?.contains(self.action == nil ? number : occurrence) ?? true
  }
}
