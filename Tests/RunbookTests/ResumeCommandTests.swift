import Foundation
import Glibc
import ProgramSupport
import Testing

/// Interrupting, resuming and editing, with the real program on the real server.
@Suite struct ResumeCommandTests {
  static let waiting = "launch lasting\nawait run every 100ms or fail\nprint \"over\"\n"

  /// A run that goes on until somebody marks it: started, launched and waiting.
  private func begin(_ text: String = waiting, on site: Site) throws -> Program.Running {
    let running = try site.start("run", try site.write(text))
    try running.hasSaid("awaiting run")
    return running
  }

  private func endRun(on site: Site) throws {
    let runs = try site.runs(of: "l")
    #expect(runs.count == 1)
    try site.mark(try #require(runs.first), of: "l")
  }

  private func lastLine(_ result: Program.Result) -> String {
    result.news.split(separator: "\n").last.map(String.init) ?? ""
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
  func aSignalStopsTheWaitingAndResumeGoesOn(_ number: Int32) throws {
    try Site.with { site in
      let running = try begin(on: site)
      running.send(number)
      let stopped = running.wait()
      #expect(stopped.status == 128 + number)
      let (id, state) = try site.latest()
      #expect(state == "unfinished")
      #expect(lastLine(stopped).contains("`runbook resume \(id)`"))
      try endRun(on: site)
      let resumed = try site.run("resume")
      #expect(resumed.status == 0, "\(resumed.news)")
      #expect(resumed.output == "over\n")
      #expect(site.launchRequests == 1)
      #expect(try site.latest().state == "ended")
    }
  }

  /// `timeout` and other keepers of processes signal a process and its group at once.
  @Test func twoSignalsAtOnceAreOneInterruption() throws {
    try Site.with { site in
      let running = try begin(on: site)
      running.send(SIGSTOP)
      running.send(SIGINT)
      running.send(SIGTERM)
      running.send(SIGCONT)
      let stopped = running.wait()
      #expect([130, 143].contains(stopped.status))
      #expect(lastLine(stopped).contains("`runbook resume "))
      #expect(try site.latest().state == "unfinished")
    }
  }

  /// What a `finally` did not get to do is left for who resumes.
  @Test func aSecondSignalLeavesTheFinally() throws {
    try Site.with { site in
      let text =
        "launch lasting\ntry { await run every 100ms or fail } finally { wait 1h }\nprint \"over\"\n"
      let running = try begin(text, on: site)
      running.send(SIGINT)
      try Site.wait("the finally begins") {
        try site.effects(of: site.latest().id).contains { $0["verb"] as? String == "wait" }
      }
      try Site.wait("it quits") {
        running.send(SIGINT)
        usleep(50_000)
        return !running.process.isRunning
      }
      #expect(running.wait().status == 130)
      #expect(try site.latest().state == "unfinished")
    }
  }

  @Test func aFinallyBehindCtrlCIsTheEnd() throws {
    try Site.with { site in
      let running = try begin(
        "launch lasting\ntry { await run every 100ms or fail } finally { disable prepare }\n", on: site)
      running.send(SIGINT)
      let stopped = running.wait()
      #expect(stopped.status == 130)
      #expect(!lastLine(stopped).contains("runbook resume"))
      let (id, state) = try site.latest()
      #expect(state == "ended")
      #expect(site.exchanges.contains { $0.contains("/v1/configuration/status") })
      let refused = try site.run("resume", id)
      #expect(refused.status == 64)
      #expect(try site.run("resume").status == 64)
      #expect(site.launchRequests == 1)
    }
  }

  @Test func ofTwoWhoResumeAtOnceOneIsRefused() throws {
    try Site.with { site in
      let running = try begin(on: site)
      running.send(SIGKILL)
      _ = running.wait()
      let id = try site.latest().id
      let two = [try site.start("resume", id), try site.start("resume", id)]
      try Site.wait("one of them is refused") { two.contains { !$0.process.isRunning } }
      let (refused, other) = two[0].process.isRunning ? (two[1], two[0]) : (two[0], two[1])
      let result = refused.wait()
      #expect(result.status == 75)
      #expect(result.news.contains("process \(other.process.processIdentifier)"))
      #expect(try site.latest().state == "running")
      try endRun(on: site)
      let done = other.wait()
      #expect(done.status == 0, "\(done.news)")
      #expect(site.launchRequests == 1)
    }
  }

  @Test func whatIsGivenUpIsNotTakenUpAgain() throws {
    try Site.with { site in
      let running = try begin(on: site)
      running.send(SIGKILL)
      _ = running.wait()
      let id = try site.latest().id
      for wrong in [["--abandon"], ["--abandon", "--accept-changes", id], ["--abandon", "none"]] {
        #expect(try site.run(["resume"] + wrong).status == 64, "\(wrong)")
      }
      let requests = site.exchanges.count
      let given = try site.run("resume", "--abandon", id)
      #expect(given.status == 0)
      #expect(given.news.hasPrefix("\(id) is given up\nleft without a seen end: run "), "\(given.news)")
      #expect(site.exchanges.count == requests)
      #expect(try site.latest().state == "ended")
      #expect(try site.run("history").output.contains("; before: its process is gone, and did not record how it ended"))
      #expect(try site.run("resume").news.contains("nothing is unfinished"))
      #expect(try site.run("resume", id).news.contains("given up by"))
      #expect(site.launchRequests == 1)
    }
  }

  // MARK: Edited files

  private func killedWhileWaiting(on site: Site, _ text: String = waiting) throws -> String {
    let running = try begin(text, on: site)
    running.send(SIGKILL)
    _ = running.wait()
    try endRun(on: site)
    return try site.latest().id
  }

  @Test func whatComesAfterTheRecordMayChange() throws {
    try Site.with { site in
      let id = try killedWhileWaiting(on: site)
      _ = try site.write(
        Self.waiting.replacing("\"over\"", with: "\"over, and edited\"") + "launch prepare\nawait run or fail\n")
      let resumed = try site.run("resume", id, "--edited")
      #expect(resumed.status == 0, "\(resumed.news)")
      #expect(resumed.output == "over, and edited\n")
      #expect(site.launchRequests == 2)
      #expect(try site.runs(of: "l").count == 1)
    }
  }

  @Test func aChangedRecordedPartIsRefusedByNameUntilItIsAccepted() throws {
    try Site.with { site in
      let id = try killedWhileWaiting(on: site)
      _ = try site.write(
        "step \"Now with a title\" {\n  launch lasting\n}\nawait run every 100ms or fail\nprint \"over\"\n")
      let before = site.exchanges.count
      let refused = try site.run("resume", id, "--edited")
      #expect(refused.status == 2)
      #expect(refused.news.contains("launch table-to-table \"l\""), "\(refused.news)")
      #expect(refused.news.contains("--accept-changes"))
      #expect(site.exchanges.count == before)
      #expect(try site.latest().state == "unfinished")
      let accepted = try site.run("resume", id, "--accept-changes")
      #expect(accepted.status == 0, "\(accepted.news)")
      #expect(site.launchRequests == 1)
      #expect(try site.runs(of: "l").count == 1)
    }
  }

  /// The statement it was killed in was edited, as to give a wait more time.
  @Test func aChangedOpenStatementIsRefusedUntilItIsAccepted() throws {
    try Site.with { site in
      let id = try killedWhileWaiting(on: site)
      _ = try site.write(Self.waiting.replacing("every 100ms", with: "timeout 2h every 100ms"))
      let refused = try site.run("resume", id, "--edited")
      #expect(refused.status == 2)
      #expect(refused.news.contains("x.runbook:7:") && refused.news.contains("await run"), "\(refused.news)")
      let accepted = try site.run("resume", id, "--accept-changes")
      #expect(accepted.status == 0, "\(accepted.news)")
      #expect(accepted.output == "over\n")
      #expect(site.launchRequests == 1)
    }
  }

  /// What was launched in place of something else cannot be told from it by any flag: nothing is sent.
  @Test func aRecordNeverAnswersForAnotherOperation() throws {
    try Site.with { site in
      let id = try killedWhileWaiting(on: site)
      _ = try site.write(Self.waiting.replacing("launch lasting", with: "launch prepare"))
      for arguments in [["resume", id, "--edited"], ["resume", id, "--accept-changes"]] {
        let refused = try Program.run(arguments, environment: site.environment, directory: site.folder.path)
        #expect(refused.status != 0)
        #expect(refused.news.contains("x.runbook:6:"), "\(refused.news)")
        #expect(site.launchRequests == 1)
        #expect(try site.latest().state == "unfinished")
      }
      _ = try site.write(Self.waiting)
      #expect(try site.run("resume", id).status == 0)
      #expect(site.launchRequests == 1)
    }
  }

  @Test func aMovedLaunchWhoseReplyWasLostIsFound() throws {
    try Site.with(Site.scenario("faults: [launch_job 1: slow by 2s]")) { site in
      let running = try site.start("run", try site.write(Self.waiting))
      try Site.wait("the launch takes effect") { try !site.runs(of: "l").isEmpty }
      running.send(SIGKILL)
      _ = running.wait()
      _ = try site.write("step \"Moved\" { launch lasting }\nawait run every 100ms or fail\nprint \"over\"\n")
      try endRun(on: site)
      let accepted = try site.run("resume", "--accept-changes")
      #expect(accepted.status == 0, "\(accepted.news)")
      #expect(try site.runs(of: "l").count == 1)
    }
  }

  /// What was accepted once does not answer for a later launch of the same operation.
  @Test func aMovedLaunchIsTakenOnceAlsoWhenItIsKilledAgain() throws {
    try Site.with { site in
      let id = try killedWhileWaiting(on: site)
      _ = try site.write(
        """
        step "Again" { launch lasting }
        await run every 100ms or fail
        launch prepare
        await run every 100ms or fail
        wait 2s
        launch lasting
        await run every 100ms or fail
        print "over"

        """)
      let accepting = try site.start("resume", id, "--accept-changes")
      try accepting.hasSaid("launched table-to-table p in DEV")
      try Site.wait("the wait begins") {
        try site.effects(of: id).contains { $0["verb"] as? String == "wait" }
      }
      accepting.send(SIGKILL)
      _ = accepting.wait()
      #expect(try site.runs(of: "l").count == 1)
      let again = try site.start("resume", id, "--accept-changes")
      try Site.wait("the second launch; \(again.news)") {
        try !again.process.isRunning || site.runs(of: "l").count == 2
      }
      let second = try site.runs(of: "l")
      #expect(second.count == 2, "\(again.news)")
      for run in second { try site.mark(run, of: "l") }
      let done = again.wait()
      #expect(done.status == 0, "\(done.news)")
      #expect(done.output == "over\n")
      #expect(site.launchRequests == 3)
    }
  }

  /// An accepted edit is accepted for good: with what it reworded, what it left out and what it moved. Another one is not.
  @Test func anEditIsAcceptedOnceAndTheNextOneIsRefusedAgain() throws {
    try Site.with { site in
      let text = "launch prepare\nawait run every 100ms or fail\nreset workflow \"w\"\n" + Self.waiting
      let running = try begin(text, on: site)
      try running.hasSaid("launched table-to-table l in DEV")
      running.send(SIGKILL)
      _ = running.wait()
      let id = try site.latest().id
      // Reworded, left out, and moved.
      let edited = """
        launch prepare # as before
        await run every 200ms or fail
        step "Moved" { launch lasting }
        await run every 100ms or fail
        print "over"

        """
      _ = try site.write(edited)
      let refused = try site.run("resume", id, "--edited")
      #expect(refused.status == 2)
      for word in [
        "recorded-text-changed", "x.runbook:7:", "then: `await run every 100ms or fail`", "record-not-reached",
        "on line 8 then: `reset workflow \"w\"`", "on line 9 then: `launch lasting`", "x.runbook:8:",
      ] {
        #expect(refused.news.contains(word), "\(word) in \(refused.news)")
      }
      func dieWaiting(_ arguments: String...) throws {
        let again = try Program.start(
          ["resume", id] + arguments, environment: site.environment, directory: site.folder.path)
        try Site.wait("it waits again; \(again.news)") {
          again.news.contains("awaiting run") && again.news.contains(" of l,") || !again.process.isRunning
        }
        again.send(SIGKILL)
        #expect(again.wait().status == 128 + SIGKILL, "\(again.news)")
      }
      try dieWaiting("--accept-changes")
      try dieWaiting()
      #expect(site.launchRequests == 2)

      _ = try site.write(edited.replacing("every 200ms", with: "every 300ms"))
      let another = try site.run("resume", id, "--edited")
      #expect(another.status == 2)
      #expect(another.news.contains("await run every 200ms"), "\(another.news)")
      #expect(!another.news.contains("record-not-reached"), "what was left out stays accepted: \(another.news)")
      // What comes after the record may change all the time.
      _ = try site.write(edited.replacing("\"over\"", with: "\"over and out\""))
      try endRun(on: site)
      let done = try site.run("resume", id, "--edited")
      #expect(done.status == 0, "\(done.news)")
      #expect(done.output == "over and out\n")
      #expect(site.launchRequests == 2)
    }
  }

  @Test func whatMeansSomethingElseNowCannotBeAccepted() throws {
    try Site.with { site in
      let id = try killedWhileWaiting(on: site)
      _ = try site.write(Self.waiting.replacing("launch lasting", with: "launch prepare"))
      let before = try site.history()
      let refused = try site.run("resume", id, "--accept-changes")
      #expect(refused.status == 2)
      #expect(refused.news.contains("change it back"), "\(refused.news)")
      #expect(try site.history() as NSArray == before as NSArray)
    }
  }
}
