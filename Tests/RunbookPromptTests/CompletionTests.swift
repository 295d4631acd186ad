import Foundation
import ProgramSupport
import Testing

/// The Tab key in the real program, where what it offers comes from outside: the journal, the service, folders.
@Suite(.serialized) struct CompletionTests {
  private func expect(
    _ typed: String, becomes completed: String, at prompt: String = Site.prompt, in terminal: PseudoTerminal
  ) throws {
    terminal.send(typed + "\t")
    try terminal.wait(for: completed) { $0.cursorLine == prompt + completed }
    terminal.control("c")
    try terminal.waitForPrompt(prompt)
  }

  @Test func idsThatTheJournalKnows() throws {
    try Site.inFolder { folder in
      let (server, first) = try Site.startedOnServer(in: folder)
      try first.enter("launch table-to-table \"000099_iowa_prepare_pda\"", then: Site.served)
      first.control("d")
      #expect(try first.end() == 0)
      let (other, second) = try Site.startedOnServer(in: folder)
      try expect(
        "disable table-to-table \"", becomes: "disable table-to-table \"000099_iowa_prepare_pda\"", at: Site.served,
        in: second)
      try expect(
        "launch table-to-table \"x\" of \"", becomes: "launch table-to-table \"x\" of \"000099\"", at: Site.served,
        in: second)
      withExtendedLifetime((server, other)) {}
    }
  }

  @Test func idsThatTheServiceWasAskedFor() throws {
    try Site.inFolder { folder in
      let scenario = """
        account: "000099"
        environment: DEV
        operations:
          a: { table-to-storage: 000099_iowa_export, history: [SUCCESS after 1m at -2h] }
        """
      let (server, terminal) = try Site.startedOnServer(in: folder, scenario: scenario)
      terminal.send("launch table-to-storage \"\t")
      try terminal.wait(for: "nothing offered") { $0.cursorLine == Site.served + "launch table-to-storage \"" }
      terminal.control("c")
      try terminal.waitForPrompt(Site.served)
      try terminal.enter(":ids table-to-storage", then: Site.served)
      #expect(terminal.screen.text.contains("1 operation seen"))
      try expect(
        "launch table-to-storage \"", becomes: "launch table-to-storage \"000099_iowa_export\"", at: Site.served,
        in: terminal)
      withExtendedLifetime(server) {}
    }
  }

  @Test func namesOfFiles() throws {
    try Site.inFolder { folder in
      let shared = "\(folder)/shared books"
      try FileManager.default.createDirectory(atPath: shared, withIntermediateDirectories: true)
      try "procedure p() { print 1 }\n".write(toFile: "\(shared)/common.runbook", atomically: true, encoding: .utf8)
      try "print 42\n".write(toFile: "\(folder)/one.runbook", atomically: true, encoding: .utf8)
      try "".write(toFile: "\(folder)/one.txt", atomically: true, encoding: .utf8)
      let terminal = try Site.started(in: folder)
      try expect(":load o", becomes: ":load one.runbook", in: terminal)
      try expect(":load shared", becomes: ":load shared books/", in: terminal)
      try expect(":load shared books/", becomes: ":load shared books/common.runbook", in: terminal)
      try expect(":save one.t", becomes: ":save one.txt", in: terminal)
      try expect("include \"sh", becomes: "include \"shared books/", in: terminal)
      try expect("include \"shared books/c", becomes: "include \"shared books/common.runbook\"", in: terminal)
      try expect("include \"one.t", becomes: "include \"one.t", in: terminal)
      try terminal.enter(":load one.runbook")
      #expect(terminal.screen.lines.contains("42"))
    }
  }
}
