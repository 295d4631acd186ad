import CivilTime
import RehearsalSupport
import RunbookDiagnostics
import RunbookEvaluator
import RunbookRecord
import TailerAPI
import TailerSimulator
import Testing

@Suite struct ControlTests {
  @Test func loopsBreakAndContinue() throws {
    let outcome = try rehearse(
      """
      for n in [1, 2, 3, 4] {
        if n == 2 { continue }
        if n == 4 { break }
        print "${n}"
      }
      for day in 2020-12-30 .. 2021-01-01 { print "${day}" }
      for n in [] { print "never" }
      """)
    #expect(outcome.printed == ["1", "3", "2020-12-30", "2020-12-31", "2021-01-01"])
  }

  @Test func branchesAndVariables() throws {
    let outcome = try rehearse(
      """
      var word = "none"
      if false { word = "first" } else if true { word = "second" } else { word = "third" }
      print word
      """)
    #expect(outcome.printed == ["second"])
  }

  @Test func proceduresHaveTheirOwnRunAndStatus() throws {
    let outcome = try rehearse(
      """
      procedure twice(job, attempts = 2) {
        for n in 1 .. attempts { launch job
          await run or fail }
        return attempts
      }
      launch export
      await run or fail
      let count = twice(prepare, attempts = 3)
      print "${count} ${run.operation.name} ${status}"
      """)
    #expect(outcome.printed == ["3 e SUCCESS"])
    #expect(outcome.simulator.launches.count == 4)
  }

  @Test func retryRepeatsFailuresAndBacksOff() throws {
    let outcome = try rehearse(
      "retry 3 times every 30s backoff 2 { launch prepare\n await run or fail }\nprint run.id",
      on: platform(prepare: "runs: [FAILED after 1m, FAILED after 1m, SUCCESS after 1m]"))
    #expect(outcome.exitStatus == 0)
    #expect(outcome.simulator.launches.count == 3)
    let pauses = outcome.events.compactMap { if case .retrying(_, _, let pause, _) = $0.kind { pause } else { nil } }
    #expect(pauses == [.seconds(30), .seconds(60)])
  }

  @Test func retryGivesUpAfterItsAttempts() throws {
    let outcome = try rehearse(
      "retry 2 times { launch prepare\n await run or fail }", on: platform(prepare: "runs: FAILED after 1m"))
    #expect(outcome.exitStatus == 1)
    #expect(outcome.simulator.launches.count == 2)
  }

  @Test func retryDoesNotRepeatADeadline() throws {
    let outcome = try rehearse("retry 3 times { launch prepare\n await run timeout 30s or fail }")
    #expect(outcome.exitStatus == 4)
    #expect(outcome.simulator.launches.count == 1)
  }

  @Test func catchTakesItsKindOnly() throws {
    let text = """
      try {
        launch prepare
        await run timeout 30s or fail
      } catch failed { print "failed" } catch timeout { print "${error.kind}: ${error.run != none}" } finally { print "finally" }
      """
    #expect(try rehearse(text).printed == ["timeout: true", "finally"])
    #expect(
      try rehearse(text, on: platform(prepare: "runs: FAILED after 10s")).printed == ["failed", "finally"])
  }

  @Test func catchAndFinallyKnowWhatWasSetBefore() throws {
    let outcome = try rehearse(
      """
      launch export
      await run or fail
      try {
        launch prepare
        await run or fail
      } catch failed { print "catch ${run.operation.name}" } finally { print "finally ${run.operation.name}" }
      """, on: platform(prepare: "runs: FAILED after 1m"))
    #expect(outcome.printed == ["catch e", "finally e"])
  }

  @Test func finallyRunsWhateverHappens() throws {
    let failing = try rehearse("try { fail \"x\" } finally { print \"finally\" }")
    #expect(failing.printed == ["finally"])
    #expect(failing.exitStatus == 1)
    #expect(!failing.result.isResumable)
    let stopping = try rehearse("try { stop \"enough\" } catch { print \"no\" } finally { print \"finally\" }")
    #expect(stopping.printed == ["finally"])
    #expect(stopping.exitStatus == 0)
  }

  @Test func aFailureInFinallyStandsBesideTheFirst() throws {
    let outcome = try rehearse(
      "var n = number(\"0\")\ntry { fail \"first\" } finally { n = n * 2\n print text(1 / n) }")
    #expect(outcome.failure?.message == "first")
    #expect(outcome.told == ["division-by-zero"])
  }

  @Test func waitUntilLooksAgain() throws {
    let outcome = try rehearse(
      "launch prepare\nlet r = run\nwait until (last run of prepare with status SUCCESS) != none every 1m timeout 1h\nprint \"over\"",
      on: platform(prepare: "runs: SUCCESS after 5m"))
    #expect(outcome.printed == ["over"])
    let late = try rehearse(
      "wait until (last run of prepare with status SUCCESS) != none every 1m timeout 10m", on: platform())
    #expect(late.exitStatus == 4)
    #expect(late.failure?.id == "deadline-passed")
  }

  @Test func failRequireAndStop() throws {
    #expect(try rehearse("fail \"over\"").failure?.message == "over")
    #expect(try rehearse("require 1 == 2 else \"no\"").failure?.message == "no")
    #expect(try rehearse("require 1 == 2").failure?.id == "requirement-failed")
    #expect(try rehearse("stop \"enough\"").exitStatus == 0)
  }

  @Test func aFailureInsideAProcedureSaysTheWayThere() throws {
    let outcome = try rehearse("procedure f(n) { print text(1 / n) }\nf(number(\"0\"))")
    #expect(outcome.failure?.trace.map(\.text) == ["called from here"])
  }
}
