public import CivilTime

/// One of the seven calls, as a value: what the client sends, the simulator answers and the journal records.
public enum ServiceRequest: Hashable, Sendable {
  case launch(DataOperation, on: CalendarDate?)
  case checkRun(Run.Reference)
  case lastRuns(DataOperation, RunFilter)
  case runsByStatus(type: ConfigurationType, account: String, environment: String?, RunFilter)
  case change(ServiceChange)

  public var path: String {
    switch self {
    case .launch: "/v1/dag/launch"
    case .checkRun, .lastRuns, .runsByStatus, .change(.mark): "/v1/dag/status"
    case .change(.reset): "/v1/workflow/status"
    case .change(.activation): "/v1/configuration/status"
    }
  }

  /// The value of the body's `action`.
  public var action: String {
    switch self {
    case .launch: "launch_job"
    case .checkRun: "check_run_status"
    case .lastRuns: "get_last_status"
    case .runsByStatus: "get_by_status"
    case .change(.mark): "set_run_status"
    case .change(.reset): "reset_workflow_status"
    case .change(.activation): "set_configuration_status"
    }
  }

  /// Whether the call alters anything on the platform.
  public var changes: Bool {
    switch self {
    case .launch, .change: true
    case .checkRun, .lastRuns, .runsByStatus: false
    }
  }
}

/// A call that changes the platform and may be repeated.
public enum ServiceChange: Hashable, Sendable {
  case mark(Run.Reference, as: RunStatus)
  case reset(DataOperation)
  case activation(DataOperation, Activation)
}

extension Run {
  /// What a call needs to name a run.
  public struct Reference: Hashable, Sendable {
    public let id: String
    public let operation: DataOperation
    public let jobID: String?

    public init(id: String, operation: DataOperation, jobID: String? = nil) {
      self.id = id
      self.operation = operation
      self.jobID = jobID ?? operation.jobID
    }
  }

  public var reference: Reference { Reference(id: id, operation: operation, jobID: jobID) }
}

/// What the listing calls can filter by.
public struct RunFilter: Hashable, Sendable {
  public var status: RunStatus?
  /// The UTC day on which a run started.
  public var started: CalendarDate?
  public var limit: Int?

  public init(status: RunStatus? = nil, started: CalendarDate? = nil, limit: Int? = nil) {
    self.status = status
    self.started = started
    self.limit = limit
  }
}

/// What a configuration's status can be set to.
public enum Activation: String, Hashable, Codable, Sendable, CaseIterable {
  case enabled, disabled, archived

  public var activated: Bool { self == .enabled }
  public var archived: Bool { self == .archived }
}
