import CivilTime
import FaultSupport
import RehearsalSupport
import RunbookDiagnostics
import RunbookEvaluator
import RunbookRecord
import TailerAPI
import TailerSimulator
import Testing

/// Branches come out the same whenever the process is killed and resumed: each sees what it saw, and the failure that came
/// first stays the first.
@Suite(.timeLimit(.minutes(1))) struct BranchRecordTests {
  private static let head = """
    account "000099"
    environment DEV
    let a = table-to-table "a"
    let b = table-to-table "b"
    let c = table-to-table "c"
    let d = table-to-table "d"

    """

  private static func platform(_ a: String = "SUCCESS after 1m", b: String = "SUCCESS after 1m", more: String = "")
    -> String
  {
    """
    now: 2020-12-30T11:28:00Z
    account: "000099"
    environment: DEV
    operations:
      a: { table-to-table: a, runs: \(a) }
      b: { table-to-table: b, runs: \(b) }
      c: { table-to-table: c, runs: SUCCESS after 1m }
      d: { table-to-table: d, runs: SUCCESS after 1m }
    \(more)
    """
  }

  /// How often each operation was launched.
  private func launches(_ simulator: Simulator) -> [String: Int] {
    simulator.launches.reduce(into: [:]) { $0[$1.operation.name, default: 0] += 1 }
  }

  /// Runs a text that is killed so long after each beginning, and then to its end.
  ///
  /// - Parameter interleaving: Which of the orders that branches may take they take.
  private func survive(
    _ text: String, on scenario: String, interleaving: UInt64? = nil, deaths: TimeSpan...
  ) throws -> Rehearsal.Outcome {
    var rehearsal = try Rehearsal(Self.head + text, scenario: scenario)
    let world = World(scenario: rehearsal.scenario, interleaving: interleaving)
    let journal = MemoryJournal()
    for death in deaths {
      rehearsal.dieAfter = death
      _ = try rehearsal.run(on: world, journal: journal)
    }
    rehearsal.dieAfter = nil
    return try rehearsal.run(on: world, journal: journal)
  }

  @Test func theFailureThatCameFirstStaysTheFirst() throws {
    let outcome = try survive(
      """
      try {
        parallel {
          step "a" { launch a; await run every 1s or fail }
          step "b" { launch b; await run every 1s timeout 3s or fail }
        }
      } catch timeout {
        launch c
        await run or fail
      } catch {
        launch d
        await run or fail
      }
      """, on: Self.platform("FAILED after 5s", b: "SUCCESS after 1h"), deaths: .seconds(4), .seconds(10))
    let found = launches(outcome.simulator)
    try #require(found["a"] == 1 && found["b"] == 1 && found["c"] == 1)
    #expect(found["d"] == nil)
  }

  @Test func aBranchSeesARunAsItWasWhenTheBranchBegan() throws {
    let outcome = try survive(
      """
      let r = launch a
      parallel {
        step "waits" { await r every 1s or fail }
        step "looks" {
          wait 2s
          if r.status == SUCCESS { launch d } else { launch c }
          await run or fail
        }
      }
      print "over"
      """, on: Self.platform("SUCCESS after 5s"), deaths: .seconds(20))
    let found = launches(outcome.simulator)
    try #require(found["a"] == 1 && found["c"] == 1)
    #expect(outcome.exitStatus == 0, "\(outcome.failure?.message ?? "")")
    #expect(found["d"] == nil)
  }

  @Test func aBranchSeesAnActivationAsItWasWhenTheBranchBegan() throws {
    let outcome = try survive(
      """
      parallel {
        step "disables" { wait 10s; disable c }
        step "launches" { for n in 1 .. 5 { wait 1s }; launch c; await run or fail }
      }
      print "over"
      """, on: Self.platform(), deaths: .seconds(20))
    try #require(launches(outcome.simulator) == ["c": 1])
    #expect(outcome.exitStatus == 0, "\(outcome.failure?.message ?? "")")
  }

  /// The operation's turn is waited for before the request; what has failed meanwhile is seen then.
  @Test func whoWaitedForATurnLaunchesNothingBehindAnUnconfirmedLaunch() throws {
    let text = """
      parallel for day in 2020-01-01 .. 2020-01-04 max 4 {
        launch a on day
        await run or fail
      }
      """
    let outcome = try Rehearsal(Self.head + text, scenario: Self.platform(more: "faults: [launch_job 1: request lost]"))
      .run()
    #expect(outcome.exitStatus == 5)
    #expect(outcome.simulator.requestCounts["launch_job"] == 1)
  }

  @Test func aNoKeepsOtherBranchesFromBeginning() throws {
    let people = ScriptedPeople(yes: false, true)
    var rehearsal = try Rehearsal(
      Self.head + """
        parallel for day in 2020-01-01 .. 2020-01-02 max 1 {
          confirm "Launch for ${day}?"
          launch a on day
          await run or fail
        }
        """, scenario: Self.platform())
    rehearsal.people = people
    let outcome = try rehearsal.run()
    #expect(outcome.exitStatus == 6)
    #expect(people.asked.map(\.text) == ["Launch for 2020-01-01?"])
    #expect(launches(outcome.simulator) == [:])
  }

  @Test func theSecondFailureIsToldToo() throws {
    let outcome = try Rehearsal(
      Self.head + """
        parallel {
          step "a" { launch a; await run every 1s or fail "a is lost" }
          step "b" { launch b; await run every 1s or fail "b is lost" }
        }
        """, scenario: Self.platform("FAILED after 5s", b: "FAILED after 10s")
    ).run()
    #expect(outcome.exitStatus == 1)
    try #require(outcome.failure?.message.contains("a is lost") == true)
    let others = outcome.events.compactMap { event in
      if case .alsoFailed(let diagnostic) = event.kind { diagnostic.message } else { nil }
    }
    #expect(others.count == 1 && others.first?.contains("b is lost") == true, "\(others)")
  }

  /// Killed while the first launch is under way: the next process settles it before another branch launches the operation,
  /// so that nobody has to say whose run is whose.
  @Test func anOpenLaunchGoesBeforeOtherLaunchesOfItsOperation() throws {
    var orders: Set<[String]> = []
    for interleaving in UInt64(1)...20 {
      let outcome = try survive(
        """
        parallel for day in 2020-01-02 .. 2020-01-05 max 4 {
          launch a on day
          check run or ignore
        }
        """, on: Self.platform(more: "faults: [launch_job 1: slow by 20s]"), interleaving: interleaving,
        deaths: .seconds(2))
      try #require(outcome.exitStatus == 0 && launches(outcome.simulator) == ["a": 4])
      orders.insert(
        outcome.events.compactMap { event in
          switch event.kind {
          case .launching: "launching"
          case .adopted: "settled"
          default: nil
          }
        })
    }
    #expect(orders == [["settled", "launching", "launching", "launching"]])
  }

  /// Behind a launch that is not known another one of the operation is begun only when its run can be told from one of the
  /// first by the clocks; killed before the reply is recorded, it finds it.
  @Test func whatIsLaunchedBehindAnUnconfirmedLaunchIsToldFromIt() throws {
    let outcome = try survive(
      """
      parallel max 2 keep going {
        step "a" { launch a; await run or fail }
        step "b" { wait 1s; launch a on 2020-01-02; await run or fail; launch c; await run or fail }
      }
      """, on: Self.platform(more: "faults: [launch_job 1: request lost, launch_job 2: slow by 1m]"),
      deaths: .seconds(265))
    #expect(outcome.exitStatus == 5)
    let found = launches(outcome.simulator)
    #expect(found["a"] == 1 && found["c"] == 1)
  }
}
