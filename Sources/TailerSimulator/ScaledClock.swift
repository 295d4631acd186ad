public import CivilTime
public import TailerAPI

/// A real clock that starts at a moment of one's own and can go faster: at a speed of 60, a minute lasts a second.
public struct ScaledClock: WallClock {
  private let start: Timestamp
  private let origin: ContinuousClock.Instant
  private let speed: Double

  /// - Parameters:
  ///   - speed: simulated seconds a second, clamped to 0.001 ... 1,000,000; not-a-number is 1.
  public init(startingAt start: Timestamp, speed: Double = 1) {
    self.start = start
    self.speed = speed.isNaN ? 1 : min(max(speed, 0.001), 1_000_000)
    origin = .now
  }

  public var now: Timestamp {
    let elapsed = origin.duration(to: .now).components
    let seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
    return start.advanced(by: .seconds(seconds * speed))
  }

  public func sleep(for span: TimeSpan) async throws(CancellationError) {
    guard span > .zero else {
      if Task.isCancelled { throw CancellationError() }
      return
    }
    do { try await ContinuousClock().sleep(for: .seconds(span.inSeconds / speed)) } catch { throw CancellationError() }
  }
}
