import CivilTime
import FaultSupport
import RehearsalSupport
import RunbookEvaluator
import RunbookJournal
import RunbookRecord
import TailerAPI
import TailerSimulator
import Testing

@testable import RunbookPrompt

private let prepare = #"let prepare = table-to-table "p""#
private let failing = """
  operations:
    p: { table-to-table: p, account: "000099", environment: DEV, runs: [FAILED after 2m] }
  """

@Suite struct PromptSessionTests {
  @Test func namesAndOutcomesStayBetweenEntries() throws {
    let outcome = try PromptRehearsal([prepare, "launch prepare", "await run", "status", "run.operation", "1 + 2"])
      .run()
    #expect(
      outcome.lines == [
        "000099/DEV rehearsal> \(prepare)", "000099/DEV rehearsal> launch prepare", "000099/DEV rehearsal> await run",
        "SUCCESS", "000099/DEV rehearsal> status", "SUCCESS", "000099/DEV rehearsal> run.operation",
        #"table-to-table "p" in DEV of "000099""#, "000099/DEV rehearsal> 1 + 2", "3",
      ])
    #expect(outcome.simulator.launches.count == 1)
  }

  @Test func anErrorKeepsWhatWasDefinedBeforeIt() throws {
    let outcome = try PromptRehearsal([
      "let a = 1", "let b = 2; fail \"no\"; let c = 3", "a + b", "c", "let d = nothing", "a",
    ]).run()
    #expect(outcome.lines.contains("3"))
    #expect(outcome.screen.contains("no"))
    #expect(outcome.screen.contains("nothing here is called `c`"))
    #expect(outcome.screen.contains("nothing here is called `nothing`"))
    #expect(outcome.lines.last == "1")
  }

  @Test func anInvalidEntrySendsNothing() throws {
    let outcome = try PromptRehearsal([prepare, "launch prepare; launch nothing"]).run()
    #expect(outcome.simulator.requestCount == 0)
  }

  @Test func aLaterLetReplacesAnEarlierOneAndSaysSo() throws {
    let outcome = try PromptRehearsal(["let a = 1", "let a = \"two\"", "a"]).run()
    #expect(outcome.lines.contains("`a` replaces the one declared earlier"))
    #expect(outcome.lines.last == "two")
  }

  @Test func aFailedRedefinitionLeavesTheOldName() throws {
    let outcome = try PromptRehearsal(["let a = 1", "let a = 1 / 0", "a + 1"]).run()
    #expect(outcome.lines.last == "2")
  }

  /// `resume` does not take up an entry; what is offered in its place works when it is typed.
  @Test func anUnconfirmedLaunchOffersWhatThePromptCanDo() throws {
    var rehearsal = PromptRehearsal([prepare, "launch prepare", "launch prepare", "await run"])
    rehearsal.scenario = "account: \"000099\"\nenvironment: DEV\nfaults: [launch_job 1: request lost]\n"
    let outcome = try rehearsal.run()
    #expect(outcome.screen.contains("error[launch-unconfirmed]"))
    #expect(!outcome.screen.contains("`resume"))
    let offer = try #require(outcome.screen.firstMatch(of: /`(await \(run "ID" of .*?\))` waits/))
    #expect(outcome.lastSaid == "SUCCESS")
    let id = try #require(outcome.simulator.launches.first?.id)
    rehearsal.acts.removeLast()
    rehearsal.acts.append(.type(String(offer.1).replacing("ID", with: id)))
    #expect(try rehearsal.run().lastSaid == "SUCCESS")
  }

  @Test func anUnreadOutcomeIsPrinted() throws {
    var rehearsal = PromptRehearsal([prepare, "launch prepare", "await run"])
    rehearsal.scenario = failing
    let outcome = try rehearsal.run()
    #expect(outcome.lines.last == "FAILED")
  }

  @Test func aListOfRunsIsATable() throws {
    let outcome = try PromptRehearsal([
      prepare, "launch prepare", "await run", "launch prepare", "await run", "last 2 runs of prepare",
    ]).run()
    let rows = outcome.lines.suffix(4)
    #expect(rows.first?.hasPrefix("STATUS   STARTED") == true)
    #expect(rows.dropFirst().prefix(2).allSatisfy { $0.hasPrefix("SUCCESS  2020-12-30 11:") })
    #expect(rows.last == "(2 runs)")
  }

  @Test func aNarrowTableCutsNothing() throws {
    var rehearsal = PromptRehearsal([prepare, "launch prepare", "last run of prepare"])
    rehearsal.width = 40
    let outcome = try rehearsal.run()
    let id = try #require(outcome.simulator.launches.first?.id)
    #expect(outcome.lastSaid == "  \(id)")
  }

  @Test func emptyListsAndNoneShowWhatTheyAre() throws {
    let outcome = try PromptRehearsal([prepare, "last run of prepare", "last 3 runs of prepare"]).run()
    #expect(outcome.lines.contains("none"))
    #expect(outcome.lines.last == "(an empty list)")
  }

  @Test func aCallThatGivesNothingShowsNothing() throws {
    let outcome = try PromptRehearsal(["procedure hello(who) { print \"hello ${who}\" }", "hello(\"you\")"]).run()
    #expect(outcome.lines.last == "hello you")
  }

  @Test func parametersThatAreMissingAreAskedFor() throws {
    var rehearsal = PromptRehearsal([
      "param day: date", "soon", "2020-12-29", "day + 1d", "param who from env \"WHO\"", "who",
    ])
    rehearsal.variables = ["WHO": "ada"]
    let outcome = try rehearsal.run()
    #expect(outcome.lines.contains("2020-12-30"))
    #expect(outcome.lines.last == "ada")
  }

  @Test func theSessionIsOneExecutionInTheJournal() async throws {
    let outcome = try PromptRehearsal([prepare, "launch prepare", "await run", "launch prepare"]).run()
    let executions = try await outcome.store.executions(limit: 10)
    let execution = try #require(executions.first)
    #expect(executions.count == 1)
    #expect(execution.header.name == "prompt")
    #expect(execution.state == .ended)
    let entries = try await outcome.store.entries(of: execution.header.id)
    let launches = entries.filter { if case .launch = $0.intent { true } else { false } }
    #expect(Set(launches.map(\.key.path)).count == 2)
  }

  @Test func aSessionWithoutAnEntryLeavesNoRecord() async throws {
    let outcome = try PromptRehearsal([":help", "", "nothing"]).run()
    #expect(try await outcome.store.executions(limit: 10).isEmpty)
  }

  @Test func todayIsTheDayOfTheEntry() throws {
    let outcome = try PromptRehearsal([.type("today"), .pause(.hours(13)), .type("today"), .controlD]).run()
    #expect(outcome.lines.filter { $0.hasPrefix("2020") } == ["2020-12-30", "2020-12-31"])
    #expect(outcome.status == 0)
  }

  // MARK: Guards

  @Test func aProtectedEnvironmentIsMarkedAndAsks() throws {
    let outcome = try PromptRehearsal(["environment PROD", prepare, "launch prepare", "n", "launch prepare", "y"]).run()
    #expect(outcome.lines.contains("000099/PROD PROTECTED! rehearsal> \(prepare)"))
    #expect(outcome.lines.contains("Launch p in PROD? [y/N] n"))
    #expect(outcome.simulator.launches.count == 1)
  }

  @Test func accountAndEnvironmentChange() throws {
    var rehearsal = PromptRehearsal([
      ":environment", ":account 000100", ":environment PRD", ":environment STAGING", "x",
    ])
    rehearsal.account = nil
    rehearsal.environment = nil
    let outcome = try rehearsal.run()
    #expect(outcome.lines.first == "runbook rehearsal> :environment")
    #expect(outcome.lines.contains("000100 rehearsal> :environment PRD"))
    #expect(outcome.screen.contains("PROD"))
    #expect(outcome.lines.contains("000100/STAGING rehearsal> x"))
  }

  // MARK: Stopping

  @Test func controlCStopsWaitingAndSaysHowToWaitAgain() throws {
    let outcome = try PromptRehearsal([
      .type(prepare), .type("launch prepare"), .interrupt(after: .seconds(10)), .type("await run"), .type("await run"),
      .controlD,
    ]).run()
    let id = try #require(outcome.simulator.launches.first?.id)
    #expect(outcome.lines.contains("Stopped waiting; run \(id) of p goes on. `await run` waits again."))
    #expect(outcome.lastSaid == "SUCCESS")
    #expect(outcome.simulator.launches.count == 1)
    #expect(outcome.terminal.live.joined().contains { $0.contains(id) })
  }

  @Test func whatWaitsAgainIsSpelledOutWhereItIsNotTheLatestRun() throws {
    let acts: [ScriptedTerminal.Act] = [
      .type(prepare), .type("let rs = [launch prepare on 2020-12-01, launch prepare on 2020-12-02]"),
      .interrupt(after: .seconds(5)), .type("await rs"),
    ]
    let outcome = try PromptRehearsal(acts + [.controlD]).run()
    let hint = try #require(outcome.lines.first { $0.hasPrefix("Stopped waiting") })
    let again = try #require(hint.firstMatch(of: #/`(.*)` waits/#)?.output.1)
    let second = try PromptRehearsal(acts + [.type(String(again)), .controlD]).run()
    #expect(second.lastSaid == "SUCCESS")
  }

  @Test func finallyRunsWhereWaitingIsStopped() throws {
    let outcome = try PromptRehearsal([
      .type(prepare), .interrupt(after: .seconds(10)),
      .type("try { launch prepare; await run or fail } finally { print \"mended\" }"), .type("print \"next\""),
    ]).run()
    #expect(outcome.lines.contains("mended"))
    #expect(outcome.lastSaid == "next")
  }

  @Test func controlCAtThePromptDropsTheEntry() throws {
    let outcome = try PromptRehearsal([.type("print ("), .controlC, .type("print 2"), .controlD]).run()
    #expect(outcome.lines == ["000099/DEV rehearsal> print (", "000099/DEV rehearsal> print 2", "2"])
  }

  // MARK: Behind the prompt

  @Test func aStatementGoesOnBehindThePrompt() throws {
    let outcome = try PromptRehearsal([
      .type(prepare), .type("launch prepare"), .type("await run &"), .type("run.status"), .pause(.minutes(5)),
      .type("run.status"), .controlD,
    ]).run()
    #expect(outcome.lines.contains("[1] await run goes on behind the prompt"))
    #expect(outcome.lines.contains("[1] done: await run"))
    #expect(outcome.lastSaid == "SUCCESS")
    #expect(outcome.status == 0)
  }

  @Test func nothingIsDeclaredOrAssignedBehindThePrompt() throws {
    let outcome = try PromptRehearsal(["var n = 1", "let x = 2 &", "if true { n = 2 } &", "environment PROD &", "n"])
      .run()
    #expect(outcome.screen.contains("background-declares"))
    #expect(outcome.screen.contains("background-assigns"))
    #expect(outcome.screen.contains("background-sets"))
    #expect(outcome.lines.last == "1")
  }

  @Test func leavingAsksWhereSomethingGoesOn() throws {
    let outcome = try PromptRehearsal([
      .type("wait 1h &"), .controlD, .type("n"), .type(":jobs"), .controlD, .type("y"),
    ]).run()
    #expect(outcome.screen.contains("Leave? What was launched goes on; nobody waits for it. [y/N] n"))
    #expect(outcome.screen.contains("[1] no longer waiting: wait 1h"))
    #expect(outcome.status == 0)
  }

  @Test func stopEndsTheWaitingBehindThePrompt() throws {
    let outcome = try PromptRehearsal([
      .type("wait 1h &"), .type(":stop 2"), .type(":stop 1"), .pause(.seconds(1)), .controlD,
    ])
    .run()
    #expect(outcome.screen.contains("Nothing with the number 2"))
    #expect(outcome.lines.last == "[1] no longer waiting: wait 1h")
    #expect(outcome.status == 0)
  }

  @Test func aFailureBehindThePromptIsTold() throws {
    let outcome = try PromptRehearsal([.type("wait 1s; fail \"lost\" &"), .pause(.seconds(5)), .controlD]).run()
    #expect(outcome.screen.contains("[1] failed: wait 1s; fail \"lost\""))
    #expect(outcome.screen.contains("lost"))
  }

  @Test func questionsFromBehindThePromptCarryTheirNumber() throws {
    let outcome = try PromptRehearsal([.type("confirm \"Sure?\" &"), .answer("y"), .pause(.seconds(1)), .controlD])
      .run()
    #expect(outcome.screen.contains("[1] Sure? [y/N] y"))
    #expect(outcome.lines.last == "[1] done: confirm \"Sure?\"")
  }

  @Test func aTerminalThatGoesAwayEndsTheSession() throws {
    let outcome = try PromptRehearsal([.type("wait 1h &"), .hangUp]).run()
    #expect(outcome.status == 129)
  }

  // MARK: Commands

  @Test func unknownCommandsSuggest() throws {
    let outcome = try PromptRehearsal([":hlep", ":quack", ":vars now", ":load"]).run()
    #expect(outcome.screen.contains("There is no command `:hlep`; did you mean `:help`?"))
    #expect(outcome.screen.contains("There is no command `:quack`; `:help` lists what there is"))
    #expect(outcome.screen.contains("`:vars` takes nothing behind it"))
    #expect(outcome.screen.contains("Usage: :load FILE"))
  }

  @Test func varsRunsAndTimeTellWhatIs() throws {
    let outcome = try PromptRehearsal([
      prepare, "var n = 1", "procedure p(a, b = 2) { print a }", "launch prepare", "await run", ":vars", ":runs",
      ":time",
      "wait 90s", ":quit",
    ]).run()
    #expect(outcome.lines.contains { $0.hasPrefix("n        number (var)") })
    #expect(outcome.lines.contains { $0.hasPrefix("p        procedure") && $0.hasSuffix("(a, b)") })
    #expect(outcome.lines.contains { $0.hasPrefix("SUCCESS  2020-12-30") })
    #expect(outcome.lines.contains("took 1m30s"))
    #expect(outcome.status == 0)
  }

  @Test func idsComeFromTheService() throws {
    var rehearsal = PromptRehearsal([":ids table-to-table", ":ids nothing"])
    rehearsal.scenario = """
      operations:
        p: { table-to-table: p, account: "000099", environment: DEV, history: [SUCCESS at 2020-12-30T08:00:00Z] }
      """
    let outcome = try rehearsal.run()
    #expect(outcome.screen.contains("1 operation seen; 1 known for completion."))
    #expect(outcome.screen.contains("`nothing` is no type that has runs"))
  }

  @Test func editRunsWhatTheEditorLeft() throws {
    var rehearsal = PromptRehearsal(["print 1", ":edit"])
    rehearsal.edited = "print 2\n"
    #expect(try rehearsal.run().lines.suffix(2) == ["print 2", "2"])
    rehearsal.edited = nil
    #expect(try rehearsal.run().lines.last == "Nothing was run: neither $VISUAL nor $EDITOR is set")
  }

  @Test func hostileEntriesNeverStopTheSession() throws {
    let lines = [
      "\u{0}\u{1}\u{7F}", "print \"\u{1B}[2J\"", "))))", "}}}}", ":\u{1B}[31m", "1 / 0",
      "9" + String(repeating: "9", count: 400),
    ]
    let outcome = try PromptRehearsal(lines + ["print \"alive\""]).run()
    #expect(outcome.lines.last == "alive")
    #expect(!outcome.screen.split(separator: "\n").contains { $0.contains("\u{1B}") && !$0.contains("rehearsal>") })
  }

  // MARK: What an entry behind the prompt switches

  @Test func enablingBehindThePromptLiftsWhatWasDisabled() throws {
    let outcome = try PromptRehearsal([
      .type(prepare), .type("disable prepare"), .type("enable prepare &"), .pause(.minutes(1)), .type("launch prepare"),
    ]).run()
    #expect(outcome.simulator.requestCounts["set_configuration_status"] == 2)
    #expect(outcome.simulator.launches.count == 1, "\(outcome.screen)")
  }

  /// While an entry at the prompt goes on, one behind it disables and ends.
  @Test func whatWasDisabledBehindThePromptIsKnown() throws {
    let outcome = try PromptRehearsal([prepare, "wait 1m; disable prepare &", "wait 5m", "launch prepare"]).run()
    #expect(outcome.simulator.requestCounts["set_configuration_status"] == 1)
    #expect(outcome.simulator.launches.isEmpty, "\(outcome.screen)")
  }
}
