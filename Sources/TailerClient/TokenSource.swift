import CivilTime
public import TailerAPI

/// Where tokens come from.
public protocol TokenSource: Sendable {
  /// A token that is good as far as one can tell without asking the service.
  func token() async throws(TokenError) -> Token
  /// Where they come from, as whoever provides them calls it.
  var name: String { get }
  /// Another one, after the service refused this one. Callers that were refused the same one share the new one.
  func token(insteadOf refused: Token) async throws(TokenError) -> Token
}

/// A token that somebody provided; there is no other.
public struct FixedToken: TokenSource {
  private let token: Token
  public let name: String
  private let clock: any WallClock

  /// - Parameters:
  ///   - source: where the token was given, as errors should call it.
  public init(_ token: Token, source: String, clock: any WallClock) {
    self.token = token
    name = source
    self.clock = clock
  }

  public func token() async throws(TokenError) -> Token {
    if let expiry = token.expiry, expiry <= clock.now { throw .expired(expiry, source: name) }
    return token
  }

  public func token(insteadOf refused: Token) async throws(TokenError) -> Token { throw .refused(source: name) }
}
