public import CivilTime

/// How runs are watched: how much delay in noticing an end is traded for fewer requests.
public struct WatchSettings: Hashable, Sendable {
  /// How late an end may be noticed, as a share of the run's age, where past runs tell when to expect it.
  public var tolerance: Double
  /// The same while nothing is known of past runs, and for a run that takes longer than any before it.
  public var blindTolerance: Double
  /// While nothing is known, looks are this far apart as soon as a run is as old, until `blindTolerance` says more.
  public var blindFloor: TimeSpan
  public var shortestInterval: TimeSpan
  public var longestInterval: TimeSpan
  /// Where no past run has ended, the next look is at most at this many times the age: an early failure is noticed too.
  /// Between two usual durations it is at most at one and a half times the age.
  public var sparseGrowth: Double
  /// The share of an interval by which jitter may shorten it.
  public var jitter: Double
  /// How long looks may fail in passing ways (unknown, throttled, never sent) before an await ends with the error.
  public var patience: TimeSpan
  /// How long after a failed look the next one comes at the latest.
  public var afterFailure: TimeSpan
  /// How long after a deadline its last look may still be under way, or behind the one that came back before it.
  public var lastLookGrace: TimeSpan
  /// How many past runs are asked for, once for each operation.
  public var historySize: Int
  /// No listing asks for more runs.
  public var largestListing: Int
  /// From this many operations of a type that are due together, one listing of the type is tried for all of them, if it
  /// can show all that is awaited of the type.
  public var sharingThreshold: Int
  /// What is due within this time counts as due together.
  public var sharingHorizon: TimeSpan

  public init(
    tolerance: Double = 0.05, blindTolerance: Double = 0.1, blindFloor: TimeSpan = .seconds(7),
    shortestInterval: TimeSpan = .seconds(2), longestInterval: TimeSpan = .minutes(5), sparseGrowth: Double = 3,
    jitter: Double = 0.1,
    patience: TimeSpan = .minutes(10), afterFailure: TimeSpan = .seconds(30), lastLookGrace: TimeSpan = .seconds(10),
    historySize: Int = 30, largestListing: Int = 1000, sharingThreshold: Int = 4,
    sharingHorizon: TimeSpan = .seconds(15)
  ) {
    self.tolerance = tolerance
    self.blindTolerance = blindTolerance
    self.blindFloor = blindFloor
    self.shortestInterval = shortestInterval
    self.longestInterval = longestInterval
    self.sparseGrowth = sparseGrowth
    self.jitter = jitter
    self.patience = patience
    self.afterFailure = afterFailure
    self.lastLookGrace = lastLookGrace
    self.historySize = historySize
    self.largestListing = largestListing
    self.sharingThreshold = sharingThreshold
    self.sharingHorizon = sharingHorizon
  }
}
