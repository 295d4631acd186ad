import Foundation
import Glibc
import ProgramSupport
import Testing

/// The real program sleeps between the stamp of a launch and its request's leaving: it never sends it.
@Suite struct SleepTests {
  private static let text = "launch prepare\nawait run every 100ms or fail\nprint \"over\"\n"

  /// The moment that the record gives for the launch's request; `nil` where there is none yet.
  private func stamp(_ site: Site) throws -> String? {
    guard let id = try site.history().first?["id"] as? String else { return nil }
    return try site.effects(of: id).first { $0["verb"] as? String == "launch" }?["sent"] as? String
  }

  private func site(_ body: (Site, NarrowDoor) throws -> Void) throws {
    try Site.with { site in
      let door = try NarrowDoor(to: site.address)
      defer { door.open() }
      site.set("TAILER_API_URL", to: door.address)
      try body(site, door)
    }
  }

  /// Stopped while its connection is made, with the launch stamped: it stands still until the system ends it, and dies
  /// without having sent anything.
  @Test func whoSleepsBeforeTheRequestLeavesNeverSendsIt() throws {
    try site { site, door in
      let running = try site.start("run", try site.write(Self.text))
      try Site.wait("it connects for the launch; it said \(running.news)") { door.isKnockedAt }
      running.send(SIGSTOP)
      #expect(try stamp(site) != nil)
      try Site.wait("the system ends it") { !running.process.isRunning }
      let dead = running.wait()
      #expect(dead.status == 128 + SIGKILL, "\(dead.news)")
      #expect(site.launchRequests == 0)
      door.open()
      let results = try site.resumeUntilDone(operations: ["p"])
      #expect(results.map(\.output).joined() == "over\n", "\(results.map(\.news))")
      #expect(site.launchRequests == 1)
      #expect(try site.runs(of: "p").count == 1)
    }
  }

  /// What surely did nothing is launched by whoever resumes, and neither looked for nor unconfirmed.
  @Test func whoIsInterruptedBetweenTwoTriesLeavesNothingToLookFor() throws {
    try Site.with(Site.scenario("faults: [launch_job 1: 429 retry after 1m]")) { site in
      let running = try site.start("run", try site.write(Self.text))
      try Site.wait("the launch is put off") { site.launchRequests == 1 }
      running.send(SIGINT)
      #expect(running.wait().status == 130)
      let resumed = try site.run("resume")
      #expect(resumed.status == 0, "\(resumed.news)")
      #expect(!resumed.news.contains("looking for its run"))
      #expect(site.launchRequests == 2)
      #expect(try site.runs(of: "p").count == 1)
    }
  }

  /// Awake, it gives the request up in words well before the system would end it, and tries again with a stamp of its own.
  @Test func whoIsAwakeGivesTheRequestUpAndStampsItAnew() throws {
    try site { site, door in
      let running = try site.start("run", try site.write(Self.text))
      try Site.wait("it connects for the launch; it said \(running.news)") { door.isKnockedAt }
      let first = try #require(try stamp(site))
      try Site.wait("it tries again") { try stamp(site) != first }
      door.open()
      let ended = running.wait()
      #expect(ended.status == 0, "\(ended.news)")
      #expect(ended.output == "over\n")
      #expect(site.launchRequests == 1)
    }
  }
}
