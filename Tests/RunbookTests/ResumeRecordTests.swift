import FaultSupport
import Foundation
import Glibc
import Testing

/// What the record of executions shows, keeps from others, and does when it cannot be written.
@Suite struct ResumeRecordTests {
  static let text =
    "param day: date = 2020-12-30\nlaunch prepare on day\nawait run every 100ms or fail\nprint \"over\"\n"

  @Test func historyTellsWhoWhatAndHowItEnded() throws {
    try Site.with { site in
      let file = try site.write(Self.text)
      #expect(try site.run("run", file, "day=2020-12-29").status == 0)
      let bad = try site.write(Self.text + "fail \"enough\"\n", to: "bad.runbook")
      #expect(try site.run("run", bad, "--environment", "DEV").status == 1)

      let list = try site.run("history")
      #expect(list.status == 0)
      for word in [try site.user, "x.runbook day=2020-12-29", "bad.runbook", "DEV", "done", "1: enough"] {
        #expect(list.output.contains(word), "\(word) in\n\(list.output)")
      }
      let summaries = try site.history()
      #expect(summaries.count == 2)
      #expect(summaries.map { $0["state"] as? String } == ["ended", "ended"])
      #expect(try site.objects(site.run("history", "--limit", "1", "--output", "json").output).count == 1)

      #expect(summaries.map { $0["environment"] as? String } == ["DEV", "DEV"])
      #expect(summaries.allSatisfy { $0["started"] is String })
      let rows = list.output.split(separator: "\n").dropFirst()
      let took = #/\d\d:\d\d:\d\d +[0-9.]+m?s /#
      #expect(rows.allSatisfy { $0.firstMatch(of: took) != nil }, "\(list.output)")

      let elsewhere = try site.run("run", try site.write("let other = table-to-table \"o\" in STAGING\n" + Self.text))
      #expect(elsewhere.status == 0)
      #expect(try site.run("history", "--limit", "1").output.contains("DEV, STAGING"))

      let id = try #require(summaries[1]["id"] as? String)
      let run = try #require(try site.recordedRuns(of: id).first)
      let shown = try site.run("history", id)
      #expect(shown.status == 0)
      for word in [id, "day = 2020-12-29", "launch", "run \(run)", "SUCCESS", "ended: done"] {
        #expect(shown.output.contains(word), "\(word) in\n\(shown.output)")
      }
      #expect(try site.run("history", "no-such-execution").status == 64)

      let transcript = try site.objects(site.run("transcript", id).output)
      #expect(transcript.first?["state"] as? String == "ended")
      let verbs = transcript.compactMap { $0["verb"] as? String }
      #expect(verbs.contains("launch") && verbs.contains("await"))
      #expect(try site.objects(site.run("history", id, "--output", "json").output) as NSArray == transcript as NSArray)
      #expect(try site.run("transcript", "no-such-execution").status == 64)
    }
  }

  @Test func oldExecutionsArePrunedAndUnfinishedOnesStay() throws {
    try Site.with { site in
      #expect(try site.run("run", try site.write(Self.text)).status == 0)
      let waiting = try site.start("run", try site.write("launch lasting\nawait run every 100ms or fail\n"))
      try waiting.hasSaid("launched table-to-table l in DEV")
      waiting.send(SIGKILL)
      _ = waiting.wait()
      let kept = try site.run("history", "--prune", "90d")
      #expect(kept.news.contains("deleted 0"))
      #expect(try site.history().count == 2)
      let pruned = try site.run("history", "--prune", "1ms")
      #expect(pruned.status == 0)
      #expect(pruned.news.contains("deleted 1 execution\n"))
      #expect(try site.history().map { $0["state"] as? String } == ["unfinished"])
      #expect(try site.run("history", "--prune", "soon").status == 64)
    }
  }

  @Test func theJournalIsItsOwnersAlone() throws {
    try Site.with { site in
      #expect(try site.run("run", try site.write(Self.text)).status == 0)
      for (name, wanted) in [("", 0o700), ("/journal.sqlite", 0o600)] {
        let attributes = try FileManager.default.attributesOfItem(atPath: site.statePath + name)
        #expect(attributes[.posixPermissions] as? Int == wanted)
      }
    }
  }

  @Test(arguments: [false, true]) func noTokenIsWritten(byCommand: Bool) throws {
    try Site.with { site in
      if byCommand {
        let command = site.folder.appending(path: "token.sh")
        try Data("#!/bin/sh\necho 'Welcome'\necho 'User token : \(Site.token)'\n".utf8).write(to: command)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: command.path)
        site.set("TAILER_API_JWT", to: nil)
        try site.configure("token-command: [\(command.path)]")
      }
      let running = try site.start("run", try site.write("launch lasting\nawait run every 100ms or fail\n"))
      try running.hasSaid("launched table-to-table l in DEV")
      running.send(SIGKILL)
      let killed = running.wait()
      // The write-ahead log is there as the dead process has left it.
      let files = try FileManager.default.contentsOfDirectory(atPath: site.statePath)
      #expect(files.contains("journal.sqlite") && files.contains("journal.sqlite-wal"))
      let secret = Data(try #require(Site.token.split(separator: ".").last).utf8)
      for file in files {
        let bytes = try Data(contentsOf: URL(filePath: site.statePath + "/" + file))
        #expect(bytes.range(of: secret) == nil, "\(file)")
      }
      #expect(!killed.news.contains(Site.token) && !killed.output.contains(Site.token))
      let everything = try site.run("transcript", site.latest().id).output + site.run("history").output
      #expect(!everything.contains(Site.token))
    }
  }

  // MARK: A full disk

  /// Mounts a small file system for the state; `nil` where that may not be done here.
  private static func mounted(at path: String) -> Bool {
    guard geteuid() == 0 else { return false }
    mkdir(path, 0o700)
    return mount("tmpfs", path, "tmpfs", 0, "size=512k,mode=700") == 0
  }

  static let canMount: Bool = {
    let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    defer { rmdir(path) }
    guard mounted(at: path) else { return false }
    return umount2(path, Int32(MNT_DETACH)) == 0
  }()

  private func fill(_ folder: String) {
    guard let file = fopen(folder + "/filler", "w") else { return }
    let byte = [UInt8](repeating: 0, count: 512)
    while fwrite(byte, 1, byte.count, file) == byte.count, fflush(file) == 0 {}
    fclose(file)
  }

  @Test(.enabled(if: canMount, "needs the right to mount a small file system"))
  func aFullDiskStopsItBeforeTheRequest() throws {
    try Site.with { site in
      #expect(Self.mounted(at: site.statePath))
      defer { umount2(site.statePath, Int32(MNT_DETACH)) }
      let text =
        "launch lasting\nawait run every 100ms or fail\nlaunch prepare\nawait run every 100ms or fail\nprint \"over\"\n"
      let running = try site.start("run", try site.write(text))
      try running.hasSaid("launched table-to-table l in DEV")
      fill(site.statePath)
      for run in try site.runs(of: "l") { try site.mark(run, of: "l") }
      let stopped = running.wait()
      #expect(stopped.status == 3)
      #expect(stopped.news.contains("the disk is full"), "\(stopped.news)")
      #expect(site.launchRequests == 1)

      // What has ended has given back what its log took.
      fill(site.statePath)
      let begun = try site.run("run", try site.write(Self.text, to: "other.runbook"))
      #expect(begun.status == 3)
      #expect(begun.news.contains("the disk is full"), "\(begun.news)")
      #expect(site.launchRequests == 1)

      unlink(site.statePath + "/filler")
      let history = try site.run("history").output
      #expect(!history.contains("its process was killed"), "\(history)")
      let resumed = try site.run("resume")
      #expect(resumed.status == 0, "\(resumed.news)")
      #expect(resumed.output == "over\n")
      #expect(site.launchRequests == 2)
    }
  }

  /// The disk fills while the launch is under way: its outcome cannot be written, and is found once there is room again.
  @Test(.enabled(if: canMount, "needs the right to mount a small file system"))
  func aDiskThatFillsBehindTheRequestLosesNothing() throws {
    try Site.with(Site.scenario("faults: [launch_job 1: slow by 1s]")) { site in
      #expect(Self.mounted(at: site.statePath))
      defer { umount2(site.statePath, Int32(MNT_DETACH)) }
      let running = try site.start("run", try site.write(Self.text))
      try Site.wait("the launch takes effect") { try !site.runs(of: "p").isEmpty }
      fill(site.statePath)
      let stopped = running.wait()
      #expect(stopped.status == 5, "\(stopped.news)")
      #expect(stopped.news.contains("the disk is full"), "\(stopped.news)")
      #expect(stopped.news.contains("What had been sent, `resume` finds."), "\(stopped.news)")
      #expect(stopped.news.contains("`runbook resume "), "\(stopped.news)")
      let full = try site.run("resume")
      #expect(full.status == 3, "\(full.news)")
      #expect(full.news.contains("the disk is full"), "\(full.news)")
      unlink(site.statePath + "/filler")
      let resumed = try site.run("resume")
      #expect(resumed.status == 0, "\(resumed.news)")
      #expect(resumed.output == "over\n")
      #expect(site.launchRequests == 1)
      #expect(try site.recordedRuns(of: site.latest().id) == Set(site.runs(of: "p")))
    }
  }
}
