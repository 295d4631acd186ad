public import CivilTime
import Coordination
public import TailerAPI

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The system's clock of the time since the boot, and its timer of the same time, one for the process: armed at the earliest
/// of the moments that stand.
///
/// The signal is SIGKILL, which a process that stands still dies of without running again. Only Linux has such a timer. What
/// remains is a hypervisor that stops the guest's clock together with the guest.
public final class SystemBootTimer: BootTimer {
  public static let shared = SystemBootTimer()

  private struct State {
    /// The system's timer, as the number that the pointer to it is, since the first one's is zero.
    var timer: Int?
    var moments: [Int: TimeSpan] = [:]
    var lastNumber = 0
  }

  private let state = Guarded(State())

  init() {}

  public var sinceBoot: TimeSpan {
    #if os(Linux)
      Self.span(Self.time(of: CLOCK_BOOTTIME))
    #else
      Self.span(Self.time(of: CLOCK_MONOTONIC))
    #endif
  }

  private static func time(of clock: clockid_t) -> timespec {
    var time = timespec()
    return clock_gettime(clock, &time) == 0 ? time : timespec()
  }

  private static func span(_ time: timespec) -> TimeSpan {
    TimeSpan(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000) ?? .longest
  }

  #if os(Linux)
    public func arm(at moment: TimeSpan) throws(TimerUnavailable) -> @Sendable () -> Void {
      let number = try state.withLock { (state: inout State) throws(TimerUnavailable) -> Int in
        state.lastNumber += 1
        let number = state.lastNumber
        state.moments[number] = moment
        do throws(TimerUnavailable) {
          try Self.set(&state)
        } catch {
          state.moments[number] = nil
          throw error
        }
        return number
      }
      return { [state] in
        state.withLock { state in
          guard state.moments.removeValue(forKey: number) != nil else { return }
          // What was set before can be set again, and set later or not at all.
          try? Self.set(&state)
        }
      }
    }

    /// Sets the timer to the earliest moment, or to none.
    private static func set(_ state: inout State) throws(TimerUnavailable) {
      let timer = if let made = state.timer { made } else { try created() }
      state.timer = timer
      var setting = itimerspec()
      if let earliest = state.moments.values.min() {
        // A time of nothing would disarm it.
        let microseconds = max(earliest.microseconds, 1)
        setting.it_value = timespec(
          tv_sec: Int(microseconds / 1_000_000), tv_nsec: Int(microseconds % 1_000_000) * 1000)
      }
      guard timer_settime(timer_t(bitPattern: timer), TIMER_ABSTIME, &setting, nil) == 0 else { throw failure() }
    }

    private static func created() throws(TimerUnavailable) -> Int {
      var event = sigevent()
      event.sigev_notify = Int32(SIGEV_SIGNAL)
      event.sigev_signo = SIGKILL
      var timer: timer_t?
      guard timer_create(CLOCK_BOOTTIME, &event, &timer) == 0 else { throw failure() }
      return Int(bitPattern: timer)
    }

    private static func failure() -> TimerUnavailable { TimerUnavailable(String(cString: strerror(errno))) }

    /// How long until it ends the process; `nil` where it is not armed.
    var remaining: TimeSpan? {
      state.withLock { state in
        guard let timer = state.timer else { return nil }
        var setting = itimerspec()
        guard timer_gettime(timer_t(bitPattern: timer), &setting) == 0 else { return nil }
        let rest = Self.span(setting.it_value)
        return rest == .zero ? nil : rest
      }
    }
  #else
    public func arm(at moment: TimeSpan) throws(TimerUnavailable) -> @Sendable () -> Void { {} }
  #endif
}
