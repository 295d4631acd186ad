import CivilTime
import TailerAPI

/// When to look at a run, from how long the operation's past runs took.
///
/// Past durations that lie near each other form a cluster. Outside the clusters, and before the first, looks are
/// sparse; inside, the interval is a small share of the run's age, which bounds the delay by the same share of its
/// duration. A run older than any before it is looked at in intervals that are a share of its age as well.
///
/// Of an operation without a past nothing is known, and looks in a geometric series are the best there is: where each
/// comes at r times the age of the one before, an end is noticed within r − 1 of the duration, whatever that is, and looks
/// are as many as its logarithm to the base r. Close to its beginning that would be a look every moment for a delay that
/// nobody minds. So r is 2 in the first seconds, up to intervals of `blindFloor`; the interval stays there until that
/// is `blindTolerance` of the age, and grows with it from then on. With 7 s and a tenth, a job of one minute costs 12
/// looks, one of half an hour 50, and one of a day with intervals of at most 5 minutes 350.
struct LearnedPace {
  private static let fewest = 3
  private static let most = 60
  /// Neighbours whose ratio is below this are in one cluster.
  private static let cohesion = 2.2
  /// How far a cluster reaches beyond the durations seen, as a share of them, for the fewest; the more have been seen,
  /// the less is expected beyond them.
  private static let margin = 0.12

  /// In seconds, in the order in which they became known.
  private var recent: ArraySlice<Double> = []
  /// The same, rising.
  private var durations: [Double] = []
  /// In seconds, rising and apart.
  private var clusters: [ClosedRange<Double>] = []

  /// The shortest duration seen, in seconds.
  var shortest: Double? { isLearned ? durations.first : nil }
  var isLearned: Bool { !clusters.isEmpty }

  init(pastRuns: [Run] = []) {
    recent = pastRuns.compactMap(Self.duration).prefix(Self.most)[...]
    arrange()
  }

  /// Learns from one more run that has ended; what was known longest is forgotten.
  mutating func learn(from run: Run) {
    guard let duration = Self.duration(of: run) else { return }
    recent.append(duration)
    if recent.count > Self.most { recent.removeFirst() }
    arrange()
  }

  private static func duration(of run: Run) -> Double? {
    switch run.status {
    case .success, .failed, .checked: run.duration.flatMap { $0 > .zero ? $0.inSeconds : nil }
    default: nil
    }
  }

  private mutating func arrange() {
    durations = recent.sorted()
    clusters = []
    guard durations.count >= Self.fewest else { return }
    let margin = Self.margin * (Double(Self.fewest) / Double(durations.count)).squareRoot()
    for duration in durations {
      let reach = duration * (1 - margin)...duration * (1 + margin)
      if let last = clusters.last,
        reach.lowerBound <= max(last.upperBound, last.upperBound / (1 + margin) * Self.cohesion)
      {
        clusters[clusters.count - 1] = last.lowerBound...max(last.upperBound, reach.upperBound)
      } else {
        clusters.append(reach)
      }
    }
  }

  /// What the past says, for people; `nil` where it says too little.
  var usual: UsualDuration? {
    guard isLearned, let longest = durations.last else { return nil }
    func quantile(_ share: Double) -> TimeSpan { .seconds(durations[Int(share * Double(durations.count - 1) + 0.5)]) }
    return UsualDuration(
      median: quantile(0.5), range: quantile(0.1)...quantile(0.9), longest: .seconds(longest), runs: durations.count)
  }

  /// The time from a look at that age to the next one, in seconds.
  ///
  /// - Parameter waited: How long it has been awaited. A run that is older than all before it, as it also seems to be where
  ///   clocks differ, is not left alone at once because of its age.
  func interval(atAge age: Double, waited: Double = .infinity, _ settings: WatchSettings) -> Double {
    let age = max(age, 0)
    let close = age * settings.tolerance
    let interval: Double
    if let cluster = clusters.first(where: { $0.upperBound > age }) {
      if cluster.lowerBound <= age + close {
        interval = close
      } else {
        // Not before something is expected, but also not blind for long; less so where some have ended already.
        let isBetween = clusters[0].lowerBound < age
        let growth = (isBetween ? min(settings.sparseGrowth, 1.5) : settings.sparseGrowth) - 1
        interval = min(cluster.lowerBound - age, max(age * growth, 30))
        return max(interval, settings.shortestInterval.inSeconds)
      }
    } else {
      interval = blindInterval(atAge: age, waited: min(waited, age), settings)
    }
    return min(max(interval, settings.shortestInterval.inSeconds), settings.longestInterval.inSeconds)
  }

  /// The interval where no past tells what to expect. It never leaves alone for longer than it has been awaited.
  private func blindInterval(atAge age: Double, waited: Double, _ settings: WatchSettings) -> Double {
    let floor = isLearned ? 0 : settings.blindFloor.inSeconds
    return min(max(age * settings.blindTolerance, floor), max(waited, 0))
  }

  /// The same for a run that waits for another to end: once that has, this one takes its time too.
  func intervalWhileWaiting(for waited: Double, _ settings: WatchSettings) -> Double {
    let interval = shortest.map { $0 * 0.9 } ?? blindInterval(atAge: waited, waited: waited, settings)
    return min(max(interval, settings.shortestInterval.inSeconds), settings.longestInterval.inSeconds)
  }
}
