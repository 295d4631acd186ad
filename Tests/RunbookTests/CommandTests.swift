import Foundation
import Testing

/// The program as its user meets it: arguments, files, standard input, outputs and exit statuses.
@Suite struct CommandTests {
  static let head = "account \"000099\"\nenvironment DEV\n"

  @Test func aFileTextAndStandardInputComeToTheSame() throws {
    let text = Self.head + "launch table-to-table \"x\"\nawait run or fail\nprint \"over\"\n"
    try Program.withFolder { folder in
      let file = folder.appending(path: "x.runbook")
      try Data(("#!/usr/bin/env -S runbook run\n" + text).utf8).write(to: file)
      let results = [
        try Program.run(["run", "--simulate", file.path]), try Program.run(["run", "--simulate", "-c", text]),
        try Program.run(["run", "--simulate", "-"], input: text), try Program.run(["rehearse", file.path]),
      ]
      for result in results {
        #expect(result.status == 0)
        #expect(result.output == "over\n")
        #expect(result.news.contains("launched table-to-table x in DEV"))
        #expect(result.news.hasSuffix("done (rehearsed)\n"))
      }
    }
  }

  /// What it cost is told in a line before the last, in the last event, and with each run's end.
  @Test func theEndSaysWhatItCost() throws {
    let text = Self.head + "launch table-to-table \"x\"\nawait run every 25s or fail"
    let result = try Program.run(["run", "--simulate", "-c", text])
    let cost = "6 requests (3 check_run_status, 2 get_last_status, 1 launch_job); 1 await took 4 looks"
    #expect(result.news.contains("\n\(cost) and noticed 15"), "\(result.news)")
    #expect(result.news.hasSuffix(" after the end\ndone (rehearsed)\n"))
    #expect(try !Program.run(["run", "--simulate", "--quiet", "-c", text]).news.contains("requests"))

    let json = try Program.run(["run", "--simulate", "--output", "json", "-c", text])
    let events = try json.output.split(separator: "\n").map { line in
      try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    let ended = try #require(events.first { $0["verb"] as? String == "await" && $0["state"] as? String == "ended" })
    #expect(ended["looks"] as? Int == 4)
    #expect(try #require(ended["noticedAfterSeconds"] as? Double) > 14)
    let sum = try #require(events.last?["cost"] as? [String: Any])
    #expect(sum["requests"] as? Int == 6)
    #expect(sum["awaits"] as? Int == 1)
    #expect(sum["looks"] as? Int == 4)
    let kinds = try #require(sum["byAction"] as? [String: Int])
    #expect(kinds == ["check_run_status": 3, "get_last_status": 2, "launch_job": 1])
  }

  @Test func withoutAServiceItRefusesAndSaysHow() throws {
    let result = try Program.run(["run", "-c", Self.head + "launch table-to-table \"x\""])
    #expect(result.status == 64)
    for word in ["TAILER_API_URL", "--url", "config.yaml", "--simulate"] { #expect(result.news.contains(word)) }
  }

  @Test(arguments: [
    ("print \"x\"", 0), ("stop \"enough\"", 0), ("fail \"x\"", 1), ("require 1 == 2", 1), ("lanch x", 2),
    ("wait until (last run of table-to-table \"x\") != none every 1m timeout 5m", 4),
    ("launch table-to-table \"x\" in PROD", 7), ("confirm \"x\"", 7),
  ])
  func exitStatuses(_ text: String, _ status: Int32) throws {
    #expect(try Program.run(["run", "--simulate", "-c", Self.head + text]).status == status)
  }

  @Test func wrongUsageIs64() throws {
    #expect(try Program.run(["run", "--nonsense"]).status == 64)
    #expect(try Program.run(["run", "--simulate", "-c", "print \"x\"", "day"]).status == 64)
    #expect(try Program.run(["run", "--simulate", "-c", "print \"x\"", "day=2020-12-30"]).status == 64)
    #expect(
      try Program.run(["run", "--simulate", "-c", "param day: date\nprint \"${day}\"", "day=tomorrow"]).status == 64)
    #expect(try Program.run(["run", "--simulate", "-c", "param day: date\nprint \"${day}\""]).status == 64)
    #expect(try Program.run(["run", "--account", "12", "--simulate", "-c", "print \"x\""]).status == 64)
    let nothing = try Program.run(["run"])
    #expect(nothing.status == 64 && nothing.news.contains("Usage: runbook run"))
  }

  @Test(arguments: [
    ["check", "--url", "http://127.0.0.1", "-"], ["plan", "--state-directory", "/tmp", "-"],
    ["history", "--account", "000099"], ["transcript", "--timeout", "1h", "x"], ["simulate", "--profile", "x"],
  ])
  func aCommandTakesOnlyTheOptionsThatItGoesBy(_ arguments: [String]) throws {
    let result = try Program.run(arguments)
    #expect(result.status == 64 && result.news.contains("Unknown option"))
  }

  @Test(arguments: [["run"], ["repl"], ["resume"], ["rehearse", "x.runbook"]])
  func everyCommandOnAServiceExplainsItsSettings(_ arguments: [String]) throws {
    let result = try Program.run(arguments + ["--explain-settings", "--account", "000099"])
    #expect(result.status == 0)
    #expect(result.output.contains("000099"))
  }

  @Test func parametersAreReadByType() throws {
    let text =
      "param day: date\nparam n: number = 3\nparam word = \"a\"\nparam home from env \"HOME\"\nprint \"${day + 1d} ${n * 2} ${word} ${home}\""
    let result = try Program.run(["run", "--simulate", "-c", text, "day=2020-12-30", "word=b=c"])
    #expect(result.output == "2020-12-31 6 b=c /nonexistent\n")
  }

  @Test func yesAnswersAndReadOnlyForbids() throws {
    let text = Self.head + "launch table-to-table \"x\" in PROD\nawait run or fail\nmanual \"Look\"\nprint \"over\""
    #expect(try Program.run(["run", "--simulate", "--yes", "-c", text]).output == "over\n")
    #expect(try Program.run(["run", "--simulate", "--yes", "--read-only", "-c", text]).status == 6)
  }

  @Test func checkTellsEverythingAtOnce() throws {
    try Program.withFolder { folder in
      let bad = folder.appending(path: "bad.runbook")
      try Data("lanch x\nif 1 { }\nprint undefined_name\n".utf8).write(to: bad)
      let good = folder.appending(path: "good.runbook")
      try Data("print \"x\"\n".utf8).write(to: good)
      let lines = try Program.run(["check", bad.path, good.path])
      #expect(lines.status == 2)
      for place in ["bad.runbook:1:", "bad.runbook:2:", "bad.runbook:3:"] { #expect(lines.news.contains(place)) }
      #expect(try Program.run(["check", good.path]).status == 0)
      let json = try Program.run(["check", "--output", "json", bad.path])
      let objects = json.output.split(separator: "\n").compactMap {
        try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
      }
      #expect(objects.count >= 3)
      #expect(objects.allSatisfy { $0["id"] is String && $0["line"] is Int })
    }
  }

  @Test func jsonOutputIsOneEventALine() throws {
    let text = Self.head + "step \"s\" { launch table-to-table \"x\"\nawait run or fail\n}\nprint \"over\""
    let result = try Program.run(["run", "--simulate", "--output", "json", "-c", text])
    let events = try result.output.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    let names = events.compactMap { event in
      switch event["kind"] as? String {
      case "effect", "span": "\(event["verb"] ?? event["type"] ?? "") \(event["state"] ?? "")"
      case "news": "news \(event["event"] ?? "")"
      case let kind: kind
      }
    }
    #expect(
      names == [
        "execution", "process", "execution began", "step began", "launch began", "launch ended", "await began",
        "news awaiting", "await ended", "step ended", "print ended", "execution ended", "process", "end",
      ])
    #expect(events.last?["exitStatus"] as? Int == 0)
  }

  @Test func settingsSayWhereTheyComeFrom() throws {
    try Program.withFolder { folder in
      let config = folder.appending(path: "config.yaml")
      try Data(
        "profiles:\n  work:\n    url: https://a.example\n    account: 000099\n    environment: QA\n    environments: [QA]\n"
          .utf8
      )
      .write(to: config)
      let result = try Program.run(
        ["run", "--config", config.path, "--environment", "DEV", "--explain-settings"],
        environment: Program.surroundings(["TAILER_API_URL": "https://b.example", "TAILER_API_JWT": "secret-token"]))
      #expect(result.status == 0)
      #expect(result.output.contains("https://b.example  (environment)"))
      #expect(result.output.contains("000099  (profile work)"))
      #expect(result.output.contains("DEV  (command line)"))
      #expect(!result.output.contains("secret"))
    }
  }

  @Test func theFileAndTheCommandLineMayNotDisagree() throws {
    let result = try Program.run(["run", "--simulate", "--environment", "PROD", "-c", Self.head + "print \"x\""])
    #expect(result.status == 2)
    #expect(result.news.contains("PROD") && result.news.contains("DEV"))
  }
}
