import Foundation
import ProgramSupport
import Testing

/// What remains of a rehearsal where that is asked for: a journal of its own, that no execution goes by.
@Suite struct KeptRecordTests {
  private static let book = "launch lasting\nlaunch prepare\nawait run or fail\nwait 1d\nprint \"rehearsed it\"\n"

  @Test(arguments: [["rehearse"], ["run", "--simulate"]]) func aRehearsalKeepsItsRecordWhereAsked(
    _ command: [String]
  ) throws {
    try Site.with { site in
      let file = try site.write(Self.book)
      let scenario = Site.scenario("now: 2026-01-05T08:00:00Z")
      try Data(scenario.utf8).write(to: site.folder.appending(path: "x.scenario.yaml"))
      let kept = site.folder.appending(path: "kept").path
      let plain = try site.run(command + [file])
      #expect(plain.status == 0, "\(plain.news)")
      #expect(!FileManager.default.fileExists(atPath: kept))
      let result = try site.run(
        command.first.map { [$0, "--keep-record", "kept"] + command.dropFirst() + [file] } ?? [])
      #expect(result.status == 0, "\(result.news)")
      // What it does takes no other course for being recorded.
      let line = try #require(result.news.split(separator: "\n").last)
      #expect(line.hasPrefix("done (rehearsed; recorded as "))
      #expect(line.hasSuffix(" in kept)"))
      #expect(result.news.split(separator: "\n").dropLast() == plain.news.split(separator: "\n").dropLast())
      let list = try site.run("history", "--state-directory", kept, "--output", "json")
      let summary = try #require(try site.objects(list.output).first)
      #expect(summary["state"] as? String == "ended")
      let id = try #require(summary["id"] as? String)
      #expect(line.contains(id))
      let transcript = try site.run("transcript", id, "--state-directory", kept)
      #expect(transcript.output.contains("rehearsed it"))
      #expect(try site.history().isEmpty, "the journal of executions knows of it")
      #expect(site.launchRequests == 0)
    }
  }

  @Test func aRehearsalThatStopsIsNotGoneOnWith() throws {
    try Site.with { site in
      let file = try site.write("launch lasting\nmanual \"Look\"\n")
      let result = try site.run("rehearse", "--keep-record", "kept", file)
      #expect(result.status == 7)
      let kept = site.folder.appending(path: "kept").path
      let resumed = try site.run("resume", "--state-directory", kept)
      #expect(resumed.status == 64)
      #expect(resumed.news.contains("was a rehearsal"), "\(resumed.news)")
    }
  }

  /// In the journal of executions, a rehearsal's launches would pass for real ones.
  @Test func itIsKeptApartFromWhatWasReallyDone() throws {
    try Site.with { site in
      let file = try site.write("print 1\n")
      let same = try site.run("rehearse", "--keep-record", site.statePath, file)
      #expect(same.status == 64)
      #expect(same.news.contains("needs another folder"), "\(same.news)")
      // What counts is what it holds, whatever it is called and whichever one is set now.
      #expect(try site.run("run", file).status == 0)
      for (folder, more) in [(site.statePath + "/", []), (site.statePath, ["--state-directory", "elsewhere"])] {
        let other = try site.run(["rehearse", "--keep-record", folder] + more + [file])
        #expect(other.status == 64, "\(other.news)")
      }
      #expect(try site.history().count == 1)
      #expect(try site.run("run", "--keep-record", "kept", file).status == 64)
      let nowhere = try site.run("rehearse", "--keep-record", "/dev/null/x", file)
      #expect(nowhere.status == 3, "\(nowhere.news)")
    }
  }
}
