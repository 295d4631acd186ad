import Foundation
import Glibc
import ProgramSupport
import Testing

/// The laptop sleeps: the real program stands still over its request limits, deadlines and connections, and goes on as if
/// nothing had been, or is resumed. Nobody takes its work from it while it lives.
@Suite struct SuspendTests {
  /// Longer than the request limit, the visibility delay and the deadlines of these tests.
  private static let night: UInt32 = 3

  private func site(_ fault: String, _ body: (Site) throws -> Void) throws {
    try Site.with(Site.scenario("faults: [\(fault)]")) { site in
      try site.configure("token-command: [\"false\"]", requestTimeout: "1s")
      try body(site)
    }
  }

  /// Suspended while the launch is under way: before its effect, behind it, and with the connection gone.
  @Test(arguments: [
    "launch_job 1: slow by 800ms", "launch_job 1: slow by 2s", "launch_job 1: effect after 500ms",
    "launch_job 1: reply lost",
  ])
  func aSuspendedLaunchHappensOnce(_ fault: String) throws {
    try site(fault) { site in
      let file = try site.write("launch prepare\nawait run every 100ms or fail\nprint \"over\"\n")
      let running = try site.start("run", file)
      if fault.contains("slow") {
        try Site.wait("the launch takes effect") { try !site.runs(of: "p").isEmpty }
      } else {
        try Site.wait("the launch is sent") { site.launchRequests == 1 }
      }
      running.send(SIGSTOP)
      sleep(Self.night)
      running.send(SIGCONT)
      let ended = running.wait()
      // One that did not come to know before that its request had left is ended while it stands still.
      #expect([0, 5, 128 + SIGKILL].contains(ended.status), "\(ended.news)")
      let results = [ended] + (try site.resumeUntilDone(operations: ["p"]))
      #expect(results.map(\.output).joined() == "over\n")
      #expect(try site.runs(of: "p").count == 1)
      #expect(try site.latest().state == "ended")
    }
  }

  /// The run ends while nobody looks, and the deadline passes: there is one more look.
  @Test func aDeadlineThatPassedMeanwhileIsNotDeclaredWithoutALook() throws {
    try Site.with { site in
      let text = "launch lasting\nawait run timeout 2s every 100ms or fail\nprint \"over\"\n"
      let running = try site.start("run", try site.write(text))
      try running.hasSaid("awaiting run")
      running.send(SIGSTOP)
      for run in try site.runs(of: "l") { try site.mark(run, of: "l") }
      sleep(Self.night)
      running.send(SIGCONT)
      let ended = running.wait()
      #expect(ended.status == 0, "\(ended.news)")
      #expect(ended.output == "over\n")
    }
  }

  @Test func aSuspendedHolderKeepsItsExecutionUntilItIsDead() throws {
    try Site.with { site in
      let text = "launch lasting\nawait run every 100ms or fail\nprint \"over\"\n"
      let running = try site.start("run", try site.write(text))
      try running.hasSaid("awaiting run")
      running.send(SIGSTOP)
      sleep(Self.night)
      let id = try site.latest().id
      #expect(try site.latest().state == "running")
      let refused = try site.run("resume", id)
      #expect(refused.status == 75)
      #expect(refused.news.contains("process \(running.process.processIdentifier)"))
      #expect(try site.run("resume").status == 64, "nothing else is unfinished")
      // It goes on with what it had.
      let before = site.exchanges.count
      running.send(SIGCONT)
      try Site.wait("it looks again") { site.exchanges.count > before }
      #expect(running.process.isRunning)
      running.send(SIGSTOP)
      running.send(SIGKILL)
      _ = running.wait()
      for run in try site.runs(of: "l") { try site.mark(run, of: "l") }
      let resumed = try site.run("resume", id)
      #expect(resumed.status == 0, "\(resumed.news)")
      #expect(resumed.output == "over\n")
      #expect(site.launchRequests == 1)
    }
  }

  /// Another process that launches the same operation waits for the suspended one, since it cannot know whose run would be
  /// whose; it goes on when that one is back, or is dead.
  @Test(arguments: [false, true]) func aSuspendedLaunchIsWaitedFor(dies: Bool) throws {
    try site("launch_job 1: reply lost") { site in
      let text = "param day: date\nlaunch prepare on day\nawait run every 100ms or fail\nprint run.id\n"
      let file = try site.write(text)
      let first = try site.start("run", file, "day=2020-12-01")
      try first.hasSaid("looking for its run")
      first.send(SIGSTOP)
      let second = try site.start("run", file, "day=2020-12-02")
      sleep(Self.night)
      #expect(second.process.isRunning)
      #expect(site.launchRequests == 1)
      if dies { first.send(SIGKILL) }
      first.send(SIGCONT)
      let (one, two) = (first.wait(), second.wait())
      #expect(two.status == 0, "\(two.news)")
      let id = try #require(try site.history().last)["id"] as? String
      let results = try dies ? [site.run("resume", try #require(id))] : [one]
      #expect(results.last?.status == 0, "\(results.last?.news ?? "")")
      #expect(results.last?.output == site.launchesByDate["2020-12-01"].map { $0.joined() + "\n" })
      #expect(two.output == site.launchesByDate["2020-12-02"].map { $0.joined() + "\n" })
      #expect(site.launchRequests == 2)
    }
  }
}
