public import CivilTime

/// Why there is no token to send. Holds no part of one.
public enum TokenError: Error, Hashable, Sendable {
  /// The text that should be a token is none.
  case malformed(String)
  /// The fixed token's life is over.
  case expired(Timestamp, source: String)
  /// The service refused the fixed token, and there is no other.
  case refused(source: String)
  /// The command could not be started: not found, not executable.
  case commandNotStarted(command: String, reason: String)
  case commandFailed(command: String, status: String, words: String)
  case commandTimedOut(command: String, after: TimeSpan)
  /// The command ended well and none of its lines has a token.
  case noTokenInOutput(command: String)
  case cancelled
}

extension TokenError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .malformed(let reason): "the token cannot be used: \(reason)"
    case .expired(let moment, let source):
      "the token from \(source) expired at \(moment); set a new one, or unset it to use the token command"
    case .refused: "it cannot be renewed; set a new one there, or none to use the token command"
    case .commandNotStarted(let command, let reason): "the token command '\(command)' could not be started: \(reason)"
    case .commandFailed(let command, let status, let words):
      "the token command '\(command)' \(status)" + (words.isEmpty ? "" : ": \(words)")
    case .commandTimedOut(let command, let limit): "the token command '\(command)' took longer than \(limit)"
    case .noTokenInOutput(let command): "the token command '\(command)' printed no line 'User token : …'"
    case .cancelled: "cancelled while waiting for a token"
    }
  }
}
