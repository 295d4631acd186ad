public import CivilTime
public import RunbookRecord
public import TailerAPI

/// Everything an execution does to the world and learns from it, injected. The evaluator has no other way out.
public struct Effects: Sendable {
  public var service: any TailerService
  public var watcher: any RunWatcher
  public var clock: any WallClock
  public var bootTimer: any BootTimer
  public var journal: any Journal
  public var people: any People
  public var listener: any EventListener

  public init(
    service: any TailerService, watcher: any RunWatcher, clock: any WallClock, bootTimer: any BootTimer,
    journal: any Journal, people: any People = Nobody(), listener: any EventListener = Silence()
  ) {
    self.service = service
    self.watcher = watcher
    self.clock = clock
    self.bootTimer = bootTimer
    self.journal = journal
    self.people = people
    self.listener = listener
  }
}

/// The numbers and rules that an execution goes by.
public struct EvaluationPolicy: Sendable {
  public var guards: Guards
  /// The deadline of a wait that has none written.
  public var defaultTimeout: TimeSpan
  /// How many things of a list or a `parallel` go on at once when no cap is written.
  public var cap: Int
  /// How long after a launch its run may take to be listed.
  public var visibilityDelay: TimeSpan
  /// How often runs are looked for while a launch's outcome is unknown.
  public var searchInterval: TimeSpan
  /// How long after it was stamped on record a launch's request is sent at the latest; later, it is stamped anew.
  public var sendBy: TimeSpan
  /// How long after it was stamped a launch's request may still arrive, whatever became of the process that sent it. It has to
  /// be longer than `endBy`.
  public var arrivalDelay: TimeSpan
  /// How far this machine's clock and the service's may be apart.
  public var clockTolerance: TimeSpan
  /// Environments that may be named.
  public var environments: Set<String>
  public var account: String?
  public var environment: String?

  public init(
    guards: Guards = Guards(), defaultTimeout: TimeSpan = .hours(24), cap: Int = 16,
    visibilityDelay: TimeSpan = .minutes(3), searchInterval: TimeSpan = .seconds(10),
    sendBy: TimeSpan = .seconds(10), arrivalDelay: TimeSpan = .seconds(45), clockTolerance: TimeSpan = .seconds(5),
    environments: Set<String> = ["DEV", "STAGING", "PREPROD", "PROD"],
    account: String? = nil, environment: String? = nil
  ) {
    self.guards = guards
    self.defaultTimeout = defaultTimeout
    self.cap = cap
    self.visibilityDelay = visibilityDelay
    self.searchInterval = searchInterval
    self.sendBy = sendBy
    self.arrivalDelay = arrivalDelay
    self.clockTolerance = clockTolerance
    self.environments = environments
    self.account = account
    self.environment = environment
  }

  /// How long after its stamp a launch's request is given up that has not left, in words.
  public var leaveBy: TimeSpan { sendBy.scaled(by: 1.5) }

  /// How long after its stamp a process is ended that could not even do that.
  public var endBy: TimeSpan { sendBy.scaled(by: 2) }

  /// How long after a launch's request is sent nothing of it can arrive or be listed any more.
  public var settlingTime: TimeSpan { visibilityDelay.adding(arrivalDelay) ?? visibilityDelay }
}
