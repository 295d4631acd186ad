import CivilTime
import FaultSupport
import RecordSupport
import RehearsalSupport
import RunbookDiagnostics
import RunbookEvaluator
import RunbookRecord
import TailerAPI
import TailerSimulator
import Testing

/// Every point at which a process can die, for runbooks of every kind: nothing is launched twice, nothing is lost.
@Suite struct ResumeTests {
  static let runbooks: [(name: String, text: String, launches: Int)] = [
    (
      "sequential", "launch prepare\nawait run or fail\nreset chain\nlaunch export\nawait run or fail\nprint \"over\"",
      2
    ),
    ("list", "let rs = launch [prepare, export]\nawait rs timeout 1h or fail\ndisable [prepare, export]", 2),
    (
      "parallel",
      "parallel for n in 1 .. 3 max 2 {\n let job = table-to-table \"j${n}\"\n launch job\n await run or fail\n}\nprint \"over\"",
      3
    ),
    ("retry", "retry 3 times every 30s { launch report_\n await run or fail }\nprint run.id", 2),
    ("backfill", "for day in 2020-12-01 .. 2020-12-03 { launch prepare on day\n await run or fail }", 3),
    (
      "procedures",
      "procedure inner(job) { launch job\n await run or fail\n return run }\nprocedure outer(job) { for n in 1 .. 2 { let r = inner(job)\n print r.id } }\nouter(prepare)\nouter(export)",
      4
    ),
    (
      "catching",
      "try { launch report_\n await run or fail } catch failed { launch export\n await run or fail } finally { enable prepare }\nlet t = now\nwait 1m\nrequire now > t",
      2
    ),
  ]

  /// A rehearsal of one of these on the platform that they speak of.
  static func rehearsal(_ text: String) throws -> Rehearsal {
    try Rehearsal(
      preamble + "let report_ = table-to-table \"f\"\n" + text,
      scenario: platform(more: "takes: 3m").replacing(
        "  report:", with: "  flaky: { table-to-table: f, runs: [FAILED after 1m, SUCCESS after 1m] }\n  report:"))
  }

  @Test(arguments: runbooks)
  func dyingAnywhereAndResumingComesToTheSame(_ name: String, _ text: String, _ launches: Int) async throws {
    let rehearsal = try Self.rehearsal(text)
    let calm = World(scenario: rehearsal.scenario)
    let life = Life()
    let undisturbed = try rehearsal.run(on: calm, journal: MemoryJournal(), life: life)
    #expect(undisturbed.exitStatus == 0)
    #expect(calm.simulator.launches.count == launches)
    calm.simulator.settle()
    var duplicates = 0
    var losses = 0
    for point in 0..<life.pointsPassed {
      let world = World(scenario: rehearsal.scenario)
      let journal = MemoryJournal()
      _ = try rehearsal.run(on: world, journal: journal, life: Life(endingAt: point))
      var last = try rehearsal.run(on: world, journal: journal)
      if last.exitStatus == 5 {
        // The person has looked: the request never left, so it is launched again by their word.
        #expect(world.simulator.launches.count < launches, "\(name) at \(point)")
        await journal.reopen(launchingAgain: true)
        last = try rehearsal.run(on: world, journal: journal)
      }
      #expect(last.exitStatus == 0, "\(name) at \(point): \(last.failure?.message ?? "")")
      duplicates += max(0, world.simulator.launches.count - launches)
      losses += max(0, launches - world.simulator.launches.count)
      world.simulator.settle()
      let (found, wanted) = (world.simulator.snapshot, calm.simulator.snapshot)
      // Branches may be launched in another order.
      #expect(found.runs.sorted() == wanted.runs.sorted(), "\(name) at \(point)")
      #expect(found.flags == wanted.flags && found.activations == wanted.activations, "\(name) at \(point)")
    }
    print("\(name): \(life.pointsPassed) deaths, \(duplicates) duplicates, \(losses) losses")
    #expect(duplicates == 0 && losses == 0)
  }

  /// What a person has said, what a moment was and which day it is are answered by the record, whoever is there the second
  /// time and whatever the time is then.
  @Test func whatDiffersTheSecondTimeIsAnsweredByTheRecord() async throws {
    var rehearsal = try Self.rehearsal(
      """
      let t = now
      let day = today
      if confirm "Go?" { launch prepare on day
        await run or fail }
      manual "Check the totals"
      print "${t} ${day} ${today}"
      """)
    let life = Life()
    rehearsal.people = ScriptedPeople(yes: true, true)
    let calm = try rehearsal.run(on: World(scenario: rehearsal.scenario), journal: MemoryJournal(), life: life)
    #expect(calm.exitStatus == 0)
    var asked = 0
    for point in 0..<life.pointsPassed {
      let world = World(scenario: rehearsal.scenario)
      let journal = MemoryJournal()
      rehearsal.people = ScriptedPeople(yes: true, true)
      let first = try rehearsal.run(on: world, journal: journal, life: Life(endingAt: point))
      let recorded = await journal.recorded
      let questions = recorded.filter { $0.outcome != nil }.compactMap { effect in
        if case .ask(let text, _, _) = effect.intent { text } else { nil }
      }
      let moment = recorded.compactMap { if case .moment(let moment)? = $0.outcome { moment } else { nil } }
        .first
      // A day later, and whoever is there now says no to the first question that is still open, and yes to others.
      try world.time.run { try await world.time.sleep(for: .hours(24)) }
      let others = ScriptedPeople([
        PersonAnswer(isYes: questions.contains("Go?"), by: "bob"), PersonAnswer(isYes: true, by: "bob"),
      ])
      rehearsal.people = others
      var last = try rehearsal.run(on: world, journal: journal, today: Rehearsal.start.date)
      if last.exitStatus == 5 {
        await journal.reopen(launchingAgain: true)
        last = try rehearsal.run(on: world, journal: journal, today: Rehearsal.start.date)
      }
      #expect(last.exitStatus == 0, "at \(point): \(last.failure?.message ?? "")")
      #expect(others.asked.map(\.text).allSatisfy { !questions.contains($0) }, "at \(point)")
      #expect(others.asked.count + questions.count == 2, "at \(point)")
      #expect(world.simulator.launches.count == (questions.contains("Go?") ? 1 : 0), "at \(point)")
      #expect(world.simulator.launches.allSatisfy { $0.executionDate == Rehearsal.start.date }, "at \(point)")
      let printed = first.printed + last.printed
      let day = Rehearsal.start.date
      #expect(printed.last?.hasSuffix(" \(day) \(day)") == true, "at \(point): \(printed)")
      if let moment { #expect(printed.last?.hasPrefix("\(moment) ") == true, "at \(point): \(printed)") }
      asked += questions.count
    }
    #expect(asked > 0)
    print("what differs: \(life.pointsPassed) deaths")
  }

  /// A record whose outcome is not of its intent's kind is a damaged one: nobody has interrupted anything, and nothing is
  /// made up in its place.
  @Test func anOutcomeOfAnotherKindIsADamagedRecord() async throws {
    var rehearsal = try Self.rehearsal(
      """
      let t = now
      launch prepare
      await run or fail
      check run or fail
      let r = last run of prepare or fail
      if confirm "Go?" { print "${t} ${r.id}" }
      wait 1m
      reset chain
      disable prepare
      """)
    rehearsal.people = ScriptedPeople(yes: true)
    let (world, journal) = (World(scenario: rehearsal.scenario), MemoryJournal())
    #expect(try rehearsal.run(on: world, journal: journal).exitStatus == 0)
    let records = await journal.recorded
    try #require(Set(records.map(\.intent.verb)).count == 10)
    for record in records {
      let outcome = try #require(record.outcome)
      let isMoment = if case .moment = outcome { true } else { false }
      let other: EffectOutcome = isMoment ? .done : .moment(Rehearsal.start)
      // It can neither be written nor read.
      await #expect(throws: JournalError.self, "\(record.intent.verb)") {
        try await journal.finish(record.intent, other, at: record.key)
      }
      let damaged = RecordedEffect(
        number: record.number, key: record.key, intent: record.intent, intendedAt: record.intendedAt, outcome: other)
      #expect(throws: RecordContradiction.self, "\(record.intent.verb)") { _ = try Record([damaged]) }
    }
  }
}
