import CivilTime
import FaultSupport
import RehearsalSupport
import RunbookDiagnostics
import RunbookEvaluator
import RunbookRecord
import TailerAPI
import TailerSimulator
import Testing

@Suite struct GuardTests {
  static let changing = [
    "launch table-to-table \"x\" in PROD", "disable table-to-table \"x\" in PROD",
    "enable table-to-table \"x\" in PROD",
    "archive table-to-table \"x\" in PROD", "reset workflow \"x\" in PROD",
    "mark (run \"20201230-112837-0a795c70-2557-4a60-ba16-788aa2bea179\" of table-to-table \"x\" in PROD) as FAILED",
  ]

  @Test(arguments: changing)
  func aProtectedEnvironmentAsksFirst(_ statement: String) throws {
    let people = ScriptedPeople(yes: false)
    var rehearsal = try Rehearsal(preamble + statement)
    rehearsal.people = people
    let outcome = try rehearsal.run()
    #expect(outcome.exitStatus == 6)
    #expect(people.asked.count == 1)
    #expect(outcome.simulator.requestCount == 0)
    if statement.hasPrefix("archive") { #expect(people.asked.first.map(Self.isTyped) == true) }
  }

  private static func isTyped(_ question: Question) -> Bool { if case .typed = question { true } else { false } }

  @Test(arguments: changing)
  func withoutAnybodyItIsRefused(_ statement: String) throws {
    let outcome = try rehearse("try { \(statement) } catch { print \"taken\" }")
    #expect(outcome.exitStatus == 7)
    #expect(outcome.failure?.id == "nobody-to-ask")
    #expect(outcome.printed.isEmpty)
    #expect(outcome.simulator.requestCount == 0)
  }

  @Test(arguments: changing)
  func aYesLetsItPass(_ statement: String) throws {
    var rehearsal = try Rehearsal(
      preamble + statement,
      scenario: """
        now: 2021-01-01T00:00:00Z
        account: "000099"
        environment: PROD
        operations:
          x:
            table-to-table: x
            history: [FAILED after 1m at 2020-12-30T11:28:37Z as 20201230-112837-0a795c70-2557-4a60-ba16-788aa2bea179]
        """)
    rehearsal.people = ScriptedPeople(yes: true)
    #expect(try rehearsal.run().exitStatus == 0)
  }

  @Test(arguments: changing)
  func readOnlyForbidsEverywhere(_ statement: String) throws {
    var rehearsal = try Rehearsal(preamble + statement.replacing("PROD", with: "DEV"))
    rehearsal.policy.guards.isReadOnly = true
    rehearsal.people = ScriptedPeople(yes: true)
    let outcome = try rehearsal.run()
    #expect(outcome.exitStatus == 6)
    #expect(outcome.failure?.id == "read-only")
    #expect(outcome.simulator.requestCount == 0)
  }

  /// What is recorded was allowed when it was done: it answers, what comes after it is looked at, and a change stops it
  /// there, to go on by whoever may.
  @Test func readOnlyGoesThroughTheRecordAndStopsAtTheFirstChange() throws {
    var rehearsal = try Rehearsal(
      preamble + """
        launch table-to-table "x" in PROD
        await run or fail
        disable table-to-table "x" in PROD
        print "over"
        """)
    let (journal, world) = (MemoryJournal(), World(scenario: rehearsal.scenario))
    rehearsal.people = ScriptedPeople(yes: true)
    #expect(try rehearsal.run(on: world, journal: journal).failure?.id == "nobody-to-ask")
    rehearsal.policy.guards.isReadOnly = true
    rehearsal.people = ScriptedPeople(yes: true)
    for _ in 0..<2 {
      let looked = try rehearsal.run(on: world, journal: journal)
      #expect(looked.failure?.id == "read-only")
      #expect(looked.result.isResumable)
    }
    rehearsal.policy.guards.isReadOnly = false
    let last = try rehearsal.run(on: world, journal: journal)
    #expect(last.printed == ["over"])
    #expect(world.simulator.requestCounts["launch_job"] == 1)
  }

  @Test func whereNobodyIsThereItGoesOnOnceSomebodyIs() throws {
    var rehearsal = try Rehearsal(preamble + "launch prepare\nconfirm \"go on?\"\nprint \"over\"")
    let (journal, world) = (MemoryJournal(), World(scenario: rehearsal.scenario))
    let alone = try rehearsal.run(on: world, journal: journal)
    #expect(alone.exitStatus == 7)
    #expect(alone.result.isResumable)
    rehearsal.people = ScriptedPeople(yes: true)
    let resumed = try rehearsal.run(on: world, journal: journal)
    #expect(resumed.printed == ["over"])
    #expect(world.simulator.requestCounts["launch_job"] == 1)
  }

  /// Where somebody else may go on, a `finally` undoes nothing.
  @Test func aFinallyDoesNotBeginWhereNobodyAnswered() throws {
    var rehearsal = try Rehearsal(preamble + "try { confirm \"go on?\" } finally { print \"undone\" }")
    let alone = try rehearsal.run()
    #expect(alone.exitStatus == 7)
    #expect(alone.result.isResumable)
    #expect(alone.printed == [])
    rehearsal.text = preamble + "try { launch prepare } finally { print \"undone\" }"
    rehearsal.policy.guards.isReadOnly = true
    let looked = try rehearsal.run()
    #expect(looked.exitStatus == 6)
    #expect(looked.result.isResumable)
    #expect(looked.printed.isEmpty)
  }

  static let changingLists = [
    "launch [table-to-table \"x\", table-to-table \"x\" in QA]", "disable [table-to-table \"x\", workflow \"x\" in QA]",
    "enable [table-to-table \"x\" in QA, table-to-table \"x\"]", "archive [prepare, table-to-table \"x\" in QA]",
    "reset [chain, workflow \"x\" in QA]",
    "mark [run \"20201230-112837-0a795c70-2557-4a60-ba16-788aa2bea179\" of prepare, run \"20201230-112837-0a795c70-2557-4a60-ba16-788aa2bea179\" of table-to-table \"x\" in QA] as CHECKED",
  ]

  /// One of them in a protected environment is enough, whatever that is called; and a no keeps all of them from being
  /// sent. What is not on the list, PROD here, is free.
  @Test(arguments: changingLists)
  func aListAsksForWhatIsProtectedInIt(_ statement: String) throws {
    let people = ScriptedPeople(yes: false)
    var rehearsal = try Rehearsal(preamble + statement)
    rehearsal.policy.environments = ["DEV", "QA", "PROD"]
    rehearsal.policy.guards.protectedEnvironments = ["QA"]
    rehearsal.people = people
    let outcome = try rehearsal.run()
    #expect(outcome.exitStatus == 6)
    #expect(outcome.failure?.id == "said-no")
    #expect(people.asked.count == 1)
    #expect(people.asked.first?.text.contains(" in QA, and ") == true)
    #expect(outcome.simulator.requestCount == 0)
    rehearsal.text = preamble + statement.replacing("QA", with: "PROD")
    rehearsal.policy.guards.isReadOnly = true
    #expect(try rehearsal.run().failure?.id == "read-only")
    rehearsal.policy.guards.isReadOnly = false
    let free = try rehearsal.run()
    #expect(free.failure?.id != "said-no")
    #expect(people.asked.count == 1)
    #expect(free.simulator.requestCount > 0)
  }

  @Test(arguments: ["DEV", "PROD"])
  func markingSUCCESSAsksAnywhereAndSaysWhy(_ environment: String) throws {
    let statement =
      "mark (run \"20201230-112837-0a795c70-2557-4a60-ba16-788aa2bea179\" of table-to-table \"x\" in \(environment)) as SUCCESS"
    let people = ScriptedPeople(yes: false)
    var rehearsal = try Rehearsal(preamble + statement)
    rehearsal.people = people
    let outcome = try rehearsal.run()
    #expect(outcome.exitStatus == 6)
    #expect(people.asked.first?.text.hasSuffix("? It can fire workflows.") == true)
    #expect(outcome.simulator.requestCount == 0)
    rehearsal.people = Nobody()
    #expect(try rehearsal.run().failure?.id == "nobody-to-ask")
  }

  @Test func confirmEndsAfterFinallyAndNoCatchTakesIt() throws {
    var rehearsal = try Rehearsal(
      preamble + "try { confirm \"Go on?\" } catch { print \"taken\" } finally { print \"finally\" }")
    rehearsal.people = ScriptedPeople(yes: false)
    let outcome = try rehearsal.run()
    #expect(outcome.exitStatus == 6)
    #expect(outcome.printed == ["finally"])
  }

  @Test func confirmInAConditionAsksWithoutEnding() throws {
    var rehearsal = try Rehearsal(preamble + "if confirm \"Go on?\" { print \"yes\" } else { print \"no\" }")
    rehearsal.people = ScriptedPeople(yes: false)
    #expect(try rehearsal.run().printed == ["no"])
  }

  @Test func manualRecordsWhoAndWhat() throws {
    var rehearsal = try Rehearsal(preamble + "manual \"Check the totals\"\nprint \"on\"")
    rehearsal.people = ScriptedPeople([PersonAnswer(isYes: true, by: "ann", note: "all there")])
    let outcome = try rehearsal.run()
    #expect(outcome.printed == ["on"])
    let answers = outcome.events.compactMap { if case .answered(_, let answer, _) = $0.kind { answer } else { nil } }
    #expect(answers == [PersonAnswer(isYes: true, by: "ann", note: "all there")])
  }

  /// A guard's question is apart from the effect it guards: protecting an environment, or no longer, changes nothing that is
  /// on record.
  @Test(arguments: [true, false]) func aGuardThatChangesBetweenTwoProcessesChangesNothingRecorded(_ isLifted: Bool)
    throws
  {
    var rehearsal = try Rehearsal(
      preamble + "launch table-to-table \"x\" in PROD\nawait run or fail\nprint \"over\"",
      scenario: platform(more: "takes: 5m"))
    let (world, journal) = (World(scenario: rehearsal.scenario), MemoryJournal())
    rehearsal.people = ScriptedPeople(yes: true)
    rehearsal.policy.guards.protectedEnvironments = isLifted ? ["PROD"] : []
    rehearsal.dieAfter = .minutes(1)
    _ = try rehearsal.run(on: world, journal: journal)
    try #require(world.simulator.launches.count == 1)
    rehearsal.people = Nobody()
    rehearsal.policy.guards.protectedEnvironments = isLifted ? [] : ["PROD"]
    rehearsal.dieAfter = nil
    let resumed = try rehearsal.run(on: world, journal: journal)
    #expect(world.simulator.launches.count == 1)
    #expect(resumed.exitStatus == 0, "\(resumed.failure?.message ?? "")")
    #expect(resumed.printed == ["over"])
  }
}
