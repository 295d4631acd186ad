import CivilTime
import RehearsalSupport
import RunbookDiagnostics
import RunbookEvaluator
import RunbookRecord
import SeedSupport
import TailerAPI
import TailerSimulator
import Testing

@Suite struct ParallelTests {
  @Test func branchesRunTogetherUnderTheCap() throws {
    let outcome = try rehearse(
      """
      let jobs = [table-to-table "a", table-to-table "b", table-to-table "c", table-to-table "d"]
      parallel for job in jobs max 2 { launch job
        await run or fail }
      """, on: "takes: 10m\nnow: 2020-12-30T11:28:00Z")
    #expect(outcome.exitStatus == 0)
    var going = 0
    var most = 0
    for event in outcome.events {
      if case .awaiting = event.kind { going += 1 }
      if case .ended = event.kind { going -= 1 }
      most = max(most, going)
    }
    #expect(most == 2)
  }

  static let three = """
    parallel for job in [prepare, export, table-to-table "z"] max 1 { launch job
      await run or fail }
    """

  @Test func theFirstFailureKeepsOthersFromStarting() throws {
    let outcome = try rehearse(Self.three, on: platform(prepare: "runs: FAILED after 1m"))
    #expect(outcome.exitStatus == 1)
    #expect(outcome.simulator.launches.count == 1)
  }

  @Test func whatIsInFlightFinishes() throws {
    let outcome = try rehearse(
      """
      parallel max 2 {
        step "fails" { launch prepare
          await run or fail }
        step "goes on" { launch export
          await run or ignore
          print "export ended"
          launch table-to-table "z" }
      }
      """, on: platform(prepare: "runs: FAILED after 1m", export: "runs: SUCCESS after 5m"))
    #expect(outcome.exitStatus == 1)
    #expect(outcome.simulator.launches.map(\.operation.name).contains("z") == false)
    let ended = outcome.events.filter { if case .ended = $0.kind { true } else { false } }
    #expect(ended.count == 2)
  }

  @Test func keepGoingRunsThemAll() throws {
    let outcome = try rehearse(
      Self.three.replacing("max 1", with: "max 1 keep going"),
      on: platform(prepare: "runs: FAILED after 1m", export: "runs: FAILED after 1m"))
    #expect(outcome.exitStatus == 1)
    #expect(outcome.failure?.id == "several-failed")
    #expect(outcome.simulator.launches.count == 3)
  }

  @Test func anErrorInAListDoesNotKeepTheRestFromBeingSent() throws {
    let outcome = try rehearse(
      "disable [prepare, export, chain]", on: platform(more: "faults: [set_configuration_status 1: 400]"))
    #expect(outcome.exitStatus == 8)
    #expect(outcome.simulator.requestCounts["set_configuration_status"] == 3)
  }

  @Test(arguments: [nil] + Seeds.each(5).map(Optional.some))
  func anyOrderComesToTheSame(_ seed: UInt64?) throws {
    var rehearsal = try Rehearsal(
      preamble
        + """
        parallel for n in 1 .. 6 max 3 {
          let job = table-to-table "j${n}"
          launch job
          await run or fail
        }
        print "over"
        """, scenario: platform())
    rehearsal.interleaving = seed
    let outcome = try rehearsal.run()
    #expect(outcome.printed == ["over"])
    #expect(Set(outcome.simulator.launches.map(\.operation.name)).count == 6)
    #expect(outcome.simulator.launches.count == 6)
  }

  /// One branch's launch is lost, and others fail, before or after it: nothing repeats what may have launched.
  @Test(arguments: ["", "keep going"], ["request lost", "reply lost"])
  func anUnconfirmedBranchStandsBeforeOthersAndIsNotRepeated(_ clause: String, _ fault: String) throws {
    for body in ["retry 3 times { BODY }", "try { BODY } catch { print \"taken\" }", "BODY"] {
      let text = body.replacing(
        "BODY",
        with: """
          parallel max 3 \(clause) {
            step "lost" { launch prepare }
            step "fails" { wait 10s
              fail "no" }
            step "fails later" { wait 20s
              require 1 == 2 }
          }
          """)
      // Another one's run makes the launch ambiguous where its effect took place.
      let outcome = try rehearse(
        text,
        on: platform(
          prepare: "schedule: [SUCCESS after 2m at +10s], runs: SUCCESS after 2m",
          more: "faults: [launch_job 1: \(fault), get_last_status 2..: 503]".replacing("2..", with: "2..9999")))
      #expect(outcome.exitStatus == 5, "\(text)")
      #expect(outcome.result.isResumable)
      #expect(outcome.printed.isEmpty)
      #expect(outcome.simulator.requestCounts["launch_job"] == 1)
    }
  }
}
