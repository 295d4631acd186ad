import CivilTime
import RehearsalSupport
import RunbookDiagnostics
import RunbookEvaluator
import RunbookRecord
import TailerAPI
import TailerSimulator
import Testing

@Suite struct InterruptionTests {
  private func interrupted(_ text: String, after span: TimeSpan) throws -> Rehearsal.Outcome {
    var rehearsal = try Rehearsal(preamble + text, scenario: platform(prepare: "runs: SUCCESS after 10m"))
    rehearsal.interruptAfter = span
    return try rehearsal.run()
  }

  @Test(arguments: [
    "launch prepare\nawait run or fail", "wait 1h", "wait until (last run of export) != none every 1m timeout 1h",
    "let t = now\nawait next run of export since t timeout 1h or fail",
    "parallel for n in 1 .. 3 { wait 1h }",
  ])
  func waitingEndsAtOnceAndCanBeResumed(_ text: String) throws {
    let outcome = try interrupted(text + "\nprint \"over\"", after: .minutes(1))
    #expect(outcome.exitStatus == 130)
    #expect(outcome.result.isResumable)
    #expect(outcome.printed.isEmpty)
  }

  @Test func finallyRunsAndEndsTheExecution() throws {
    let outcome = try interrupted(
      "try { launch prepare\n await run or fail } finally { wait 5m\n enable export }\nprint \"over\"",
      after: .minutes(1))
    #expect(outcome.exitStatus == 130)
    #expect(!outcome.result.isResumable)
    #expect(outcome.simulator.requestCounts["set_configuration_status"] == 1)
    #expect(outcome.printed.isEmpty)
  }

  @Test func noCatchTakesAnInterruption() throws {
    let outcome = try interrupted("try { wait 1h } catch { print \"taken\" }", after: .minutes(1))
    #expect(outcome.exitStatus == 130)
    #expect(outcome.printed.isEmpty)
  }

  @Test func aLoopWithoutAWaitIsInterruptedToo() throws {
    let outcome = try interrupted("for n in 1 .. 10 { wait 1m\n for m in 1 .. 3 { print \"x\" } }", after: .seconds(90))
    #expect(outcome.exitStatus == 130)
    #expect(outcome.printed.count == 3)
  }

  /// A service that does not answer keeps nobody: what only looks is given up at once, what changes something after a moment
  /// in which its answer may still come.
  @Test(arguments: [
    ("launch prepare", "get_last_status", 10), ("launch prepare", "launch_job", 15),
    ("let r = last run of prepare", "get_last_status", 10), ("disable prepare", "set_configuration_status", 15),
    (
      "check (run \"20201230-112800-0a795c70-2557-4a60-ba16-788aa2bea179\" of prepare)\nprint status",
      "check_run_status", 10
    ),
  ])
  func aServiceThatDoesNotAnswerDoesNotHoldItUp(_ text: String, _ action: String, _ seconds: Int64) async throws {
    let faults = "faults: [\(action) 1..99: slow by 2h]"
    var rehearsal = try Rehearsal(preamble + text + "\nprint \"over\"", scenario: platform(more: faults))
    rehearsal.interruptAfter = .seconds(10)
    let world = World(scenario: rehearsal.scenario)
    let journal = MemoryJournal()
    let outcome = try rehearsal.run(on: world, journal: journal)
    #expect(outcome.exitStatus == 130)
    #expect(outcome.result.isResumable)
    #expect(world.time.now.since(Rehearsal.start) == .seconds(Double(seconds)))
    // What was under way is found, or done, by whoever resumes; the service answers again.
    rehearsal.interruptAfter = nil
    let again = World(scenario: try Rehearsal("", scenario: platform()).scenario)
    let resumed = try rehearsal.run(on: action == "launch_job" ? world : again, journal: journal)
    #expect(resumed.exitStatus == 0)
    #expect(resumed.printed == ["over"] || text.contains("check"))
    #expect(resumed.simulator.launches.count == (text.contains("launch") ? 1 : 0))
  }

  @Test func anAnswerThatComesSoonAfterTheInterruptionCounts() async throws {
    var rehearsal = try Rehearsal(
      preamble + "launch prepare", scenario: platform(more: "faults: [launch_job 1: slow by 12s]"))
    rehearsal.interruptAfter = .seconds(10)
    let journal = MemoryJournal()
    let outcome = try rehearsal.run(on: World(scenario: rehearsal.scenario), journal: journal)
    let run = outcome.simulator.launches.first?.id
    #expect(run != nil)
    let recorded = await journal.recorded.compactMap { entry in
      if case .run(let run, adopted: false, _)? = entry.outcome { run.id } else { nil }
    }
    #expect(recorded == [run])
  }
}
