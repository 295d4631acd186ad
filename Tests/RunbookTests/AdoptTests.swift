import FaultSupport
import Foundation
import Glibc
import ProgramSupport
import Testing

/// A person says which run an open launch was, or that it was none.
@Suite struct AdoptTests {
  static let text = "launch prepare\nawait run every 100ms or fail\nprint \"over\"\n"
  static let lost = Site.scenario("faults: [launch_job 1: request lost]")

  private func lastLine(_ result: Program.Result) -> String {
    result.news.split(separator: "\n").last.map(String.init) ?? ""
  }

  /// Launches outside of the journal, as a colleague with curl does.
  private func launchByHand(_ id: String, on site: Site) throws -> String {
    let reply = try site.post("/v1/dag/launch", site.identity(id).merging(["action": "launch_job"]) { $1 })
    return try #require(reply["run_id"] as? String)
  }

  private func refused(_ result: Program.Result, _ words: String..., place: SourceLocation = #_sourceLocation) {
    #expect(result.status == 64, "\(result.news)", sourceLocation: place)
    for word in words { #expect(result.news.contains(word), "\(word) in \(result.news)", sourceLocation: place) }
  }

  @Test func anUnconfirmedLaunchGoesOnWithTheRunThatItWas() throws {
    try Site.with(Self.lost) { site in
      let ended = try site.run("run", try site.write(Self.text))
      #expect(ended.status == 5)
      #expect(ended.news.contains("resume --adopt RUN") && ended.news.contains("resume --launch-again"))
      let (id, _) = try site.latest()
      let run = try launchByHand("p", on: site)
      let resumed = try site.run("resume", id, "--adopt", run)
      #expect(resumed.status == 0, "\(resumed.news)")
      #expect(resumed.output == "over\n")
      #expect(resumed.news.contains("run \(run) is that launch") && resumed.news.contains("by the word of ann"))
      #expect(try site.runs(of: "p") == [run])
      #expect(try site.run("history", id).output.contains("run \(run)"))
      #expect(try site.run("history", id).output.contains("adopted"))
      #expect(try site.recordedRuns(of: id) == [run])
    }
  }

  @Test func ofSeveralCandidatesTheNamedOneIsTaken() throws {
    try Site.with(Site.scenario("faults: [launch_job 1: slow by 2s]")) { site in
      let running = try site.start("run", try site.write(Self.text))
      try Site.wait("the launch takes effect") { try !site.runs(of: "p").isEmpty }
      let ours = try #require(try site.runs(of: "p").first)
      running.send(SIGKILL)
      _ = running.wait()
      let other = try launchByHand("p", on: site)
      let ambiguous = try site.run("resume")
      #expect(ambiguous.status == 5, "\(ambiguous.news)")
      for word in [ours, other, "resume --adopt RUN", "resume --launch-again"] {
        #expect(ambiguous.news.contains(word), "\(word) in \(ambiguous.news)")
      }
      #expect(lastLine(ambiguous).contains("runbook resume"))
      let resumed = try site.run("resume", "--adopt", ours)
      #expect(resumed.status == 0, "\(resumed.news)")
      #expect(try site.runs(of: "p").count == 2)
      #expect(try site.recordedRuns(of: site.latest().id) == [ours])
    }
  }

  @Test func whatCannotBeItIsRefusedAndNothingChanges() throws {
    let old = "20201229-050000-0a795c70-2557-4a60-ba16-788aa2bea179"
    let scenario = Site.scenario("faults: [launch_job 2: request lost]").replacing(
      "{ table-to-table: p,",
      with: "{ table-to-table: p, history: [SUCCESS after 1m at 2020-12-29T05:00:00Z as \(old)],")
    try Site.with(scenario) { site in
      #expect(try site.runs(of: "p") == [old])
      #expect(try site.run("run", "-c", Site.head + "launch export\nawait run every 100ms or fail").status == 0)
      #expect(try site.run("run", try site.write(Self.text)).status == 5)
      let id = try site.latest().id
      #expect(try site.run("run", "-c", Site.head + "launch prepare\nawait run every 100ms or fail").status == 0)
      let owner = try site.latest().id
      let owned = try #require(try site.recordedRuns(of: owner).first)
      let before = try site.history()[1]
      let another = try #require(try site.runs(of: "e").first)
      let nothing = "20261230-000000-11111111-2557-4a60-ba16-788aa2bea179"

      refused(try site.run("resume", id, "--adopt", nothing), "shows no run \(nothing)", "table-to-table \"p\"")
      refused(try site.run("resume", id, "--adopt", another), "shows no run \(another)", "table-to-table \"p\"")
      refused(try site.run("resume", id, "--adopt", old), "run \(old) was there before the launch")
      refused(try site.run("resume", id, "--adopt", owned), "another launch's, of the execution \(owner)")
      refused(try site.run("resume", id, "--adopt", "2020-12-30=\(owned)"), "no launch for 2020-12-30 is open")
      refused(try site.run("resume", id, "--adopt", "tomorrow=\(owned)"), "neither RUN, DATE=RUN nor #NUMBER=RUN")
      refused(try site.run("resume", id, "--adopt", owned, "--launch-again"), "one after the other")
      // Of two words, one of which is not taken, neither is recorded.
      let right = try launchByHand("p", on: site)
      refused(try site.run("resume", id, "--adopt", right, "--adopt", nothing), "no launch of it is open")

      #expect(try [site.history()[1]] as NSArray == [before] as NSArray)
      #expect(try site.recordedRuns(of: id).isEmpty)
      let done = try site.run("resume", id, "--adopt", right)
      #expect(done.status == 0, "\(done.news)")
      refused(try site.run("resume", id, "--adopt", right), "no launch of it is open")
    }
  }

  @Test func whereSeveralLaunchesAreOpenEachTakesItsOwn() throws {
    try Site.with(Site.scenario("faults: [launch_job 1..2: request lost]")) { site in
      let text = "let rs = launch [prepare, export]\nawait rs every 100ms or fail\nprint \"over\"\n"
      #expect(try site.run("run", try site.write(text)).status == 5)
      let id = try site.latest().id
      let run = try launchByHand("e", on: site)
      let half = try site.run("resume", id, "--adopt", run)
      #expect(half.status == 5, "the other is still open: \(half.news)")
      #expect(try site.recordedRuns(of: id) == [run])
      let done = try site.run("resume", id, "--launch-again")
      #expect(done.status == 0, "\(done.news)")
      #expect(done.output == "over\n")
      #expect(try site.runs(of: "e") == [run])
      #expect(try site.runs(of: "p").count == 1)
    }
  }

  @Test func launchesForSeveralDatesAreToldApartByTheDate() throws {
    try Site.with(Site.scenario("faults: [launch_job 1..2: request lost]")) { site in
      let text =
        "parallel for day in 2020-12-01 .. 2020-12-02 keep going { launch prepare on day\n await run every 100ms or fail }\nprint \"over\"\n"
      #expect(try site.run("run", try site.write(text)).status == 5)
      let id = try site.latest().id
      let (first, second) = (try launchByHand("p", on: site), try launchByHand("p", on: site))
      refused(
        try site.run("resume", id, "--adopt", first), "for several dates are open", "2020-12-01=\(first)",
        "2020-12-02=\(first)")
      let done = try site.run("resume", id, "--adopt", "2020-12-02=\(first)", "--adopt", second)
      #expect(done.status == 0, "\(done.news)")
      #expect(done.output == "over\n")
      let launches = try site.effects(of: id).filter { $0["verb"] as? String == "launch" }
      let runs = try launches.reduce(into: [String: String]()) { found, launch in
        let run = try #require((launch["run"] as? [String: Any])?["id"] as? String)
        found[try #require(launch["date"] as? String)] = run
      }
      #expect(runs.values.sorted() == [first, second].sorted())
      #expect(runs.first { $0.value == first }?.key == "2020-12-02")
      #expect(runs.count == 2)
    }
  }

  /// Launches that differ in nothing but their places are told apart by the numbers that `history` shows.
  @Test func launchesThatAreAlikeAreToldApartByTheirNumbers() throws {
    try Site.with(Site.scenario("faults: [launch_job 1..2: request lost]")) { site in
      let text =
        "parallel for n in 1 .. 2 keep going { launch prepare\n await run every 100ms or fail }\nprint \"over\"\n"
      #expect(try site.run("run", try site.write(text)).status == 5)
      let id = try site.latest().id
      let numbers = try site.run("history", id).output.matches(of: /(#\d+)  launch/).map { String($0.1) }
      try #require(numbers.count == 2)
      let (first, second) = (try launchByHand("p", on: site), try launchByHand("p", on: site))
      refused(try site.run("resume", id, "--adopt", "#999=\(first)"), "no launch #999 is open", numbers[0], numbers[1])
      let done = try site.run("resume", id, "--adopt", "\(numbers[1])=\(first)", "--adopt", second)
      #expect(done.status == 0, "\(done.news)")
      let history = try site.run("history", id).output
      for (number, run) in zip(numbers, [second, first]) {
        #expect(history.contains(try Regex("\(number)  launch .* → run \(run).*, adopted")), "\(history)")
      }
    }
  }

  @Test func withNothingOpenThereIsNothingToAdopt() throws {
    try Site.with { site in
      let running = try site.start("run", try site.write("launch lasting\nawait run every 100ms or fail\n"))
      try running.hasSaid("awaiting run")
      running.send(SIGKILL)
      _ = running.wait()
      let run = try #require(try site.runs(of: "l").first)
      refused(try site.run("resume", "--adopt", run), "no launch of it is open")
      #expect(try site.latest().state == "unfinished")
    }
  }

  /// Two processes that were killed between a launch and its reply, of one operation: the executions with their runs.
  private static func bothKilled(on site: Site) throws -> (ids: [String], runs: [String]) {
    let file = try site.write(Self.text)
    for count in 1...2 {
      let running = try site.start("run", file)
      try Site.wait("launch \(count) takes effect") { try site.runs(of: "p").count == count }
      running.send(SIGKILL)
      _ = running.wait()
    }
    let ids = try site.history().compactMap { $0["id"] as? String }
    return (ids, try site.runs(of: "p"))
  }

  /// Two dead executions, whose launches are both open, are resumed at the same moment: neither takes the other's run, and
  /// what one cannot tell while the other is open, it can afterwards.
  @Test func ofTwoResumedAtOnceNeitherGuesses() throws {
    try Site.with(Site.scenario("faults: [launch_job 1..2: slow by 3s]")) { site in
      let (ids, runs) = try Self.bothKilled(on: site)
      let resumed = try ids.map { try site.start("resume", $0) }.map { $0.wait() }
      #expect(resumed.allSatisfy { [0, 5].contains($0.status) }, "\(resumed.map(\.news))")
      for (id, end) in zip(ids, resumed) where end.status == 5 {
        #expect(try site.recordedRuns(of: id).isEmpty)
        let again = try site.run("resume", id)
        #expect(again.status == 0, "\(again.news)")
      }
      for (id, run) in zip(ids, runs) { #expect(try site.recordedRuns(of: id) == [run]) }
      #expect(try site.runs(of: "p").count == 2)
    }
  }

  /// Of two people who say of one run that it was theirs, one is believed.
  @Test func oneRunHasOneOwner() throws {
    try Site.with(Site.scenario("faults: [launch_job 1..2: slow by 3s]")) { site in
      let (ids, runs) = try Self.bothKilled(on: site)
      let newest = try #require(runs.first)
      let adopting = try ids.map { try site.start("resume", $0, "--adopt", newest) }.map { $0.wait() }
      #expect(adopting.map(\.status).sorted() == [0, 64], "\(adopting.map(\.news))")
      #expect(adopting.contains { $0.news.contains("run \(newest) is another launch's") })
      #expect(try ids.filter { try site.recordedRuns(of: $0) == [newest] }.count == 1)
      #expect(try site.runs(of: "p").count == 2)
    }
  }

  /// Whose a run is does not go by where the launch stands: a line that was inserted above moves it.
  @Test func anAdoptedRunStaysWithALaunchThatAnEditHasMoved() throws {
    try Site.with(Self.lost) { site in
      #expect(try site.run("run", try site.write(Self.text)).status == 5)
      let id = try site.latest().id
      let run = try launchByHand("p", on: site)
      _ = try site.write("let note = \"inserted\"\n" + Self.text)
      let adopted = try site.run("resume", id, "--accept-changes", "--adopt", run)
      try #require(adopted.news.contains("run \(run) is that launch"), "\(adopted.news)")
      #expect(adopted.status == 0, "\(adopted.news)")
      #expect(site.launchRequests == 2)
    }
  }

  /// Of several open launches some may have happened: which one is sent again is for a person to name.
  @Test func launchingAgainIsOneLaunchAtATime() throws {
    try Site.with(Site.scenario("faults: [launch_job 1..3: request lost]")) { site in
      let text =
        "parallel for day in 2020-12-01 .. 2020-12-03 max 3 keep going { launch prepare on day\n await run every 100ms or fail }\n"
      #expect(try site.run("run", try site.write(text)).status == 5)
      try #require(site.launchRequests == 3)
      let again = try site.run("resume", try site.latest().id, "--launch-again")
      #expect(again.status == 64, "\(again.news)")
      #expect(again.news.contains("--launch-again=DATE"), "\(again.news)")
      #expect(site.launchRequests == 3)
      let one = try site.run("resume", try site.latest().id, "--launch-again=2020-12-02")
      #expect(one.status == 5, "\(one.news)")
      #expect(site.launchRequests == 4)
      #expect(try site.run("resume", try site.latest().id, "--launch-again=2020-12-30").status == 64)
      #expect(try site.run("resume", try site.latest().id, "--launch-again=soon").status == 64)
    }
  }
  /// A person's word that a launch did not happen is used up by the launch in its stead, and stays on record; until then it can
  /// be taken back.
  @Test func aDenialIsUsedUpByTheLaunchInItsStead() throws {
    try Site.with(Self.lost) { site in
      #expect(try site.run("run", try site.write(Self.text)).status == 5)
      let id = try site.latest().id
      #expect(try site.run("resume", id, "--launch-again", "--read-only").status == 6)
      #expect(try site.run("history", id).output.contains("whether one launch happened"))
      let again = try site.run("resume", id, "--launch-again")
      #expect(again.status == 0, "\(again.news)")
      #expect(site.launchRequests == 2)
      let shown = try site.run("history", id).output
      #expect(shown.contains("did not happen, says"), "\(shown)")
      #expect(shown.components(separatedBy: "launch table-to-table").count == 3, "\(shown)")
    }
  }

  /// The word is about the launch that is on record: another one is not launched by it.
  @Test(arguments: ["launch prepare on 2020-11-11", "launch export on 2020-12-01", "print \"nothing\""])
  func aDenialLaunchesNothingElse(_ edited: String) throws {
    try Site.with(Self.lost) { site in
      let rest = "\nprint \"over\"\n"
      #expect(try site.run("run", try site.write("launch prepare on 2020-12-01" + rest)).status == 5)
      _ = try site.write(edited + rest)
      let again = try site.run("resume", "--edited", "--launch-again")
      #expect(again.status == 2, "\(again.news)")
      #expect(site.launchRequests == 1)
    }
  }

  /// What a `catch` went on behind is over for the execution, and not for whoever has to know which run it was.
  @Test func aLaunchOfAnEndedExecutionCanBeSettled() throws {
    try Site.with(Self.lost) { site in
      let text = "try { launch prepare } catch unconfirmed { print \"gone on\" }\n"
      #expect(try site.run("run", try site.write(text)).status == 0)
      let (id, state) = try site.latest()
      #expect(state == "ended")
      let run = try launchByHand("p", on: site)
      let settled = try site.run("resume", id, "--adopt", run)
      #expect(settled.status == 0, "\(settled.news)")
      #expect(try site.recordedRuns(of: id) == [run])
      #expect(try site.latest().state == "ended")
    }
  }
}
