public import CivilTime

/// Waits for runs to end. One watcher serves all awaits of a process, so that what they have in common is asked once.
public protocol RunWatcher: Sendable {
  /// The run once it has ended. Looks once more before it throws `.deadline`.
  func end(of run: Run, by deadline: Timestamp, every: TimeSpan?) async throws(WatchError) -> Run

  /// The first run of the operation that started after `moment`, once it has ended. The deadline covers both waits.
  func endOfNextRun(
    of operation: DataOperation, since moment: Timestamp, by deadline: Timestamp, every: TimeSpan?
  ) async throws(WatchError) -> Run
}

public indirect enum WatchError: Error, Hashable, Sendable {
  /// The time is up; the run as last seen, or `nil` where no run has appeared.
  case deadline(lastSeen: Run?)
  case service(ServiceError)
  case cancelled
}
