import CivilTime
import RehearsalSupport
import RunbookDiagnostics
import RunbookEvaluator
import RunbookRecord
import TailerAPI
import TailerSimulator
import Testing

/// Machines as they are: suspended for a night in the middle of a launch or a wait, and with a clock that is wrong.
@Suite struct MachineTests {
  static let text = """
    launch prepare
    await run timeout 30m every 10s or fail
    reset chain
    launch export
    await run timeout 30m every 10s or fail
    print "over"
    """

  /// Suspended at every half second of an execution, for a minute, an hour or a night, with connections that survive it and
  /// ones that do not; without and with a reply that is lost.
  @Test(
    arguments: ["", "faults: [launch_job 1..2: slow by 3s]", "faults: [launch_job 1..2: reply lost]"], [false, true])
  func whereverItIsSuspendedEachLaunchHappensOnce(_ faults: String, _ losesConnections: Bool) async throws {
    let scenario = platform(
      prepare: "runs: SUCCESS after 5s", export: "runs: SUCCESS after 5s", more: "visibility-delay: 1s\n" + faults)
    var points = 0
    var launched = 0
    for span in [TimeSpan.minutes(1), .hours(1), .hours(9)] {
      for half in 0..<60 {
        points += 1
        let begin = Rehearsal.start.advanced(by: .milliseconds(half * 500 + 10))
        var rehearsal = try Rehearsal(preamble + Self.text, scenario: scenario)
        rehearsal.policy.visibilityDelay = .seconds(10)
        rehearsal.machine = { time in
          Machine(
            in: time, suspension: begin..<begin.advanced(by: span), losesConnections: losesConnections)
        }
        let world = World(scenario: rehearsal.scenario)
        let journal = MemoryJournal()
        var last = try rehearsal.run(on: world, journal: journal)
        var resumptions = 0
        while last.exitStatus != 0, last.result.isResumable, resumptions < 4 {
          // The person looks: what was launched is there by now.
          let known = await journal.recorded.compactMap { entry in
            if case .run(let run, _, _)? = entry.outcome { run.id } else { nil }
          }
          let isMissing = Set(world.simulator.launches.map(\.id)).isSubset(of: known)
          await journal.reopen(launchingAgain: last.exitStatus == 5 && isMissing)
          last = try rehearsal.run(on: world, journal: journal)
          resumptions += 1
        }
        let what = "\(span) from \(begin)"
        #expect(last.exitStatus == 0, "\(what): \(last.failure?.message ?? "")")
        #expect(last.printed == ["over"], "\(what)")
        #expect(world.simulator.launches.count == 2, "\(what)")
        launched += world.simulator.launches.count
      }
    }
    print(
      "suspended, \(faults.isEmpty ? "no fault" : faults), connections \(losesConnections ? "lost" : "kept"): "
        + "\(points) points, \(launched - 2 * points) launches too many or missing")
  }

  /// A clock that is wrong never makes another run the launch's own; where it keeps the right one from being taken, the words
  /// show it with its time.
  @Test(arguments: [TimeSpan.hours(-1), .seconds(-30), .seconds(-4), .seconds(4), .seconds(30), .hours(1)])
  func aWrongClockIsNeverGuessedAround(_ offset: TimeSpan) throws {
    for fault in ["reply lost", "request lost"] {
      var rehearsal = try Rehearsal(
        preamble + "launch prepare\nawait run or fail",
        scenario: platform(
          prepare: "history: [SUCCESS after 1m at 11:20:00, SUCCESS after 1m at 10:27:55], runs: SUCCESS after 2m",
          more: "faults: [launch_job 1: \(fault)]"))
      rehearsal.machine = { Machine(in: $0, offset: offset) }
      let outcome = try rehearsal.run()
      // A request may take up to the visibility delay to arrive, so a clock that is behind by less does no harm.
      let isTolerated = offset >= .minutes(-3) && offset <= .seconds(5)
      #expect(outcome.exitStatus == (isTolerated && fault == "reply lost" ? 0 : 5), "\(fault)")
      #expect(outcome.simulator.launches.count == (fault == "reply lost" ? 1 : 0))
      #expect(outcome.simulator.requestCounts["launch_job"] == 1)
      let adopted = outcome.events.compactMap { if case .adopted(let run, _) = $0.kind { run.id } else { nil } }
      #expect(adopted == (isTolerated ? outcome.simulator.launches.map(\.id) : []))
      guard let launched = outcome.simulator.launches.first, !isTolerated else { continue }
      let notes = outcome.failure?.notes ?? []
      #expect(notes.contains { $0.contains(launched.id) && $0.contains("clocks differ") }, "\(notes)")
    }
  }

  /// Its deadline passes while it sleeps, and the run ends well in time or not at all: the look comes before the verdict.
  @Test(arguments: [TimeSpan.minutes(31), .hours(9)]) func aDeadlineThatPassedMeanwhileGetsItsLook(_ span: TimeSpan)
    throws
  {
    for (run, status) in [("SUCCESS after 5m", Int32(0)), ("RUNNING", 4)] {
      var rehearsal = try Rehearsal(
        preamble + "launch prepare\nawait run timeout 30m or fail", scenario: platform(prepare: "runs: \(run)"))
      let begin = Rehearsal.start.advanced(by: .minutes(1))
      rehearsal.machine = { Machine(in: $0, suspension: begin..<begin.advanced(by: span), losesConnections: true) }
      #expect(try rehearsal.run().exitStatus == status, "\(run)")
    }
  }

  /// Resumed long after the deadline of the wait that it was killed in.
  @Test func anAwaitThatIsResumedLateReturnsAtOnce() throws {
    let rehearsal = try Rehearsal(
      preamble + "launch prepare\nawait run timeout 30m or fail\nprint \"over\"",
      scenario: platform(prepare: "runs: SUCCESS after 5m"))
    let world = World(scenario: rehearsal.scenario)
    let journal = MemoryJournal()
    // Dies while it waits: the points of the launch, and of the await's intent, are behind it.
    _ = try rehearsal.run(on: world, journal: journal, life: Life(endingAt: 14))
    #expect(world.simulator.launches.count == 1)
    try world.time.run { try await world.time.sleep(for: .days(3)) }
    let before = world.time.now
    let resumed = try rehearsal.run(on: world, journal: journal)
    #expect(resumed.exitStatus == 0, "\(resumed.failure?.message ?? "")")
    #expect(resumed.printed == ["over"])
    #expect(world.time.now.since(before) < .seconds(1))
  }
}
