/// What an error is about, by the word that `catch` takes.
public enum ErrorKind: String, CaseIterable, Hashable, Codable, Sendable {
  /// From `fail`, `require`, `or fail`.
  case failed
  case timeout
  case refused
  case unreachable
  case rejected
  case unconfirmed

  /// Whether a bare `catch` takes it: any but `unconfirmed`.
  public var isTakenByBareCatch: Bool { self != .unconfirmed }
  /// Whether `retry` begins another attempt after it.
  public var isRetried: Bool { self == .failed || self == .unreachable }
}
