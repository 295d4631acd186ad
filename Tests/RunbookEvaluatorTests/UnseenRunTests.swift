import CivilTime
import FaultSupport
import RehearsalSupport
import RunbookDiagnostics
import RunbookEvaluator
import TailerAPI
import TailerSimulator
import Testing

/// Nothing is said of a run that no current look bears out.
@Suite(.timeLimit(.minutes(1))) struct UnseenRunTests {
  /// What a service that is out of order answers every look with, once the run was seen RUNNING.
  static let outages = ["503", "html", "empty", "unreachable", "429 retry after 1d"]

  private static func outage(_ fault: String) -> String {
    platform(
      prepare: "runs: SUCCESS after 2m",
      more: "faults: [check_run_status 2..999: \(fault), get_last_status 3..999: \(fault)]")
  }

  private func words(of outcome: Rehearsal.Outcome) -> String {
    ([outcome.failure?.message ?? ""] + (outcome.failure?.notes ?? [])).joined(separator: " ")
  }

  @Test(arguments: outages) func aRunThatNobodySeesIsUnreachableAtTheDeadline(_ fault: String) throws {
    let outcome = try rehearse(
      """
      launch prepare
      try {
        await run timeout 5m or fail
      } catch unreachable { print "unreachable" } catch timeout { print "timeout" }
      """, on: Self.outage(fault))
    knownFault("field 1: a deadline is said to have passed of a run that nobody has seen for minutes") {
      #expect(outcome.printed == ["unreachable"])
    }
  }

  @Test(arguments: outages) func theWordsTellSinceWhenItCouldNotBeSeen(_ fault: String) throws {
    let outcome = try rehearse("launch prepare\nawait run timeout 5m or fail", on: Self.outage(fault))
    let words = words(of: outcome)
    knownFault("field 1: a run that was not seen for minutes is said to go on") {
      #expect(outcome.exitStatus == 3)
      #expect(words.contains("could not be seen since"), "\(words)")
      #expect(!words.contains("goes on"), "\(words)")
    }
  }

  /// The last look's tries are bounded by the deadline and its grace.
  @Test func theLastLookDoesNotOverrunTheDeadline() throws {
    let rehearsal = try Rehearsal(
      preamble + "launch prepare\nawait run timeout 20s or fail",
      scenario: platform(more: "faults: [check_run_status 1..999: slow by 2h, get_last_status 2..999: slow by 2h]"))
    let world = World(scenario: rehearsal.scenario)
    _ = try rehearsal.run(on: world, journal: MemoryJournal())
    let took = world.time.now.since(Rehearsal.start)
    knownFault("field 1: the last look overruns the deadline with its tries") {
      #expect(took <= .seconds(35), "\(took)")
    }
  }

  @Test(arguments: [
    "let r = run \"20201230-112737-0a795c70-2557-4a60-ba16-788aa2bea179\" of prepare\nawait r timeout 10m or fail",
    "await next run of prepare since now timeout 10m or fail",
  ])
  func whatWasNeverSeenDoesNotGoOn(_ text: String) throws {
    let outcome = try rehearse(text)
    #expect(outcome.exitStatus == 4)
    let words = words(of: outcome)
    knownFault("field 1: a run that was never seen is said to have taken too long and to go on") {
      #expect(!words.contains("goes on"), "\(words)")
      #expect(!words.contains("took longer"), "\(words)")
    }
  }

  /// A run that begins by the service's clock before the moment that a clock ahead of it has named.
  @Test func aNextRunThatDoesNotComeHintsAtClocks() throws {
    var rehearsal = try Rehearsal(
      preamble + "await next run of prepare since now timeout 10m or fail",
      scenario: platform(prepare: "schedule: [SUCCESS after 1m at +10s]"))
    rehearsal.machine = { Machine(in: $0, offset: .minutes(30)) }
    let outcome = try rehearsal.run()
    #expect(outcome.exitStatus == 4)
    let words = words(of: outcome)
    knownFault("field, clocks: an awaited next run that does not come gives no hint at clocks") {
      #expect(words.contains("clocks differ"), "\(words)")
    }
  }

  @Test func aServiceThatIsBusyForADaySaysWhenToComeBack() throws {
    let outcome = try rehearse("launch prepare", on: platform(more: "faults: [launch_job 1: 429 retry after 1d]"))
    #expect(outcome.exitStatus == 3)
    let words = words(of: outcome)
    knownFault("field, 429: a day's Retry-After does not say when to come back") {
      #expect(words.contains("2020-12-31"), "\(words)")
    }
  }

  /// An id that carries another environment than the one stated: nothing is sent, whichever way the id is written.
  @Test(arguments: [
    "disable (job \"gbq-to-gbq|000099_iowa_PROD\")", "disable (table-to-table verbatim \"000099_iowa_PROD\")",
    "launch table-to-table \"000099_iowa_PROD\"",
  ])
  func anIDOfAnotherEnvironmentIsAnError(_ statement: String) throws {
    let rehearsal = try Rehearsal(preamble + statement)
    let outcome: Rehearsal.Outcome?
    do { outcome = try rehearsal.run() } catch is Rehearsal.Invalid { outcome = nil }
    knownFault("attack 5: an id that carries PROD is worked on as one of DEV, and nobody is asked") {
      #expect(outcome?.exitStatus != 0)
      #expect((outcome?.simulator.requestCount ?? 0) == 0)
    }
  }

  /// What is listed is told apart while running only: the stricter environment's guard asks.
  @Test func markingAListedRunOfAnotherEnvironmentAsks() throws {
    let people = ScriptedPeople(yes: false)
    var rehearsal = try Rehearsal(
      preamble + "let found = runs of table-to-table with status RUNNING\nmark found as FAILED",
      scenario: """
        now: 2020-12-30T11:28:00Z
        account: "000099"
        environment: DEV
        operations:
          x: { table-to-table: 000099_x_PROD, history: [RUNNING at 11:20:00] }
        """)
    rehearsal.people = people
    let outcome = try rehearsal.run()
    knownFault("attack 5: a listed run whose id ends in _PROD is marked without a question") {
      #expect(people.asked.count == 1)
      #expect(outcome.simulator.requestCounts["set_run_status"] == nil)
    }
  }
}
