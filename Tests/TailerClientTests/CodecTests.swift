import CivilTime
import TailerAPI
import Testing

@testable import TailerClient

@Suite struct CodecTests {
  private func sent(_ call: (TailerServiceClient) async throws -> Void, _ reply: Exchange = .nothingListed) async throws
    -> (path: String, body: String)
  {
    let transport = ScriptedTransport(reply)
    try await call(client(transport))
    let request = try #require(transport.requests.first)
    #expect(request.headers["content-type"] == "application/json")
    #expect(request.headers["authorization"]?.hasPrefix("Bearer ey") == true)
    return (request.path, String(decoding: request.body, as: UTF8.self))
  }

  private let four = """
    "account":"000099","action":"%","configuration_id":"000099_iowa_liquor_prepare_pda_DEV",\
    "configuration_type":"table-to-table","environment":"DEV"
    """

  private func four(_ action: String) -> String { four.replacing("%", with: action) }

  @Test func launch() async throws {
    let plain = try await sent({ _ = try await $0.launched(Sample.prepare) }, .launched)
    #expect(plain == ("/v1/dag/launch", "{\(four("launch_job"))}"))
    let dated = try await sent(
      { _ = try await $0.launch(Sample.prepare, on: CalendarDate("2020-12-30"), LaunchTry()) }, .launched)
    #expect(dated.body == "{\(four("launch_job")),\"execution_date\":\"2020-12-30\"}")
  }

  @Test func check() async throws {
    let request = try await sent { _ = try await $0.check(Sample.reference) }
    #expect(request.path == "/v1/dag/status")
    #expect(
      request.body == "{\(four("check_run_status")),\"job_id\":\"gbq-to-gbq|000099_iowa_liquor_prepare_pda_DEV\","
        + "\"run_id\":\"\(Sample.runID)\"}")
  }

  @Test func lastRuns() async throws {
    let plain = try await sent { _ = try await $0.lastRuns(of: Sample.prepare, RunFilter()) }
    #expect(plain == ("/v1/dag/status", "{\(four("get_last_status"))}"))
    let filter = RunFilter(status: .failed, started: CalendarDate("2020-12-30"), limit: 7)
    let filtered = try await sent { _ = try await $0.lastRuns(of: Sample.prepare, filter) }
    #expect(
      filtered.body
        == "{\(four("get_last_status")),\"execution_date\":\"2020-12-30\",\"limit\":7,\"status\":\"FAILED\"}")
  }

  @Test func oneJobOfMany() async throws {
    let job = "storage-to-storage|000099|000099-iowa-stores|DEV|stores-{{FD_DATE}}.csv"
    let operation = try #require(DataOperation(jobID: job, defaultAccount: nil, defaultEnvironment: nil))
    let request = try await sent { _ = try await $0.lastRuns(of: operation, RunFilter()) }
    #expect(request.body.contains("\"job_id\":\"\(job)\""))
  }

  @Test func runsByStatus() async throws {
    let request = try await sent {
      _ = try await $0.runs(of: .tableToStorage, account: "000099", environment: "PROD", RunFilter(limit: 100))
    }
    #expect(
      request == (
        "/v1/dag/status",
        #"{"account":"000099","action":"get_by_status","configuration_type":"table-to-storage","#
          + #""environment":"PROD","limit":100}"#
      ))
  }

  @Test func changes() async throws {
    let ok = Exchange.code(200, #"{"message":"ok"}"#)
    let mark = try await sent({ try await $0.send(.mark(Sample.reference, as: .checked)) }, ok)
    #expect(
      mark == (
        "/v1/dag/status", "{\(four("set_run_status")),\"run_id\":\"\(Sample.runID)\",\"status\":\"CHECKED\"}"
      ))
    let reset = try await sent({ try await $0.send(.reset(Sample.load)) }, ok)
    #expect(
      reset == (
        "/v1/workflow/status",
        #"{"account":"000099","action":"reset_workflow_status","configuration_id":"000099-iowa-liquor-load-pda","#
          + #""configuration_type":"workflow","environment":"DEV"}"#
      ))
    for (activation, flags) in [
      (Activation.enabled, (true, false)), (.disabled, (false, false)), (.archived, (false, true)),
    ] {
      let set = try await sent({ try await $0.send(.activation(Sample.prepare, activation)) }, ok)
      #expect(set.path == "/v1/configuration/status")
      let body = four("set_configuration_status").replacing("\"action\"", with: "\"activated\":\(flags.0),\"action\"")
      #expect(
        set.body == "{"
          + body.replacing(
            "\"activated\":\(flags.0),\"action\":\"set_configuration_status\"",
            with: "\"action\":\"set_configuration_status\",\"activated\":\(flags.0),\"archived\":\(flags.1)") + "}")
    }
  }

  @Test func bothResetReplies() async throws {
    for body in [#"{"code":200,"data":{},"message":"ok"}"#, #"{"message":"ok"}"#, "", "OK"] {
      try await client(ScriptedTransport(.code(200, body))).send(.reset(Sample.load))
    }
    let error = await failure { () async throws(ServiceError) in
      try await client(ScriptedTransport(.code(200, #"{"code":500,"message":"no"}"#))).send(.reset(Sample.load))
    }
    #expect(error?.kind == .unknown)
  }

  @Test func theDocumentedRun() async throws {
    for spelling in ["table-to-table", "gbq-to-gbq"] {
      let body = "{\"results\": [\(Sample.run.replacing("\"table-to-table\"", with: "\"\(spelling)\""))]}"
      let run = try #require(try await client(ScriptedTransport(.code(200, body))).check(Sample.reference))
      #expect(run.status == .success)
      #expect(run.duration == TimeSpan("1m24.002519s"))
      #expect(run.started == Timestamp("2020-12-30T11:28:43.861340Z"))
      #expect(run.updated == Timestamp("2020-12-30T11:30:07.960767Z"))
      #expect(run.operation == Sample.prepare)
      #expect(run.operation.name == "000099_iowa_liquor_prepare_pda")
    }
  }

  private func run(_ fields: String) async throws -> Run? {
    let body = "{\"results\": [{\"run_id\": \"\(Sample.runID)\", \(fields)}], \"more\": 1}"
    return try await client(ScriptedTransport(.code(200, body))).check(Sample.reference)
  }

  @Test(arguments: [
    ("\"0:00:03.885654\"", "3.885654s"), ("\"0:01:24\"", "1m24s"), ("\"1 day, 2:03:04.5\"", "1d2h3m4.5s"),
    ("84", "1m24s"),
    ("1.5", "1.5s"),
  ])
  func durations(_ written: String, _ meant: String) async throws {
    #expect(try await run("\"duration\": \(written)")?.duration == TimeSpan(meant))
  }

  @Test(arguments: ["null", "true", "[]", "{}", "\"soon\"", "\"\"", "\"-1 day, 23:59:59\"", "-5", "1e300"])
  func oddFieldsCountAsAbsent(_ value: String) async throws {
    let fields = ["account", "environment", "job_id", "start_execution_date", "last_update_date", "configuration_type"]
    for field in fields + (value.contains("1e300") ? [] : ["duration"]) {
      let run = try #require(try await run("\"\(field)\": \(value)"))
      #expect(run.started == nil && run.updated == nil && run.duration == nil, "\(field)")
    }
    let run = try #require(try await run("\"status\": \(value == "\"soon\"" ? "7" : value)"))
    #expect(run.status == nil || run.status == .other(value.filter { $0 != "\"" }))
  }

  @Test(arguments: [
    ("2020-12-30T11:28:43+00:00", "2020-12-30T11:28:43Z"), ("2020-12-30T11:28:43", "2020-12-30T11:28:43Z"),
    ("2020-12-30 11:28:43.5", "2020-12-30T11:28:43.5Z"), ("2020-12-30T12:28:43+01:00", "2020-12-30T11:28:43Z"),
  ])
  func dates(_ written: String, _ meant: String) async throws {
    #expect(try await run("\"start_execution_date\": \"\(written)\"")?.started == Timestamp(meant))
  }

  @Test func anUnknownStatusIsKept() async throws {
    let run = try await run("\"status\": \"ZZ\\u001b[31mTOP\"")
    #expect(run?.status == .other("ZZ␛[31mTOP"))
    #expect(run?.hasEnded == false)
  }

  @Test func nothingListedIsNoRun() async throws {
    #expect(try await client(ScriptedTransport(.nothingListed)).check(Sample.reference) == nil)
    let other = Exchange.code(200, #"{"results": [{"run_id": "20200101-000000-x"}]}"#)
    #expect(try await client(ScriptedTransport(other)).check(Sample.reference) == nil)
  }

  @Test(arguments: [
    "", "{}", "[]", "null", #"{"results": null}"#, #"{"results": {}}"#, #"{"results": [{}]}"#, #"{"results": [7]}"#,
    #"{"results": [{"run_id": null}]}"#, #"{"results": [{"run_id": ""}]}"#, #"{"results": [{"run_id": "a\u001bb"}]}"#,
    "{\"results\": [", "<html>", String(repeating: "[", count: 100_000), String(repeating: "{\"a\":", count: 50_000),
  ])
  func unreadableListings(_ body: String) async throws {
    let settings = ClientSettings(attempts: 2)
    let error = await failure { () async throws(ServiceError) in
      try await client(ScriptedTransport(.code(200, body)), settings: settings).lastRuns(
        of: Sample.prepare, RunFilter())
    }
    #expect(error?.kind == .unknown)
    #expect((error?.message.count ?? 0) <= 400)
  }

  @Test func listingsAreFilteredAndOrdered() async throws {
    func run(_ id: String, _ fields: String) -> String { "{\"run_id\": \"\(id)\", \(fields)}" }
    let body = [
      run("20201230-100000-a", #""status": "FAILED", "start_execution_date": "2020-12-30T10:00:05""#),
      run("20201230-120000-b", #""status": "FAILED""#),
      run("20201229-120000-c", #""status": "FAILED""#),
      run("20201230-130000-d", #""status": "SUCCESS""#),
      run("20201230-140000-e", #""status": "FAILED", "configuration_id": "other""#),
      run("20201230-150000-f", #""status": "FAILED", "environment": "PROD""#),
      run("20201230-160000-g", #""status": "FAILED", "configuration_type": "table-to-storage""#),
      run("20201230-090000-h", #""status": "FAILED", "configuration_type": "gbq-to-gbq""#),
    ].joined(separator: ",")
    let transport = ScriptedTransport(.code(200, "{\"results\": [\(body)]}"))
    let filter = RunFilter(status: .failed, started: CalendarDate("2020-12-30"), limit: 2)
    let runs = try await client(transport).lastRuns(of: Sample.prepare, filter)
    #expect(runs.map(\.id) == ["20201230-120000-b", "20201230-100000-a"])
    #expect(try await client(transport).lastRuns(of: Sample.prepare, RunFilter(limit: 0)).isEmpty)
  }

  @Test func runsAcrossATypeTellTheirOperation() async throws {
    let records = [
      Sample.run,
      #"{"run_id": "20201230-100000-a", "job_id": "gbq-to-gbq|000099_other_PROD", "environment": "PROD"}"#,
      #"{"run_id": "20201230-100001-b", "configuration_id": "x", "account": "000001", "environment": "DEV"}"#,
    ].joined(separator: ",")
    let transport = ScriptedTransport(.code(200, "{\"results\": [\(records)]}"))
    let runs = try await client(transport).runs(of: .tableToTable, account: "000099", environment: nil, RunFilter())
    #expect(runs.map(\.operation.id) == ["000099_iowa_liquor_prepare_pda_DEV", "000099_other_PROD"])
    #expect(runs.map(\.operation.environment) == ["DEV", "PROD"])
    let nameless = ScriptedTransport(.code(200, #"{"results": [{"run_id": "x"}]}"#))
    let error = await failure { () async throws(ServiceError) in
      try await client(nameless).runs(of: .tableToTable, account: "000099", environment: "DEV", RunFilter())
    }
    #expect(error?.kind == .unknown)
  }

  /// The look needs a job, which a file-driven run that somebody was told about does not have.
  @Test func aRunWithoutAJobIsFoundInTheListing() async throws {
    let id = "20201230-0a795c70-2557-4a60-ba16-788aa2bea179"
    let record = "{\"run_id\": \"\(id)\", \"status\": \"NO_MATCH\", \"job_id\": \"storage-to-storage|a|b|DEV|f\"}"
    let transport = ScriptedTransport(.nothingListed, .code(200, "{\"results\": [\(record)]}"))
    let run = try await client(transport).check(Run.Reference(id: id, operation: Sample.stores))
    #expect(run?.status == .noMatch)
    #expect(run?.jobID == "storage-to-storage|a|b|DEV|f")
    #expect(transport.requests.count == 2)
  }

  @Test(arguments: [
    (#"{"message": "Missing attribute: run_id"}"#, "Missing attribute: run_id"), (#"{"data": "gone"}"#, "gone"),
    (#"{"data": {"message": "deep"}, "message": ""}"#, "deep"), (#"{"data": {"a": 1}}"#, #"{"a":1}"#),
    (#"{"error": {"message": "m"}}"#, "m"), ("<html><head><title>400 Bad\nRequest</title></head>", "400 Bad Request"),
    ("<h1>Bad</h1> <p>luck</p>", "Bad luck"), ("plain  words\r\n", "plain words"),
    ("", "an empty reply with code 400, where the service's answer was expected"),
    ("{\"message\": \"red\\u001b[31m\\u202E\"}", "red␛[31m\u{FFFD}"), (#"{"code": 400}"#, #"{"code": 400}"#),
  ])
  func wordsOfErrors(_ body: String, _ words: String) async throws {
    let error = await failure { () async throws(ServiceError) in
      try await client(ScriptedTransport(.code(400, body))).launched(Sample.prepare)
    }
    #expect(error?.message == words)
  }

  @Test func wordsOfErrorsAreBounded() async throws {
    for body in [
      String(repeating: "x", count: 5_000_000), "{\"message\": \"\(String(repeating: "y", count: 100_000))\"}",
    ] {
      let error = await failure { () async throws(ServiceError) in
        try await client(ScriptedTransport(.code(404, body))).launched(Sample.prepare)
      }
      #expect((error?.message.count ?? .max) <= 300)
    }
  }
}
