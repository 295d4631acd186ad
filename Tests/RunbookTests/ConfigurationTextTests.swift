import Foundation
import Glibc
import ProgramSupport
import Testing

/// YAML and the environment as they come: with marks, mistakes, aliases and bytes that are no text.
@Suite(.timeLimit(.minutes(1))) struct ConfigurationTextTests {
  private func rehearsed(with configuration: String) throws -> Program.Result {
    try Program.withFolder { folder in
      try Data(configuration.utf8).write(to: folder.appending(path: "c.yaml"))
      return try Program.run(["run", "--config", "c.yaml", "--simulate", "-c", "print 1"], directory: folder.path)
    }
  }

  @Test func aByteOrderMarkIsSkippedInEveryYAMLFile() throws {
    let configured = try rehearsed(with: "\u{FEFF}profile: p\nprofiles:\n  p:\n    account: \"000099\"\n")
    let simulated = try Program.withFolder { folder in
      try Data("\u{FEFF}account: \"000099\"\nenvironment: DEV\n".utf8).write(to: folder.appending(path: "s.yaml"))
      return try Program.run(["run", "--simulate=s.yaml", "-c", "print 1"], directory: folder.path)
    }
    #expect(configured.status == 0, "\(configured.news)")
    #expect(simulated.status == 0, "\(simulated.news)")
  }

  @Test(arguments: [
    ("duplicate key", "    account: \"000099\"\n    account: \"000098\"\n", 5),
    ("wrong type", "    account: [1, 2]\n", 4),
    ("unknown setting", "    acount: \"000099\"\n", 4),
  ])
  func whatIsWrongIsShownWithItsPlace(_ what: String, _ lines: String, _ line: Int) throws {
    let result = try rehearsed(with: "profile: p\nprofiles:\n  p:\n" + lines)
    #expect(result.status == 64)
    let hasPlace = result.news.contains(try Regex("c\\.yaml:\(line):[0-9]"))
    #expect(hasPlace, "\(result.news)")
    #expect(result.news.contains("^"), "\(result.news)")
    #expect(!result.news.contains("Parser"), "\(result.news)")
  }

  /// A few hundred bytes whose aliases multiply are refused at once.
  @Test func aliasesAreRefusedInTheConfiguration() throws {
    let nested = zip("abcdef", "bcdefg").map { previous, name in
      "? &\(name) [\(Array(repeating: "*\(previous)", count: 9).joined(separator: ","))]\n: 1\n"
    }
    try Program.withFolder { folder in
      let text = "x: &a [x,x,x,x,x,x,x,x,x]\n" + nested.joined() + "profile: p\n"
      try #require(text.utf8.count < 608)
      try Data(text.utf8).write(to: folder.appending(path: "c.yaml"))
      let result = try Program.shell(
        "exec timeout --signal KILL 2 \"$1\" run --config c.yaml --simulate -c 'print 1'", directory: folder.path)
      #expect(result.status == 64)
    }
  }

  /// A device that gives nothing, and a pipe that somebody holds open, are no files to include.
  @Test(arguments: ["/dev/ptmx", "pipe"]) func onlyRegularFilesAreIncluded(_ name: String) throws {
    try Program.withFolder { folder in
      mkfifo(folder.appending(path: "pipe").path, 0o600)
      try Data("include \"\(name)\"\n".utf8).write(to: folder.appending(path: "x.runbook"))
      let result = try Program.shell(
        "exec 9<>pipe; exec timeout --signal KILL 2 \"$1\" check x.runbook", directory: folder.path)
      #expect(result.status == 2)
    }
  }

  @Test func theHistoryOfThePromptIsARegularFile() throws {
    try Program.withFolder { folder in
      chmod(folder.path, 0o700)
      mkfifo(folder.appending(path: "history").path, 0o600)
      let running = try Program.Running(
        [
          "-c",
          "exec 9<>'\(folder.path)/history'; exec timeout --signal KILL 2 script --quiet --command \"$0 repl --simulate\" /dev/null",
          ChildProcess.program,
        ], input: "\u{4}", environment: Program.surroundings(state: folder.path), directory: folder.path,
        program: "/bin/sh")
      let result = running.wait()
      #expect(result.status == 0, "\(result.output)")
    }
  }

  // MARK: What is not UTF-8, and ids

  @Test func aParameterThatIsNotUTF8IsRefused() throws {
    let result = try Program.shell(
      "X=$(printf '\\377') exec \"$1\" run --simulate -c 'param x from env \"X\"\nprint x'")
    #expect(result.status == 64)
    #expect(result.output.isEmpty)
  }

  @Test(arguments: ["p ", " p"]) func anIDWithSpaceAtItsEndIsRefused(_ id: String) throws {
    let result = try Program.run(["check", "-"], input: CommandTests.head + "launch table-to-table \"\(id)\"\n")
    #expect(result.status == 2)
    #expect(result.news.contains("malformed-id"), "\(result.news)")
  }

  @Test func anAddressOfIPv6HasItsBrackets() throws {
    let running = try Program.start(["simulate", "--host", "::1", "--port", "0"])
    defer { running.send(SIGKILL) }
    try Site.wait("it listens, or cannot") { running.output.hasSuffix("\n") || !running.process.isRunning }
    let address = running.output
    // A machine without IPv6 shows nothing.
    guard !address.isEmpty else { return }
    #expect(address.hasPrefix("http://[::1]:"), "\(address)")
  }
}
