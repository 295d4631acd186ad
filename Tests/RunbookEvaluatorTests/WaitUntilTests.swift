import CivilTime
import FaultSupport
import RehearsalSupport
import RunbookDiagnostics
import RunbookEvaluator
import RunbookRecord
import TailerAPI
import TailerSimulator
import Testing

/// `wait until`: when it looks again is the watcher's to say, under the process's one cap, and what was seen is recorded.
@Suite struct WaitUntilTests {
  private static let start = Rehearsal.start

  private func listings(_ simulator: Simulator) -> [TimeSpan] {
    simulator.requests.filter { $0.action == "get_last_status" }.map { $0.moment.since(Self.start) }
  }

  private func text(_ clauses: String) -> String {
    preamble + "wait until (last run of prepare with status SUCCESS) != none \(clauses)\nprint \"over\""
  }

  private func scenario(endingAfter span: String) -> String {
    platform(prepare: "schedule: [SUCCESS after \(span) at +1s]")
  }

  @Test func obeysEvery() throws {
    let outcome = try Rehearsal(text("every 2m timeout 1h"), scenario: scenario(endingAfter: "5m")).run()
    #expect(outcome.printed == ["over"])
    let seconds = listings(outcome.simulator).map { Int($0.inSeconds.rounded()) }
    #expect(seconds == [0, 120, 240, 360])
  }

  @Test func becomesRarerWhereNothingIsPrescribed() throws {
    let outcome = try Rehearsal(text("timeout 3h"), scenario: scenario(endingAfter: "2h")).run()
    #expect(outcome.printed == ["over"])
    let moments = listings(outcome.simulator).map(\.inSeconds)
    #expect(moments.count < 90)
    let last = try #require(moments.last)
    #expect(last >= 7200 && last <= 7200 * 1.1)
  }

  @Test func looksOnceMoreAtTheDeadline() throws {
    let outcome = try Rehearsal(text("every 7m timeout 10m"), scenario: scenario(endingAfter: "9m58s")).run()
    #expect(outcome.printed == ["over"])
    #expect(listings(outcome.simulator).last.map { Int($0.inSeconds.rounded()) } == 600)
    let late = try Rehearsal(text("every 7m timeout 10m"), scenario: scenario(endingAfter: "11m")).run()
    #expect(late.exitStatus == 4)
  }

  @Test func passingTroubleIsWaitedOut() throws {
    var rehearsal = try Rehearsal(text("timeout 1h"), scenario: scenario(endingAfter: "5m"))
    rehearsal.faults = [FaultRule(.status(503, afterEffect: false), action: "get_last_status", occurrences: 2...20)]
    let outcome = try rehearsal.run()
    #expect(outcome.printed == ["over"])
  }

  @Test func lastingTroubleEndsIt() throws {
    var rehearsal = try Rehearsal(text("timeout 5h"), scenario: scenario(endingAfter: "5m"))
    rehearsal.faults = [FaultRule(.status(503, afterEffect: false), action: "get_last_status")]
    let outcome = try rehearsal.run()
    #expect(outcome.exitStatus == 3)
    let moments = listings(outcome.simulator)
    #expect(try #require(moments.last) >= .minutes(10))
    #expect(try #require(moments.last) <= .minutes(15))
  }

  @Test func aNoEndsItAtOnce() throws {
    var rehearsal = try Rehearsal(text("timeout 5h"), scenario: scenario(endingAfter: "5m"))
    rehearsal.faults = [FaultRule(.status(400, afterEffect: false), action: "get_last_status", occurrences: 2...2)]
    #expect(try rehearsal.run().exitStatus == 8)
  }

  /// The service's wish is obeyed also where it is longer than a statement's own call would wait.
  @Test func obeysRetryAfter() throws {
    var rehearsal = try Rehearsal(text("every 10s timeout 1h"), scenario: scenario(endingAfter: "5m"))
    rehearsal.faults = [
      FaultRule(
        .status(429, afterEffect: false, retryAfter: .minutes(8)), action: "get_last_status", occurrences: 2...2)
    ]
    let outcome = try rehearsal.run()
    #expect(outcome.printed == ["over"])
    #expect(listings(outcome.simulator).map { Int($0.inSeconds.rounded()) } == [0, 10, 490])
  }

  /// Interrupted after any of its looks and resumed, it looks on, with the pauses of another throw of the dice, and its
  /// deadline counts from when it first began.
  @Test(arguments: [30, 200, 1000, 1700]) func goesOnWhereItStopped(_ seconds: Int) async throws {
    var rehearsal = try Rehearsal(text("timeout 30m"), scenario: scenario(endingAfter: "40m"))
    let world = World(scenario: rehearsal.scenario)
    let journal = MemoryJournal()
    rehearsal.interruptAfter = .seconds(seconds)
    #expect(try rehearsal.run(on: world, journal: journal).exitStatus == 130)
    let before = world.simulator.requests.count
    #expect(await journal.recorded.contains { $0.intent == .waitUntil(from: Rehearsal.start) && $0.outcome == nil })
    rehearsal.interruptAfter = nil
    let comparison = try await rehearsal.compare(on: world, journal: journal, recorded: rehearsal.text)
    #expect(comparison.isClean)
    rehearsal.jitter = 0.9
    let outcome = try rehearsal.run(on: world, journal: journal)
    #expect(outcome.exitStatus == 4)
    let moments = listings(world.simulator).map(\.inSeconds)
    #expect(try #require(moments.last) >= 1800)
    #expect(try #require(moments.last) < 1801)
    // What was seen is not asked again.
    #expect(moments.dropFirst(before).allSatisfy { $0 >= Double(seconds) })
    #expect(moments.count > before)
  }

  /// A deadline that had passed is counted anew when a person resumes, as the words say that it is.
  @Test func aDeadlineThatPassedIsCountedAnewByWhoeverResumes() async throws {
    let rehearsal = try Rehearsal(text("every 2m timeout 10m"), scenario: scenario(endingAfter: "11m"))
    let (world, journal) = (World(scenario: rehearsal.scenario), MemoryJournal())
    let late = try rehearsal.run(on: world, journal: journal)
    #expect(late.exitStatus == 4)
    #expect(late.result.isResumable)
    try world.time.run { try await world.time.sleep(for: .minutes(5)) }
    await journal.reopen()
    let resumed = try rehearsal.run(on: world, journal: journal)
    #expect(resumed.exitStatus == 0, "\(resumed.failure?.message ?? "")")
    #expect(resumed.printed == ["over"])
  }

  // MARK: What conditions have in common

  /// Branches that wait for the same cost about what one does.
  @Test func branchesShareTheirLooks() throws {
    let wait = "wait until (last run of prepare with status SUCCESS) != none timeout 3h"
    func cost(_ branches: Int) throws -> Int {
      let steps = (1...branches).map { "step \"\($0)\" { \(wait) }" }.joined(separator: "; ")
      let outcome = try Rehearsal(
        preamble + "parallel max 20 { \(steps) }", scenario: scenario(endingAfter: "1h")
      ).run()
      #expect(outcome.exitStatus == 0)
      return outcome.simulator.requestCount
    }
    let (one, twenty) = (try cost(1), try cost(20))
    #expect(one > 20)
    #expect(twenty <= one + 3, "\(one), \(twenty)")
  }

  /// How often two branches looked, one of which does something first that takes ten seconds, while the same read by the
  /// other is under way and comes back with what was before.
  private func looks(
    after first: String = "", inside statement: String = "", by person: (VirtualTime) -> any People
  ) throws -> [String: Int] {
    let text =
      preamble + """
        print (last run of prepare with status SUCCESS) == none
        procedure later() {
          \(statement)
          return (last run of prepare with status SUCCESS) != none
        }
        parallel {
          step "other" { wait until (last run of prepare with status SUCCESS) != none every 1m timeout 10m }
          step "own" { \(first); wait until later() every 1m timeout 10m }
        }
        """
    var rehearsal = try Rehearsal(text, scenario: scenario(endingAfter: "4s"))
    rehearsal.faults = [FaultRule(.slow(.seconds(20)), action: "get_last_status", occurrences: 2...2)]
    let world = World(scenario: rehearsal.scenario, faults: rehearsal.faults)
    rehearsal.people = person(world.time)
    let outcome = try rehearsal.run(on: world, journal: MemoryJournal())
    #expect(outcome.exitStatus == 0)
    return outcome.events.reduce(into: [:]) { looks, event in
      if case .conditionHeld(let count) = event.kind, let step = event.steps.last { looks[step] = count }
    }
  }

  /// What a condition reads once it has waited is what is then, also where the same read by another is under way.
  @Test func aConditionSeesWhatCameWhileItWaitedItself() throws {
    #expect(try looks(inside: "wait 10s") { _ in Nobody() } == ["own": 1, "other": 2])
  }

  /// Answers yes after ten seconds.
  private struct SlowPerson: People {
    let time: VirtualTime

    func answer(_ question: Question) async throws(PeopleError) -> PersonAnswer {
      do { try await time.sleep(for: .seconds(10)) } catch { throw .cancelled }
      return PersonAnswer(isYes: true, by: "ann")
    }
  }

  /// The same for a person, who may have done something before answering.
  @Test func aConditionSeesWhatAPersonDid() throws {
    #expect(try looks(after: "manual \"relaunch it\"") { SlowPerson(time: $0) } == ["own": 1, "other": 2])
  }

  // MARK: A service that wants to be left alone

  /// What a condition looks at in branches of its own keeps to the condition's deadline too.
  @Test func aListInAConditionEndsAtTheDeadlineToo() throws {
    let text =
      preamble + """
        let pair = launch [prepare, export]
        wait until (check pair) == SUCCESS every 10s timeout 1m
        """
    var rehearsal = try Rehearsal(text, scenario: scenario(endingAfter: "4m"))
    rehearsal.faults = [
      FaultRule(
        .status(429, afterEffect: false, retryAfter: .seconds(100)), action: "check_run_status", occurrences: 1...1000)
    ]
    let world = World(scenario: rehearsal.scenario, faults: rehearsal.faults)
    let outcome = try rehearsal.run(on: world, journal: MemoryJournal())
    #expect(outcome.exitStatus == 3)
    let took = world.time.now.since(Self.start)
    // A look that was under way at the deadline has its grace, and the last one, which begins then, its own.
    #expect(took >= .minutes(1) && took <= .seconds(75), "\(took)")
  }

  /// The end of a run that ends after four minutes is waited for up to five.
  private func throttled(_ span: TimeSpan) throws -> (outcome: Rehearsal.Outcome, took: TimeSpan) {
    var rehearsal = try Rehearsal(text("every 10s timeout 5m"), scenario: scenario(endingAfter: "4m"))
    rehearsal.faults = [
      FaultRule(.status(429, afterEffect: false, retryAfter: span), action: "get_last_status", occurrences: 2...2)
    ]
    let world = World(scenario: rehearsal.scenario, faults: rehearsal.faults)
    let outcome = try rehearsal.run(on: world, journal: MemoryJournal())
    return (outcome, world.time.now.since(Self.start))
  }

  @Test(arguments: [7, 60]) func endsAtItsDeadlineInSpiteOfRetryAfter(_ minutes: Int) throws {
    let (outcome, took) = try throttled(.minutes(minutes))
    #expect(outcome.exitStatus == 3)
    #expect(took >= .minutes(5) && took <= .minutes(6), "\(took)")
    let words = try #require(outcome.failure?.message)
    #expect(words.contains("could not be seen since") && words.contains("left alone until"), "\(words)")
    #expect(outcome.simulator.requestCounts["get_last_status"] == 2)
  }

  /// As an await's, its last look may come shortly after the deadline.
  @Test func looksShortlyAfterItsDeadlineWhereTheServiceAllowsItThen() throws {
    let (outcome, _) = try throttled(.seconds(295))
    #expect(outcome.printed == ["over"])
    #expect(try #require(listings(outcome.simulator).last) >= .seconds(305))
  }
}
