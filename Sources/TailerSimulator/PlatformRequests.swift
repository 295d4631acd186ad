import CivilTime
import TailerAPI

/// Why the service says no, with the code it says it with.
struct Refusal: Error, Hashable {
  let code: Int
  let message: String

  init(_ code: Int, _ message: String) {
    self.code = code
    self.message = message
  }
}

/// The seven calls.
extension Platform {
  /// How many runs a listing gives where the request names no limit, as in the documentation's samples.
  static let defaultLimit = 3

  /// Carries a call out and gives the body of its reply. With `hiding`, listings leave out what was launched within
  /// that time, and what is launched shows that much later.
  mutating func perform(_ request: ServiceRequest, hiding: TimeSpan = .zero) throws(Refusal) -> JSONValue {
    switch request {
    case .launch(let operation, let date):
      let id = try launch(operation, on: date, hiddenFor: hiding)
      effects.append(.launched(runID: id, operation, on: date))
      return .object(["run_id": .text(id)])
    case .checkRun(let reference):
      _ = try state(of: reference.operation)
      guard let run = runsByID[reference.id], Key(runs[run].operation) == Key(reference.operation),
        runs[run].jobID == reference.jobID, isVisible(runs[run], hiding: hiding)
      else { return Self.results([]) }
      return Self.results([runs[run].record(typeName: reference.operation.type.rawValue)])
    case .lastRuns(let operation, let filter):
      return try list(
        of: operation.type == .workflow ? [] : state(of: operation).runs, filter, jobID: operation.job, hiding: hiding)
    case .runsByStatus(let type, let account, let environment, let filter):
      let keys = operations.keys.filter {
        $0.type == type && $0.account == account && (environment == nil || $0.environment == environment)
      }
      return list(of: keys.flatMap { operations[$0]?.runs ?? [] }.sorted(), filter, jobID: nil, hiding: hiding)
    case .change(.mark(let reference, let status)):
      try mark(reference, as: status)
      return .object(["message": .text("ok")])
    case .change(.reset(let workflow)):
      try reset(workflow)
      effects.append(.reset(workflow))
      return scenario.hasLongResetReply
        ? .object(["code": .number(200), "data": .object([:]), "message": .text("ok")])
        : .object(["message": .text("ok")])
    case .change(.activation(let operation, let activation)):
      if operation.type == .workflow {
        try setWorkflow(operation, activation)
      } else {
        try set(operation, activation)
      }
      effects.append(.activation(operation, activation))
      return .object(["message": .text("ok")])
    }
  }

  /// Sets a run's status by hand. A run that went on has ended then, and what its job does later no longer shows; an
  /// ended run that is marked RUNNING goes on until it is marked again.
  private mutating func mark(_ reference: Run.Reference, as status: RunStatus) throws(Refusal) {
    let operation = reference.operation
    guard let index = runsByID[reference.id], runs[index].operation.id == operation.id,
      runs[index].operation.type == operation.type, runs[index].operation.account == operation.account,
      operation.environment.isEmpty || runs[index].operation.environment == operation.environment
    else { throw Refusal(404, "Unknown run: \(reference.id)") }
    change(index, to: status)
    effects.append(.marked(runID: reference.id, runs[index].operation, as: status))
  }

  /// Newest first, which is the order of the launches turned round.
  private func list(of indices: [Int], _ filter: RunFilter, jobID: String?, hiding: TimeSpan) -> JSONValue {
    let limit = filter.limit ?? Self.defaultLimit
    var records: [JSONValue] = []
    for run in indices.reversed().lazy.map({ runs[$0] }) where isVisible(run, hiding: hiding) {
      guard records.count < limit else { break }
      guard jobID == nil || run.jobID == jobID, filter.status == nil || run.status == filter.status,
        filter.started == nil || run.started.date == filter.started
      else { continue }
      records.append(
        run.record(typeName: run.operation.type == .tableToTable ? "gbq-to-gbq" : run.operation.type.rawValue))
    }
    return Self.results(records)
  }

  private func isVisible(_ run: SimulatedRun, hiding: TimeSpan) -> Bool {
    run.visibleFrom <= now && (hiding == .zero || run.launched.advanced(by: hiding) <= now)
  }

  private static func results(_ records: [JSONValue]) -> JSONValue { .object(["results": .array(records)]) }
}

extension SimulatedRun {
  /// The run as the service writes it. Its two calls spell the type of a table-to-table run differently.
  func record(typeName: String) -> JSONValue {
    var members: [String: JSONValue] = [
      "account": .text(operation.account), "configuration_id": .text(operation.id),
      "configuration_type": .text(typeName), "environment": .text(operation.environment), "job_id": .text(jobID),
      "run_id": .text(id), "start_execution_date": .text(started.serviceForm), "status": .text(status.name),
    ]
    if operation.type != .storageToStorage { members["last_update_date"] = .text(updated.serviceForm) }
    if let ended { members["duration"] = .text(ended.since(started).pythonTimedelta) }
    return .object(members)
  }
}
