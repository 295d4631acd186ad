import CivilTime
import Coordination
import TailerAPI

/// One await, as the watcher keeps it.
struct Watch {
  let deadline: Timestamp
  let every: TimeSpan?
  let began: Timestamp
  let inbox: WatchInbox
  /// Its place among those that were begun with it.
  let index: Int
  var target: WatchTarget
  var due: Timestamp
  var looks = 0
  /// The number of the last look that told how it stands, and when that began; before any, the wait's beginning.
  var lastLook = 0
  var lastSight: Timestamp
  /// Whether that look showed the run.
  var isShown = false
  /// Whether it was told that looks fail.
  var isUnseen = false

  init(_ wait: RunWait, began: Timestamp, inbox: WatchInbox, index: Int) {
    deadline = wait.deadline
    every = wait.every
    self.began = began
    self.inbox = inbox
    self.index = index
    target = wait.target
    due = began
    lastSight = began
  }

  func hear(_ news: WatchNews) { inbox.hear(news, of: index) }

  /// Takes in a look that told how it stands.
  mutating func see(in look: Look, isShown: Bool) {
    (lastLook, lastSight, self.isShown) = (look.number, look.moment, isShown)
    if isUnseen { hear(.seen) }
    isUnseen = false
  }

  mutating func miss(_ error: ServiceError) {
    if !isUnseen { hear(.unseen(since: lastSight, error)) }
    isUnseen = true
  }

  /// What it is that has not ended by its deadline; with an error where no look from then tells.
  func overdue(_ error: ServiceError?) -> WatchError {
    guard let error, lastSight < deadline else { return .deadline(lastSeen: run, isShown: isShown) }
    return .unseen(since: lastSight, lastSeen: run, error)
  }

  /// What a look's failure means that is not borne any longer.
  func ended(by error: ServiceError) -> WatchError {
    switch error.kind {
    case .rejected, .refused: .service(error)
    case .neverSent, .throttled, .unknown, .cancelled: .unseen(since: lastSight, lastSeen: run, error)
    }
  }

  var run: Run? {
    if case .end(let run) = target { run } else { nil }
  }

  /// When the service has to be asked next.
  var nextLook: Timestamp { min(due, deadline) }

  /// Plans the look after one that ended now.
  mutating func plan(from now: Timestamp, _ pace: LearnedPace, _ settings: WatchSettings, jitter: Double) {
    if let every {
      due = now.advanced(by: Self.kept(every))
      return
    }
    let waited = now.since(began).inSeconds
    let interval: Double
    switch target {
    case .end(let run) where run.status == .waiting:
      interval = pace.intervalWhileWaiting(for: waited, settings)
    case .end(let run):
      let age = now.since(Self.start(of: run) ?? began).inSeconds
      // A start that is still to come tells of clocks that differ.
      interval = pace.interval(atAge: age < 0 ? waited : age, waited: waited, settings)
    case .nextRun:
      // Once it has started, it takes its time.
      interval = pace.intervalWhileWaiting(for: waited, settings)
    }
    due = now.advanced(by: .seconds(interval * (1 - settings.jitter * jitter)))
  }

  /// Brings the next look forward, since the last one failed.
  mutating func hasten(from now: Timestamp, _ settings: WatchSettings) {
    guard every == nil else { return }
    due = min(due, now.advanced(by: settings.afterFailure))
  }

  /// What `every` says, less what no service should be asked for.
  static func kept(_ every: TimeSpan) -> TimeSpan { max(every, .milliseconds(100)) }

  /// The start as the service gave it, else as the id tells it, where that is more than the day.
  static func start(of run: Run) -> Timestamp? {
    if let started = run.started { return started }
    guard let moment = Run.moment(ofID: run.id), moment != moment.date.midnight else { return nil }
    return moment
  }

  /// The first of the runs, newest first, that started after the moment.
  static func firstRun(of runs: [Run], startedAfter moment: Timestamp) -> Run? {
    runs.filter { run in
      if let started = run.started { return started > moment }
      // An id tells whole seconds.
      return start(of: run).map { $0.advanced(by: .seconds(1)) > moment } ?? false
    }.min { (start(of: $0) ?? .latest, $0.id) < (start(of: $1) ?? .latest, $1.id) }
  }

  /// When the run ended, as far as the service tells.
  static func end(of run: Run) -> Timestamp? {
    if let started = run.started, let duration = run.duration { return started.adding(duration) }
    return run.updated
  }
}

/// What a look lists, also for others who want it.
struct Listing {
  /// When the look began.
  let since: Timestamp
  let reply = Promise<SharedReads.Reply>()
}

/// An operation as the watcher knows it, with the awaits on it, which share their looks.
struct WatchedOperation {
  let operation: DataOperation
  let key: SharedListingKey
  /// `nil` before the first listing.
  var pace: LearnedPace?
  var watches: [Int: Watch] = [:]
  /// When the look began that is under way.
  var lookingSince: Timestamp?
  var isLooking: Bool { lookingSince != nil }
  /// What the look lists that is under way, where it does.
  var listing: Listing?
  /// Since when looks have failed in passing ways, and how the last one did.
  var failing: (since: Timestamp, error: ServiceError)?
  /// Its entry in the queue of what is due; others are of the past.
  var queuedAt: Timestamp?

  /// When it has to be attended to for a look.
  var nextLook: Timestamp { watches.values.reduce(.latest) { min($0, $1.nextLook) } }
  /// The earliest deadline of its awaits.
  var deadline: Timestamp { watches.values.reduce(.latest) { min($0, $1.deadline) } }
}
