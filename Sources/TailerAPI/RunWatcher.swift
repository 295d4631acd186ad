public import CivilTime

/// Waits for runs to end, and says when conditions are worth another look. One watcher serves all waits of a process, so
/// that what they have in common is asked once.
public protocol RunWatcher: Sendable {
  /// Begins waits for what is awaited to end, and returns at once. The inbox gets the outcome of each, once; the watcher
  /// looks once more before it gives up for a deadline.
  ///
  /// - Returns: Gives up those that still go on: when it returns, each of them has ended, with `.cancelled`.
  func begin(_ waits: [RunWait], telling inbox: WatchInbox) async -> @Sendable () async -> Void

  /// Waits until a condition that did not hold is worth looking at again: at the pace of what nothing is known of, or as
  /// `every` says, and exactly at the deadline for a last look. Conditions that wait alike get their turns together. Gives
  /// the moment of the turn.
  ///
  /// - Parameters:
  ///   - began: When the wait began; the longer it goes on, the longer the time between two looks.
  ///   - isFailing: Whether the last look failed in passing, so that the next one comes soon.
  func turn(since began: Timestamp, by deadline: Timestamp, every: TimeSpan?, isFailing: Bool)
    async throws(CancellationError) -> Timestamp

  /// The service for a look at a condition. What others ask for at the same time may answer its reads too, where they show
  /// no less than what was at the moment. A read that has no answer shortly after the deadline fails.
  ///
  /// - Parameter moment: The turn, or a later moment from which on it has to be known.
  func reads(since moment: Timestamp, by deadline: Timestamp) -> any TailerService

  /// How long looks may fail in passing before a wait ends with the failure.
  var patience: TimeSpan { get }
}

/// One wait.
public struct RunWait: Sendable {
  public let target: WatchTarget
  public let deadline: Timestamp
  /// The time between two looks, where it is prescribed.
  public let every: TimeSpan?

  public init(for target: WatchTarget, by deadline: Timestamp, every: TimeSpan? = nil) {
    self.target = target
    self.deadline = deadline
    self.every = every
  }
}

/// What a wait is for.
public enum WatchTarget: Hashable, Sendable {
  case end(of: Run)
  /// The end of the first run of the operation that starts after the moment.
  indirect case nextRun(of: DataOperation, since: Timestamp)

  public var operation: DataOperation {
    switch self {
    case .end(let run): run.operation
    case .nextRun(let operation, _): operation
    }
  }
}

/// What shows while a wait goes on.
public enum WatchNews: Hashable, Sendable {
  /// How long the operation's runs usually take, as soon as that is known.
  case usual(UsualDuration)
  /// The awaited next run has started.
  case appeared(Run)
  /// Looks fail; the last one that showed how it stands began then, or else the wait did.
  case unseen(since: Timestamp, ServiceError)
  /// After that, a look shows again how it stands.
  case seen
}

/// What a wait came to, and what it cost.
public struct WatchOutcome: Hashable, Sendable {
  public let result: Result<Run, WatchError>
  public let cost: WatchCost

  public init(_ result: Result<Run, WatchError>, _ cost: WatchCost = WatchCost()) {
    self.result = result
    self.cost = cost
  }
}

/// What one wait cost.
public struct WatchCost: Hashable, Codable, Sendable {
  /// The looks that took it in, those it shared included.
  public var looks: Int
  /// How long after the run's end it was noticed; `nil` where it was not, or where the service does not tell the end.
  public var noticedAfter: TimeSpan?

  public init(looks: Int = 0, noticedAfter: TimeSpan? = nil) {
    self.looks = looks
    self.noticedAfter = noticedAfter
  }
}

/// How long the runs of an operation took of late.
public struct UsualDuration: Hashable, Codable, Sendable {
  public let median: TimeSpan
  /// From the tenth percentile to the ninetieth.
  public let range: ClosedRange<TimeSpan>
  public let longest: TimeSpan
  /// How many runs say so.
  public let runs: Int

  public init(median: TimeSpan, range: ClosedRange<TimeSpan>, longest: TimeSpan, runs: Int) {
    self.median = median
    self.range = range
    self.longest = longest
    self.runs = runs
  }
}

public indirect enum WatchError: Error, Hashable, Sendable {
  /// The time is up, as a look bears out that began when it was: the run as last seen, or `nil` where no run has appeared.
  /// `isShown` where that look showed it.
  case deadline(lastSeen: Run?, isShown: Bool)
  /// Nobody knows how it stands: looks have failed for longer than is borne, or the last one did. `since` is when the last
  /// one began that showed it, or else the wait.
  case unseen(since: Timestamp, lastSeen: Run?, ServiceError)
  case service(ServiceError)
  case cancelled
}
