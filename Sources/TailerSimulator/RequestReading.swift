import CivilTime
import TailerAPI

/// Reads a request's body into one of the seven calls, or refuses it as the service would: with 400 and the name of
/// the attribute that is missing or wrong.
struct RequestReading {
  private let members: [String: JSONValue]

  static let actions = [
    "launch_job": "/v1/dag/launch", "check_run_status": "/v1/dag/status", "get_last_status": "/v1/dag/status",
    "get_by_status": "/v1/dag/status", "set_run_status": "/v1/dag/status",
    "reset_workflow_status": "/v1/workflow/status", "set_configuration_status": "/v1/configuration/status",
  ]

  /// The action that a body names, if it is one of the seven.
  static func action(of body: JSONValue?) -> String? {
    guard let name = body?["action"]?.text, actions[name] != nil else { return nil }
    return name
  }

  static func call(_ request: HTTPRequest, body: JSONValue?) throws(Refusal) -> ServiceRequest {
    guard actions.values.contains(request.path) else { throw Refusal(404, "Not Found") }
    guard case .object(let members) = body else { throw Refusal(400, "The body is not a JSON object") }
    let reading = RequestReading(members: members)
    let name = try reading.text("action")
    guard actions[name] == request.path else { throw Refusal(400, "Unknown action: \(name)") }
    return try reading.call(name)
  }

  private func call(_ action: String) throws(Refusal) -> ServiceRequest {
    switch action {
    case "launch_job":
      let operation = try operation()
      let date = try date("execution_date")
      guard operation.type.canBeLaunched else {
        throw Refusal(400, "configuration_type \(operation.type.rawValue) cannot be launched")
      }
      return .launch(operation, on: date)
    case "check_run_status":
      let operation = try operation()
      let jobID = try text("job_id")
      return .checkRun(Run.Reference(id: try text("run_id"), operation: operation, jobID: jobID))
    case "get_last_status":
      return .lastRuns(try operation(job: optionalText("job_id")), try filter())
    case "get_by_status":
      let account = try text("account")
      return .runsByStatus(
        type: try type(), account: account, environment: try optionalText("environment"), try filter())
    case "set_run_status":
      let operation = DataOperation(
        account: try text("account"), environment: try optionalText("environment") ?? "", type: try type(),
        id: try text("configuration_id"))
      let reference = Run.Reference(id: try text("run_id"), operation: operation)
      let status = RunStatus(try text("status"))
      guard RunStatus.settable.contains(status) else { throw Refusal(400, "Invalid status: \(status.name)") }
      return .change(.mark(reference, as: status))
    case "reset_workflow_status":
      let operation = try operation()
      guard operation.type == .workflow else { throw Refusal(400, "configuration_type must be workflow") }
      return .change(.reset(operation))
    case "set_configuration_status":
      return .change(.activation(try operation(), try activation()))
    default: throw Refusal(400, "Unknown action: \(action)")
    }
  }

  private func operation(job: String? = nil) throws(Refusal) -> DataOperation {
    DataOperation(
      account: try text("account"), environment: try text("environment"), type: try type(),
      id: try text("configuration_id"), job: job)
  }

  private func type() throws(Refusal) -> ConfigurationType {
    let name = try text("configuration_type")
    guard let type = ConfigurationType(serviceName: name) else {
      throw Refusal(400, "Unknown configuration_type: \(name)")
    }
    return type
  }

  private func filter() throws(Refusal) -> RunFilter {
    var filter = RunFilter(started: try date("execution_date"))
    filter.status = try optionalText("status").map(RunStatus.init)
    if let status = filter.status, case .other(let name) = status { throw Refusal(400, "Invalid status: \(name)") }
    if let limit = present("limit") {
      guard let count = limit.integer, count > 0 else { throw Refusal(400, "limit must be a whole number above 0") }
      filter.limit = count
    }
    return filter
  }

  private func activation() throws(Refusal) -> Activation {
    let activated = try boolean("activated")
    let archived = try boolean("archived")
    guard let activation = Activation.allCases.first(where: { $0.activated == activated && $0.archived == archived })
    else { throw Refusal(400, "A configuration cannot be both activated and archived") }
    return activation
  }

  private func boolean(_ name: String) throws(Refusal) -> Bool {
    guard let value = present(name) else { throw Refusal(400, "Missing attribute: \(name)") }
    guard let boolean = value.boolean else { throw Refusal(400, "\(name) must be true or false") }
    return boolean
  }

  private func date(_ name: String) throws(Refusal) -> CalendarDate? {
    guard let text = try optionalText(name) else { return nil }
    guard let date = CalendarDate(text) else { throw Refusal(400, "\(name) must be a date, YYYY-MM-DD") }
    return date
  }

  private func text(_ name: String) throws(Refusal) -> String {
    guard let text = try optionalText(name) else { throw Refusal(400, "Missing attribute: \(name)") }
    return text
  }

  /// Absent, `null` and empty are one: not given.
  private func optionalText(_ name: String) throws(Refusal) -> String? {
    guard let value = present(name) else { return nil }
    guard let text = value.text else { throw Refusal(400, "\(name) must be text") }
    return text.isEmpty ? nil : text
  }

  private func present(_ name: String) -> JSONValue? {
    guard let value = members[name], value != .null else { return nil }
    return value
  }
}
