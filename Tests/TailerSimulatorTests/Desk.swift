import CivilTime
import TailerAPI
import TailerSimulator

/// A simulator, a moment that the test moves, and the documentation's requests.
final class Desk {
  let simulator: Simulator
  var now: Timestamp
  var headers = ["authorization": "Bearer token"]

  init(_ scenario: Scenario) {
    simulator = Simulator(scenario)
    now = scenario.now
  }

  func wait(_ span: TimeSpan) { now = now.advanced(by: span) }

  func answer(_ path: String, _ body: JSONValue) -> Simulator.Answer {
    simulator.handle(HTTPRequest(path: path, headers: headers, body: body.bytes), at: now)
  }

  /// The reply's code and document; code 0 where there was no reply.
  @discardableResult
  func post(_ path: String, _ members: [String: JSONValue]) -> (code: Int, body: JSONValue?) {
    guard case .reply(let reply) = answer(path, .object(members)).fate else { return (0, nil) }
    return (reply.status, JSONValue(reply.body))
  }

  static func members(_ operation: DataOperation, _ action: String) -> [String: JSONValue] {
    [
      "account": .text(operation.account), "environment": .text(operation.environment), "action": .text(action),
      "configuration_type": .text(operation.type.rawValue), "configuration_id": .text(operation.id),
    ]
  }

  @discardableResult
  func launch(_ operation: DataOperation, on date: String? = nil) -> String? {
    var members = Self.members(operation, "launch_job")
    members["execution_date"] = date.map { .text($0) }
    return post("/v1/dag/launch", members).body?["run_id"]?.text
  }

  func check(_ operation: DataOperation, _ id: String, job: String? = nil) -> JSONValue? {
    var members = Self.members(operation, "check_run_status")
    members["run_id"] = .text(id)
    members["job_id"] = .text(job ?? operation.jobID ?? "")
    return post("/v1/dag/status", members).body?["results"]?.array?.first
  }

  func status(_ operation: DataOperation, _ id: String) -> String? { check(operation, id)?["status"]?.text }

  func last(_ operation: DataOperation, _ more: [String: JSONValue] = [:]) -> [JSONValue]? {
    let members = Self.members(operation, "get_last_status").merging(more) { $1 }
    return post("/v1/dag/status", members).body?["results"]?.array
  }

  @discardableResult
  func mark(_ operation: DataOperation, _ id: String, as status: String) -> Int {
    var members = Self.members(operation, "set_run_status")
    members["run_id"] = .text(id)
    members["status"] = .text(status)
    return post("/v1/dag/status", members).code
  }

  @discardableResult
  func set(_ operation: DataOperation, activated: Bool, archived: Bool) -> Int {
    var members = Self.members(operation, "set_configuration_status")
    members["activated"] = .boolean(activated)
    members["archived"] = .boolean(archived)
    return post("/v1/configuration/status", members).code
  }

  @discardableResult
  func reset(_ workflow: DataOperation) -> JSONValue? {
    post("/v1/workflow/status", Self.members(workflow, "reset_workflow_status")).body
  }
}

func moment(_ text: String) -> Timestamp { Timestamp(text) ?? .earliest }

func table(_ name: String, in environment: String = "DEV") -> DataOperation {
  .named(name, type: .tableToTable, environment: environment, account: "000099")
}

func operation(_ type: ConfigurationType, _ id: String) -> DataOperation {
  DataOperation(account: "000099", environment: "DEV", type: type, id: id)
}

let morning = moment("2020-12-30T11:28:43.861340Z")

/// A scenario of operations with their plans.
func scenario(_ operations: Scenario.Operation...) -> Scenario {
  var scenario = Scenario(now: morning)
  scenario.operations = operations
  return scenario
}
