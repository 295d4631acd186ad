import Foundation
import Glibc
import ProgramSupport
import Testing

/// The built-in service as a process of its own, and a state directory, for the real program to work with.
final class Site: @unchecked Sendable {
  let folder: URL
  let server: Program.Running
  let address: String
  private(set) var environment: [String: String]
  private var started: [Program.Running] = []

  static let token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ.c2VjcmV0LXRva2Vu"

  /// Operations of the tests' runbooks, whose runs end after a moment; `lasting` ones end only when they are marked.
  static func scenario(_ more: String = "") -> String {
    """
    account: "000099"
    environment: DEV
    takes: 300ms
    operations:
      prepare: { table-to-table: p, runs: SUCCESS after 300ms }
      export: { table-to-storage: e, runs: SUCCESS after 300ms }
      lasting: { table-to-table: l, runs: RUNNING }
    \(more)
    """
  }

  static let head = """
    account "000099"
    environment DEV
    let prepare = table-to-table "p"
    let export = table-to-storage "e"
    let lasting = table-to-table "l"

    """

  private init(_ scenario: String, in folder: URL) throws {
    self.folder = folder
    let file = folder.appending(path: "s.scenario.yaml")
    try Data(scenario.utf8).write(to: file)
    server = try Program.start(["simulate", "--port", "0", file.path])
    let server = server
    try Self.wait("the server listens") { server.output.hasSuffix("\n") }
    address = server.output.trimmingCharacters(in: .newlines)
    environment = Program.surroundings(
      state: folder.appending(path: "state").path,
      [
        "TAILER_API_URL": address, "TAILER_API_JWT": Self.token,
        "RUNBOOK_CONFIG": folder.appending(path: "config.yaml").path,
      ])
    try configure("token-command: [\"false\"]")
  }

  /// Runs a body with a site that is gone afterwards.
  static func with<T>(_ scenario: String = scenario(), _ body: (Site) throws -> T) throws -> T {
    try Program.withFolder { folder in
      let site = try Site(scenario, in: folder)
      defer {
        for running in site.started + [site.server] where running.process.isRunning {
          kill(running.process.processIdentifier, SIGKILL)
          _ = running.wait()
        }
      }
      return try body(site)
    }
  }

  /// Carries the body out for each index, several at a time: what is tried with programs mostly waits.
  static func atOnce(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let queue = OperationQueue()
    queue.maxConcurrentOperationCount = 8
    for index in 0..<count { queue.addOperation { body(index) } }
    queue.waitUntilAllOperationsAreFinished()
  }

  /// Writes the configuration file: a short delay of visibility, and what else is said.
  func configure(_ more: String, visibilityDelay: String = "1s", requestTimeout: String = "3s") throws {
    let text = """
      profile: p
      profiles:
        p:
          visibility-delay: \(visibilityDelay)
          request-timeout: \(requestTimeout)
          \(more)

      """
    try Data(text.utf8).write(to: folder.appending(path: "config.yaml"))
  }

  func set(_ variable: String, to value: String?) { environment[variable] = value }

  var statePath: String { environment["RUNBOOK_STATE_DIRECTORY"] ?? "" }

  /// Writes a runbook's file and gives its path.
  func write(_ text: String, to name: String = "x.runbook") throws -> String {
    let file = folder.appending(path: name)
    try Data((Self.head + text).utf8).write(to: file)
    return file.path
  }

  /// Starts the program; it does not outlive the site.
  func start(_ arguments: String...) throws -> Program.Running {
    let running = try Program.start(arguments, environment: environment, directory: folder.path)
    started.append(running)
    return running
  }

  func run(_ arguments: String...) throws -> Program.Result { try run(arguments) }

  func run(_ arguments: [String]) throws -> Program.Result {
    try Program.start(arguments, environment: environment, directory: folder.path).wait()
  }

  // MARK: The service's side

  /// The lines of the server's log, one for each exchange that it has ended.
  var exchanges: [Substring] { server.news.split(separator: "\n").filter { !$0.hasPrefix(" ") } }

  /// The runs that requests launched, by the date that they were launched for, as the server's log tells. One whose request
  /// arrives late is told with the next exchange.
  var launchesByDate: [String: [String]] {
    server.news.split(separator: "\n").reduce(into: [:]) { found, line in
      let words = line.split(separator: " ").map(String.init)
      guard words.starts(with: ["launched", "run"]), let date = words.last, words.dropLast().last == "on" else {
        return
      }
      found[date, default: []].append(words[2])
    }
  }

  /// How many launch requests the server took.
  var launchRequests: Int { exchanges.count { $0.contains("/dag/launch") } }

  /// Sends a request as people do, and gives the reply.
  func post(_ path: String, _ body: [String: Any]) throws -> [String: Any] {
    let json = String(decoding: try JSONSerialization.data(withJSONObject: body), as: UTF8.self)
    let curl = Process()
    let output = Pipe()
    curl.executableURL = URL(filePath: "/usr/bin/env")
    curl.arguments = [
      "curl", "--silent", "--max-time", "10", "--header", "content-type: application/json", "--header",
      "authorization: Bearer \(Self.token)", "--data", json, address + path,
    ]
    curl.standardOutput = output
    try curl.run()
    let reply = output.fileHandleForReading.readDataToEndOfFile()
    curl.waitUntilExit()
    return try #require(try JSONSerialization.jsonObject(with: reply) as? [String: Any])
  }

  func identity(_ id: String) -> [String: Any] {
    let isStorage = id == "e"
    return [
      "account": "000099", "environment": "DEV",
      "configuration_type": isStorage ? "table-to-storage" : "table-to-table",
      "configuration_id": isStorage ? id : id + "_DEV",
    ]
  }

  /// The ids of an operation's runs, as the service lists them.
  func runs(of id: String) throws -> [String] {
    let reply = try post(
      "/v1/dag/status", identity(id).merging(["action": "get_last_status", "limit": 100]) { $1 })
    return (reply["results"] as? [[String: Any]] ?? []).compactMap { $0["run_id"] as? String }
  }

  /// Ends a run.
  func mark(_ run: String, of id: String, as status: String = "SUCCESS") throws {
    _ = try post(
      "/v1/dag/status", identity(id).merging(["action": "set_run_status", "run_id": run, "status": status]) { $1 })
  }

  // MARK: The record

  /// What `history --output json` says of the executions, newest first.
  func history() throws -> [[String: Any]] {
    guard FileManager.default.fileExists(atPath: statePath + "/journal.sqlite") else { return [] }
    return try objects(run("history", "--output", "json").output)
  }

  /// What `transcript` says of an execution's effects, by their numbers.
  func effects(of execution: String) throws -> [[String: Any]] {
    try objects(run("transcript", execution).output).filter { $0["kind"] as? String == "effect" }
  }

  func objects(_ lines: String) throws -> [[String: Any]] {
    try lines.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  /// The latest execution's id and state.
  func latest() throws -> (id: String, state: String) {
    let summary = try #require(try history().first)
    return (try #require(summary["id"] as? String), try #require(summary["state"] as? String))
  }

  /// Who the latest execution was started by.
  var user: String {
    get throws {
      try #require((history().first?["startedBy"] as? [String: Any])?["user"] as? String)
    }
  }

  /// The ids of the runs that an execution knows as its launches'.
  func recordedRuns(of execution: String) throws -> Set<String> {
    let launches = try effects(of: execution).filter { $0["verb"] as? String == "launch" }
    return Set(launches.compactMap { ($0["run"] as? [String: Any])?["id"] as? String })
  }

  /// Resumes until it is done, as a person does: an unconfirmed launch as it is first; then with the run that the service
  /// shows and the record does not know, or again where there is none. Gives what was said on the way.
  func resumeUntilDone(operations: [String]) throws -> [Program.Result] {
    var results: [Program.Result] = []
    var arguments: [String] = ["resume"]
    while results.count < 6 {
      guard try !history().isEmpty else { break }
      let (id, state) = try latest()
      guard state == "unfinished" else { break }
      let result = try Program.start(
        arguments + [id], environment: environment, directory: folder.path
      ).wait()
      results.append(result)
      if result.status == 0 { break }
      let isWord = arguments.count > 1
      arguments = ["resume"]
      guard result.status == 5, !isWord, results.count > 1 else { continue }
      let unknown = Set(try operations.flatMap(runs(of:))).subtracting(try recordedRuns(of: id))
      arguments += unknown.isEmpty ? ["--launch-again"] : unknown.flatMap { ["--adopt", $0] }
    }
    return results
  }

  // MARK: Waiting

  struct TookTooLong: Error { let what: String }

  /// Looks again and again, for as long as a loaded machine may take.
  static func wait(_ what: @autoclosure () -> String, until condition: () throws -> Bool) throws {
    let end = ContinuousClock.now + .seconds(60)
    while try !condition() {
      guard ContinuousClock.now < end else { throw TookTooLong(what: what()) }
      usleep(1_000)
    }
  }
}

extension Program.Running {
  func send(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Waits until it has said something on standard error.
  func hasSaid(_ words: String) throws {
    try Site.wait("it says “\(words)”; it said \(news)") { news.contains(words) }
  }
}
