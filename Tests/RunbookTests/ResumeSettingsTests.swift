import CivilTime
import Foundation
import Glibc
import Testing

/// An execution goes on with the settings that it began with, whoever resumes it and whatever is set by then.
@Suite(.timeLimit(.minutes(1))) struct ResumeSettingsTests {
  static let text =
    "manual \"Look first\"\nlaunch table-to-table \"p\"\nawait run every 100ms or fail\nprint \"over\"\n"

  /// Stopped at its first statement, where nobody is there; gives the execution's id.
  private func stopped(_ text: String, on site: Site, _ settings: String...) throws -> String {
    let file = site.folder.appending(path: "x.runbook")
    try Data(text.utf8).write(to: file)
    let result = try site.run(["run", file.path] + settings)
    try #require(result.news.contains("Look first"), "\(result.news)")
    let (id, state) = try site.latest()
    try #require(state == "unfinished")
    return id
  }

  @Test(arguments: [text, "manual \"Look first\"\nreset workflow \"w\"\n"])
  func anotherEnvironmentIsWrongUsage(_ text: String) throws {
    try Site.with { site in
      let id = try stopped(text, on: site, "--account", "000099", "--environment", "DEV")
      let before = site.exchanges.count
      let elsewhere = try site.run("resume", id, "--yes", "--account", "000099", "--environment", "PREPROD")
      #expect(elsewhere.status == 64, "\(elsewhere.news)")
      #expect(site.exchanges.count == before)
    }
  }

  @Test func nothingHasToBeSaidAgain() throws {
    try Site.with { site in
      let id = try stopped(Self.text, on: site, "--account", "000099", "--environment", "DEV")
      let resumed = try site.run("resume", id, "--yes")
      let runs = try site.runs(of: "p")
      #expect(resumed.status == 0, "\(resumed.news)")
      #expect(runs.count == 1)
    }
  }

  @Test func aColleaguesProfileChangesNothing() throws {
    try Site.with { site in
      try site.configure("account: \"000099\"\n    environment: DEV")
      let id = try stopped(Self.text, on: site)
      try site.configure("account: \"000099\"\n    environment: PREPROD")
      let resumed = try site.run("resume", id, "--yes")
      #expect(resumed.status == 0, "\(resumed.news)")
      #expect(site.launchRequests == 1)
      let runs = try site.runs(of: "p")
      #expect(runs.count == 1)
    }
  }

  @Test func theDefaultDeadlineIsTheRecords() throws {
    try Site.with { site in
      let text = "manual \"Look first\"\nlaunch table-to-table \"l\"\nawait run every 100ms or fail\n"
      let place = ["--account", "000099", "--environment", "DEV"]
      let id = try stopped(text, on: site, "--account", "000099", "--environment", "DEV", "--timeout", "90m")
      let resumed = try Program.start(
        ["resume", id, "--yes"] + place, environment: site.environment, directory: site.folder.path)
      defer { resumed.send(SIGKILL) }
      try resumed.hasSaid("awaiting run")
      let until = try #require(resumed.news.firstMatch(of: /until (\S+) (\d\d:\d\d:\d\d)/))
      let deadline = try #require(Timestamp("\(until.1)T\(until.2)Z"))
      let now = try #require(Timestamp(microsecondsSinceEpoch: Int64(Date().timeIntervalSince1970 * 1_000_000)))
      #expect(deadline.since(now) <= .minutes(90))
    }
  }

  /// Each setting of an execution is the record's; another value on the command line is wrong usage, and nothing is sent.
  @Test(arguments: [
    ["--timeout", "2h"], ["--visibility-delay", "9s"], ["--url", "http://127.0.0.1:1"], ["--account", "000001"],
  ])
  func anotherSettingIsWrongUsage(_ setting: [String]) throws {
    try Site.with { site in
      let id = try stopped(Self.text, on: site, "--account", "000099", "--environment", "DEV")
      let before = site.exchanges.count
      let other = try site.run(["resume", id, "--yes"] + setting)
      #expect(other.status == 64, "\(other.news)")
      #expect(other.news.contains("\(id) goes on with what it was begun with"), "\(other.news)")
      #expect(site.exchanges.count == before)
      #expect(try site.latest().state == "unfinished")
      let same = try site.run("resume", id, "--yes", "--environment", "DEV")
      #expect(same.status == 0, "\(same.news)")
    }
  }
  /// The token that is set with another service is nothing for the one that it was begun on.
  @Test func anotherServicesTokenIsNotSentToTheRecorded() throws {
    try Site.with { site in
      let id = try stopped(Self.text, on: site, "--account", "000099", "--environment", "DEV")
      let before = site.exchanges.count
      var environment = site.environment
      let own = try #require(environment["TAILER_API_URL"])
      environment["TAILER_API_URL"] = "http://127.0.0.1:1"
      func resume(_ more: String...) throws -> Program.Result {
        try Program.run(["resume", id, "--yes"] + more, environment: environment, directory: site.folder.path)
      }
      let refused = try resume()
      #expect(refused.status == 64, "\(refused.news)")
      #expect(refused.news.contains("begun on"), "\(refused.news)")
      #expect(site.exchanges.count == before)
      #expect(try resume("--url", own).status == 0)
    }
  }
}
