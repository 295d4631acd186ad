import CivilTime
import TailerAPI

extension ServiceRequest {
  /// The request as the service takes it, less its token.
  var httpRequest: HTTPRequest {
    HTTPRequest(
      path: path, headers: ["content-type": "application/json", "accept": "application/json"], body: payload.bytes)
  }

  private var payload: JSONValue {
    var members = members
    members["action"] = .text(action)
    return .object(members)
  }

  private var members: [String: JSONValue] {
    switch self {
    case .launch(let operation, let date):
      return identity(of: operation).adding("execution_date", date?.description)
    case .checkRun(let run):
      return identity(of: run.operation).adding("job_id", run.jobID).adding("run_id", run.id)
    case .lastRuns(let operation, let filter):
      return identity(of: operation).adding("job_id", operation.job).adding(filter)
    case .runsByStatus(let type, let account, let environment, let filter):
      return [:].adding("configuration_type", type.rawValue).adding("account", account)
        .adding("environment", environment).adding(filter)
    case .change(.mark(let run, let status)):
      return identity(of: run.operation).adding("run_id", run.id).adding("status", status.name)
    case .change(.reset(let workflow)):
      return identity(of: workflow)
    case .change(.activation(let operation, let activation)):
      var members = identity(of: operation)
      members["activated"] = .boolean(activation.activated)
      members["archived"] = .boolean(activation.archived)
      return members
    }
  }

  private func identity(of operation: DataOperation) -> [String: JSONValue] {
    [
      "account": .text(operation.account), "environment": .text(operation.environment),
      "configuration_type": .text(operation.type.rawValue), "configuration_id": .text(operation.id),
    ]
  }
}

extension ServiceChange {
  /// Whether the body of a good reply can still say that it was none.
  var isAcknowledged: Bool {
    switch self {
    case .mark: false
    case .reset, .activation: true
    }
  }
}

extension [String: JSONValue] {
  fileprivate func adding(_ key: String, _ text: String?) -> Self {
    guard let text else { return self }
    return merging([key: .text(text)]) { $1 }
  }

  fileprivate func adding(_ filter: RunFilter) -> Self {
    var members = adding("status", filter.status?.name).adding("execution_date", filter.started?.description)
    members["limit"] = filter.limit.map { .number(Double($0)) }
    return members
  }
}
