import CivilTime
import RehearsalSupport
import RunbookDiagnostics
import RunbookEvaluator
import RunbookRecord
import TailerAPI
import TailerClient
import TailerSimulator
import Testing

@Suite struct SafeLaunchTests {
  static let text = "launch prepare\nawait run or fail\nprint run.id"

  @Test func aLostReplyAdoptsTheRunAndSaysSo() throws {
    let outcome = try rehearse(Self.text, on: platform(more: "faults: [launch_job 1: reply lost]"))
    #expect(outcome.exitStatus == 0)
    #expect(outcome.simulator.launches.count == 1)
    #expect(outcome.simulator.requestCounts["launch_job"] == 1)
    let adopted = outcome.events.compactMap { if case .adopted(let run, _) = $0.kind { run.id } else { nil } }
    #expect(adopted == outcome.simulator.launches.map(\.id))
  }

  /// Of a run that had to be looked for more is known than of one whose reply came; the runbook goes on the same way.
  @Test(arguments: ["", "faults: [launch_job 1: reply lost]"]) func aLaunchGivesARunThatNobodyHasSeen(_ fault: String)
    throws
  {
    let outcome = try rehearse(
      "let r = launch prepare\nprint text(r.status == SUCCESS)\nprint text(r.started == none)",
      on: platform(more: fault))
    #expect(outcome.printed == ["false", "true"])
  }

  @Test func aLaunchThatCannotHaveBeenIsSentAgain() throws {
    let outcome = try rehearse(Self.text, on: platform(more: "faults: [launch_job 1: unreachable]"))
    #expect(outcome.exitStatus == 0)
    #expect(outcome.simulator.launches.count == 1)
  }

  @Test func aLostRequestIsUnconfirmedAndNotSentAgain() throws {
    let outcome = try rehearse(Self.text, on: platform(more: "faults: [launch_job 1: request lost]"))
    #expect(outcome.exitStatus == 5)
    #expect(outcome.failure?.id == "launch-unconfirmed")
    #expect(outcome.simulator.launches.isEmpty)
    #expect(outcome.simulator.requestCounts["launch_job"] == 1)
    #expect(outcome.result.isResumable)
  }

  @Test func onlyCatchUnconfirmedTakesIt() throws {
    let lost = platform(more: "faults: [launch_job 1: request lost]")
    #expect(try rehearse("try { launch prepare } catch { print \"taken\" }", on: lost).exitStatus == 5)
    let taken = try rehearse("try { launch prepare } catch unconfirmed { launch prepare }", on: lost)
    #expect(taken.exitStatus == 0)
    #expect(taken.simulator.launches.count == 1)
    #expect(try rehearse("retry 3 times { launch prepare }", on: lost).simulator.requestCounts["launch_job"] == 1)
  }

  /// Whatever a `finally` follows, a launch in it that is not known is what it ends with: somebody has to look, and no `catch`
  /// around takes it for what came before.
  @Test(arguments: ["fail \"no\"", "confirm \"Go on?\"", "stop \"enough\""])
  func aLaunchThatIsNotKnownInAFinallyStandsBeforeWhatItFollows(_ statement: String) throws {
    var rehearsal = try Rehearsal(
      preamble + "try { try { \(statement) } finally { launch prepare } } catch { print \"taken\" }",
      scenario: platform(more: "faults: [launch_job 1: request lost]"))
    rehearsal.people = ScriptedPeople(yes: false)
    let outcome = try rehearsal.run()
    #expect(outcome.exitStatus == 5)
    #expect(outcome.result.isResumable)
    #expect(outcome.printed.isEmpty)
  }

  @Test func anOlderRunIsNeverAdopted() throws {
    // The older run is listed only after the launch was sent: the baseline could not know it.
    let outcome = try rehearse(
      Self.text,
      on: platform(
        prepare: "history: [SUCCESS after 1m at 11:27:30], runs: SUCCESS after 2m",
        more: "visibility-delay: 1m\nfaults: [launch_job 1: request lost]"))
    #expect(outcome.exitStatus == 5)
    #expect(outcome.simulator.launches.isEmpty)
  }

  @Test func severalCandidatesStopAndAreListed() throws {
    // Somebody else's run starts within the seconds of the launch.
    let outcome = try rehearse(
      Self.text,
      on: platform(
        prepare: "schedule: [SUCCESS after 2m at +10s], runs: SUCCESS after 2m",
        more: "faults: [launch_job 1: reply lost]"))
    #expect(outcome.exitStatus == 5)
    #expect(outcome.failure?.id == "launch-ambiguous")
    #expect(outcome.failure?.notes.filter { $0.hasPrefix("Candidate") }.count == 2)
  }

  @Test func somebodyElsesRunAloneIsTakenForOurs() throws {
    // Nothing tells it apart: it is new, nobody in the journal owns it. The words say which was adopted and why.
    let outcome = try rehearse(
      Self.text,
      on: platform(prepare: "schedule: [SUCCESS after 2m at +10s]", more: "faults: [launch_job 1: request lost]"))
    #expect(outcome.exitStatus == 0)
    #expect(outcome.simulator.launches.isEmpty)
  }

  @Test func launchesOfOneOperationNeverTakeEachOthersRuns() throws {
    for fault in ["reply lost", "request lost"] {
      let outcome = try rehearse(
        "parallel for n in 1 .. 3 keep going { launch prepare\n await run or fail }",
        on: platform(more: "faults: [launch_job 2: \(fault)]"))
      let owned = outcome.events.compactMap { if case .launched(let run) = $0.kind { run.id } else { nil } }
      #expect(Set(owned).count == owned.count)
      #expect(Set(owned) == Set(outcome.simulator.launches.map(\.id)))
      #expect(outcome.simulator.requestCounts["launch_job"] == 3)
      #expect(outcome.exitStatus == (fault == "reply lost" ? 0 : 5))
    }
  }

  @Test func everyFaultLaunchesAtMostOnce() throws {
    for fault in Fault.all {
      var rehearsal = try Rehearsal(preamble + Self.text, scenario: platform())
      rehearsal.faults = [.on(1, of: "launch_job", fault)]
      let outcome = try rehearsal.run()
      #expect(outcome.simulator.launches.count <= 1, "\(fault)")
      #expect([0, 3, 5, 8].contains(outcome.exitStatus), "\(fault)")
      if outcome.exitStatus == 0 { #expect(outcome.simulator.launches.count == 1, "\(fault)") }
    }
  }

  @Test func aJournalThatCannotBeWrittenKeepsTheRequestFromBeingSent() throws {
    let rehearsal = try Rehearsal(preamble + Self.text, scenario: platform())
    let world = World(scenario: rehearsal.scenario)
    // Points 0 and 1 are the baseline's exchange; 2 is before the intent is written.
    let outcome = try rehearsal.run(on: world, journal: MemoryJournal(), life: Life(endingAt: 2))
    #expect(outcome.exitStatus == 3)
    #expect(outcome.failure?.id == "journal-unavailable")
    #expect(world.simulator.requestCounts["launch_job"] == nil)
  }

  /// A launch's time is its request's: one that was put off is looked for from when it was sent.
  @Test func aLaunchThatWasPutOffIsFoundByWhenItWasSent() throws {
    let outcome = try rehearse(
      Self.text, on: platform(more: "faults: [launch_job 1..2: 429 retry after 110s, launch_job 3: reply lost]"))
    try #require(outcome.simulator.requestCounts["launch_job"] == 3 && outcome.simulator.launches.count == 1)
    #expect(outcome.exitStatus == 0, "\(outcome.failure?.message ?? "")")
    #expect(outcome.printed == outcome.simulator.launches.map(\.id))
  }

  /// Launches that the cap on requests holds back are not on record as begun before they may go.
  @Test func anIntentIsWrittenWhenItsRequestMayGo() async throws {
    var rehearsal = try Rehearsal(
      preamble + "parallel for n in 1 .. 200 max 200 { launch table-to-table \"j${n}\" }", scenario: platform())
    rehearsal.clientSettings = ClientSettings(maximumInFlight: 1000, requestsPerSecond: 10)
    let (world, journal) = (World(scenario: rehearsal.scenario), MemoryJournal())
    #expect(try rehearsal.run(on: world, journal: journal).exitStatus == 0)
    let launched = Dictionary(uniqueKeysWithValues: world.simulator.launches.map { ($0.operation, $0.launched) })
    try #require(launched.count == 200)
    let delays = await journal.recorded.compactMap { entry -> TimeSpan? in
      guard case .launch(let operation, _, _, let moment) = entry.intent else { return nil }
      return launched[operation]?.since(moment)
    }
    try #require(delays.count == 200)
    #expect(delays.allSatisfy { $0 <= .seconds(1) }, "up to \(delays.max() ?? .zero)")
  }
}
