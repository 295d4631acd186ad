import Foundation
import Glibc
import ProgramSupport
import Testing

/// The network between the real program and the real server vanishes or breaks, in the middle of a launch or of a wait, and
/// comes back or does not: the journal resumes, and nothing is launched twice.
@Suite struct NetworkTests {
  enum Moment: CaseIterable {
    case beforeTheLaunchArrives
    case beforeTheLaunchIsAnswered
    case brokenBeforeTheLaunch
    case brokenBehindTheLaunch
    case whileWaiting
    case brokenWhileWaiting

    var isLaunch: Bool { self != .whileWaiting && self != .brokenWhileWaiting }

    func begin(_ relay: Relay) {
      switch self {
      case .beforeTheLaunchArrives: relay.set(.vanished, when: "/dag/launch")
      case .beforeTheLaunchIsAnswered: relay.set(.deaf, when: "/dag/launch")
      case .brokenBeforeTheLaunch: relay.set(.breaking, when: "/dag/launch")
      case .brokenBehindTheLaunch: relay.set(.deaf, when: "/dag/launch")
      case .whileWaiting: relay.set(.vanished)
      case .brokenWhileWaiting: relay.set(.breaking)
      }
    }
  }

  enum Return: CaseIterable {
    /// Before the program gives the request up.
    case soon
    /// Once it has given it up.
    case late
    /// Not while this process lives: somebody stops it, and resumes when the network is back.
    case afterCtrlC
    /// Not while this process lives, which is killed.
    case afterDeath
  }

  private static let cases = Moment.allCases.flatMap { moment in Return.allCases.map { (moment, $0) } }

  @Test func whereverItVanishesEachLaunchHappensOnce() throws {
    let finished = DispatchGroup()
    let places = DispatchSemaphore(value: 6)
    for (moment, back) in Self.cases {
      finished.enter()
      Thread.detachNewThread {
        places.wait()
        defer {
          places.signal()
          finished.leave()
        }
        do {
          try self.survive(moment, back)
        } catch {
          Issue.record("\(moment), \(back): \(error)")
        }
      }
    }
    finished.wait()
    print("a vanished network: \(Self.cases.count) points")
  }

  private func survive(_ moment: Moment, _ back: Return) throws {
    let what = "\(moment), back \(back)"
    try Site.with { site in
      let relay = try Relay(to: site.address)
      defer { relay.close() }
      site.set("TAILER_API_URL", to: relay.address)
      try site.configure("token-command: [\"false\"]", requestTimeout: "1s")
      let (name, id) = moment.isLaunch ? ("prepare", "p") : ("lasting", "l")
      let file = try site.write("launch \(name)\nawait run every 100ms or fail\nprint \"over\"\n")
      if moment.isLaunch { moment.begin(relay) }
      let running = try site.start("run", file)
      if moment.isLaunch {
        try Site.wait("the launch is sent") { relay.hasChanged }
        if moment == .brokenBehindTheLaunch {
          try Site.wait("the launch is answered") { site.launchRequests == 1 }
          relay.set(.breaking)
        }
      } else {
        try running.hasSaid("awaiting run")
        moment.begin(relay)
      }
      try pass(back, moment, running)
      relay.set(.fine)
      if !moment.isLaunch { for run in try site.runs(of: id) { try site.mark(run, of: id) } }
      let first = running.wait()
      let stopped: Int32 = back == .afterCtrlC ? 130 : back == .afterDeath ? 128 + SIGKILL : 0
      #expect([0, 3, 5, stopped].contains(first.status), "\(what): \(first.status) \(first.news)")
      if first.status == 130 {
        #expect(first.news.contains("`runbook resume \(try site.latest().id)`"), "\(what): \(first.news)")
      }
      let results = [first] + (try site.resumeUntilDone(operations: [id]))
      #expect(results.last?.status == 0, "\(what): \(results.last?.news ?? "")")
      #expect(results.map(\.output).joined() == "over\n", "\(what)")
      #expect(try site.latest().state == "ended", "\(what)")
      // What was still on its way would have arrived by now.
      #expect(try site.runs(of: id).count == 1, "\(what)")
    }
  }

  /// The time without the network.
  private func pass(_ back: Return, _ moment: Moment, _ running: Program.Running) throws {
    switch back {
    case .soon: usleep(200_000)
    case .late:
      if moment.isLaunch { try running.hasSaid("looking for its run") } else { sleep(3) }
    case .afterCtrlC, .afterDeath:
      if moment.isLaunch { try running.hasSaid("looking for its run") } else { sleep(1) }
      running.send(back == .afterCtrlC ? SIGINT : SIGKILL)
      try Site.wait("it ends") { !running.process.isRunning }
    }
  }
}
