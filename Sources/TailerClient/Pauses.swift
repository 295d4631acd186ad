import CivilTime
import TailerAPI

/// The pauses between the tries of a call, and their end. All that is tried again goes by these.
struct Pauses: Sendable {
  let settings: ClientSettings
  /// Numbers in 0..<1.
  let random: @Sendable () -> Double

  /// How long to wait before the next try; `nil` where there is none: it would come to the same, there were as many as there may
  /// be, it would come too late, or the service asks for more than is granted.
  ///
  /// - Parameters:
  ///   - tries: How many there have been.
  ///   - begun: When the call began.
  func next(after failure: ServiceError, tries: Int, since begun: Timestamp, now: Timestamp) -> TimeSpan? {
    guard !failure.isLasting, tries < settings.attempts, let pause = pause(after: failure, tries: tries),
      now.advanced(by: pause) <= begun.advanced(by: settings.totalLimit)
    else { return nil }
    return pause
  }

  private func pause(after failure: ServiceError, tries: Int) -> TimeSpan? {
    let doubled = settings.firstPause.scaled(by: Double(UInt64(1) << UInt64(min(max(tries - 1, 0), 40))))
    let jittered = min(doubled, settings.longestPause).scaled(by: 0.5 + random() / 2)
    guard let told = failure.retryAfter else { return jittered }
    guard told <= settings.longestRetryAfter else { return nil }
    return told.adding(jittered)
  }
}
