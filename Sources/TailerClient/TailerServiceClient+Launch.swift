public import CivilTime
import Coordination
public import TailerAPI

/// The launch, which is sent once a call. The loop over its tries is its caller's, who records each before it leaves.
extension TailerServiceClient {
  /// Takes its turn under the cap, its place in the window and its token, then calls `ready`, and sends.
  ///
  /// After a 401 or 403 another token is fetched at once, so that the next try has it; the error says whether there is one.
  public func launch(
    _ operation: DataOperation, on date: CalendarDate?, _ launchTry: LaunchTry
  ) async throws(ServiceError) -> String {
    let request = ServiceRequest.launch(operation, on: date)
    guard await cap.turn(kind) else { throw cancelled(request, attempts: launchTry.number - 1) }
    let inPlace = { () async -> Tried in
      do throws(ServiceError) {
        let token = try await self.token(for: request, attempts: launchTry.number - 1) { () async throws(TokenError) in
          try await self.tokens.token()
        }
        return Tried(token: token, result: await self.sendOnce(request, token, launchTry))
      } catch {
        return Tried(token: nil, result: .failure(error))
      }
    }
    let tried = if let window { await window.inside(inPlace) } else { await inPlace() }
    guard let tried else { throw cancelled(request, attempts: launchTry.number - 1) }
    switch tried.result {
    case .success(let id): return id
    case .failure(let failure):
      if let told = failure.retryAfter { cap.hold(for: told) }
      guard failure.kind == .refused, let token = tried.token else { throw failure }
      throw await renewed(token, after: failure)
    }
  }

  public func pause(after failure: ServiceError, tries: Int, since begun: Timestamp) -> TimeSpan? {
    pauses.next(after: failure, tries: tries, since: begun, now: clock.now)
  }

  private struct Tried: Sendable {
    /// `nil` where none could be had.
    let token: Token?
    let result: Result<String, ServiceError>
  }

  private func sendOnce(
    _ request: ServiceRequest, _ token: Token, _ launchTry: LaunchTry
  ) async -> Result<String, ServiceError> {
    let limit: TimeSpan
    do throws(LaunchTry.Withheld) {
      limit = try await launchTry.ready()
    } catch {
      return .failure(
        ServiceError(
          .neverSent, action: request.action, message: "the request was withheld", attempts: launchTry.number))
    }
    do throws(ServiceError) {
      return .success(
        try await outcome(of: request, token, launchTry.number, ReplyCodec.runID) { () async throws(TransportError) in
          try await self.sendInPlace(
            request, token, isRetry: launchTry.number > 1, Departure(within: limit, left: launchTry.left))
        })
    } catch {
      return .failure(error)
    }
  }

  /// The refusal, with whether there is another token now.
  private func renewed(_ token: Token, after failure: ServiceError) async -> ServiceError {
    var words = failure.message
    var isRenewed = true
    do throws(TokenError) {
      _ = try await tokens.token(insteadOf: token)
    } catch {
      isRenewed = false
      if error != .cancelled { words += "; \(error)" }
    }
    return ServiceError(
      .refused, action: failure.action, code: failure.code, message: words, attempts: failure.attempts,
      isTokenRenewed: isRenewed)
  }
}
