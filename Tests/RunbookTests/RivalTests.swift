import CivilTime
import Foundation
import Glibc
import ProgramSupport
import TailerSimulator
import Testing

/// Two real processes that launch the same operation at the same moment, sharing a journal, while their launches meet
/// faults: each statement has at most one run, its own, whatever becomes of the replies.
///
/// They launch for different dates. The service does not show for which date a run was launched, so the program cannot go
/// by it; the server's log tells whose run is whose.
@Suite struct RivalTests {
  static let days = ["2020-12-01", "2020-12-02"]
  static let old = "20201229-050000-0a795c70-2557-4a60-ba16-788aa2bea179"

  /// Which of the launch requests meet a fault.
  enum Befallen: String, CaseIterable, CustomTestStringConvertible {
    case first = "launch_job 1"
    case second = "launch_job 2"
    case both = "launch_job 1..2"
    /// Each another one: of two launches whose fates are not known, one had its effect.
    case differently = "launch_job 1 and 2 differently"

    var testDescription: String { rawValue }

    /// What is enumerated, as the scenario's list of faults.
    var points: [String] {
      guard self == .differently else { return RivalTests.faults.map { "\(rawValue): \($0)" } }
      let without: [Fault] = [.requestLost, .status(503, afterEffect: false)]
      let with: [Fault] = [
        .replyLost, .status(504, afterEffect: true), .truncated, .lateEffect(.milliseconds(300)),
      ]
      return without.flatMap { a in with.flatMap { b in [(a, b), (b, a)] } }.map {
        "launch_job 1: \($0), launch_job 2: \($1)"
      }
    }
  }

  /// Every fault, on a time scale that fits a visibility delay of 600 ms and a request limit of one second.
  static let faults: [Fault] = Fault.all.map { fault in
    switch fault {
    case .lateEffect: .lateEffect(.milliseconds(300))
    case .slow(let span): .slow(span < .minutes(1) ? .milliseconds(300) : .seconds(2))
    case .lateListing: .lateListing(.milliseconds(300))
    case .status(let code, let afterEffect, .some): .status(code, afterEffect: afterEffect, retryAfter: .seconds(1))
    default: fault
    }
  }

  @Test(arguments: Befallen.allCases) func neitherTakesTheOthersRunNorAnOlderOne(_ befallen: Befallen) throws {
    let tally = RivalTally()
    let points = befallen.points
    Site.atOnce(points.count) { index in
      let fault = points[index]
      do {
        let scenario = Site.scenario("faults: [\(fault)]").replacing(
          "{ table-to-table: p,",
          with: "{ table-to-table: p, history: [SUCCESS after 1m at 2020-12-29T05:00:00Z as \(Self.old)],")
        try Site.with(scenario) { site in
          try site.configure("token-command: [\"false\"]", visibilityDelay: "600ms", requestTimeout: "1s")
          try self.compete(on: site, tally, fault)
        }
      } catch {
        Issue.record("\(fault): \(error)")
      }
    }
    print("two processes, \(befallen.rawValue): \(tally.words)")
    #expect(tally.points == points.count)
    #expect(tally.duplicates == 0 && tally.losses == 0 && tally.strangers == 0)
    // The second one launches only once its run can be told from one of the first.
    #expect(tally.adoptions == 0, "a person had to say whose run it was")
  }

  /// Whose launch of the operation goes first is said, and until when it is waited for.
  @Test func whatALaunchWaitsForIsSaid() throws {
    try Site.with(Site.scenario("faults: [launch_job 1: slow by 30s]")) { site in
      let file = try site.write("launch prepare\n")
      let first = try site.start("run", file)
      try Site.wait("the launch takes effect") { try !site.runs(of: "p").isEmpty }
      let id = try site.latest().id
      let second = try site.start("run", file)
      try second.hasSaid("waiting to launch table-to-table p in DEV: the execution \(id) launches it first")
      first.send(SIGKILL)
      _ = first.wait()
      try second.hasSaid("a launch of it by the execution \(id) may arrive until then")
      #expect(try site.runs(of: "p").count == 1)
    }
  }

  private func compete(on site: Site, _ tally: RivalTally, _ what: String) throws {
    let file = try site.write("param day: date\nlaunch prepare on day\nawait run every 100ms or fail\nprint run.id\n")
    let both = try Self.days.map { try site.start("run", file, "day=\($0)") }
    let results = both.map { $0.wait() }
    let executions = try site.history().map { summary in
      let day = try #require((summary["parameters"] as? [String: String])?["day"])
      return (id: try #require(summary["id"] as? String), day: day)
    }
    #expect(executions.count == 2, "\(what)")
    for result in results { #expect([0, 3, 5, 8].contains(result.status), "\(what): \(result.news)") }
    // Before anybody has said anything, nothing was taken that is not one's own.
    for execution in executions {
      let taken = try site.recordedRuns(of: execution.id)
      #expect(taken.isSubset(of: site.launchesByDate[execution.day] ?? []), "\(what): \(execution)")
    }
    #expect(try site.runs(of: "p").count <= 3, "\(what)")
    for execution in executions { try settle(execution, on: site, tally, what) }

    for execution in executions {
      let (taken, own) = (try site.recordedRuns(of: execution.id), site.launchesByDate[execution.day] ?? [])
      tally.add(
        duplicates: max(0, own.count - 1), losses: own.isEmpty ? 1 : 0,
        strangers: taken.subtracting(own).count)
      #expect(own.count == 1 && taken == Set(own), "\(what): \(execution) took \(taken) of \(own)")
    }
    #expect(try site.runs(of: "p").count == 3, "\(what)")
    tally.addPoint()
  }

  /// Resumes as a person does who can look into the platform: as it is first; where that is not enough, with the run that
  /// was this launch, or with the word that there is none.
  private func settle(
    _ execution: (id: String, day: String), on site: Site, _ tally: RivalTally, _ what: String
  ) throws {
    var arguments = ["resume", execution.id]
    for round in 0..<5 {
      let state = try site.history().first { $0["id"] as? String == execution.id }
      guard state?["state"] as? String == "unfinished" else { return }
      let result = try Program.run(arguments, environment: site.environment, directory: site.folder.path)
      guard result.status != 0 else { return }
      #expect([3, 5].contains(result.status), "\(what), round \(round): \(result.news)")
      guard result.status == 5 else { continue }
      if let run = site.launchesByDate[execution.day]?.first {
        arguments = ["resume", execution.id, "--adopt", run]
        tally.adoptedByHand()
      } else {
        arguments = ["resume", execution.id, "--launch-again"]
        tally.launchedAgain()
      }
    }
    Issue.record("\(what): \(execution) does not come to its end")
  }
}

/// What an enumeration came to, from whichever thread.
private final class RivalTally: @unchecked Sendable {
  private let lock = NSLock()
  // The lock guards all.
  private var counts: [String: Int] = [:]

  private func add(_ count: Int, to name: String) { lock.withLock { counts[name, default: 0] += count } }
  private func count(_ name: String) -> Int { lock.withLock { counts[name, default: 0] } }

  func addPoint() { add(1, to: "points") }
  func adoptedByHand() { add(1, to: "adopted") }
  func launchedAgain() { add(1, to: "again") }
  func add(duplicates: Int, losses: Int, strangers: Int) {
    add(duplicates, to: "duplicates")
    add(losses, to: "losses")
    add(strangers, to: "strangers")
  }

  var points: Int { count("points") }
  var duplicates: Int { count("duplicates") }
  var losses: Int { count("losses") }
  /// Runs taken that were another's.
  var strangers: Int { count("strangers") }
  var adoptions: Int { count("adopted") }
  var words: String {
    "\(points) points, \(duplicates) duplicates, \(losses) losses, \(strangers) runs of others taken; by a person "
      + "\(count("adopted")) adopted, \(count("again")) launched again"
  }
}
