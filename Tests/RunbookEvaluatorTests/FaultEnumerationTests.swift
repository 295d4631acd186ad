import CivilTime
import RehearsalSupport
import RunbookDiagnostics
import RunbookEvaluator
import RunbookRecord
import TailerAPI
import TailerSimulator
import Testing

/// Every fault at every request, alone and after a lost reply, and every death after one: whoever resumes until it is
/// done finds each launch made once and the platform as if nothing had gone wrong.
///
/// What a person does meanwhile is played by looking at the simulator: an unconfirmed launch is resumed as it is, and
/// sent again only once no run of it is there.
@Suite struct FaultEnumerationTests {
  /// With half a minute between two looks, so that fewer of the requests are of one kind.
  static let runbooks = ResumeTests.runbooks.map { runbook in
    Case(
      name: runbook.name,
      text: runbook.text.replacing("await run", with: "await run every 30s")
        .replacing("timeout 1h", with: "timeout 1h every 30s"))
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    var testDescription: String { name }
  }

  @Test(arguments: runbooks)
  func everyFaultAtEveryRequest(_ runbook: Case) async throws {
    let trial = try Trial(runbook)
    var tally = Tally()
    for request in 1...trial.calm.requestCount {
      for fault in Fault.all {
        try await trial.survive([.on(request, fault)], tally: &tally, "\(fault) at request \(request)")
      }
    }
    tally.report("\(runbook.name): faults at \(trial.calm.requestCount) requests")
  }

  /// The search for the run of a lost launch is disturbed too.
  @Test(arguments: runbooks.filter { ["sequential", "parallel"].contains($0.name) })
  func everyFaultAfterALostReply(_ runbook: Case) async throws {
    let trial = try Trial(runbook)
    var tally = Tally()
    for launch in trial.launchRequests {
      for (distance, fault) in (1...3).flatMap({ distance in Fault.all.map { (distance, $0) } }) {
        for lost in [Fault.replyLost, .requestLost] {
          try await trial.survive(
            [.on(launch, lost), .on(launch + distance, fault)], tally: &tally,
            "\(lost) at request \(launch), then \(fault) at \(launch + distance)")
        }
      }
    }
    tally.report("\(runbook.name): faults after a lost exchange")
  }

  /// The process dies while it looks for the run of a lost launch, or before or after.
  @Test(arguments: runbooks.filter { ["sequential", "list"].contains($0.name) })
  func everyDeathAfterALostExchange(_ runbook: Case) async throws {
    let trial = try Trial(runbook)
    var tally = Tally()
    for launch in trial.launchRequests {
      for lost in [Fault.replyLost, .requestLost, .lateEffect(.seconds(45)), .status(503, afterEffect: true)] {
        let points = try trial.pointsPassed(under: [.on(launch, lost)])
        for point in 0..<points {
          try await trial.survive(
            [.on(launch, lost)], life: Life(endingAt: point), tally: &tally,
            "\(lost) at request \(launch), death at point \(point)")
        }
      }
    }
    tally.report("\(runbook.name): deaths after a lost exchange")
  }
}

/// What an enumeration came to.
private struct Tally {
  var points = 0
  var duplicates = 0
  var losses = 0
  /// Executions that a `finally` ended, which cannot be resumed.
  var endedByFinally = 0
  /// Launches that a person sent again, having seen that there was no run.
  var launchedAgain = 0

  func report(_ name: String) {
    print(
      "\(name): \(points) points, \(duplicates) duplicates, \(losses) losses, "
        + "\(launchedAgain) launched again by a person, \(endedByFinally) ended by their finally")
    #expect(points > 0)
    #expect(duplicates == 0 && losses == 0)
  }
}

/// A runbook and what it comes to when nothing goes wrong.
private struct Trial {
  let rehearsal: Rehearsal
  let calm: Simulator
  let launchRequests: [Int]

  init(_ runbook: FaultEnumerationTests.Case) throws {
    rehearsal = try ResumeTests.rehearsal(runbook.text)
    let world = World(scenario: rehearsal.scenario)
    let outcome = try rehearsal.run(on: world, journal: MemoryJournal())
    #expect(outcome.exitStatus == 0)
    calm = world.simulator
    launchRequests = calm.requests.filter { $0.action == "launch_job" }.map(\.number)
    calm.settle()
  }

  /// How many points a life passes with these faults.
  func pointsPassed(under faults: [FaultRule]) throws -> Int {
    let life = Life()
    let world = World(scenario: rehearsal.scenario, faults: faults)
    _ = try rehearsal.run(on: world, journal: MemoryJournal(), life: life)
    return life.pointsPassed
  }

  /// Runs under the faults, resumes until it is done, and compares the platform with the undisturbed one.
  func survive(
    _ faults: [FaultRule], life: Life = Life(), tally: inout Tally, _ what: String
  ) async throws {
    tally.points += 1
    let world = World(scenario: rehearsal.scenario, faults: faults)
    let journal = MemoryJournal()
    var last = try rehearsal.run(on: world, journal: journal, life: life)
    var resumptions = 0
    var wasUnconfirmed = false
    var story = ["\(last.exitStatus)"]
    while last.exitStatus != 0 || life.isOver && resumptions == 0, resumptions < 6 {
      let isDead = life.isOver && resumptions == 0
      guard isDead || last.result.isResumable else { break }
      // The person has resumed once already, and looks now. What is on its way arrives within the visibility delay.
      let isUnconfirmed = !isDead && last.exitStatus == 5
      var launchesAgain = false
      if isUnconfirmed, wasUnconfirmed {
        launchesAgain = await !hasUnknownRuns(world, journal)
        if launchesAgain { tally.launchedAgain += 1 }
      }
      wasUnconfirmed = isUnconfirmed
      if !isDead { await journal.reopen(launchingAgain: launchesAgain) }
      last = try rehearsal.run(on: world, journal: journal)
      resumptions += 1
      story.append((launchesAgain ? "launched again: " : "resumed: ") + "\(last.exitStatus)")
    }
    world.simulator.settle()
    let isOver = last.exitStatus != 0 && !last.result.isResumable && rehearsal.text.contains("finally")
    if isOver { tally.endedByFinally += 1 }
    #expect(isOver || last.exitStatus == 0, "\(what): \(story), \(last.failure?.message ?? "")")
    let (found, wanted) = (counts(world.simulator.launches), counts(calm.launches))
    for job in Set(found.keys).union(wanted.keys) {
      let excess = found[job, default: 0] - wanted[job, default: 0]
      if excess > 0 { tally.duplicates += excess }
      if excess < 0, !isOver { tally.losses -= excess }
      #expect(excess == 0 || isOver && excess < 0, "\(what): \(job)")
    }
    guard !isOver else { return }
    let (snapshot, calmSnapshot) = (world.simulator.snapshot, calm.snapshot)
    #expect(snapshot.runs.sorted() == calmSnapshot.runs.sorted(), "\(what)")
    #expect(snapshot.flags == calmSnapshot.flags && snapshot.activations == calmSnapshot.activations, "\(what)")
    let missing = repeatable(calm.effects).subtracting(repeatable(world.simulator.effects))
    tally.losses += missing.count
    #expect(missing.isEmpty, "\(what)")
  }

  /// Whether the platform has runs that the journal does not know of.
  private func hasUnknownRuns(_ world: World, _ journal: MemoryJournal) async -> Bool {
    let known = await journal.recorded.compactMap { entry in
      if case .run(let run, _, _)? = entry.outcome { run.id } else { nil }
    }
    return !Set(world.simulator.launches.map(\.id)).isSubset(of: known)
  }

  /// The effects that may be had more than once without harm.
  private func repeatable(_ effects: [Effect]) -> Set<Effect> {
    Set(effects.filter { if case .launched = $0 { false } else { true } })
  }

  private func counts(_ runs: [SimulatedRun]) -> [String: Int] {
    runs.reduce(into: [:]) { $0["\($1.jobID) on \($1.executionDate.map { "\($0)" } ?? "no day")", default: 0] += 1 }
  }
}
