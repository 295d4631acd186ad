import CivilTime
import FaultSupport
import RehearsalSupport
import RunbookDiagnostics
import RunbookEvaluator
import RunbookRecord
import TailerAPI
import TailerSimulator
import Testing

/// Where one construct hands over to another, nothing is lost: no failure, no turn to launch, and no stop.
@Suite(.timeLimit(.minutes(1))) struct SeamTests {
  private static let head = """
    account "000099"
    environment DEV
    let a = table-to-table "a"
    let b = table-to-table "b"

    """

  private static func platform(_ a: String = "SUCCESS after 1m", faults: String = "") -> String {
    """
    now: 2020-12-30T11:28:00Z
    account: "000099"
    environment: DEV
    operations:
      a: { table-to-table: a, runs: \(a) }
      b: { table-to-table: b, runs: SUCCESS after 1m }
    faults: [\(faults)]
    """
  }

  private func rehearse(
    _ text: String, on scenario: String, answering people: any People = Nobody()
  ) throws -> Rehearsal.Outcome {
    var rehearsal = try Rehearsal(Self.head + text, scenario: scenario)
    rehearsal.people = people
    return try rehearsal.run()
  }

  private func launches(_ outcome: Rehearsal.Outcome, of name: String) -> Int {
    outcome.simulator.launches.count { $0.operation.name == name }
  }

  /// What failed in a `finally` gives its turn back with the failure that it stands beside.
  @Test func aFailureInAFinallyKeepsNobodyFromLaunching() throws {
    let outcome = try rehearse(
      """
      try {
        try { launch a; await run or fail } finally { launch b }
      } catch {
        launch b
        await run or fail
        print "caught"
      }
      """, on: Self.platform("FAILED after 1m", faults: "launch_job 2: 400"))
    #expect(outcome.printed == ["caught"])
    #expect(launches(outcome, of: "b") == 1)
  }

  /// What is not known of a launch in a `finally` is taken by no `retry` and no bare `catch`, whatever failed before it.
  @Test(arguments: ["retry 2 times { BODY }", "try { BODY } catch { launch b; print \"taken\" }"])
  func anUnconfirmedLaunchInAFinallyStandsBeforeWhatItFollows(_ around: String) throws {
    let body = "try { launch a; await run or fail } finally { launch b }"
    let outcome = try rehearse(
      around.replacing("BODY", with: body), on: Self.platform("FAILED after 1m", faults: "launch_job 2: request lost"))
    #expect(outcome.exitStatus == 5)
    #expect(outcome.printed == [])
    #expect(outcome.simulator.requestCounts["launch_job"] == 2)
  }

  /// A failure in a `finally` that a `catch` has begun over stands with the one before it, and is not done anew behind what
  /// came later.
  @Test func aFailureInAFinallyThatWasTakenStands() async throws {
    let text = """
      try { try { fail "x" } finally { enable a } } catch { print "on" }
      disable a
      launch b
      await run timeout 10s or fail
      """
    let rehearsal = try Rehearsal(
      Self.head + text, scenario: Self.platform(faults: "set_configuration_status 1: 400"))
    let (world, journal) = (World(scenario: rehearsal.scenario), MemoryJournal())
    #expect(try rehearsal.run(on: world, journal: journal).exitStatus == 4)
    try world.time.run { try await world.time.sleep(for: .minutes(5)) }
    await journal.reopen()
    #expect(try rehearsal.run(on: world, journal: journal).exitStatus == 0)
    #expect(world.simulator.requestCounts["set_configuration_status"] == 2)
  }

  /// A no inside of a `finally` ends the execution as well: nothing else begins.
  @Test func aNoInAFinallyStopsTheSiblings() throws {
    let people = ScriptedPeople(yes: false)
    let outcome = try rehearse(
      """
      parallel for d in 2020-01-02 .. 2020-01-03 max 1 {
        try { launch a on d; await run or fail } finally { confirm "Enable?" }
      }
      """, on: Self.platform(), answering: people)
    #expect(outcome.exitStatus == 6)
    #expect(launches(outcome, of: "a") == 1)
    #expect(people.asked.count == 1)
  }

  /// A launch that is open and whose branch cannot begin yet is settled by the one that has to go behind it.
  @Test func anOpenLaunchOfABranchThatWaitsIsSettledByTheOneBefore() async throws {
    let text = """
      parallel for d in 2020-01-02 .. 2020-01-03 max 1 keep going { launch a on d; await run or fail }
      print "over"
      """
    var rehearsal = try Rehearsal(
      Self.head + text, scenario: Self.platform(faults: "launch_job 1: 400, launch_job 2: slow by 5m"))
    let (world, journal) = (World(scenario: rehearsal.scenario), MemoryJournal())
    rehearsal.interruptAfter = .seconds(30)
    #expect(try rehearsal.run(on: world, journal: journal).exitStatus == 130)
    rehearsal.interruptAfter = nil
    await journal.reopen()
    let resumed = try rehearsal.run(on: world, journal: journal)
    #expect(resumed.printed == ["over"])
    #expect(launches(resumed, of: "a") == 2)
    #expect(world.simulator.requestCounts["launch_job"] == 3)
  }

  /// Each look at a condition sees what was there before the wait and what it reads itself, so that the record of the last one
  /// answers for it.
  @Test func aLookAtAConditionSeesNothingOfThoseBeforeIt() async throws {
    let text = """
      launch a
      let ra = run
      launch b
      let rb = run
      wait until (ra.status == SUCCESS or (check ra) == SUCCESS) and (check rb) == SUCCESS every 10s timeout 1h
      print "held"
      """
    let rehearsal = try Rehearsal(Self.head + text, scenario: Self.platform("SUCCESS after 30s"))
    let (world, journal) = (World(scenario: rehearsal.scenario), MemoryJournal())
    #expect(try rehearsal.run(on: world, journal: journal).printed == ["held"])
    let again = try rehearsal.run(on: world, journal: journal)
    #expect(again.exitStatus == 0, "\(again.failure?.message ?? "")")
  }

  /// A round of a `retry` that may not begin gives back what the one before it had kept.
  @Test func aRetryThatIsStoppedKeepsNobodyFromLaunching() throws {
    let outcome = try rehearse(
      """
      try {
        parallel {
          step "a" { retry 3 times { launch b } }
          step "b" { wait 1s; fail "x" }
        }
      } catch {
        launch b
        await run or fail
        print "on"
      }
      """, on: Self.platform(faults: "launch_job 1..9: unreachable"))
    #expect(outcome.exitStatus == 0 || outcome.exitStatus == 3, "\(outcome.failure?.message ?? "")")
    #expect(launches(outcome, of: "b") <= 1)
  }

  /// A launch in a list that is not known keeps its operation's turn until the list's failure has stopped the others.
  @Test func anUnconfirmedLaunchInAListStopsTheOthersFirst() throws {
    let outcome = try rehearse(
      """
      parallel {
        step "a" { launch [a, b] }
        step "b" { wait 1s; launch a on 2020-01-02 }
      }
      """, on: Self.platform(faults: "launch_job 1: request lost"))
    #expect(outcome.exitStatus == 5)
    #expect(launches(outcome, of: "a") == 0)
  }

  /// A launch that was put off, and then kept from beginning by a sibling's failure, is left as it is by a resumed execution,
  /// which goes on behind it.
  @Test func aLaunchThatWasPutOffAndGivenUpIsGoneBy() async throws {
    let text = """
      try {
        parallel {
          step "a" { wait 2s; fail "x" }
          step "b" { try { launch b; await run or fail } finally { print "undone" } }
        }
      } catch { print "caught" }
      launch a
      await run or fail
      """
    var rehearsal = try Rehearsal(
      Self.head + text, scenario: Self.platform(faults: "launch_job 1: 429 retry after 10s"))
    let (world, journal) = (World(scenario: rehearsal.scenario), MemoryJournal())
    rehearsal.dieAfter = .seconds(40)
    #expect(try rehearsal.run(on: world, journal: journal).printed == ["undone", "caught"])
    rehearsal.dieAfter = nil
    let comparison = try await rehearsal.compare(on: world, journal: journal, recorded: rehearsal.text)
    #expect(comparison.isClean, "\(comparison.conflicts.map(\.message))")
    let resumed = try rehearsal.run(on: world, journal: journal)
    #expect(resumed.exitStatus == 0)
    #expect(launches(resumed, of: "b") == 0)
    #expect(launches(resumed, of: "a") == 1)
  }

  /// Of an operation that a statement launches twice, the second one goes on behind a first that failed.
  @Test func aListMayNameAnOperationTwice() throws {
    let outcome = try rehearse("launch [a, a]", on: Self.platform(faults: "launch_job 1: 400"))
    #expect(outcome.exitStatus == 8)
    #expect(launches(outcome, of: "a") == 1)
  }
}
