import Foundation
import Glibc
import ProgramSupport
import Testing

/// What cannot be written is said, and what is written is visible text.
@Suite(.timeLimit(.minutes(1))) struct OutputTests {
  static let commands = [
    "reference", "reference --help", "--version", "fmt -", "plan -", "run --simulate -c 'print 1'",
    "run --simulate --output json -c 'print 1'",
  ]

  @Test(arguments: commands) func aFullStandardOutputIsSaid(_ command: String) throws {
    let result = try Program.shell("echo 'print 1' | \"$1\" \(command) > /dev/full")
    #expect(result.status == 74)
    #expect(result.news.contains("No space left"), "\(result.news)")
  }

  @Test func aFullStandardOutputIsSaidOfWhatIsWrongToo() throws {
    let result = try Program.shell("printf 'stop\\nprint 1\\n' | \"$1\" check --output json - > /dev/full")
    #expect(result.status == 74, "\(result.news)")
  }

  /// Whoever reads it may stop: the work is done, and nobody is told what they know.
  @Test func whoStopsReadingIsNotTold() throws {
    try Program.withFolder { folder in
      // Longer than what stands in a pipe and what is read of it.
      let file = folder.appending(path: "long.runbook")
      try Data(String(repeating: "print \"on and on\"\n", count: 20_000).utf8).write(to: file)
      let line = "bash -c 'set -o pipefail; \"$0\" fmt - < \"$1\" | head -c 1 > /dev/null' \"$1\" \"$2\""
      let result = try Program.shell(line, file.path)
      #expect(result.status == 74, "\(result.news)")
      #expect(result.news == "", "\(result.news)")
    }
  }

  @Test(arguments: ["history", "transcript"]) func aFullStandardOutputIsSaidOfTheRecordToo(_ command: String) throws {
    try Site.with { site in
      #expect(try site.run("run", try site.write("print 1\n")).status == 0)
      let id = command == "transcript" ? try site.latest().id : ""
      let running = try Program.Running(
        ["-c", "exec \"$0\" \"$@\" > /dev/full", ChildProcess.program, command] + (id.isEmpty ? [] : [id]), input: nil,
        environment: site.environment, directory: site.folder.path, program: "/bin/sh")
      let result = running.wait()
      #expect(result.status == 74, "\(result.news)")
    }
  }

  // MARK: Control characters

  private func isVisible(_ text: String) -> Bool {
    !text.unicodeScalars.contains { scalar in
      (scalar.value < 0x20 && scalar != "\n") || (0x7F..<0xA0).contains(scalar.value) || scalar.value == 0x61C
    }
  }

  static let owned = "a\u{1B}]0;owned\u{7}"

  static let naming: [(what: String, arguments: [String])] = [
    ("a file", ["check", owned]), ("a file, with C1", ["check", "c1\u{9B}.runbook"]),
    ("a file to format", ["fmt", "--check", owned + "f"]),
    ("a scenario", ["rehearse", "x.runbook", "--scenario", owned]),
    ("a configuration", ["run", "--config", owned, "-c", "print 1"]),
    ("a key of it", ["run", "--config", "escape.yaml", "--simulate", "-c", "print 1"]),
    ("a profile", ["run", "--simulate", "--profile", owned, "-c", "print 1"]), ("a topic", ["reference", owned]),
    ("a print, with U+061C", ["run", "--simulate", "-c", "print \"a\u{61C}b\""]),
  ]

  @Test(arguments: naming.map(\.what)) func nothingThatIsNamedMovesTheTerminal(_ what: String) throws {
    let arguments = try #require(Self.naming.first { $0.what == what }).arguments
    try Program.withFolder { folder in
      for (name, text) in [
        ("x.runbook", "print 1\n"), (Self.owned + "f", "print  1\n"),
        ("escape.yaml", "profile: p\nprofiles:\n  p:\n    \"\\e]0;owned\\a\": 1\n"),
      ] {
        try Data(text.utf8).write(to: folder.appending(path: name))
      }
      let result = try Program.run(arguments, directory: folder.path)
      try #require(!(result.output + result.news).isEmpty)
      #expect(isVisible(result.output) && isVisible(result.news))
    }
  }

  @Test(arguments: [["history", owned], ["history", "--prune", owned]])
  func nothingThatIsNamedForTheRecordMovesTheTerminal(_ arguments: [String]) throws {
    try Site.with { site in
      #expect(try site.run("run", try site.write("print 1\n")).status == 0)
      let result = try site.run(arguments)
      #expect(result.status == 64)
      #expect(isVisible(result.output) && isVisible(result.news))
    }
  }

  // MARK: Words

  @Test func timesSayThatTheyAreUTC() throws {
    try Site.with { site in
      let done = try site.run("run", try site.write("launch prepare\nawait run every 100ms or fail\n"))
      #expect(done.status == 0)
      let history = try site.run("history").output
      #expect(done.news.firstMatch(of: /until [-0-9]+ [:0-9]+ ?(UTC|Z)/) != nil, "\(done.news)")
      #expect(history.contains("UTC"), "\(history)")
    }
  }

  /// The record speaks the language's words.
  @Test func aLookIsCalledAsTheLanguageCallsIt() throws {
    try Site.with { site in
      let done = try site.run("run", try site.write("let found = last 3 runs of prepare\nprint found.count\n"))
      #expect(done.status == 0)
      let id = try site.latest().id
      #expect(try site.effects(of: id).map { $0["verb"] as? String } == ["look", "print"])
    }
  }
}
