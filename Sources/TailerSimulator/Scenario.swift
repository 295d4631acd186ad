public import CivilTime
public import TailerAPI

/// The platform as a rehearsal finds it, and what will happen there. `Scenario.init(yaml:path:file:now:)` reads one.
public struct Scenario: Hashable, Sendable {
  /// What the scenario shows, in a sentence, for people.
  public var about: String?
  /// The moment at which it begins.
  public var now: Timestamp
  /// Whether a configuration that the scenario does not name is refused with 404. Otherwise it is made when a request
  /// first names it, with runs that succeed after `takes`.
  public var isStrict = false
  /// How long a run takes where nothing else is said.
  public var takes = TimeSpan.minutes(1)
  /// How long the service keeps a launched run out of its replies.
  public var visibilityDelay = TimeSpan.zero
  /// Whether `reset_workflow_status` replies with the longer of its two shapes, in use since 2021.
  public var hasLongResetReply = true
  /// The bearer tokens that are accepted, with the moment at which they expire (`.latest` for never); `nil` accepts
  /// any token, less a JWT whose `exp` has passed.
  public var tokens: [String: Timestamp]?
  public var operations: [Operation] = []
  public var workflows: [Workflow] = []
  /// Of several rules that are meant for one request, the first holds.
  public var faults: [FaultRule] = []
  /// Decides the run ids.
  public var seed: UInt64 = 1

  public init(now: Timestamp) { self.now = now }

  /// How one run goes.
  public struct Plan: Hashable, Sendable {
    /// How it ends. A status that is not terminal means that it never does: a stuck run.
    public var outcome: RunStatus
    /// How long it goes on, without the time for which it waits for another.
    public var takes: TimeSpan

    public init(_ outcome: RunStatus, after takes: TimeSpan = .minutes(1)) {
      self.outcome = outcome
      self.takes = takes
    }
  }

  /// A run that nobody starts through the API.
  public struct Start: Hashable, Sendable {
    public var moment: Timestamp
    /// `nil` takes the operation's next plan.
    public var plan: Plan?
    /// The job, where the operation has several; a job id.
    public var jobID: String?
    public var executionDate: CalendarDate?
    /// The run's id, where it has to be a certain one.
    public var runID: String?

    public init(
      at moment: Timestamp, _ plan: Plan? = nil, jobID: String? = nil, on executionDate: CalendarDate? = nil,
      runID: String? = nil
    ) {
      self.moment = moment
      self.plan = plan
      self.jobID = jobID
      self.executionDate = executionDate
      self.runID = runID
    }
  }

  public struct Operation: Hashable, Sendable {
    public var identity: DataOperation
    /// The job ids, for types whose operations have many.
    public var jobIDs: [String] = []
    /// How its runs go, one after the other; the last one repeats.
    public var plans: [Plan] = []
    /// What ended before the scenario began, or was still going then. Has fired nothing in the past.
    public var history: [Start] = []
    /// What something else starts: a schedule, an arriving file.
    public var schedule: [Start] = []
    public var activation = Activation.enabled

    public init(_ identity: DataOperation, plans: [Plan] = [], history: [Start] = [], schedule: [Start] = []) {
      self.identity = identity
      self.plans = plans
      self.history = history
      self.schedule = schedule
    }
  }

  public struct Workflow: Hashable, Sendable {
    public var identity: DataOperation
    /// The job ids that must all have succeeded.
    public var jobIDs: [String]
    /// What is launched then.
    public var target: Target?
    /// The job ids whose success it has already been sent.
    public var flags: Set<String> = []
    public var activation = Activation.enabled

    public init(_ identity: DataOperation, jobIDs: [String], target: Target?) {
      self.identity = identity
      self.jobIDs = jobIDs
      self.target = target
    }

    public struct Target: Hashable, Sendable {
      public var operation: DataOperation
      public var jobID: String

      public init(_ operation: DataOperation, jobID: String? = nil) {
        self.operation = operation
        self.jobID = jobID ?? Scenario.defaultJobID(of: operation)
      }
    }
  }

  /// The job id of an operation that has one only. That of the types whose job ids are unknown is built like a
  /// vm-launcher's.
  public static func defaultJobID(of operation: DataOperation) -> String {
    operation.jobID
      ?? [operation.type.rawValue, operation.account, operation.id, operation.environment]
      .joined(separator: "|")
  }
}
