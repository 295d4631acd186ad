import Foundation
import ProgramSupport
import Testing

/// What a file asks the person at the terminal, keystroke by keystroke.
@Suite struct QuestionTests {
  static let head = "account \"000099\"\nenvironment DEV\n"

  /// The program with a text on a terminal, on the built-in service.
  private func rehearsing(_ text: String, _ arguments: String..., body: (PseudoTerminal) throws -> Void) throws {
    try Program.withFolder { folder in
      try body(try PseudoTerminal(["run", "--simulate", "-c", Self.head + text] + arguments, state: folder.path))
    }
  }

  @Test(arguments: [("y", 0), ("YES", 0), ("n", 6), ("no", 6), ("", 6), ("\u{4}", 6)])
  func confirm(_ answer: String, _ status: Int32) throws {
    try rehearsing("try { confirm \"Go?\" } catch { print \"taken\" } finally { print \"finally\" }\nprint \"on\"") {
      terminal in
      try terminal.waitForPrompt("Go? [y/N]")
      terminal.send(answer == "\u{4}" ? answer : answer + "\r")
      #expect(try terminal.end() == status)
      let lines = terminal.screen.lines
      #expect(lines.contains("finally"))
      #expect(lines.contains("on") == (status == 0))
      #expect(!lines.contains("taken"))
      #expect(terminal.screen.text.contains("ada said \(status == 0 ? "yes" : "no") to “Go?”"))
    }
  }

  @Test func anythingElseIsAskedAgain() throws {
    try rehearsing("confirm \"Go?\"\nprint \"on\"") { terminal in
      try terminal.waitForPrompt("Go? [y/N]")
      terminal.send("perhaps\r")
      try terminal.wait(for: "the question again") { $0.lines.suffix(2) == ["Please answer yes or no.", "Go? [y/N]"] }
      terminal.send("y\r")
      #expect(try terminal.end() == 0)
    }
  }

  @Test func anAnswerThatIsNotUTF8IsAskedForAgain() throws {
    try rehearsing("param name\nprint \"name ${name}\"") { terminal in
      try terminal.waitForPrompt("name:")
      terminal.send([0x61, 0xFF, 0x0D])
      try terminal.wait(for: "What was typed is not UTF-8; nothing of the line was taken.")
      try terminal.waitForPrompt("name:")
      terminal.send("b\r")
      #expect(try terminal.end() == 0)
      #expect(terminal.screen.lines.contains("name b"))
    }
  }

  @Test(arguments: [("y", "yes"), ("n", "no"), ("\u{4}", "no")])
  func confirmInAConditionGoesOnEitherWay(_ key: String, _ word: String) throws {
    try rehearsing("if confirm \"Go?\" { print \"said yes\" } else { print \"said no\" }") { terminal in
      try terminal.waitForPrompt("Go? [y/N]")
      terminal.send(key == "\u{4}" ? key : key + "\r")
      #expect(try terminal.end() == 0)
      #expect(terminal.screen.lines.contains("said \(word)"))
    }
  }

  @Test(arguments: [("p", 0), ("P", 6), ("y", 6), ("", 6), ("\u{4}", 6)])
  func archivingInPRODTakesTheTypedID(_ answer: String, _ status: Int32) throws {
    try rehearsing("archive table-to-table \"p\" in PROD\nprint \"on\"") { terminal in
      try terminal.waitForPrompt("Archive p in PROD. Type p to go on:")
      terminal.send(answer == "\u{4}" ? answer : answer + "\r")
      #expect(try terminal.end() == status)
      #expect(terminal.screen.lines.contains("on") == (status == 0))
      #expect(terminal.screen.text.contains("archived table-to-table p in PROD") == (status == 0))
      if status != 0 { #expect(terminal.screen.text.contains("error[said-no]: ada did not type the word")) }
    }
  }

  /// Asked for a change in PROD, a no sends nothing; a list that holds one operation of PROD asks for all of it.
  @Test func aProtectedEnvironmentAsksForTheWholeList() throws {
    try Site.with { site in
      let file = try site.write("launch [prepare, table-to-table \"p\" in PROD]\nprint \"on\"\n")
      let terminal = try site.terminal("run", file)
      try terminal.waitForPrompt("Launch p in PROD, and p in DEV? [y/N]")
      terminal.send("n\r")
      #expect(try terminal.end() == 6)
      #expect(site.launchRequests == 0)
      let again = try site.terminal("run", file)
      try again.waitForPrompt("Launch p in PROD, and p in DEV? [y/N]")
      again.send("y\r")
      #expect(try again.end() == 0)
      #expect(site.launchRequests == 2)
    }
  }

  @Test func whoDidATaskByHandAndWhatTheyNotedIsRecorded() throws {
    try Site.with { site in
      let file = try site.write("manual \"Check the totals\"\nlaunch prepare\nawait run every 100ms or fail\n")
      let terminal = try site.terminal("run", file)
      try terminal.wait(for: "To do by hand: Check the totals\n")
      try terminal.waitForPrompt("Press Enter when it is done; a note may come before it:")
      #expect(site.launchRequests == 0)
      terminal.control("d")
      try terminal.wait(for: "the question again") { screen in
        screen.lines.count { $0.hasPrefix("Press Enter when it is done") } == 2
      }
      terminal.send("all there, 12 rows\r")
      #expect(try terminal.end() == 0)
      let record = try site.run("history", site.latest().id).output
      for word in ["Check the totals", "ada", "all there, 12 rows"] {
        #expect(record.contains(word), "\(word) in\n\(record)")
      }
    }
  }

  static let parameters = """
    param day: date "The day"
    param count: number
    param why
    param rest = "left"
    print "${day + 1d} ${count * 2} ${why} ${rest}"
    """

  @Test func whatIsMissingIsAskedForUntilItIsAValue() throws {
    try rehearsing(Self.parameters, "count=4") { terminal in
      try terminal.waitForPrompt("day (The day):")
      terminal.send("tomorrow\r")
      try terminal.wait(for: "`day` has to be a date, and `tomorrow` is none; a date is written `2020-12-30`")
      try terminal.waitForPrompt("day (The day):")
      terminal.send("\r")
      try terminal.wait(for: "`day` has to be given\nday (The day):")
      terminal.send("2020-12-30\r")
      try terminal.waitForPrompt("why:")
      terminal.send("the load = late\r")
      #expect(try terminal.end() == 0)
      #expect(terminal.screen.lines.contains("2020-12-31 8 the load = late left"))
    }
  }

  @Test func whatIsWrongWithTheOthersIsSaidBeforeAnythingIsAsked() throws {
    try rehearsing(Self.parameters, "count=four") { terminal in
      try #require(terminal.end() == 64)
      #expect(terminal.screen.text.contains("`count` has to be a number"))
      #expect(!terminal.screen.text.contains("day (The day):"))
    }
  }

  @Test func aParameterLeftOpenIsWrongUsage() throws {
    try rehearsing(Self.parameters) { terminal in
      try terminal.waitForPrompt("day (The day):")
      terminal.control("d")
      #expect(try terminal.end() == 64)
      #expect(terminal.screen.lines.last == "runbook: `day` was not given")
    }
    try rehearsing(Self.parameters) { terminal in
      try terminal.waitForPrompt("day (The day):")
      terminal.control("c")
      #expect(try terminal.end() == 130)
    }
  }

  @Test func controlCAtAQuestionRunsFinallyAndAnswersNothing() throws {
    try Site.with { site in
      let text = "launch lasting\nif confirm \"Go?\" { print \"yes\" } else { print \"no\" }\nprint \"on\"\n"
      let terminal = try site.terminal("run", try site.write(text))
      try terminal.waitForPrompt("Go? [y/N]")
      terminal.control("c")
      #expect(try terminal.end() == 130)
      #expect(!terminal.screen.lines.contains { ["yes", "no", "on"].contains($0) })
      let id = try site.latest().id
      #expect(terminal.screen.lines.last?.hasSuffix("`runbook resume \(id)` goes on from here") == true)
      // The question was left open, so it is asked again; the launch was not.
      let again = try site.terminal("resume")
      try again.waitForPrompt("Go? [y/N]")
      again.send("y\r")
      #expect(try again.end() == 0)
      #expect(again.screen.lines.contains("yes"))
      #expect(site.launchRequests == 1)
    }
    try rehearsing("try { manual \"Look\" } finally { print \"finally\" }") { terminal in
      try terminal.waitForPrompt("Press Enter when it is done; a note may come before it:")
      terminal.control("c")
      #expect(try terminal.end() == 130)
      #expect(terminal.screen.lines.contains("finally"))
    }
  }

  /// One question at a time, and nothing is written across the one that is open.
  @Test func questionsOutOfAParallelComeOneAfterTheOther() throws {
    let text = """
      parallel for n in 1 .. 4 max 4 {
        if confirm "Go ${n}?" { print "went ${n}" } else { print "left ${n}" }
      }
      """
    try rehearsing(text) { terminal in
      var asked: [String] = []
      for number in 1...4 {
        try terminal.wait(for: "question \(number)") { screen in
          screen.lines.count { $0.hasPrefix("Go ") } == number && screen.cursorLine.hasSuffix("[y/N]")
        }
        asked.append(terminal.screen.cursorLine)
        terminal.send(number % 2 == 0 ? "n\r" : "y\r")
      }
      #expect(try terminal.end() == 0)
      #expect(Set(asked) == Set((1...4).map { "Go \($0)? [y/N]" }))
      let lines = terminal.screen.lines
      #expect(lines.count { $0.hasPrefix("went") } == 2)
      #expect(lines.count { $0.hasPrefix("left") } == 2)
      // Each question's line holds the question and its answer alone.
      #expect(lines.filter { $0.contains("[y/N]") }.allSatisfy { $0.count == "Go 1? [y/N] y".count })
    }
  }

  /// The news of other branches waits until the question is answered.
  @Test func newsDoesNotCrossAnOpenQuestion() throws {
    try Site.with { site in
      let text = """
        parallel max 2 {
          step "asks" { confirm "Go?" }
          step "works" { launch prepare
            await run every 100ms or fail
            print "worked" }
        }

        """
      let terminal = try site.terminal("run", try site.write(text))
      try terminal.waitForPrompt("Go? [y/N]")
      try Site.wait("the run has been seen to end") {
        try site.effects(of: site.latest().id).contains {
          $0["verb"] as? String == "print" && $0["state"] as? String == "ended"
        }
      }
      terminal.send("y")
      try terminal.waitForPrompt("Go? [y/N] y")
      #expect(!terminal.screen.text.contains("worked"))
      terminal.send("\r")
      #expect(try terminal.end() == 0)
      #expect(terminal.screen.lines.contains("worked"))
      #expect(terminal.screen.lines.contains("Go? [y/N] y"))
    }
  }

  @Test func standardInputMayBeTheRunbookWhileTheTerminalAnswers() throws {
    try Program.withFolder { folder in
      let file = folder.appending(path: "x.runbook")
      try Data((Self.head + "param why\nconfirm \"Go?\"\nprint \"on: ${why}\"\n").utf8).write(to: file)
      let terminal = try PseudoTerminal(["run", "--simulate", "-"], state: folder.path, input: file.path)
      try terminal.waitForPrompt("why:")
      terminal.send("because\r")
      try terminal.waitForPrompt("Go? [y/N]")
      terminal.send("y\r")
      #expect(try terminal.end() == 0)
      #expect(terminal.screen.lines.contains("on: because"))
    }
  }

  /// Controls in a question's text do not reach the terminal.
  @Test func aQuestionIsShownWithoutControlCharacters() throws {
    try rehearsing("confirm \"Go\\u{1b}[2J\\u{7}?\"") { terminal in
      try terminal.wait(for: "[y/N]")
      #expect(terminal.screen.lines.first?.hasPrefix("Go") == true)
      terminal.send("n\r")
      #expect(try terminal.end() == 6)
    }
  }
}
