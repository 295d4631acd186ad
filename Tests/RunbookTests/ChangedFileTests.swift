import Foundation
import Glibc
import ProgramSupport
import Testing

/// With which text an execution goes on whose file has changed since.
@Suite(.timeLimit(.minutes(2))) struct ChangedFileTests {
  private static let text = "launch prepare\nconfirm \"Go?\"\nprint \"as recorded\"\nprint \"too\"\n"
  private static let edited = text.replacing("as recorded", with: "as edited").replacing("print \"too\"\n", with: "")

  private static let question =
    "Go on with the recorded text, with the file as it is now, or show the lines? [r/f/s]"

  /// An execution that waits for an answer, and whose file was edited behind the place at which it stands.
  private func stopped(on site: Site) throws -> String {
    #expect(try site.run("run", try site.write(Self.text)).status == 7)
    _ = try site.write(Self.edited)
    return try site.latest().id
  }

  @Test func withoutATerminalTheRecordedTextGoesOnAndThatIsSaid() throws {
    try Site.with { site in
      let id = try stopped(on: site)
      let resumed = try site.run("resume", "--yes")
      #expect(resumed.status == 0, "\(resumed.news)")
      #expect(resumed.output == "as recorded\ntoo\n")
      let words =
        "differs in 2 lines from what is recorded of \(id), which goes on with the recorded text; --edited takes"
      #expect(resumed.news.contains(words), "\(resumed.news)")
      #expect(site.launchRequests == 1)
    }
  }

  @Test func theFileIsTakenWhereSomebodySaysSo() throws {
    try Site.with { site in
      let id = try stopped(on: site)
      let resumed = try site.run("resume", id, "--edited", "--yes")
      #expect(resumed.status == 0, "\(resumed.news)")
      #expect(resumed.output == "as edited\n")
      #expect(!resumed.news.contains("differs"), "\(resumed.news)")
      #expect(site.launchRequests == 1)
    }
  }

  @Test(arguments: [("r", "as recorded"), ("recorded", "as recorded"), ("f", "as edited"), ("FILE", "as edited")])
  func aTerminalAsksWhichTextGoesOn(_ word: String, _ printed: String) throws {
    try Site.with { site in
      let id = try stopped(on: site)
      let terminal = try site.terminal("resume", id, width: 260)
      try terminal.wait(for: "differs in 2 lines from what is recorded of \(id).")
      try terminal.waitForPrompt(Self.question)
      terminal.send("s\r")
      try terminal.wait(for: "+ print \"as edited\"")
      for line in ["- print \"as recorded\"", "- print \"too\"", "  confirm \"Go?\""] {
        #expect(terminal.screen.lines.contains(line), "\(line) in \(terminal.screen.text)")
      }
      try terminal.waitForPrompt(Self.question)
      terminal.send("perhaps\r")
      try terminal.wait(for: "Please type r, f, s.")
      try terminal.waitForPrompt(Self.question)
      terminal.send(word + "\r")
      try terminal.waitForPrompt("Go? [y/N]")
      terminal.send("y\r")
      #expect(try terminal.end() == 0)
      #expect(terminal.screen.lines.contains(printed), "\(terminal.screen.text)")
      #expect(site.launchRequests == 1)
    }
  }

  @Test func whoDoesNotSayWhichLeavesItAsItIs() throws {
    try Site.with { site in
      let id = try stopped(on: site)
      let terminal = try site.terminal("resume", id, width: 260)
      try terminal.waitForPrompt(Self.question)
      terminal.control("d")
      #expect(try terminal.end() == 7)
      #expect(terminal.screen.text.contains("\(id) is left as it is"), "\(terminal.screen.text)")
      #expect(try site.latest().state == "unfinished")
    }
  }

  /// An include that was changed is told like the file itself, and a file that is gone goes on from its recorded text.
  @Test func includesAreTextsTooAndWhatIsGoneGoesOn() throws {
    try Site.with { site in
      let include = site.folder.appending(path: "more.runbook")
      try Data("procedure more() { print \"more, as recorded\" }\n".utf8).write(to: include)
      let file = try site.write("include \"more.runbook\"\nconfirm \"Go?\"\nmore()\n")
      #expect(try site.run("run", file).status == 7)
      try Data("procedure more() { print \"more, as edited\" }\n".utf8).write(to: include)
      let id = try site.latest().id
      let read = try site.run("resume", id)
      #expect(read.status == 7)
      #expect(read.news.contains("more.runbook differs in 1 line from"), "\(read.news)")
      try FileManager.default.removeItem(at: include)
      try FileManager.default.removeItem(atPath: file)
      let refused = try site.run("resume", id, "--edited", "--yes")
      #expect(refused.status == 64 && refused.news.contains("is gone, and cannot be taken as it is now"))
      let resumed = try site.run("resume", id, "--yes")
      #expect(resumed.status == 0, "\(resumed.news)")
      #expect(resumed.output == "more, as recorded\n")
      #expect(resumed.news.contains("more.runbook is gone; its text is the recorded one"), "\(resumed.news)")
    }
  }

  @Test func aTextThatStoodInNoFileCannotHaveBeenEdited() throws {
    try Site.with { site in
      #expect(try site.run("run", "-c", Site.head + "confirm \"Go?\"").status == 7)
      let refused = try site.run("resume", "--edited", "--yes")
      #expect(refused.status == 64 && refused.news.contains("was begun with -c"), "\(refused.news)")
      #expect(try site.run("resume", "--yes").status == 0)
    }
  }

  /// A text that no longer checks keeps nobody from going on with the recorded one, and is refused where it is to be taken.
  @Test func aFileThatNoLongerChecksIsRefusedAndTheRecordedTextGoesOn() throws {
    try Site.with { site in
      let id = try stopped(on: site)
      _ = try site.write(Self.text + "launch nothing\n")
      let refused = try site.run("resume", id, "--edited", "--yes")
      #expect(refused.status == 2, "\(refused.news)")
      #expect(try site.latest().state == "unfinished")
      let resumed = try site.run("resume", id, "--yes")
      #expect(resumed.status == 0 && resumed.output == "as recorded\ntoo\n", "\(resumed.news)")
    }
  }
}
