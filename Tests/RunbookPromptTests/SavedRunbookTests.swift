import Foundation
import RunbookChecker
import RunbookDiagnostics
import RunbookFormatter
import RunbookSession
import RunbookSyntax
import TailerSimulator
import Testing

@testable import RunbookPrompt

@Suite struct SavedRunbookTests {
  private func saved(_ entries: [String], environments: [String] = []) -> SavedRunbook {
    SavedRunbook(
      entries.enumerated().map { index, text in
        .init(
          text: text, account: "000099", environment: environments.indices.contains(index) ? environments[index] : "DEV"
        )
      }, context: CheckContext(account: "000099", environment: "DEV"))
  }

  private let prepare = #"let prepare = table-to-table "p""#

  @Test func whatWasDoneIsARunbookThatChecks() {
    let saved = saved(["param day: date = today \"The day\"", prepare, "launch prepare on day", "await run", "status"])
    #expect(
      saved.text == """
        account "000099"
        environment DEV

        param day: date = today "The day"
        let prepare = table-to-table "p"
        launch prepare on day
        await run or fail

        """)
    #expect(saved.leftOut.isEmpty)
  }

  @Test func whatOnlyLooksIsNotKept() {
    #expect(saved([prepare, "last 3 runs of prepare", "prepare.id", "1 + 1"]).statementCount == 1)
    #expect(saved(["1", "today"]).text.isEmpty)
  }

  @Test func aRedefinedNameIsAVariable() {
    let saved = saved([prepare, #"let prepare = table-to-table "q""#, "launch prepare", "await run or ignore"])
    #expect(saved.text.contains("var prepare = table-to-table \"p\"\nprepare = table-to-table \"q\"\n"))
    #expect(saved.leftOut.isEmpty)
  }

  @Test func aRedefinedProcedureIsTheLastOne() {
    let saved = saved(["procedure p() { print 1 }", "procedure p() { print 2 }", "p()"])
    #expect(!saved.text.contains("print 1"))
    #expect(saved.statementCount == 2)
  }

  @Test func oneRunbookHasOneEnvironment() {
    let saved = saved(["print 1", "environment PROD", "print 2"], environments: ["DEV", "DEV", "PROD"])
    #expect(saved.text.isEmpty)
    #expect(saved.problem?.contains("more than one environment (DEV, PROD)") == true)
    #expect(
      self.saved(["environment PROD", "print 2"], environments: ["DEV", "PROD"]).text.contains("environment PROD"))
  }

  @Test func commentsStay() {
    let entries = [
      "# why\nprint 1 # here", "# alone", "if true { # so\n# inside\nprint 2 }; # behind", "await run # how it went",
      "# look\n1 + 1 # not kept", "# the end",
    ]
    #expect(
      saved([prepare, "launch prepare"] + entries).text.components(separatedBy: "launch prepare\n").last == """
        # why
        print 1  # here
        # alone
        if true {  # so
          # inside
          print 2
        }                  # behind
        await run or fail  # how it went
        # the end

        """)
  }

  @Test func theLayoutIsTidyWhateverWasTyped() {
    let saved = saved([
      "let   prepare=table-to-table   \"p\";launch prepare   on  today-1d", "await  run  timeout 30m",
      "if status==FAILED{disable prepare;print 'off'}else{ }", "let  prepare = table-to-table \"q\"",
      "for n in 1..2{\nprint n\n}",
    ])
    #expect(
      saved.text == """
        account "000099"
        environment DEV

        var prepare = table-to-table "p"
        launch prepare on today - 1d
        await run timeout 30m
        if status == FAILED {
          disable prepare
          print 'off'
        } else { }
        prepare = table-to-table "q"
        for n in 1 .. 2 {
          print n
        }

        """)
    #expect(saved.leftOut.isEmpty)
    let again = parse(SourceText(id: SourceID(0), name: "saved", text: saved.text))
    #expect(formatted(again) == saved.text)
  }

  @Test func whatCannotStandInAFileIsLeftOutAndNamed() {
    let saved = saved(["let x = 1", "let x = \"text\"", "print x"])
    #expect(!saved.leftOut.isEmpty)
    let preparation = Preparation(
      of: SourceText(id: SourceID(0), name: "saved", text: saved.text), in: CheckContext())
    #expect(preparation.runbook != nil)
  }

  @Test func savingFromASessionLeavesOutWhatFailed() throws {
    let directory = NSTemporaryDirectory() + "save-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    var rehearsal = PromptRehearsal([
      prepare, "launch prepare", "await run", "fail \"no\"", "launch nothing", "print 1 / 0", ":save out.runbook",
      ":save out.runbook", "n", ":load out.runbook",
    ])
    rehearsal.directory = directory
    let outcome = try rehearsal.run()
    let text = try String(contentsOfFile: "\(directory)/out.runbook", encoding: .utf8)
    #expect(text.hasSuffix("let prepare = table-to-table \"p\"\nlaunch prepare\nawait run or fail\n"))
    #expect(outcome.screen.contains("Saved 3 statements to out.runbook; it checks."))
    #expect(outcome.screen.contains("Nothing was saved."))
    #expect(outcome.simulator.launches.count == 2)
  }
}
