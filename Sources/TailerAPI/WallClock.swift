public import CivilTime

/// The time of day and the passing of time, injected so that tests and rehearsals bring their own.
public protocol WallClock: Sendable {
  var now: Timestamp { get }
  /// Returns once that much time has passed, at once for zero or less. Throws as soon as the task is cancelled.
  func sleep(for span: TimeSpan) async throws(CancellationError)
}

extension WallClock {
  public func sleep(until moment: Timestamp) async throws(CancellationError) {
    try await sleep(for: moment.since(now))
  }
}
