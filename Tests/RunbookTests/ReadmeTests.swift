import Foundation
import Glibc
import Testing

/// What the README shows is what the program does.
@Suite struct ReadmeTests {
  /// The fenced blocks of a part, by the language behind the fence.
  private static func blocks(under heading: String) throws -> [(language: String, text: String)] {
    let text = try String(contentsOf: Project.root.appending(path: "README.md"), encoding: .utf8)
    let part = try #require(text.components(separatedBy: "\n\(heading)\n").last?.components(separatedBy: "\n## ").first)
    let pieces = part.components(separatedBy: "\n```")
    return stride(from: 1, to: pieces.count, by: 2).map { index in
      let lines = pieces[index].split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
      return (String(lines[0]), lines.count > 1 ? String(lines[1]) + "\n" : "")
    }
  }

  @Test func theFirstRunbookRuns() throws {
    let block = try #require(try Self.blocks(under: "# runbook").first)
    let result = try Program.run(["run", "--simulate", "-"], input: block.text)
    #expect(result.status == 0, "\(result.news)")
    #expect(result.output.hasPrefix("prepared in "))
  }

  /// All snippets of the tour, one behind the other, are one valid runbook.
  @Test func theTourChecks() throws {
    let tour = try Self.blocks(under: "## The language in ten minutes").filter { $0.language.isEmpty }
    try #require(tour.count >= 5)
    try Program.withFolder { folder in
      try Data("# Nothing is shared here.\n".utf8).write(to: folder.appending(path: "common.runbook"))
      try Data(tour.map(\.text).joined(separator: "\n").utf8).write(to: folder.appending(path: "tour.runbook"))
      let result = try Program.run(["check", "tour.runbook"], directory: folder.path)
      #expect(result.status == 0, "\(result.news)")
      #expect(result.news == "1 runbook is valid\n")
    }
  }

  /// Every line that begins with the program's name in a block of commands names a command and options that there are.
  @Test func everyCommandIsThere() throws {
    let lines = try ["## Two commands", "## Running"].flatMap { try Self.blocks(under: $0) }
      .flatMap { $0.text.split(separator: "\n") }
      .compactMap { line in line.firstMatch(of: /(?:^|swift run )runbook (.*)/).map { String($0.1) } }
    try #require(lines.count >= 10)
    for line in lines {
      let command = String(line.prefix { $0 != " " })
      let help = try Program.run([command, "--help"])
      #expect(help.status == 0, "\(line)")
      for option in line.matches(of: /\B--?[a-z][a-z-]*/) {
        #expect(help.output.contains(option.output), "\(option.output) in \(line)")
      }
    }
  }

  @Test func theCommandThatBeginsRuns() throws {
    let line = try #require(
      try Self.blocks(under: "## Two commands").map(\.text).first { $0.contains("swift run runbook") })
    let words = line.split(whereSeparator: \.isWhitespace).drop { $0 != "runbook" }.dropFirst().map(String.init)
    let result = try Program.run(words)
    #expect(result.status == 0, "\(result.news)")
    #expect(result.output.contains("succeeded in"))
  }

  @Test func theConfigurationIsOne() throws {
    let block = try #require(try Self.blocks(under: "## Configuration").first { $0.language == "yaml" })
    try Program.withFolder { folder in
      try Data(block.text.utf8).write(to: folder.appending(path: "config.yaml"))
      let result = try Program.run(
        ["run", "--config", "config.yaml", "--explain-settings"], directory: folder.path)
      #expect(result.status == 0, "\(result.news)")
      for word in ["https://tailer-api.example.com", "000099", "QA", "PREPROD", "tailer auth get-token", "24h", "3m"] {
        #expect(result.output.contains(word), "\(word) in\n\(result.output)")
      }
    }
  }

  @Test(arguments: [("", 0), ("#unhappy", 1)] as [(String, Int32)])
  func theScenarioIsOne(_ path: String, _ status: Int32) throws {
    let block = try #require(try Self.blocks(under: "## Scenarios").first { $0.language == "yaml" })
    try Program.withFolder { folder in
      try Data(block.text.utf8).write(to: folder.appending(path: "s.yaml"))
      let text =
        Self.head + """
          let prepare = table-to-table "iowa_prepare"
          launch prepare
          await run or ignore
          launch prepare
          await run or fail
          await next run of storage-to-storage "iowa_stores" since now - 1h or fail
          """
      let result = try Program.run(["run", "--simulate=s.yaml\(path)", "-c", text], directory: folder.path)
      #expect(result.status == status, "\(result.news)")
      #expect(result.news.contains("reply"), "\(result.news)")
    }
  }

  /// The faults that are named are faults.
  @Test func theFaultsAreThese() throws {
    let text = try String(contentsOf: Project.root.appending(path: "README.md"), encoding: .utf8)
    let part = try #require(text.components(separatedBy: "\nFaults are ").last?.components(separatedBy: "\n\n").first)
    let faults = part.matches(of: /`([a-z0-9 ]+)`/).map { String($0.1) }
    try Program.withFolder { folder in
      for fault in faults {
        let whole = fault.hasPrefix("after") || fault.hasPrefix("retry") ? "429 \(fault)" : fault
        try Data("account: \"000099\"\nenvironment: DEV\nfaults:\n  - request 9: \(whole)\n".utf8)
          .write(to: folder.appending(path: "s.yaml"))
        let result = try Program.run(["run", "--simulate=s.yaml", "-c", "print 1"], directory: folder.path)
        #expect(result.status == 0, "\(whole): \(result.news)")
      }
      #expect(faults.count == 11)
    }
  }

  static let head = "account \"000099\"\nenvironment DEV\n"
  static let launch = "launch table-to-table \"x\"\n"

  /// A runbook, the faults that it meets, options, and how it ends. Those of signals stand in `anInterruptionSaysBySignal`.
  static let endings: [(text: String, faults: String, options: [String], status: Int32)] = [
    ("print 1", "", [], 0), ("stop \"enough\"", "", [], 0), (launch + "await run or fail", "", [], 0),
    ("fail \"x\"", "", [], 1), ("require 1 == 2", "", [], 1), (launch + "await run or fail", "failed", [], 1),
    ("print text(1 / number(text(0)))", "", [], 1), ("parallel for n in [1] keep going { fail }", "", [], 1),
    ("lanch", "", [], 2), ("print x", "", [], 2), (launch + "await run", "", [], 2),
    (launch, "request 1..99: unreachable", [], 3), (launch, "launch_job 1: 400", [], 8),
    ("reset workflow \"w\"", "request 1..99: 401", [], 8), ("reset workflow \"w\"", "request 1..99: 503", [], 3),
    (launch + "await run timeout 1s or fail", "", [], 4), ("wait until false every 1m timeout 5m", "", [], 4),
    (launch, "launch_job 1: request lost", [], 5),
    ("confirm \"x\"", "", [], 7), ("manual \"x\"", "", [], 7), (launch, "", ["--read-only"], 6),
    ("launch table-to-table \"x\" in PROD", "", [], 7), ("archive table-to-table \"x\" in PROD", "", [], 7),
    ("param x\nprint x", "", [], 64), ("print 1", "", ["--timeout", "soon"], 64), ("print 1", "", ["--nonsense"], 64),
  ]

  @Test(arguments: endings.indices)
  func everyEndingHasItsStatus(_ index: Int) throws {
    let ending = Self.endings[index]
    try Program.withFolder { folder in
      let more = ending.faults == "failed" ? "operations:\n  x: { table-to-table: x, runs: FAILED after 1m }" : ""
      let faults = ending.faults.contains(":") ? "faults:\n  - \(ending.faults)" : ""
      try Data("account: \"000099\"\nenvironment: DEV\n\(more)\n\(faults)\n".utf8)
        .write(to: folder.appending(path: "s.yaml"))
      let result = try Program.run(
        ["run", "--simulate=s.yaml"] + ending.options + ["-c", Self.head + ending.text], directory: folder.path)
      #expect(result.status == ending.status, "\(ending.text): \(result.news)")
    }
  }

  @Test(arguments: [SIGINT, SIGHUP, SIGTERM]) func anInterruptionSaysBySignal(_ signal: Int32) throws {
    try Site.with { site in
      let running = try site.start("run", try site.write("launch lasting\nawait run or fail\n"))
      try running.hasSaid("awaiting run")
      running.send(signal)
      #expect(running.wait().status == 128 + signal)
    }
  }

  /// The table of exit statuses has a row for each that a test sees, and no other.
  @Test func theTableOfStatusesIsWhole() throws {
    let text = try String(contentsOf: Project.root.appending(path: "README.md"), encoding: .utf8)
    let part = try #require(text.components(separatedBy: "\n## Exit statuses\n").last)
    let rows = part.matches(of: /\n\| (\d+) \|/).compactMap { Int32($0.1) }
    #expect(rows == Set(Self.endings.map(\.status) + [129, 130, 143]).sorted())
  }
}
