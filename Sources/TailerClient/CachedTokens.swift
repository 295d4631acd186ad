public import CivilTime
import NIOConcurrencyHelpers
public import TailerAPI

/// Tokens that can be fetched anew: each is kept for its life and replaced shortly before its end. However many callers
/// need one, one fetch goes on at a time, and they share what it brings.
public final class CachedTokens: TokenSource {
  private typealias Fetched = Result<Token, TokenError>

  private struct State {
    var token: Token?
    /// Who waits for the fetch that is going on; `nil` while none is.
    var line: [OneShot<Fetched>]?
  }

  private enum Step {
    case have(Token)
    case wait(OneShot<Fetched>)
    case fetch
  }

  private let fetch: @Sendable () async throws(TokenError) -> Token
  private let clock: any WallClock
  private let margin: TimeSpan
  private let state = NIOLockedValueBox(State())

  /// - Parameters:
  ///   - margin: how long before the end of its life a token is no longer handed out.
  public init(
    clock: any WallClock, margin: TimeSpan = .minutes(1),
    fetch: @escaping @Sendable () async throws(TokenError) -> Token
  ) {
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
      case .wait(let turn):
        switch await turn.value() {
        case .success(let token)?: return token
        // The caller that fetched was cancelled; this one was not.
        case .failure(.cancelled)?: continue
        case .failure(let error)?: throw error
        case nil: throw .cancelled
        }
      case .fetch:
        return try await fetched(unless: refused).get()
      }
    }
  }

  private func nextStep(unless refused: Token?) -> Step {
    let limit = clock.now.advanced(by: margin)
    return state.withLockedValue { state in
      if state.line != nil {
        let turn = OneShot<Fetched>()
        state.line?.append(turn)
        return .wait(turn)
      }
      if let token = state.token, token != refused, token.expiry.map({ $0 > limit }) ?? true { return .have(token) }
      state.line = []
      return .fetch
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
    let line = state.withLockedValue { state in
      switch result {
      case .success(let token):
        state.token = token
      case .failure(let error):
        // What is left of the old one's life is better than nothing.
        if error != .cancelled, let old = state.token, old != refused, let expiry = old.expiry, expiry > now {
          result = .success(old)
        }
      }
      defer { state.line = nil }
      return state.line ?? []
    }
    for turn in line { turn.bring(result) }
    return result
  }
}
