public import CivilTime
import Coordination
public import TailerAPI

/// Tokens that can be fetched anew: each is kept for its life and replaced shortly before its end. However many callers
/// need one, one fetch goes on at a time, and they share what it brings.
public final class CachedTokens: TokenSource {
  private typealias Fetched = Result<Token, TokenError>

  private struct State {
    var token: Token?
    /// The fetch that is going on.
    var fetching: Promise<Fetched>?
  }

  private enum Step {
    case have(Token)
    case wait(Promise<Fetched>)
    case fetch(Promise<Fetched>)
  }

  public let name: String
  private let fetch: @Sendable () async throws(TokenError) -> Token
  private let clock: any WallClock
  private let margin: TimeSpan
  private let state = Guarded(State())

  /// - Parameters:
  ///   - source: where the tokens come from, as errors should call it.
  ///   - margin: how long before the end of its life a token is no longer handed out.
  public init(
    source: String, clock: any WallClock, margin: TimeSpan = .minutes(1),
    fetch: @escaping @Sendable () async throws(TokenError) -> Token
  ) {
    name = source
    self.clock = clock
    self.margin = margin
    self.fetch = fetch
  }

  public func token() async throws(TokenError) -> Token { try await token(unless: nil) }

  public func token(insteadOf refused: Token) async throws(TokenError) -> Token { try await token(unless: refused) }

  private func token(unless refused: Token?) async throws(TokenError) -> Token {
    while true {
      guard !Task.isCancelled else { throw .cancelled }
      switch nextStep(unless: refused) {
      case .have(let token):
        return token
      case .wait(let fetching):
        switch await fetching.value() {
        case .success(let token)?: return token
        // The caller that fetched was cancelled; this one was not.
        case .failure(.cancelled)?: continue
        case .failure(let error)?: throw error
        case nil: throw .cancelled
        }
      case .fetch(let fetching):
        let result = await fetched(unless: refused)
        fetching.fulfill(result)
        return try result.get()
      }
    }
  }

  private func nextStep(unless refused: Token?) -> Step {
    let limit = clock.now.advanced(by: margin)
    return state.withLock { state in
      if let fetching = state.fetching { return .wait(fetching) }
      if let token = state.token, token != refused, token.expiry.map({ $0 > limit }) ?? true { return .have(token) }
      let fetching = Promise<Fetched>()
      state.fetching = fetching
      return .fetch(fetching)
    }
  }

  private func fetched(unless refused: Token?) async -> Fetched {
    var result: Fetched
    do throws(TokenError) {
      result = .success(try await fetch())
    } catch {
      result = .failure(error)
    }
    let now = clock.now
    state.withLock { state in
      state.fetching = nil
      switch result {
      case .success(let token):
        state.token = token
      case .failure(let error):
        // What is left of the old one's life is better than nothing.
        if error != .cancelled, let old = state.token, old != refused, let expiry = old.expiry, expiry > now {
          result = .success(old)
        }
      }
    }
    return result
  }
}
