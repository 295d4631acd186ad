public import CivilTime
import Coordination
public import TailerAPI

/// The service without a socket: a state machine that is given requests and moments, and holds the platform.
///
/// It does no input or output and reads no clock; what is due by a moment has happened when that moment is named. It
/// may be shared between threads. What the known pages leave open, it decides so:
/// - A launch of a disabled operation is answered with a run, which is recorded as DEACTIVATED and carries nothing out;
///   a workflow or schedule that starts such an operation leaves the same record for the two types that can be launched
///   and nothing for the others. A launch of an archived one is refused with 404. Activation is read at the launch.
/// - A run that is marked by hand has ended; the next waiting run of its configuration starts. A workflow hears of a
///   mark as SUCCESS only where the run was not that before, so repeating a mark changes nothing.
/// - A waiting run shows the moment of its launch as its start until it runs.
/// - Listings give three runs unless the request names a limit.
public final class Simulator: Sendable {
  /// What becomes of a request.
  public struct Answer: Hashable, Sendable {
    public enum Fate: Hashable, Sendable {
      case reply(HTTPReply)
      /// Nothing left the sender.
      case unreachable
      /// The connection breaks without a reply.
      case dropped
    }

    public let fate: Fate
    /// How much longer than usual it takes.
    public let delay: TimeSpan

    /// The same, where it is a reply with the service's time of day.
    func dated(_ now: Timestamp) -> Self {
      guard case .reply(var reply) = fate else { return self }
      reply.headers["date"] = HTTPDate.text(of: now)
      return Self(fate: .reply(reply), delay: delay)
    }
  }

  private let state: Guarded<SimulatorState>

  public init(_ scenario: Scenario) {
    state = Guarded(SimulatorState(scenario))
  }

  /// Takes a request that arrives at a moment. A moment before the latest one counts as the latest.
  public func handle(_ request: HTTPRequest, at moment: Timestamp) -> Answer {
    state.withLock { $0.handle(request, at: moment) }
  }

  /// Accepts a token from now on, until it expires. Where any token was accepted, only those named are then.
  public func accept(token: String, until expiry: Timestamp = .latest) {
    state.withLock { $0.tokens = ($0.tokens ?? [:]).merging([token: expiry]) { $1 } }
  }

  public func revoke(token: String) {
    state.withLock { $0.tokens = ($0.tokens ?? [:]).filter { $0.key != token } }
  }

  public func add(_ fault: FaultRule) { state.withLock { $0.faults.append(fault) } }

  /// Lets the time pass without a request.
  public func advance(to moment: Timestamp) { state.withLock { $0.platform.advance(to: moment) } }

  /// Lets everything happen that is still to come: runs end, schedules start. Ends also where workflows feed
  /// themselves, since the number of runs is bounded.
  public func settle() {
    state.withLock {
      while let next = $0.platform.nextEvent { $0.platform.advance(to: next) }
    }
  }

  /// The moment to which the platform has come.
  public var now: Timestamp { state.withLock { $0.platform.now } }
  /// Every run there is, in the order of their launches.
  public var runs: [SimulatedRun] { state.withLock { $0.platform.runs } }
  /// The runs that requests launched.
  public var launches: [SimulatedRun] { runs.filter { $0.origin == .api } }
  /// What requests changed, in order.
  public var effects: [Effect] { state.withLock { $0.platform.effects } }
  /// The first hundred thousand requests.
  public var requests: [RequestRecord] { state.withLock { $0.records } }
  public var requestCount: Int { state.withLock { $0.requestCount } }
  /// The number of requests by action; `unknown` for those that name none of the seven.
  public var requestCounts: [String: Int] { state.withLock { $0.actionCounts } }

  public func runs(of operation: DataOperation) -> [SimulatedRun] {
    let key = Platform.Key(operation)
    return runs.filter { Platform.Key($0.operation) == key && (operation.job == nil || $0.jobID == operation.job) }
  }

  public func activation(of operation: DataOperation) -> Activation {
    state.withLock {
      let key = Platform.Key(operation)
      return $0.platform.operations[key]?.activation ?? $0.platform.workflows[key]?.activation ?? .enabled
    }
  }

  /// The job ids whose success a workflow holds.
  public func flags(of workflow: DataOperation) -> Set<String> {
    state.withLock { $0.platform.workflows[Platform.Key(workflow)]?.flags ?? [] }
  }

  public var snapshot: Snapshot {
    state.withLock { state in
      let platform = state.platform
      var activations: [String: Activation] = [:]
      for operation in platform.operations.values where operation.activation != .enabled {
        activations[Snapshot.label(operation.identity)] = operation.activation
      }
      var flags: [String: [String]] = [:]
      for workflow in platform.workflows.values {
        if workflow.activation != .enabled { activations[Snapshot.label(workflow.identity)] = workflow.activation }
        if !workflow.flags.isEmpty { flags[Snapshot.label(workflow.identity)] = workflow.flags.sorted() }
      }
      let runs = platform.runs.map { run in
        let day = run.executionDate.map { " on \($0)" } ?? ""
        return "\(run.jobID) in \(run.operation.environment)\(day) by \(run.origin): \(run.status.name)"
      }
      return Snapshot(runs: runs, flags: flags, activations: activations)
    }
  }
}
