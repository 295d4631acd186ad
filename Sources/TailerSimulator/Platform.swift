import CivilTime
import TailerAPI

/// What the service knows, and how it goes on by itself. Time passes by `advance(to:)` alone.
struct Platform {
  /// An operation's identity, whatever it is called.
  struct Key: Hashable {
    let account: String
    let environment: String
    let type: ConfigurationType
    let id: String

    init(_ operation: DataOperation) {
      account = operation.account
      environment = operation.environment
      type = operation.type
      id = operation.id
    }
  }

  struct OperationState {
    let identity: DataOperation
    var plans: ArraySlice<Scenario.Plan>
    var activation: Activation
    /// Indices of its runs, in the order of their launches.
    var runs: [Int] = []
    /// Indices of the runs that wait, for table-to-table.
    var waiting: ArraySlice<Int> = []
    var running: Set<Int> = []
  }

  struct WorkflowState {
    let identity: DataOperation
    let jobIDs: [String]
    let target: Scenario.Workflow.Target?
    var flags: Set<String>
    var activation: Activation
  }

  enum Event {
    case start(Scenario.Start, Key)
    case end(run: Int, revision: Int)
    case effect(ServiceRequest)
  }

  /// The simulator's bound on runs, so that a workflow that feeds itself ends.
  static let maximumRuns = 100_000

  let scenario: Scenario
  private(set) var now: Timestamp
  private(set) var runs: [SimulatedRun] = []
  private(set) var runsByID: [String: Int] = [:]
  private(set) var operations: [Key: OperationState] = [:]
  var workflows: [Key: WorkflowState] = [:]
  var effects: [Effect] = []
  private var events = MomentQueue<Event>()
  private var ids: SeededGenerator

  init(_ scenario: Scenario) {
    self.scenario = scenario
    now = scenario.now
    ids = SeededGenerator(seed: scenario.seed)
    for operation in scenario.operations { add(operation) }
    for workflow in scenario.workflows {
      workflows[Key(workflow.identity)] = WorkflowState(
        identity: workflow.identity, jobIDs: workflow.jobIDs, target: workflow.target,
        flags: workflow.flags.intersection(workflow.jobIDs), activation: workflow.activation)
    }
    let past = scenario.operations.flatMap { operation in
      operation.history.map { (start: $0, key: Key(operation.identity)) }
    }
    for (start, key) in past.sorted(by: { $0.start.moment < $1.start.moment }) { record(start, of: key) }
    now = scenario.now
  }

  private mutating func add(_ operation: Scenario.Operation) {
    let key = Key(operation.identity)
    operations[key] = OperationState(
      identity: operation.identity, plans: operation.plans[...], activation: operation.activation)
    for start in operation.schedule { events.add(.start(start, key), at: max(start.moment, scenario.now)) }
  }

  /// Puts a past run where it stands when the scenario begins.
  private mutating func record(_ start: Scenario.Start, of key: Key) {
    let plan = start.plan ?? Scenario.Plan(.success, after: scenario.takes)
    let end = start.moment.advanced(by: plan.takes)
    now = min(start.moment, scenario.now)
    if plan.outcome.isTerminal, end <= scenario.now {
      guard let run = append(start, plan, origin: .history, of: key, at: now) else { return }
      runs[run].status = plan.outcome
      runs[run].ended = end
      runs[run].updated = end
    } else {
      begin(start, origin: .history, of: key)
    }
  }

  /// Lets everything happen that is due by then. Time never goes back: an earlier moment changes nothing.
  mutating func advance(to moment: Timestamp) {
    while let (due, event) = events.next(by: moment) {
      now = max(now, due)
      switch event {
      case .start(let start, let key): launch(start, origin: .schedule, of: key)
      case .end(let run, let revision):
        if runs[run].revision == revision { change(run, to: runs[run].plan.outcome) }
      case .effect(let request): _ = try? perform(request)
      }
    }
    now = max(now, moment)
  }

  /// The moment of the last thing that is still to happen, if anything is.
  var nextEvent: Timestamp? { events.earliest }

  mutating func schedule(_ event: Event, after span: TimeSpan) { events.add(event, at: now.advanced(by: span)) }

  /// The operation's state; made when it is first named, unless the scenario is strict.
  func state(of operation: DataOperation) throws(Refusal) -> OperationState {
    if let known = operations[Key(operation)] { return known }
    if scenario.isStrict { throw Refusal(404, "Unknown configuration: \(operation.id)") }
    return OperationState(identity: operation, plans: [], activation: .enabled)
  }

  mutating func set(_ operation: DataOperation, _ activation: Activation) throws(Refusal) {
    var state = try state(of: operation)
    state.activation = activation
    operations[Key(operation)] = state
  }

  /// Starts a run as something other than a request does. A disabled or archived operation takes no part, except that
  /// the two types that can be launched record a start while disabled as DEACTIVATED.
  mutating func launch(_ start: Scenario.Start, origin: SimulatedRun.Origin, of key: Key) {
    guard let state = operations[key], state.activation != .archived else { return }
    if state.activation == .disabled, !key.type.canBeLaunched { return }
    begin(start, origin: origin, of: key)
  }

  /// Starts a run that a request asks for, and gives its id.
  mutating func launch(
    _ operation: DataOperation, on date: CalendarDate?, hiddenFor hiding: TimeSpan
  ) throws(Refusal) -> String {
    let state = try state(of: operation)
    guard state.activation != .archived else { throw Refusal(404, "Archived configuration: \(operation.id)") }
    let key = Key(operation)
    operations[key] = state
    guard let run = begin(Scenario.Start(at: now, on: date), origin: .api, of: key, hiddenFor: hiding) else {
      throw Refusal(503, "The simulator holds no more than \(Self.maximumRuns) runs")
    }
    return runs[run].id
  }

  @discardableResult
  private mutating func begin(
    _ start: Scenario.Start, origin: SimulatedRun.Origin, of key: Key, hiddenFor hiding: TimeSpan = .zero
  ) -> Int? {
    guard let state = operations[key], runs.count < Self.maximumRuns else { return nil }
    let isActive = state.activation == .enabled || origin == .history
    let plan = start.plan ?? (isActive ? nextPlan(of: key) : Scenario.Plan(.deactivated, after: .zero))
    guard let run = append(start, plan, origin: origin, of: key, at: now, hiddenFor: hiding) else { return nil }
    if !isActive {
      change(run, to: .deactivated)
    } else if key.type == .tableToTable, !state.running.isEmpty {
      operations[key]?.waiting.append(run)
    } else {
      change(run, to: .running)
    }
    return run
  }

  private mutating func nextPlan(of key: Key) -> Scenario.Plan {
    guard let plans = operations[key]?.plans, let first = plans.first else {
      return Scenario.Plan(.success, after: scenario.takes)
    }
    if plans.count > 1 { operations[key]?.plans.removeFirst() }
    return first
  }

  private mutating func append(
    _ start: Scenario.Start, _ plan: Scenario.Plan, origin: SimulatedRun.Origin, of key: Key, at moment: Timestamp,
    hiddenFor hiding: TimeSpan = .zero
  ) -> Int? {
    guard let state = operations[key], runs.count < Self.maximumRuns else { return nil }
    let id = start.runID ?? newRunID(type: key.type)
    let visibleFrom = origin == .history ? moment : moment.advanced(by: max(scenario.visibilityDelay, hiding))
    runs.append(
      SimulatedRun(
        id: id, operation: state.identity, jobID: start.jobID ?? Scenario.defaultJobID(of: state.identity),
        origin: origin, executionDate: start.executionDate, launched: moment, visibleFrom: visibleFrom,
        started: moment, ended: nil, updated: moment, status: .waiting, plan: plan))
    runsByID[id] = runs.count - 1
    operations[key]?.runs.append(runs.count - 1)
    return runs.count - 1
  }

  /// `YYYYMMDD-HHMMSS-<uuid4>`, for the file-driven types `YYYYMMDD-<uuid4>`.
  private mutating func newRunID(type: ConfigurationType) -> String {
    let day = now.date.description.filter { $0 != "-" }
    let clock = now.clock.filter { $0 != ":" }
    let isFileDriven = type == .storageToStorage || type == .storageToTables
    return isFileDriven ? "\(day)-\(ids.uuid())" : "\(day)-\(clock)-\(ids.uuid())"
  }

  /// Puts a run into a status, with what follows from it: the next one stops waiting, workflows hear of a success.
  mutating func change(_ run: Int, to status: RunStatus) {
    let before = runs[run].status
    let key = Key(runs[run].operation)
    runs[run].updated = now
    guard status != before else { return }
    runs[run].status = status
    runs[run].revision += 1
    operations[key]?.waiting.removeAll { $0 == run }
    if status.isTerminal {
      if runs[run].ended == nil { runs[run].ended = now }
      operations[key]?.running.remove(run)
    } else {
      if before == .waiting { runs[run].started = now }
      runs[run].ended = nil
      operations[key]?.running.insert(run)
      let plan = runs[run].plan
      if before == .waiting, plan.outcome.isTerminal {
        schedule(.end(run: run, revision: runs[run].revision), after: plan.takes)
      }
    }
    if status == .success { succeed(runs[run]) }
    if operations[key]?.running.isEmpty == true, let next = operations[key]?.waiting.popFirst() {
      change(next, to: .running)
    }
  }
}
