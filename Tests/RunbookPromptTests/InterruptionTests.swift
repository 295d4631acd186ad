import Foundation
import ProgramSupport
import Testing

/// Ctrl-C in each state of the real program.
@Suite(.serialized) struct InterruptionTests {
  private let prompt = Site.prompt

  @Test func onAnEmptyLine() throws {
    try Site.inFolder { folder in
      let terminal = try Site.started(in: folder)
      for _ in 0..<3 {
        terminal.control("c")
        try terminal.waitForPrompt(prompt)
      }
      try terminal.enter("print 1 + 1")
      #expect(terminal.screen.lines.contains("2"))
      #expect(terminal.screen.lines.first == prompt + "^C")
    }
  }

  @Test func inAReverseSearch() throws {
    try Site.inFolder { folder in
      let terminal = try Site.started(in: folder)
      try terminal.enter("print \"found\"")
      terminal.control("r")
      terminal.send("fou")
      try terminal.wait(for: "(reverse-i-search)`fou'")
      terminal.control("c")
      try terminal.waitForPrompt(prompt)
      try terminal.enter("print 6 * 7")
      #expect(terminal.screen.lines.contains("42"))
      #expect(terminal.screen.lines.count { $0 == "found" } == 1)
    }
  }

  @Test func whileACompletionIsListed() throws {
    try Site.inFolder { folder in
      let terminal = try Site.started(in: folder)
      terminal.send("print to\t\t")
      terminal.control("c")
      try terminal.waitForPrompt(prompt)
      // So many that readline asks whether to list them.
      for n in 0..<110 { terminal.send("let name\(n) = \(n)\r") }
      try terminal.enter("print \"made\"")
      terminal.send("print name\t\t")
      try terminal.wait(for: "Display all")
      terminal.control("c")
      try terminal.waitForPrompt(prompt)
      try terminal.enter("print name7 + 1")
      #expect(terminal.screen.lines.contains("8"))
    }
  }

  @Test func whileAwaitingWithTheWindowResized() throws {
    try Site.inFolder { folder in
      let (server, terminal) = try Site.startedOnServer(in: folder)
      try terminal.enter(Site.prepare, then: Site.served)
      try terminal.enter("launch prepare", then: Site.served)
      terminal.type("await run timeout 2h")
      try terminal.wait(for: "the live line") { $0.lines.last?.hasPrefix("… ") == true }
      terminal.resize(width: 40)
      try terminal.wait(for: "the live line in forty columns") {
        $0.lines.last.map { $0.hasPrefix("… ") && $0.count < 40 } == true
      }
      terminal.control("c")
      try terminal.wait(for: "`await run` waits again.")
      try terminal.waitForPrompt(Site.served)
      terminal.type("print \"still here\"")
      try terminal.wait(for: "\nstill here\n")
      withExtendedLifetime(server) {}
    }
  }

  /// The reply takes longer than anybody waits; what was sent is on record, and found again.
  @Test func whileLaunching() throws {
    try Site.inFolder { folder in
      let scenario = "account: \"000099\"\nenvironment: DEV\nfaults: [{ launch_job 1: slow by 10m }]\n"
      let (server, terminal) = try Site.startedOnServer(in: folder, scenario: scenario, width: 200)
      try terminal.enter(Site.prepare, then: Site.served)
      terminal.type("launch prepare")
      try terminal.wait(for: "launching") { $0.lines.last?.contains("launching table-to-table") == true }
      terminal.control("c")
      try terminal.wait(for: "Interrupted")
      try terminal.waitForPrompt(Site.served)
      #expect(terminal.screen.text.contains("what was launched goes on"))
      terminal.type("last run of prepare")
      try terminal.wait(for: "RUNNING")
      withExtendedLifetime(server) {}
    }
  }

  @Test func twiceInAFinally() throws {
    try Site.inFolder { folder in
      let (server, terminal) = try Site.startedOnServer(in: folder)
      terminal.type("try { wait 1h } finally { print \"cleaning\"; wait 1h; print \"clean\" }")
      try terminal.wait(for: "waiting 1h")
      terminal.control("c")
      try terminal.wait(for: "\ncleaning\n")
      try terminal.wait(for: "the wait") { $0.lines.last?.contains("waiting 1h") == true }
      terminal.control("c")
      try terminal.wait(for: "Stopping at once")
      try terminal.waitForPrompt(Site.served)
      #expect(!terminal.screen.lines.contains("clean"))
      terminal.type("print 6 * 7")
      try terminal.wait(for: "\n42\n")
      withExtendedLifetime(server) {}
    }
  }
}
