import CivilTime
import RehearsalSupport
import RunbookDiagnostics
import RunbookEvaluator
import RunbookRecord
import TailerAPI
import TailerSimulator
import Testing

@Suite struct VerbTests {
  @Test func launchAwaitAndFields() throws {
    let outcome = try rehearse(
      """
      launch prepare on 2020-12-01
      await run timeout 30m
      require status == SUCCESS
      print "${run.status} ${run.operation.name} ${run.duration} ${run.started != none}"
      """)
    #expect(outcome.printed == ["SUCCESS p 2m true"])
    #expect(outcome.simulator.launches.map(\.executionDate?.description) == ["2020-12-01"])
  }

  @Test func outcomeClauses() throws {
    let failing = platform(prepare: "runs: FAILED after 1m")
    let plain = try rehearse("launch prepare\nawait run or fail", on: failing)
    #expect(plain.exitStatus == 1)
    #expect(plain.failure?.id == "outcome-failed")
    #expect(plain.failure?.notes.first?.contains("ended FAILED") == true)
    #expect(try rehearse("launch prepare\nawait run or fail \"lost\"", on: failing).failure?.message == "lost")
    #expect(try rehearse("launch prepare\nawait run or ignore\nprint \"on\"", on: failing).printed == ["on"])
    #expect(try rehearse("let r = last run of prepare or fail \"never ran\"").failure?.message == "never ran")
  }

  @Test func listsGiveTheWorstStatus() throws {
    let outcome = try rehearse(
      "let runs_ = launch [prepare, export]\nawait runs_ timeout 1h\nprint \"${status}\"",
      on: platform(prepare: "runs: FAILED after 1m"))
    #expect(outcome.printed == ["FAILED"])
  }

  @Test func aDeadlineOfAListIsOne() throws {
    let outcome = try rehearse(
      "let rs = launch [prepare, export]\nawait rs timeout 90s or fail",
      on: platform(prepare: "runs: SUCCESS after 10m"))
    #expect(outcome.exitStatus == 4)
  }

  @Test func looks() throws {
    let scenario = platform(
      prepare: "history: [SUCCESS after 1m at 05:00, FAILED after 1m at 06:00, SUCCESS after 1m at -30h]")
    let outcome = try rehearse(
      """
      let latest = last run of prepare or fail
      print "${latest.status}"
      check latest
      print "${status}"
      print "${(last 5 runs of prepare).count} ${(last 5 runs of prepare with status SUCCESS).count}"
      print "${(last 5 runs of prepare started today).count}"
      let all = runs of table-to-table with status FAILED limit 10
      print "${all.count} ${(all where it.operation == prepare).count}"
      """, on: scenario)
    #expect(outcome.printed == ["FAILED", "FAILED", "3 2", "2", "1 1"])
  }

  @Test func nextRunStartsAfterTheMoment() throws {
    let outcome = try rehearse(
      """
      let start = now
      await next run of prepare since start timeout 2h or fail
      print "${run.started > start}"
      """, on: platform(prepare: "schedule: [SUCCESS after 5m at 12:00], history: [SUCCESS after 1m at 05:00]"))
    #expect(outcome.printed == ["true"])
  }

  @Test func changesReachTheService() throws {
    let people = ScriptedPeople(yes: true)
    var rehearsal = try Rehearsal(
      preamble
        + """
        let bad = last run of prepare or fail
        mark bad as SUCCESS
        reset chain
        disable [prepare, export]
        enable export
        archive prepare
        """, scenario: platform(prepare: "history: [FAILED after 1m at 05:00]"))
    rehearsal.people = people
    let outcome = try rehearsal.run()
    #expect(outcome.exitStatus == 0)
    #expect(people.asked.map(\.text) == ["Mark p as SUCCESS? It can fire workflows."])
    let prepare = DataOperation.named("p", type: .tableToTable, environment: "DEV", account: "000099")
    #expect(outcome.simulator.activation(of: prepare) == .archived)
    #expect(outcome.simulator.requestCounts["set_configuration_status"] == 4)
    #expect(outcome.simulator.requestCounts["reset_workflow_status"] == 1)
  }

  @Test func whatOnlyRunningKnowsIsCheckedBeforeItsRequest() throws {
    let cases = [
      ("launch job \"storage-to-storage|000099|s|DEV|${one}\"", "not-launchable-value"),
      ("launch table-to-table \"x\" in \"PRD${one}\"", "unknown-environment-value"),
      ("launch table-to-table \"x\" of \"${one}\"", "invalid-account"),
      ("launch table-to-table \"x\\n${one}\"", "invalid-id"),
      ("launch job \"x${one}\"", "unknown-job-id"),
    ]
    for (text, id) in cases {
      let outcome = try rehearse("var one = number(\"1\")\n" + text)
      #expect(outcome.failure?.id == id, "\(text)")
      #expect(outcome.simulator.requestCount == 0, "\(text)")
    }
  }

  @Test func aRejectedRequestFailsWithTheServicesWords() throws {
    let outcome = try rehearse("launch prepare", on: platform(more: "faults: [launch_job 1: 400]"))
    #expect(outcome.exitStatus == 8)
    #expect(outcome.failure?.id == "service-rejected")
    #expect(outcome.simulator.launches.isEmpty)
  }
}
