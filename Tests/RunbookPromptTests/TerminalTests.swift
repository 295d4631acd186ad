import Foundation
import Glibc
import ProgramSupport
import Testing

/// The real program, keystroke by keystroke.
@Suite(.serialized) struct TerminalTests {
  private let prepare = Site.prepare
  private let rehearsal = ["repl", "--simulate"] + Site.place
  private let prompt = Site.prompt

  private func inFolder(_ body: (String) throws -> Void) throws { try Site.inFolder(body) }
  private func started(in folder: String, width: Int = 100, environment: [String: String] = [:]) throws
    -> PseudoTerminal
  {
    try Site.started(in: folder, width: width, environment: environment)
  }

  @Test func statementsOverSeveralLines() throws {
    try inFolder { folder in
      let terminal = try started(in: folder)
      terminal.type("for n in 1 .. 2 {")
      try terminal.waitForPrompt("                 ...> ")
      terminal.type("print \"line ${n}\"")
      terminal.type("}")
      try terminal.wait(for: "line 1\nline 2\n\(prompt)".trimmingCharacters(in: .whitespaces))
      terminal.send("\u{1B}[A")
      try terminal.wait(for: "the whole entry again") { $0.text.hasSuffix("{\nprint \"line ${n}\"\n}") }
      terminal.control("c")
      try terminal.waitForPrompt(prompt)
      terminal.control("d")
      #expect(try terminal.end() == 0)
    }
  }

  @Test func completionInEachPlace() throws {
    try inFolder { folder in
      let terminal = try started(in: folder)
      terminal.type(prepare)
      terminal.type("launch prepare")
      try terminal.wait(for: "launched table-to-table")
      try terminal.waitForPrompt(prompt)
      for (typed, completed) in [
        ("aw\t", "await"), ("launch prep\t", "launch prepare"), ("print run.sta\t", "print run.sta"),
        ("print run.stat\t", "print run.status"), ("if run.status == FA\t", "if run.status == FAILED"),
        ("await run time\t", "await run timeout"),
        ("launch table-to-table \"0\t", "launch table-to-table \"000099_p\""),
        (":envi\t", ":environment"), (":environment ST\t", ":environment STAGING"), ("reset prep\t", "reset prep"),
      ] {
        terminal.send(typed)
        try terminal.wait(for: completed) { $0.cursorLine == prompt + completed }
        terminal.control("c")
        try terminal.waitForPrompt(prompt)
      }
      terminal.send("print run.sta\t\t")
      try terminal.wait(for: "started  status")
    }
  }

  @Test func controlCDropsTheLineAndTheEntry() throws {
    try inFolder { folder in
      let terminal = try started(in: folder)
      terminal.send("print 12345")
      try terminal.wait(for: "print 12345")
      terminal.control("c")
      try terminal.waitForPrompt(prompt)
      terminal.type("print (")
      try terminal.waitForPrompt("                 ...> ")
      terminal.control("c")
      try terminal.waitForPrompt(prompt)
      terminal.type("print 6")
      try terminal.wait(for: "print 6\n6\n")
      #expect(!terminal.screen.lines.contains("12345"))
    }
  }

  @Test func controlCAtAQuestionIsNoAnswer() throws {
    try inFolder { folder in
      let terminal = try started(in: folder)
      terminal.type("if confirm \"Sure?\" { print \"went on\" } else { print \"did not\" }; print \"after\"")
      try terminal.waitForPrompt("Sure? [y/N] ")
      terminal.control("c")
      try terminal.waitForPrompt(prompt)
      #expect(!terminal.screen.lines.contains { ["went on", "did not", "after"].contains($0) })
      terminal.type("confirm \"Sure?\"")
      try terminal.waitForPrompt("Sure? [y/N] ")
      terminal.type("y")
      try terminal.waitForPrompt(prompt)
    }
  }

  /// Against a server, where waiting takes time.
  @Test func waitingCanBeStoppedAndGoOnBehindThePrompt() throws {
    try inFolder { folder in
      // A run of a minute takes twelve seconds, in which nothing here hurries.
      let (server, terminal) = try Site.startedOnServer(in: folder, speed: 5, width: 200)
      terminal.type(prepare)
      terminal.type("launch prepare")
      try terminal.wait(for: "launched table-to-table")
      terminal.type("await run every 1s")
      try terminal.wait(for: "the live line") { $0.lines.last?.hasPrefix("… ") == true }
      terminal.control("c")
      try terminal.wait(for: "`await run` waits again.")
      try terminal.waitForPrompt("000099/DEV> ")
      #expect(!terminal.screen.text.contains("…"))
      terminal.type("await run every 1s &")
      try terminal.wait(for: "[1] await run every 1s goes on behind the prompt")
      terminal.control("d")
      try terminal.waitForPrompt("Leave? What was launched goes on; nobody waits for it. [y/N] ")
      terminal.type("n")
      terminal.send("print \"typed while")
      try terminal.wait(for: "[1] done: await run every 1s")
      try terminal.wait(for: "the line being typed") { $0.cursorLine == "000099/DEV> print \"typed while" }
      #expect(terminal.screen.lines.count { $0.contains("typed while") } == 1)
      terminal.type(" it ran\"")
      try terminal.wait(for: "\ntyped while it ran\n")
      terminal.type("run.status")
      try terminal.wait(for: "run.status\nSUCCESS\n")
      terminal.control("d")
      #expect(try terminal.end() == 0)
      withExtendedLifetime(server) {}
    }
  }

  /// One question at a time: what is asked behind the prompt waits until the one that stands is answered, or a key that was
  /// meant for that one would answer it.
  @Test func aQuestionFromBehindThePromptWaitsForTheOneThatStands() throws {
    try inFolder { folder in
      let (server, terminal) = try Site.startedOnServer(in: folder)
      terminal.type(
        "parallel { step \"a\" { wait 1s; confirm \"Behind?\" }; step \"b\" { wait 2s; print \"asked by now\" } } &")
      try terminal.waitForPrompt(Site.served)
      terminal.type("confirm \"Before?\"")
      try terminal.waitForPrompt("Before? [y/N]")
      try terminal.wait(for: "asked by now\n")
      let asked = terminal.screen.cursorLine
      #expect(asked == "Before? [y/N]")
      withExtendedLifetime(server) {}
    }
  }

  @Test func historyLastsBeyondASession() throws {
    try inFolder { folder in
      let first = try started(in: folder)
      first.type("print (1")
      first.type("+ 2)")
      try first.wait(for: "\n3\n")
      first.type(" print \"secret\"")
      try first.wait(for: "\nsecret\n")
      first.type(":history 3")
      try first.wait(for: "\nprint (1\n+ 2)\n")
      #expect(!first.screen.text.contains("\n print"))
      first.control("d")
      #expect(try first.end() == 0)
      let second = try started(in: folder)
      // The command, and the entry before it.
      second.send("\u{1B}[A\u{1B}[A")
      try second.wait(for: "the last entry kept") { $0.text.hasSuffix("print (1\n+ 2)") }
      second.send("\r")
      try second.wait(for: "\n3\n")
      second.control("r")
      second.send("(1")
      try second.wait(for: "reverse search") { $0.text.contains("(reverse-i-search)`(1'") }
      #expect(!second.screen.text.contains("secret"))
    }
  }

  @Test func whatIsSavedRuns() throws {
    try inFolder { folder in
      let terminal = try started(in: folder)
      for line in [prepare, "launch prepare", "launch nothing", "await run", "fail \"oh\"", ":save saved.runbook"] {
        terminal.type(line)
        try terminal.wait(for: line)
      }
      try terminal.wait(for: "Saved 3 statements to saved.runbook; it checks.")
      terminal.control("d")
      #expect(try terminal.end() == 0)
      let second = try PseudoTerminal(["run", "saved.runbook", "--simulate"], state: folder, directory: folder)
      #expect(try second.end() == 0)
      #expect(second.screen.text.contains("ended SUCCESS"))
    }
  }

  @Test func aWholePlaybookCanBePasted() throws {
    let playbooks = Site.root.appending(path: "runbooks").path
    let text = try String(contentsOfFile: "\(playbooks)/relaunch.runbook", encoding: .utf8)
    try inFolder { folder in
      let terminal = try PseudoTerminal(
        ["repl", "--simulate=relaunch.scenario.yaml"], state: folder, directory: playbooks, height: 200)
      try terminal.waitForPrompt("runbook rehearsal> ")
      terminal.send("\u{1B}[200~" + text.replacingOccurrences(of: "\n", with: "\r") + "\u{1B}[201~")
      terminal.send("\r\r")
      try terminal.wait(for: "ended SUCCESS")
      try terminal.waitForPrompt("000099/DEV rehearsal> ")
      #expect(!terminal.screen.text.contains("error["))
    }
  }

  @Test func hostileBytesLeaveThePromptAlive() throws {
    try inFolder { folder in
      let terminal = try started(in: folder)
      // All bytes but those by which a person stops or leaves the program.
      let spared: Set<UInt8> = [0x03, 0x04, 0x0F, 0x11, 0x13, 0x16, 0x1A, 0x1C]
      for seed in 0..<4 {
        for byte in (0...255).map({ UInt8(($0 * 167 + seed * 31) % 256) }) where !spared.contains(byte) {
          terminal.send([byte])
        }
        terminal.send("\r")
        terminal.control("g")
        terminal.control("c")
        try terminal.waitForPrompt(prompt)
      }
      terminal.control("c")
      try terminal.waitForPrompt(prompt)
      terminal.type("print \"still here\"")
      try terminal.wait(for: "\nstill here")
      try terminal.waitForPrompt(prompt)
      terminal.type(":quit")
      #expect(try terminal.end() == 0)
    }
  }

  @Test func aDumbTerminalIsUsable() throws {
    try inFolder { folder in
      let terminal = try PseudoTerminal(rehearsal, state: folder, environment: ["TERM": "dumb"])
      try terminal.wait(for: prompt.trimmingCharacters(in: .whitespaces))
      terminal.type(prepare)
      terminal.type("launch prepare")
      terminal.type("await run &")
      try terminal.wait(for: "[1] done: await run")
      terminal.type("run.status")
      try terminal.wait(for: "\nSUCCESS")
      terminal.control("d")
      #expect(try terminal.end() == 0)
    }
  }

  @Test func fortyColumnsWideCharactersAndAResizedWindow() throws {
    try inFolder { folder in
      let terminal = try started(in: folder, width: 40)
      terminal.send("print \"日本語のテキストがここにあります と\"")
      try terminal.wait(for: "the second row") { $0.lines.count == 2 }
      terminal.send("\u{1B}[D\u{1B}[D\u{7F}")
      try terminal.wait(for: "a wide character less") {
        $0.text.contains("ます \"") || $0.text.contains("ます と\"") == false
      }
      terminal.resize(width: 80)
      terminal.control("c")
      try terminal.waitForPrompt(prompt)
      terminal.type("print \"日本\"")
      try terminal.wait(for: "\n日本\n")
      terminal.type("wait 1s &")
      try terminal.wait(for: "[1] done: wait 1s")
    }
  }

  @Test func aProtectedEnvironmentCannotBeOverlooked() throws {
    try inFolder { folder in
      let terminal = try PseudoTerminal(
        ["repl", "--simulate", "--account", "000099", "--environment", "PROD"], state: folder, width: 40,
        environment: ["NO_COLOR": "1"])
      try terminal.waitForPrompt("000099/PROD PROTECTED! rehearsal> ")
      terminal.type("environment DEV")
      try terminal.waitForPrompt(prompt)
    }
  }

  @Test func aTerminalThatGoesAwayEndsIt() throws {
    try inFolder { folder in
      let terminal = try started(in: folder)
      terminal.hangUp()
      #expect(try terminal.end() == 129)
    }
  }

  /// A machine's signal decides nothing: no `finally` begins, in front or behind the prompt.
  @Test(arguments: [SIGTERM, SIGHUP]) func aMachinesSignalBeginsNoFinally(_ signal: Int32) throws {
    try inFolder { folder in
      let (server, terminal) = try Site.startedOnServer(in: folder)
      terminal.type("try { wait 1h } finally { print \"undone behind\" } &")
      try terminal.waitForPrompt(Site.served)
      terminal.type("try { wait 2h } finally { print \"undone before\" }")
      try terminal.wait(for: "waiting 2h")
      terminal.signal(signal)
      #expect(try terminal.end() == 128 + signal)
      #expect(!terminal.screen.lines.contains { $0.contains("undone") && !$0.contains("finally") })
      withExtendedLifetime(server) {}
    }
  }

  @Test func theInputFileOfReadlineIsHeeded() throws {
    try inFolder { folder in
      let file = "$if runbook\n\"\\C-t\": \"print 6 * 7\\n\"\n$endif\nset editing-mode vi\n"
      try file.write(toFile: "\(folder)/inputrc", atomically: true, encoding: .utf8)
      let terminal = try started(in: folder, environment: ["INPUTRC": "\(folder)/inputrc"])
      // Keys are those of vi: back to the beginning, and a letter replaced there.
      terminal.send("xrint 5\u{1B}0rp")
      try terminal.wait(for: "the letter replaced") { $0.cursorLine == prompt + "print 5" }
      terminal.send("\r")
      try terminal.wait(for: "\n5\n")
    }
    try inFolder { folder in
      let file = "$if runbook\n\"\\C-t\": \"print 6 * 7\\n\"\n$endif\n"
      try file.write(toFile: "\(folder)/inputrc", atomically: true, encoding: .utf8)
      let terminal = try started(in: folder, environment: ["INPUTRC": "\(folder)/inputrc"])
      terminal.control("t")
      try terminal.wait(for: "print 6 * 7\n42\n")
    }
  }

  @Test func whatIsTypedAheadIsNeitherLostNorShownTwice() throws {
    try inFolder { folder in
      let terminal = try started(in: folder)
      for line in [prepare, "launch prepare", "await run", "print \"end\""] { terminal.send(line + "\r") }
      terminal.control("d")
      #expect(try terminal.end() == 0)
      #expect(terminal.screen.lines.count { $0.contains("launch prepare") } == 1)
      #expect(terminal.screen.lines.contains("end"))
    }
  }

  /// A paste of a statement that asks, and a line that would answer.
  @Test func whatIsTypedAheadDoesNotAnswerAQuestion() throws {
    try inFolder { folder in
      let terminal = try started(in: folder)
      terminal.send("confirm \"Sure?\"\ryes\r")
      try terminal.wait(for: "Sure? [y/N]")
      terminal.send("print \"next\"\r")
      try terminal.wait(for: "what became of the line") {
        $0.lines.contains("next") || $0.lines.contains("Please answer yes or no.")
      }
      let lines = terminal.screen.lines
      #expect(lines.contains("Please answer yes or no."))
    }
  }

  /// Where the locale is not UTF-8 a character is still one.
  @Test func aLocaleThatIsNotUTF8StillEditsCharacters() throws {
    try inFolder { folder in
      let terminal = try started(in: folder, environment: ["LC_ALL": "C", "LANG": "C"])
      terminal.send("print \"aé")
      terminal.send([0x7F])
      terminal.send("b\"; print \"then\"\r")
      try terminal.wait(for: "\nthen\n")
      let lines = terminal.screen.lines
      #expect(lines.contains("ab"), "\(terminal.screen.text)")
    }
  }

  /// Nothing stands in for what is no character.
  @Test func whatIsNotUTF8IsNotRun() throws {
    try inFolder { folder in
      let terminal = try started(in: folder)
      terminal.send(Array("print \"a".utf8) + [0xFF] + Array("b\"\r".utf8))
      try terminal.wait(for: "What was typed is not UTF-8; nothing of the line was taken.")
      try terminal.waitForPrompt(prompt)
      try terminal.enter("print \"then\"")
      #expect(!terminal.screen.lines.contains { $0.hasPrefix("a") && $0.hasSuffix("b") })
      try Data(Array("print \"c".utf8) + [0xFF, 0x22]).write(to: URL(filePath: "\(folder)/broken.runbook"))
      terminal.type(":load broken.runbook")
      try terminal.wait(for: "error[invalid-utf8]")
      #expect(!terminal.screen.lines.contains { $0.hasPrefix("c") })
    }
  }

  @Test func theEditorGetsNoToken() throws {
    try inFolder { folder in
      let terminal = try started(
        in: folder,
        environment: ["EDITOR": "env > \(folder)/editor.env; true", "TAILER_API_JWT": "opaque-secret"])
      try terminal.enter("print \"one\"")
      terminal.type(":edit")
      try terminal.wait(for: "the entry again") { screen in screen.lines.count { $0 == "one" } == 2 }
      let given = try String(contentsOfFile: "\(folder)/editor.env", encoding: .utf8)
      try #require(given.contains("RUNBOOK_STATE_DIRECTORY"))
      #expect(!given.contains("opaque-secret"))
    }
  }

  @Test func standardInputThatIsNoTerminalRunsAsAScript() throws {
    try inFolder { folder in
      try "print \"one\"\nprint \"two\"\n".write(toFile: "\(folder)/script", atomically: true, encoding: .utf8)
      let process = Process()
      process.executableURL = URL(filePath: ChildProcess.program)
      process.arguments = ["repl", "--simulate"]
      process.environment = ["HOME": folder, "RUNBOOK_STATE_DIRECTORY": folder, "SWIFT_BACKTRACE": "enable=no"]
      process.standardInput = try FileHandle(forReadingFrom: URL(filePath: "\(folder)/script"))
      let output = Pipe()
      process.standardOutput = output
      process.standardError = FileHandle.nullDevice
      try process.run()
      let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
      process.waitUntilExit()
      #expect(text == "one\ntwo\n")
      #expect(process.terminationStatus == 0)
    }
  }

  @Test func theEditorChangesTheLastEntry() throws {
    try inFolder { folder in
      let terminal = try started(in: folder, environment: ["EDITOR": "sed -i s/one/two/"])
      terminal.type("print \"one\"")
      try terminal.wait(for: "\none\n")
      terminal.type(":edit")
      try terminal.wait(for: "\nprint \"two\"\ntwo\n")
      try terminal.waitForPrompt(prompt)
    }
  }
}
