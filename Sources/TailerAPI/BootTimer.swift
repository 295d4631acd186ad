public import CivilTime

/// The time since the machine's boot, in which its sleep counts, and the end of a process that slept where it must not.
///
/// A process can be stopped after it has made sure that its request is still due and before the request leaves. No check of
/// its own closes that gap, since it would be sent all the same when the process goes on; so the system ends the process.
public protocol BootTimer: Sendable {
  var sinceBoot: TimeSpan { get }
  /// Has this process killed at that time since the boot, also while it stands still, unless it is disarmed before.
  ///
  /// - Returns: What disarms it; to be called once or several times, on any thread.
  func arm(at moment: TimeSpan) throws(TimerUnavailable) -> @Sendable () -> Void
}

/// The system gives no such timer; in the system's words.
public struct TimerUnavailable: Error, Hashable, Sendable {
  public let reason: String

  public init(_ reason: String) { self.reason = reason }
}

/// For time that no machine sleeps in, such as a rehearsal's: the clock's time is the boot's, and nothing is ended.
public struct SleeplessTimer: BootTimer {
  private let clock: any WallClock

  public init(_ clock: any WallClock) { self.clock = clock }

  public var sinceBoot: TimeSpan { clock.now.since(.earliest) }

  public func arm(at moment: TimeSpan) throws(TimerUnavailable) -> @Sendable () -> Void { {} }
}
