import CivilTime
import FoundationEssentials
import TailerAPI
import TailerSimulator
import Testing
import YAMLDocuments

private let begin = moment("2020-12-30T11:28:00Z")

private func read(_ yaml: String, path: String? = nil) throws(DocumentError) -> Scenario {
  try Scenario(yaml: Array(yaml.utf8), path: path, file: "s.yaml", now: begin)
}

/// The messages for a file that is wrong, without the file's name.
private func issues(_ yaml: String) -> [String] {
  do {
    _ = try read(yaml)
    return []
  } catch {
    return error.issues.map { "\($0.line):\($0.column) \($0.message)" }
  }
}

@Suite struct ScenarioTests {
  /// The example of the documentation, less its `now`.
  static let example = """
    about: The morning preparation failed; relaunched, it succeeds.
    now: 2020-12-30T11:28:00Z
    account: "000099"
    environment: DEV
    takes: 1m
    visibility-delay: 20s

    operations:
      prepare:
        table-to-table: 000099_iowa_liquor_prepare_pda
        runs: [SUCCESS after 1m24s, RUNNING]
        history: [FAILED after 2m at 05:00]
      stores:
        storage-to-tables: 000099-iowa-stores
        jobs: { stores: "stores-{{FD_DATE}}.csv", sales: "sales-{{FD_DATE}}.csv" }
        schedule: [SUCCESS after 30s of stores at +5m, NO_MATCH of sales at 11:40]
      export:
        table-to-storage: 000099_iowa_liquor_export
        environment: PROD
        activation: disabled
      report:
        table-to-table: 000099_iowa_liquor_report

    workflows:
      load:
        id: 000099-iowa-liquor-load-pda
        jobs: [prepare, stores/stores]
        target: report
        flags: [prepare]

    tokens: { good-token: +1h, other: always }
    faults:
      - launch_job 1: reply lost
      - request 3..4: 503 after the effect
      - check_run_status: slow by 5s

    paths:
      unhappy:
        about: It fails again.
        operations: { prepare: { runs: FAILED after 2m } }
    """

  @Test func theExampleIsRead() throws {
    let scenario = try read(Self.example)
    let prepare = table("000099_iowa_liquor_prepare_pda")
    let stores = operation(.storageToTables, "000099-iowa-stores")
    let job = "storage-to-tables|000099|000099-iowa-stores|DEV|"
    var expected = Scenario(now: begin)
    expected.about = "The morning preparation failed; relaunched, it succeeds."
    expected.visibilityDelay = .seconds(20)
    expected.operations = [
      .init(
        prepare, plans: [.init(.success, after: .seconds(84)), .init(.running)],
        history: [.init(at: moment("2020-12-30T05:00:00Z"), .init(.failed, after: .minutes(2)))]),
      .init(
        stores,
        schedule: [
          .init(
            at: moment("2020-12-30T11:33:00Z"), .init(.success, after: .seconds(30)),
            jobID: job + "stores-{{FD_DATE}}.csv"),
          .init(at: moment("2020-12-30T11:40:00Z"), .init(.noMatch), jobID: job + "sales-{{FD_DATE}}.csv"),
        ]),
      .init(
        .init(account: "000099", environment: "PROD", type: .tableToStorage, id: "000099_iowa_liquor_export")),
      .init(table("000099_iowa_liquor_report")),
    ]
    expected.operations[1].jobIDs = [job + "sales-{{FD_DATE}}.csv", job + "stores-{{FD_DATE}}.csv"]
    expected.operations[2].activation = .disabled
    expected.workflows = [
      .init(
        operation(.workflow, "000099-iowa-liquor-load-pda"),
        jobIDs: [prepare.jobID ?? "", job + "stores-{{FD_DATE}}.csv"], target: .init(table("000099_iowa_liquor_report"))
      )
    ]
    expected.workflows[0].flags = [prepare.jobID ?? ""]
    expected.tokens = ["good-token": moment("2020-12-30T12:28:00Z"), "other": .latest]
    expected.faults = [
      .on(1, of: "launch_job", .replyLost), FaultRule(.status(503, afterEffect: true), occurrences: 3...4),
      FaultRule(.slow(.seconds(5)), action: "check_run_status"),
    ]
    #expect(scenario == expected)

    expected.about = "It fails again."
    expected.operations[0].plans = [.init(.failed, after: .minutes(2))]
    #expect(try read(Self.example, path: "unhappy") == expected)
  }

  /// What the documentation of scenario files shows is what these tests read.
  @Test func theDocumentationShowsTheExample() throws {
    let source = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/TailerSimulator/ScenarioFile.swift")
    let lines = try String(contentsOf: source, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
    let block = lines.drop { $0 != "/// ```yaml" }.dropFirst().prefix { $0 != "/// ```" }
    let yaml = block.map { $0.dropFirst(4) }.joined(separator: "\n")
    for path in [nil, "unhappy"] {
      let shown = try read(yaml, path: path)
      #expect(try read(Self.example, path: path) == shown)
    }
  }

  @Test func theExamplePlaysOut() throws {
    let desk = Desk(try read(Self.example))
    desk.headers = ["authorization": "Bearer other"]
    desk.wait(.minutes(6))
    desk.simulator.advance(to: desk.now)
    #expect(desk.simulator.runs(of: table("000099_iowa_liquor_report")).map(\.status) == [.running])
    desk.wait(.minutes(10))
    #expect(desk.last(operation(.storageToTables, "000099-iowa-stores"))?.count == 2)
  }

  @Test func littleIsNeeded() throws {
    #expect(try read("{}") == Scenario(now: begin))
    let small = try read("account: 000099\nenvironment: DEV\noperations: {p: {table-to-table: x, verbatim: true}}")
    #expect(small.operations.map(\.identity.id) == ["x"])
    #expect(try read("reset-reply: short\nstrict: true\nseed: 7\ntokens: [a]").tokens == ["a": .latest])
    #expect(try read("operations:\nfaults:\nworkflows:\npaths:\n") == Scenario(now: begin))
  }

  @Test func aPathIsChosenByName() throws {
    #expect(ScenarioFile.split("a/b.yaml#unhappy") == ("a/b.yaml", "unhappy"))
    #expect(ScenarioFile.split("a#b.yaml") == ("a", "b.yaml"))
    #expect(ScenarioFile.split("b.yaml") == ("b.yaml", nil))
    #expect(ScenarioFile.split("b.yaml#") == ("b.yaml", nil))
    #expect(ScenarioFile.split("#b") == ("#b", nil))
    let file = try ScenarioFile(yaml: Array(Self.example.utf8), file: "s.yaml", now: begin)
    #expect(file.paths.keys.sorted() == ["unhappy"])
    #expect(throws: DocumentError.self) { try file.scenario(path: "happy") }
    do {
      _ = try file.scenario(path: "unhapy")
    } catch {
      #expect(error.description == "s.yaml:37:1: there is no path \"unhapy\"; did you mean \"unhappy\"?")
    }
  }

  @Test(arguments: [
    ("oprations: {}", "1:1 unknown key \"oprations\" in the scenario; did you mean \"operations\"?"),
    ("takes: soon", "1:8 \"soon\" is not a duration such as 90s, 5m or 1h30m"),
    ("now: 2020-02-30T00:00:00Z", "1:6 \"2020-02-30T00:00:00Z\" is not a moment such as 2020-12-30T11:28:00Z"),
    ("strict: perhaps", "1:9 \"perhaps\" is not true or false"),
    ("seed: -1", "1:7 \"-1\" is not a whole number"),
    ("reset-reply: lung", "1:14 \"lung\" is not one of long, short; did you mean \"long\"?"),
    ("operations: [a]", "1:13 operations must be a mapping, \"key: value\""),
    ("[]", "1:1 the scenario must be a mapping, \"key: value\""),
    ("word", "1:1 the scenario must be a mapping, \"key: value\""),
    ("operations: {p: {table-to-table: x}}", "1:34 \"x\" has no account; write an account here or for the file"),
    ("account: {}", "1:10 account must be text"),
    ("tokens: {a: whenever}", "1:13 \"whenever\" is not a moment such as 2020-12-30T05:00:00Z, 05:00 or +5m"),
    ("? [a]\n: 1", "1:3 a key must be a word"),
    (
      "faults: [launch_jb 1: empty]",
      "1:10 a fault befalls \"request\" or one of the actions check_run_status, get_by_status, get_last_status, launch_job, reset_workflow_status, set_configuration_status, set_run_status; did you mean \"launch_job\"?"
    ),
    ("faults: [request 0: empty]", "1:10 after \"request\" comes the number of a request, 2, or several, 2..4"),
    ("faults: [request 3..2: empty]", "1:10 after \"request\" comes the number of a request, 2, or several, 2..4"),
    (
      "faults: [request 1: ruined]",
      "1:21 \"ruined\" is not a fault; they are unreachable, request lost, reply lost, effect after 5m, slow by 5m, hidden for 5m, truncated, html, empty, or a status code (503, 503 after the effect, 429 retry after 7s)"
    ),
    ("paths: {a: {paths: {}}}", "1:20 a path has no paths of its own"),
    ("paths: {a: {tkes: 1m}}", "1:13 unknown key \"tkes\" in the scenario; did you mean \"takes\"?"),
  ])
  func mistakesAreNamed(yaml: String, issue: String) {
    #expect(issues(yaml).contains(issue), "\(issues(yaml))")
  }

  @Test(arguments: [
    (
      "runs: [SUCESS after 1m]",
      "4:12 a run begins with a status (SUCCESS, FAILED, RUNNING, NO_MATCH, CHECKED, DEACTIVATED) or a clause (after, of, at, on, as), not \"SUCESS\"; did you mean \"SUCCESS\"?"
    ),
    ("runs: [SUCCESS afer 1m]", "4:20 expected after, of, at, on, as, not \"afer\"; did you mean \"after\"?"),
    ("runs: [SUCCESS after]", "4:20 \"after\" needs a duration such as 90s or 5m"),
    ("runs: [SUCCESS after 1 m]", "4:26 \"after\" needs a duration such as 90s or 5m, not \"1\""),
    ("runs: [SUCCESS after 1m after 2m]", "4:29 \"after\" is written twice"),
    ("runs: [RUNNING after 1m]", "4:12 a RUNNING run never ends and takes no duration"),
    ("runs: [after 1m]", "4:12 a duration needs the status in which the run ends"),
    (
      "runs: [SUCCESS at 12:00]",
      "4:12 an entry of runs says how one run ends, such as \"SUCCESS after 5m\", and nothing else"
    ),
    ("runs: [[SUCCESS]]", "4:12 a run must be text"),
    (
      "history: [SUCCESS at +1m]",
      "4:15 an entry of history needs \"at\" and a moment before the beginning, 2020-12-30T11:28:00Z"
    ),
    (
      "history: [SUCCESS]",
      "4:15 an entry of history needs \"at\" and a moment before the beginning, 2020-12-30T11:28:00Z"
    ),
    ("history: [at -1m]", "4:15 an entry of history begins with the status in which the run ended"),
    (
      "history: [SUCCESS at 25:00]",
      "4:26 \"at\" needs a moment such as 2020-12-30T05:00:00Z, 05:00 or +5m, not \"25:00\""
    ),
    (
      "schedule: [at -1m]",
      "4:16 an entry of schedule needs \"at\" and a moment after the beginning, 2020-12-30T11:28:00Z"
    ),
    ("schedule: [at +1m on 2020-02-30]", "4:26 \"on\" needs a date such as 2020-12-30, not \"2020-02-30\""),
    ("schedule: [of x at +1m]", "4:16 there is no job \"x\""),
    ("history: [FAILED at -1h as a, FAILED at -2h as a]", "4:35 there is already a run \"a\""),
    ("activation: of", "4:17 \"of\" is not one of enabled, disabled, archived"),
    ("jobs: {a: b}", "4:11 a table-to-table operation has one job only"),
    ("rnus: []", "4:5 unknown key \"rnus\" in the operation \"p\"; did you mean \"runs\"?"),
    ("vm-launcher: y", "4:5 the operation \"p\" has more than one type: table-to-table, vm-launcher"),
  ])
  func mistakesInOperationsAreNamed(line: String, issue: String) {
    let yaml = "{account: '000099', environment: DEV, operations: {\n  p: {\n    table-to-table: x,\n    \(line)}}}"
    #expect(issues(yaml) == [issue])
  }

  @Test(arguments: [
    ("jobs: [p], target: q", []),
    ("jobs: [p], target: x", ["there is no operation \"x\"; did you mean \"p\"?"]),
    ("jobs: [p, r], target: q", ["\"r\" has several jobs: r/a, r/b"]),
    ("jobs: [r/c], target: q", ["\"r\" has no job \"c\"; did you mean \"a\"?"]),
    ("jobs: [r/a, 'gbq-to-gbq|z'], target: r/b", []),
    ("jobs: [p], target: 'gbq-to-gbq|z'", ["the target must be an operation of this file"]),
    ("jobs: [p]", ["the workflow \"w\" needs a target to launch"]),
    ("target: q", ["the workflow \"w\" needs jobs to wait for"]),
    ("jobs: [p], target: q, flags: [q]", ["the workflow does not wait for \"q\""]),
  ])
  func mistakesInWorkflowsAreNamed(line: String, messages: [String]) {
    let yaml = """
      account: "000099"
      environment: DEV
      operations:
        p: { table-to-table: p }
        q: { table-to-storage: q }
        r: { storage-to-tables: r, jobs: { a: "a.csv", b: "b.csv" } }
      workflows: { w: { \(line) } }
      """
    let found = issues(yaml).map { $0.split(separator: " ", maxSplits: 1).last.map(String.init) ?? "" }
    #expect(found.map(Self.withoutHint) == messages.map(Self.withoutHint))
  }

  private static func withoutHint(_ message: String) -> String {
    message.firstRange(of: "; did you mean").map { String(message[..<$0.lowerBound]) } ?? message
  }

  @Test func everyMistakeIsToldOnceInItsPlace() {
    let yaml = """
      account: "000099"
      environment: DEV
      takes: soon
      operations:
        p: { table-to-table: x, runs: [SUCESS] }
        again: { table-to-table: x }
        none: {}
      paths: { a: { strict: perhaps }, b: {} }
      """
    #expect(issues(yaml).map { $0.prefix { $0 != " " } } == ["3:8", "5:34", "6:28", "7:9", "8:23"])
  }

  @Test(arguments: [
    "", "\n", "# nothing", "a: b: c", "a: [", "\"", "a: 1\na: 2", "\t- x", "--- {}\n--- {}", "a: *b", "&a [*a, *a]",
    "x: !!binary", "{? {a: b} : c}", "a: \u{0}", "%YAML 9", "- - - -", "!<x", "a: |\n\tb", "now: !!int 5", "<<: {a: b}",
    "\u{FEFF}oops: 1", "a:\r\n  b", ": 1", "? : ?",
  ])
  func anyOtherTextIsAnErrorWithAPlace(yaml: String) {
    do {
      _ = try read(yaml)
      Issue.record("read")
    } catch {
      #expect(!error.issues.isEmpty)
      #expect(error.issues.allSatisfy { $0.line >= 1 && $0.column >= 1 && !$0.message.isEmpty })
    }
  }

  @Test func hostileFilesAreErrors() {
    let deep = String(repeating: "[", count: 1_000_000)
    let deepMappings = "a: " + String(repeating: "{a: ", count: 200_000)
    let deepKeys = String(repeating: "? ", count: 400_000)
    for yaml in [deep, deepMappings, deepKeys, String(repeating: "- ", count: 500_000)] {
      #expect(!issues(yaml).isEmpty)
    }
    let large = String(repeating: "#", count: YAMLDocument.sizeLimit + 1)
    #expect(issues(large) == ["1:1 the file is larger than 1048576 bytes"])
    #expect(!issues("about: " + String(repeating: "x", count: 1_000_000) + "\nx: 1").isEmpty)
  }

  @Test func invalidUTF8HasAPlace() {
    let bytes = Array("a: é\nb: ".utf8) + [0xFF] + Array("\n".utf8)
    do {
      _ = try Scenario(yaml: bytes, file: "s.yaml", now: begin)
      Issue.record("read")
    } catch {
      #expect(error.description == "s.yaml:2:4: the file is not UTF-8")
    }
  }
}
