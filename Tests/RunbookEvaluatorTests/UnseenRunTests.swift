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
    #expect(outcome.printed == ["unreachable"])
  }

  @Test(arguments: outages) func theWordsTellSinceWhenItCouldNotBeSeen(_ fault: String) throws {
    let outcome = try rehearse("launch prepare\nawait run timeout 5m or fail", on: Self.outage(fault))
    let words = words(of: outcome)
    #expect(outcome.exitStatus == 3)
    #expect(words.contains("could not be seen since"), "\(words)")
    #expect(!words.contains("goes on"), "\(words)")
  }

  /// Once each, however many looks fail in between.
  @Test func itIsToldWhenLooksBeginAndStopFailing() throws {
    for wait in ["await run timeout 1h or fail", "wait until (check run) == SUCCESS timeout 1h"] {
      let outcome = try rehearse(
        "launch prepare\n\(wait)",
        on: platform(
          prepare: "runs: SUCCESS after 20m", more: "faults: [check_run_status 3..20: 503, get_last_status 3..20: 503]")
      )
      #expect(outcome.exitStatus == 0)
      let told = outcome.events.compactMap { event -> String? in
        switch event.kind {
        case .unseen(_, let since, let reason):
          since < event.at && reason.contains("503") ? "unseen" : "\(since), \(reason)"
        case .seen: "seen"
        default: nil
        }
      }
      #expect(told == ["unseen", "seen"], "\(wait)")
    }
  }

  @Test func aConditionThatNobodySeesIsUnreachable() throws {
    let outcome = try rehearse(
      """
      launch prepare
      try { wait until (check run) == SUCCESS timeout 5m } catch unreachable { print "unreachable" } catch timeout { print "timeout" }
      """, on: Self.outage("503"))
    #expect(outcome.printed == ["unreachable"])
  }

  /// A look that began at the deadline bears the verdict out, though others failed before it.
  @Test func aRunThatIsSeenAtTheDeadlineIsLate() throws {
    let outcome = try rehearse(
      "launch prepare\nawait run every 1m timeout 5m or fail",
      on: platform(prepare: "runs: RUNNING", more: "faults: [check_run_status 2..10: 503]"))
    #expect(outcome.exitStatus == 4)
    #expect(words(of: outcome).contains("last seen RUNNING"))
  }

  /// What the service shows no more, or calls by a name that is not known, is not said to go on; what was never shown was not
  /// even slow.
  @Test func aDeadlineSaysWhatTheLastLookBearsOut() throws {
    let operation = DataOperation.named("p", type: .tableToTable, environment: "DEV", account: "000099")
    for status in [nil] + RunStatus.known.map(Optional.some) + [.other("PAUSED")] {
      for isShown in [true, false] {
        let run = Run(id: "r1", operation: operation, status: status)
        let problem = RuntimeProblem(
          .deadlinePassed(.end(of: run), timeout: .minutes(5), lastSeen: run, isShown: isShown, clockDifference: nil),
          at: SourceRange(SourceID(0), 0, 1))
        let words = ([problem.diagnostic.message] + problem.diagnostic.notes).joined(separator: " ")
        let goesOn = isShown && (status == .running || status == .waiting)
        #expect(words.contains("goes on") == goesOn, "\(words)")
        #expect(words.contains("took longer") == goesOn, "\(words)")
        if let status { #expect(words.contains("seen \(status.name)"), "\(words)") }
      }
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
    #expect(took <= .seconds(35), "\(took)")
  }

  @Test(arguments: [
    "let r = run \"20201230-112737-0a795c70-2557-4a60-ba16-788aa2bea179\" of prepare\nawait r timeout 10m or fail",
    "await next run of prepare since now timeout 10m or fail",
  ])
  func whatWasNeverSeenDoesNotGoOn(_ text: String) throws {
    let outcome = try rehearse(text)
    #expect(outcome.exitStatus == 4)
    let words = words(of: outcome)
    #expect(!words.contains("goes on"), "\(words)")
    #expect(!words.contains("took longer"), "\(words)")
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
    #expect(words.contains("clocks differ"), "\(words)")
  }

  @Test func aServiceThatIsBusyForADaySaysWhenToComeBack() throws {
    let outcome = try rehearse("launch prepare", on: platform(more: "faults: [launch_job 1: 429 retry after 1d]"))
    #expect(outcome.exitStatus == 3)
    let words = words(of: outcome)
    #expect(words.contains("2020-12-31"), "\(words)")
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
    #expect(outcome?.exitStatus != 0)
    #expect((outcome?.simulator.requestCount ?? 0) == 0)
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
          x: { table-to-table: 000099_x_PROD, verbatim: true, history: [RUNNING at 11:20:00] }
        """)
    rehearsal.people = people
    let outcome = try rehearsal.run()
    #expect(people.asked.count == 1)
    #expect(outcome.simulator.requestCounts["set_run_status"] == nil)
  }
}
