public import CivilTime
public import TailerAPI

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The machine's clock.
///
/// A sleep is over when the time of day says so, within `longestNap`, also after a suspended night or a clock that was
/// put forward; and never later than the span itself, also when the clock was put back.
public struct RealClock: WallClock {
  private let longestNap: Duration

  public init() { longestNap = .seconds(15) }

  public var now: Timestamp {
    var time = timespec()
    guard clock_gettime(CLOCK_REALTIME, &time) == 0 else { return .earliest }
    let (seconds, overflow) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000)
    return overflow ? .latest : Timestamp(microsecondsSinceEpoch: seconds + Int64(time.tv_nsec) / 1000) ?? .latest
  }

  public func sleep(for span: TimeSpan) async throws(CancellationError) {
    guard !Task.isCancelled else { throw CancellationError() }
    let end = now.advanced(by: span)
    let passing = ContinuousClock.now.advanced(by: .microseconds(span.microseconds))
    while true {
      let left = min(
        Duration.microseconds(end.since(now).microseconds), ContinuousClock.now.duration(to: passing), longestNap)
      guard left > .zero else { return }
      do {
        try await Task.sleep(for: left)
      } catch {
        throw CancellationError()
      }
    }
  }
}
