import CivilTime
import FoundationEssentials
import TailerAPI
import TailerSimulator
import Testing

@Suite struct RequestTests {
  private static let prepare = table("prepare")

  /// The seven calls with everything they need, by path.
  static let calls: [(path: String, members: [String: JSONValue], required: [String])] = {
    let four = ["account", "environment", "configuration_type", "configuration_id"]
    let workflow = operation(.workflow, "w")
    func members(_ operation: DataOperation, _ action: String, _ more: [String: JSONValue] = [:]) -> [String: JSONValue]
    {
      Desk.members(operation, action).merging(more) { $1 }
    }
    let run: [String: JSONValue] = ["run_id": .text("known"), "job_id": .text("gbq-to-gbq|prepare_DEV")]
    return [
      ("/v1/dag/launch", members(prepare, "launch_job"), four),
      ("/v1/dag/status", members(prepare, "check_run_status", run), four + ["job_id", "run_id"]),
      ("/v1/dag/status", members(prepare, "get_last_status"), four),
      ("/v1/dag/status", members(prepare, "get_by_status"), ["account", "configuration_type"]),
      (
        "/v1/dag/status", members(prepare, "set_run_status", ["run_id": .text("known"), "status": .text("CHECKED")]),
        ["account", "configuration_type", "configuration_id", "run_id", "status"]
      ),
      ("/v1/workflow/status", members(workflow, "reset_workflow_status"), four),
      (
        "/v1/configuration/status",
        members(prepare, "set_configuration_status", ["activated": .boolean(true), "archived": .boolean(false)]),
        four + ["activated", "archived"]
      ),
    ]
  }()

  private func desk() -> Desk {
    let start = Scenario.Start(at: morning.advanced(by: .hours(-1)), .init(.failed), runID: "known")
    return Desk(scenario(.init(Self.prepare, history: [start])))
  }

  @Test(arguments: 0..<7)
  func everyCallIsAnsweredAndEveryAttributeIsNeeded(index: Int) throws {
    let call = Self.calls[index]
    #expect(desk().post(call.path, call.members).code == 200)
    for name in call.required + ["action"] {
      for missing in [nil, JSONValue.null, .text("")] {
        var members = call.members
        members[name] = missing
        let isBoolean = name == "activated" || name == "archived"
        if isBoolean, missing == .text("") { continue }
        let desk = desk()
        let reply = desk.post(call.path, members)
        #expect(reply.code == 400)
        #expect(reply.body?["message"]?.text == "Missing attribute: \(name)")
        #expect(reply.body?["code"]?.integer == 400)
        #expect(desk.simulator.effects == [])
      }
      var wrong = call.members
      wrong[name] = .array([])
      #expect(desk().post(call.path, wrong).code == 400)
    }
  }

  @Test(arguments: 0..<7)
  func aCallToAnotherPathIsRefused(index: Int) {
    let call = Self.calls[index]
    for path in ["/v1/dag/launch", "/v1/dag/status", "/v1/workflow/status", "/v1/configuration/status"]
    where path != call.path {
      #expect(desk().post(path, call.members).code == 400)
    }
    for path in ["", "/", "/v1", "/v1/dag/launch/", "/v2/dag/launch"] {
      #expect(desk().post(path, call.members).code == 404)
    }
  }

  @Test(arguments: [
    ("configuration_type", JSONValue.text("table-to-moon")), ("status", .text("DONE")), ("limit", .number(0)),
    ("limit", .number(-1)), ("limit", .number(1.5)), ("limit", .text("3")), ("limit", .number(1e300)),
    ("execution_date", .text("2020-02-30")), ("execution_date", .text("30/12/2020")), ("job_id", .number(1)),
  ])
  func wrongValuesAreRefused(name: String, value: JSONValue) {
    var members = Desk.members(Self.prepare, "get_last_status")
    members[name] = value
    let reply = desk().post("/v1/dag/status", members)
    #expect(reply.code == 400)
    #expect(reply.body?["message"]?.text?.isEmpty == false)
  }

  @Test func onlyTwoTypesCanBeLaunchedAndOnlyWorkflowsReset() {
    for type in ConfigurationType.allCases {
      let code = desk().post("/v1/dag/launch", Desk.members(operation(type, "x"), "launch_job")).code
      #expect(code == (type.canBeLaunched ? 200 : 400))
      let reset = desk().post("/v1/workflow/status", Desk.members(operation(type, "x"), "reset_workflow_status")).code
      #expect(reset == (type == .workflow ? 200 : 400))
    }
  }

  @Test func bothSpellingsOfTheTypeAreTaken() {
    var members = Desk.members(Self.prepare, "get_last_status")
    members["configuration_type"] = .text("gbq-to-gbq")
    #expect(desk().post("/v1/dag/status", members).body?["results"]?.array?.count == 1)
  }

  @Test(arguments: [
    "", "{", "null", "[]", "7", "\"launch_job\"", "{\"action\":7}", "{\"action\":\"fly\"}", "\u{FEFF}", "{}x",
    String(repeating: "[", count: 100_000), "{\"action\":\"" + String(repeating: "x", count: 2_000_000) + "\"}",
  ])
  func whatIsNoRequestIsRefused(body: String) {
    let desk = desk()
    let request = HTTPRequest(path: "/v1/dag/launch", headers: desk.headers, body: Array(body.utf8))
    guard case .reply(let reply) = desk.simulator.handle(request, at: desk.now).fate else {
      Issue.record("no reply")
      return
    }
    #expect(reply.status == 400 || reply.status == 413)
    #expect(JSONValue(reply.body)?["message"]?.text?.isEmpty == false)
    #expect(desk.simulator.requestCounts == ["unknown": 1])
  }

  @Test func invalidUTF8IsRefused() {
    let request = HTTPRequest(path: "/v1/dag/launch", headers: desk().headers, body: [0xFF, 0x00, 0xC3])
    guard case .reply(let reply) = desk().simulator.handle(request, at: morning).fate else {
      Issue.record("no reply")
      return
    }
    #expect(reply.status == 400)
  }

  @Test func requestsAreCountedAndRemembered() {
    let desk = desk()
    desk.launch(Self.prepare)
    desk.wait(.seconds(1))
    _ = desk.last(Self.prepare)
    _ = desk.last(Self.prepare)
    #expect(desk.simulator.requestCounts == ["launch_job": 1, "get_last_status": 2])
    #expect(desk.simulator.requestCount == 3)
    #expect(desk.simulator.requests.map(\.number) == [1, 2, 3])
    #expect(desk.simulator.requests.map(\.code) == [200, 200, 200])
    #expect(desk.simulator.requests.last?.moment == morning.advanced(by: .seconds(1)))
    let ids = desk.simulator.launches.map(\.id)
    #expect(desk.simulator.effects == ids.map { .launched(runID: $0, Self.prepare, on: nil) })
  }
}

@Suite struct TokenTests {
  private static let prepare = table("prepare")

  private func reply(_ header: String?, tokens: [String: Timestamp]? = nil) -> (code: Int, message: String?) {
    var one = scenario(.init(Self.prepare))
    one.tokens = tokens
    let desk = Desk(one)
    desk.headers = header.map { ["authorization": $0] } ?? [:]
    let reply = desk.post("/v1/dag/launch", Desk.members(Self.prepare, "launch_job"))
    #expect(desk.simulator.launches.count == (reply.code == 200 ? 1 : 0))
    return (reply.code, reply.body?["message"]?.text)
  }

  private func jwt(_ payload: String) -> String {
    let encoded = Data(payload.utf8).base64EncodedString().map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }
    return "Bearer e30.\(String(encoded.filter { $0 != "=" })).c2ln"
  }

  @Test func aTokenIsNeeded() {
    for header in [nil, "", "Bearer", "Bearer ", "Basic abc", "token", "Bearer a b"] {
      #expect(reply(header) == (401, "Jwt is missing"))
    }
    #expect(reply("Bearer anything").code == 200)
    #expect(reply("bearer anything").code == 200)
  }

  @Test func onlyAcceptedTokensWorkUntilTheyExpire() {
    let tokens: [String: Timestamp] = ["good": .latest, "late": morning.advanced(by: .seconds(1)), "old": morning]
    #expect(reply("Bearer good", tokens: tokens).code == 200)
    #expect(reply("Bearer late", tokens: tokens).code == 200)
    #expect(reply("Bearer old", tokens: tokens) == (401, "Jwt is expired"))
    #expect(reply("Bearer bad", tokens: tokens) == (401, "Jwt verification fails"))
    #expect(reply("Bearer bad", tokens: [:]) == (401, "Jwt verification fails"))
  }

  @Test func theExpiryOfAJWTIsRead() {
    let now = morning.microsecondsSinceEpoch / 1_000_000
    #expect(reply(jwt(#"{"exp":\#(now + 60)}"#)).code == 200)
    #expect(reply(jwt(#"{"exp":\#(now)}"#)) == (401, "Jwt is expired"))
    #expect(reply(jwt(#"{"exp":\#(now)}"#), tokens: nil) == (401, "Jwt is expired"))
    for odd in [#"{"exp":1e300}"#, #"{"exp":"soon"}"#, "{}", "[", "{\"sub\":\"é>>>???\"}"] {
      #expect(reply(jwt(odd)).code == 200)
    }
    #expect(reply(jwt(#"{"exp":-1e300}"#)).code == 200)
    #expect(reply("Bearer a.!!!.c").code == 200)
  }

  @Test func tokensComeAndGo() {
    let desk = Desk(scenario(.init(Self.prepare)))
    desk.simulator.accept(token: "token", until: morning.advanced(by: .hours(1)))
    #expect(desk.launch(Self.prepare) != nil)
    desk.wait(.hours(1))
    #expect(desk.launch(Self.prepare) == nil)
    desk.simulator.accept(token: "token")
    #expect(desk.launch(Self.prepare) != nil)
    desk.simulator.revoke(token: "token")
    #expect(desk.launch(Self.prepare) == nil)
  }
}
