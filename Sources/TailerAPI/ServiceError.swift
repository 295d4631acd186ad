public import CivilTime

/// Why a call to the service did not give its reply. The kinds are the ones that *Safe launch* tells apart: what may
/// be sent again depends on nothing else.
public struct ServiceError: Error, Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable {
    /// Name, connection or TLS failed before a byte of the request left. It may be sent again.
    case neverSent
    /// The service said no, with a 4xx other than 401, 403, 408 and 429. Final.
    case rejected
    /// 401 or 403, also with a new token where the call is tried again with one; or no token could be had (then `code` is
    /// `nil` and nothing was sent).
    case refused
    /// 429 to the last attempt. Nothing was done.
    case throttled
    /// Time-out, reset, end of file, 408, 5xx or an unreadable reply: what became of the request is not known.
    case unknown
    /// The caller stopped waiting. Whether a byte left is not known.
    case cancelled
  }

  public let kind: Kind
  /// `action` of the request.
  public let action: String
  /// The HTTP status code, where there was a reply.
  public let code: Int?
  /// The service's or the system's own words, made safe to print.
  public let message: String
  /// How many times the request was sent or tried.
  public let attempts: Int
  /// The wait that a 429 or 503 asked for.
  public let retryAfter: TimeSpan?
  /// Of a launch that was refused: whether another token has been had since, so that one more try is worth it.
  public let isTokenRenewed: Bool
  /// Whether the same would come of it again: a certificate that is not trusted, a reply that is too large.
  public let isLasting: Bool

  public init(
    _ kind: Kind, action: String, code: Int? = nil, message: String, attempts: Int = 1, retryAfter: TimeSpan? = nil,
    isTokenRenewed: Bool = false, isLasting: Bool = false
  ) {
    self.kind = kind
    self.action = action
    self.code = code
    self.message = message
    self.attempts = attempts
    self.retryAfter = retryAfter
    self.isTokenRenewed = isTokenRenewed
    self.isLasting = isLasting
  }

  /// The message, with the code where there was one that it does not say itself.
  public var words: String {
    guard let code, !message.contains("\(code)") else { return message }
    return "\(message) (\(code))"
  }
}
