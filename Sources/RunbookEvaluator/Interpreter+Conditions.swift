import CivilTime
import RunbookDiagnostics
import RunbookRecord
import RunbookSyntax
import TailerAPI

/// A look at a condition that is waited for.
struct ConditionLook: Sendable {
  /// What it sees has to be at least what was then.
  let since: Timestamp
  let deadline: Timestamp
}

extension Interpreter {
  /// Looks at a condition until it holds. When to look again is the watcher's to say; a look that fails in passing is
  /// borne as it is for an await. Resumed, it goes through the recorded looks and on from there.
  func waitUntil(
    _ condition: Expression, every: Expression?, timeout: Expression?, at place: SourceRange
  ) async throws(Unwind) {
    let every = try await optionalDuration(every)
    let timeout = try await optionalDuration(timeout) ?? state.policy.defaultTimeout
    var (moment, isReplayed) = try await recordedNow(at: place)
    let began = moment
    let deadline = began.advanced(by: timeout)
    tell(.waitingUntil(deadline: deadline), at: place, replayed: isReplayed)
    let (outerPath, outerLook) = (context.path, context.look)
    defer { context.path = outerPath }
    var looks = 0
    var failingSince: Timestamp?
    var lastFailure: String?
    while true {
      try mayGoOn()
      context.path = Path(.iteration(looks), in: outerPath)
      ordinal = 0
      looks += 1
      do {
        context.look = ConditionLook(since: moment, deadline: deadline)
        defer { context.look = outerLook }
        if try await self.condition(condition) {
          return tell(.conditionHeld(looks: looks), at: place, replayed: isReplayed)
        }
        (failingSince, lastFailure) = (nil, nil)
      } catch .failure(let failure) where failure.error.kind == .unreachable {
        let since = failingSince ?? moment
        let isBorne = moment.since(since) < state.effects.watcher.patience || moment >= deadline
        guard isBorne else { throw .failure(failure) }
        (failingSince, lastFailure) = (since, failure.error.message)
      }
      guard moment < deadline else {
        throw fail(.conditionNeverHeld(timeout: timeout, lastFailure: lastFailure), at: condition.range)
      }
      (moment, isReplayed) = try await turn(
        since: began, by: deadline, every: every, isFailing: failingSince != nil, at: place)
    }
  }

  /// Waits for the next look at a condition; when that is, is recorded.
  private func turn(
    since began: Timestamp, by deadline: Timestamp, every: TimeSpan?, isFailing: Bool, at place: SourceRange
  ) async throws(Unwind) -> (moment: Timestamp, isReplayed: Bool) {
    let (watcher, clock) = (state.effects.watcher, state.effects.clock)
    let (outcome, isReplayed) = try await perform(.turn, at: place, isLight: true) { _ async throws(Unwind) in
      let waited = try await waiting { () async throws(CancellationError) in
        try await watcher.turn(since: began, by: deadline, every: every, isFailing: isFailing)
      }
      guard case .success(let moment) = waited else { throw .interrupted }
      return .moment(moment)
    }
    guard case .moment(let moment) = outcome else { return (clock.now, isReplayed) }
    return (moment, isReplayed)
  }

  /// The service as the look sees it: what other conditions and awaits ask for in the same moment is asked once. What this
  /// execution has done meanwhile has to show in it.
  func reads(for look: ConditionLook) -> any TailerService {
    let since = max(look.since, state.lastEffect.advanced(by: .milliseconds(1)))
    return state.effects.watcher.reads(since: since, by: look.deadline)
  }
}
