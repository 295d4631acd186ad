import CivilTime
import RehearsalSupport
import RunbookDiagnostics
import RunbookEvaluator
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
}
