import CivilTime
import RehearsalSupport
import RunbookDiagnostics
import RunbookEvaluator
import RunbookRecord
import TailerAPI
import TailerSimulator
import Testing

/// Sentences of the language that only running can show.
@Suite struct LanguageTests {
  /// From the worst to the best. What still goes counts as unknown.
  static let order = ["FAILED", "DEACTIVATED", "NO_MATCH", "RUNNING", "CHECKED", "SUCCESS"]

  @Test(arguments: zip(order, order.dropFirst()))
  func aListHasTheWorstOfItsStatuses(_ worse: String, _ better: String) throws {
    let text = """
      let one = last run of table-to-table "a" or fail
      let two = last run of table-to-table "b" or fail
      check [one, two]
      print "${status}"
      check [two, one]
      print "${status}"
      """
    let rehearsal = try Self.rehearsal(text, lastRuns: ["a": worse, "b": better])
    #expect(try rehearsal.run().printed == [worse, worse])
  }

  /// A platform where the operations' only runs ended so, as `lastRuns` says.
  private static func rehearsal(_ text: String, lastRuns: [String: String]) throws -> Rehearsal {
    var rehearsal = try Rehearsal(preamble + text)
    rehearsal.scenario.operations = lastRuns.sorted { $0.key < $1.key }.map { name, status in
      let plan = Scenario.Plan(RunStatus(status), after: .minutes(1))
      let start = Scenario.Start(at: Rehearsal.start.advanced(by: .hours(-6)), plan)
      let operation = DataOperation.named(name, type: .tableToTable, environment: "DEV", account: "000099")
      return Scenario.Operation(operation, history: [start])
    }
    return rehearsal
  }

  @Test func aStatusThatNobodyKnowsIsKeptAndComparedAsText() throws {
    var rehearsal = try Rehearsal(
      """
      param how: status
      if how == "PAUSED" and how != SUCCESS { print "${how}" }
      """)
    rehearsal.parameters = ["how": .status(RunStatus("PAUSED"))]
    #expect(try rehearsal.run().printed == ["PAUSED"])
    let ranks = ["NO_MATCH", "PAUSED", "CHECKED"].map { RunStatus($0).severityRank }
    #expect(ranks == Set(ranks).sorted())
  }

  @Test func todayStaysAndNowGoesOn() throws {
    let outcome = try rehearse(
      "let day = today\nlet moment = now\nwait 2d\nprint \"${today == day} ${yesterday == day - 1d} ${now - moment}\"")
    #expect(outcome.printed == ["true true 2d"])
  }

  /// What was last seen of a run is the same by all its names, and reading it sends nothing.
  @Test func aRunIsAReference() throws {
    let outcome = try rehearse(
      """
      launch prepare
      let same = run
      wait 10m
      print "${run.status} ${same.status}"
      check run
      print "${same.status} ${status} ${same.duration}"
      """)
    #expect(outcome.printed == ["UNKNOWN UNKNOWN", "SUCCESS SUCCESS 2m"])
    #expect(outcome.simulator.requestCounts["check_run_status"] == 1)
  }

  @Test(arguments: ["require run.duration < 20m", "print \"${run.started + 10m}\"", "wait run.duration"])
  func whatHasNotBeenSeenYetIsSaidToBeNone(_ statement: String) throws {
    let outcome = try rehearse("launch prepare\n\(statement)")
    #expect(outcome.failure?.id == "wrong-type")
    #expect(outcome.failure?.message.hasSuffix("is needed here, and this is `none`") == true)
  }

  @Test func theDurationOfARunThatGoesOnIsTheTimeSoFar() throws {
    let outcome = try rehearse(
      """
      let going = last run of prepare or fail
      let before = going.duration
      wait 10m
      print "${going.duration - before} ${going.status}"
      """, on: platform(prepare: "history: [RUNNING at 11:00]"))
    #expect(outcome.printed == ["10m RUNNING"])
  }

  @Test func aDeadlineLeavesTheRunAsItWasLastSeen() throws {
    let outcome = try rehearse(
      "launch prepare\ntry { await run timeout 1m or fail } catch timeout { print \"${run.status}\" }")
    #expect(outcome.printed == ["RUNNING"])
  }

  /// What befalls each reset, how often it is sent in all where `retry` has two attempts, and how it ends.
  @Test(
    arguments: [
      ("400", 1, 8), ("401", 2, 8), ("unreachable", nil, 3), ("503", nil, 3),
    ] as [(String, Int?, Int32)])
  func retryRepeatsOnlyWhatMayGoBetterNextTime(_ fault: String, _ requests: Int?, _ status: Int32) throws {
    let once = try rehearse(
      "reset chain", on: platform(more: "faults: [reset_workflow_status: \(fault)]"))
    let twice = try rehearse(
      "retry 2 times every 1m { reset chain }", on: platform(more: "faults: [reset_workflow_status: \(fault)]"))
    #expect(once.exitStatus == status)
    #expect(twice.exitStatus == status)
    let retries = twice.events.count { if case .retrying = $0.kind { true } else { false } }
    #expect(retries == (requests == nil ? 1 : 0))
  }

  @Test func retryDoesNotRepeatWhatIsUnconfirmed() throws {
    let outcome = try rehearse(
      "retry 3 times { launch prepare }", on: platform(more: "faults: [launch_job: request lost]"))
    #expect(outcome.exitStatus == 5)
    #expect(outcome.simulator.requestCounts["launch_job"] == 1)
  }

  /// More branches than any cap, with none written: some wait until others are done, and all come to their turn.
  @Test func aParallelHasACapWhereNoneIsWritten() throws {
    let outcome = try rehearse("parallel for n in 1 .. 200 {\n print \"began\"\n wait 10m\n print \"over\"\n}")
    #expect(outcome.exitStatus == 0)
    var (going, most) = (0, 0)
    for text in outcome.printed {
      going += text == "began" ? 1 : -1
      most = max(most, going)
    }
    #expect(outcome.printed.count == 400)
    #expect(most > 1 && most < 200, "\(most) at once")
  }

  @Test func aListIsStartedInItsOrder() throws {
    let ids = (1...30).map { "j\($0)" }
    let list = ids.map { "table-to-table \"\($0)\"" }.joined(separator: ", ")
    let outcome = try rehearse(
      "let all = launch [\(list)]\nawait all or fail\nprint \"${all.count} ${all[29].operation}\"")
    #expect(outcome.printed == ["30 j30"])
    let begun = outcome.events.compactMap { event -> String? in
      if case .launching(let operation, _) = event.kind { operation.name } else { nil }
    }
    #expect(begun == ids)
  }
}
