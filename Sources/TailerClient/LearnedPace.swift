import CivilTime
import TailerAPI

/// When to look at a run, from how long the operation's past runs took.
///
/// Past durations that lie near each other form a cluster. Outside the clusters, and before the first, looks are
/// sparse; inside, the interval is a small share of the run's age, which bounds the delay by the same share of its
/// duration. A run older than any before it, or of an operation without a past, is looked at in intervals that grow.
struct LearnedPace {
  private static let fewest = 3
  /// Neighbours whose ratio is below this are in one cluster.
  private static let cohesion = 1.6
  /// How far a cluster reaches beyond the durations seen.
  private static let margin = 0.12

  /// In seconds, rising and apart.
  private let clusters: [ClosedRange<Double>]
  /// The shortest duration seen, in seconds.
  let shortest: Double?

  var isLearned: Bool { !clusters.isEmpty }

  init(pastRuns: [Run] = []) {
    let durations = pastRuns.compactMap { run -> Double? in
      switch run.status {
      case .success, .failed, .checked: run.duration?.inSeconds
      default: nil
      }
    }.filter { $0 > 0 }.sorted()
    guard durations.count >= Self.fewest else {
      clusters = []
      shortest = nil
      return
    }
    var clusters: [ClosedRange<Double>] = []
    for duration in durations {
      let reach = duration * (1 - Self.margin)...duration * (1 + Self.margin)
      if let last = clusters.last,
        reach.lowerBound <= max(last.upperBound, last.upperBound / (1 + Self.margin) * Self.cohesion)
      {
        clusters[clusters.count - 1] = last.lowerBound...max(last.upperBound, reach.upperBound)
      } else {
        clusters.append(reach)
      }
    }
    self.clusters = clusters
    shortest = durations.first
  }

  /// The time from a look at that age to the next one, in seconds.
  func interval(atAge age: Double, _ settings: WatchSettings) -> Double {
    let age = max(age, 0)
    let close = age * settings.tolerance
    let interval: Double
    if let cluster = clusters.first(where: { $0.upperBound > age }) {
      if cluster.lowerBound <= age + close {
        interval = close
      } else {
        // Not before something is expected, but also not blind for long.
        interval = min(cluster.lowerBound - age, max(age * (settings.sparseGrowth - 1), 30))
        return max(interval, settings.shortestInterval.inSeconds)
      }
    } else {
      interval = age * settings.blindTolerance
    }
    return min(max(interval, settings.shortestInterval.inSeconds), settings.longestInterval.inSeconds)
  }

  /// The same for a run that waits for another to end: once that has, this one takes its time too.
  func intervalWhileWaiting(for waited: Double, _ settings: WatchSettings) -> Double {
    let interval = shortest.map { $0 * 0.9 } ?? waited * settings.blindTolerance
    return min(max(interval, settings.shortestInterval.inSeconds), settings.longestInterval.inSeconds)
  }
}
