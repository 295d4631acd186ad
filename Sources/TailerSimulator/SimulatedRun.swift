public import CivilTime
public import TailerAPI

/// A run that exists on the simulated platform, whether or not the service shows it yet.
public struct SimulatedRun: Hashable, Sendable {
  /// What started it.
  public enum Origin: Hashable, Sendable {
    case api
    /// The id of the workflow whose target it is.
    case workflow(String)
    case schedule
    case history
  }

  public let id: String
  public let operation: DataOperation
  public let jobID: String
  public let origin: Origin
  public let executionDate: CalendarDate?
  /// When it was launched; it shows `visibleFrom` then.
  public let launched: Timestamp
  public let visibleFrom: Timestamp
  /// When it began to run; while it waits, when it was launched.
  public internal(set) var started: Timestamp
  public internal(set) var ended: Timestamp?
  public internal(set) var updated: Timestamp
  public internal(set) var status: RunStatus

  let plan: Scenario.Plan
  /// Counts the changes of status, so that an end which was planned before a change by hand is passed over.
  var revision = 0
}

/// A change that a request made.
public enum Effect: Hashable, Sendable {
  case launched(runID: String, DataOperation, on: CalendarDate?)
  case marked(runID: String, DataOperation, as: RunStatus)
  case reset(DataOperation)
  case activation(DataOperation, Activation)
}

/// A request as the simulator met it.
public struct RequestRecord: Hashable, Sendable {
  /// From 1, over all requests.
  public let number: Int
  public let moment: Timestamp
  /// `unknown` for a body that names none of the seven.
  public let action: String
  public let fault: Fault?
  /// The reply's code; `nil` where there was no reply.
  public let code: Int?
}

/// The platform's state without run ids and times: equal for executions that had the same effects.
public struct Snapshot: Hashable, Sendable, CustomStringConvertible {
  /// One line for each run, in the order of their launches.
  public let runs: [String]
  /// The job ids whose success a workflow holds, by the workflow's identity; without those that hold none.
  public let flags: [String: [String]]
  /// What is not enabled, by identity.
  public let activations: [String: Activation]

  static func label(_ operation: DataOperation) -> String {
    "\(operation.type.rawValue) \(operation.id) in \(operation.environment) of \(operation.account)"
  }

  public var description: String {
    (runs + flags.sorted { $0.key < $1.key }.map { "\($0.key) holds \($0.value.joined(separator: ", "))" }
      + activations.sorted { $0.key < $1.key }.map { "\($0.key) is \($0.value)" })
      .joined(separator: "\n")
  }
}
