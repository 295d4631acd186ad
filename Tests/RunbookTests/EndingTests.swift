import FaultSupport
import Foundation
import Glibc
import ProgramSupport
import Testing

/// What stops an execution is somebody's decision or nobody's, and what it leaves undone is done by whoever resumes it.
@Suite(.timeLimit(.minutes(1))) struct EndingTests {
  private func activationRequests(_ site: Site) -> Int { site.exchanges.count { $0.contains("/configuration/status") } }

  /// A scheduler's cancel: a signal, and a kill soon after.
  @Test func aFinallyThatDidNotEndIsFinishedByResume() throws {
    try Site.with(Site.scenario("faults: [set_configuration_status 3: slow by 30s]")) { site in
      let text = """
        disable prepare
        disable export
        try { wait 60s } finally { enable prepare; enable export }

        """
      let running = try site.start("run", try site.write(text))
      try running.hasSaid("waiting 1m")
      running.send(SIGINT)
      try Site.wait("the finally begins") {
        try site.effects(of: site.latest().id).contains { $0["verb"] as? String == "enable" }
      }
      running.send(SIGKILL)
      _ = running.wait()
      try #require(running.process.wasKilled)
      let resumed = try site.run("resume")
      #expect(resumed.news.contains("enabled table-to-storage e in DEV"), "\(resumed.news)")
    }
  }

  /// A no inside of a `finally` ends it; the last lines say what is left as it was not meant to be.
  @Test func whatAFinallyDidNotGetToDoIsSaid() throws {
    try Site.with { site in
      let text = """
        let freeze = [table-to-table "a" in PROD, table-to-table "b" in PROD]
        disable freeze
        try { print "deploying" } finally { enable freeze }

        """
      let terminal = try site.terminal("run", try site.write(text))
      try terminal.wait(for: "Disable a, b in PROD? [y/N]")
      terminal.send("y\r")
      try terminal.wait(for: "Enable a, b in PROD? [y/N]")
      terminal.send("n\r")
      #expect(try terminal.end() == 6)
      let last = terminal.screen.lines.drop { !$0.contains("Enable a, b in PROD? [y/N]") }.joined(separator: "\n")
      #expect(last.contains("disabled"), "\(last)")
    }
  }

  /// The terminal's connection drops, or the machine shuts down: nobody has decided that the freeze is over.
  @Test(arguments: [SIGHUP, SIGTERM])
  func aMachinesSignalBeginsNoFinally(_ signal: Int32) throws {
    try Site.with { site in
      let text = "disable prepare\ntry { manual \"Deploy\" } finally { enable prepare }\n"
      let terminal = try site.terminal("run", try site.write(text))
      try terminal.waitForPrompt("Press Enter when it is done; a note may come before it:")
      try #require(activationRequests(site) == 1)
      terminal.signal(signal)
      let ended = try terminal.end()
      let state = try site.latest().state
      #expect(activationRequests(site) == 1)
      #expect(ended == 128 + signal)
      #expect(state == "unfinished")
    }
  }

  /// What is recorded was asked for then: moved by an edit, it is not asked for again.
  @Test func whatIsRecordedIsNotAskedForAgain() throws {
    try Site.with { site in
      let launch = "launch table-to-table \"p\" in PROD"
      let rest = "launch lasting\nawait run every 100ms or fail\nprint \"over\"\n"
      let running = try site.start("run", try site.write("\(launch)\n\(rest)"), "--yes")
      try running.hasSaid("awaiting run")
      running.send(SIGKILL)
      _ = running.wait()
      try #require(site.launchRequests == 2)
      for run in try site.runs(of: "l") { try site.mark(run, of: "l") }
      _ = try site.write("step \"Moved\" { \(launch) }\n\(rest)")
      let resumed = try site.run("resume", "--accept-changes")
      #expect(site.launchRequests == 2)
      #expect(resumed.status == 0, "\(resumed.news)")
    }
  }

  /// Under `nohup`, or in a shell's background, a signal that was ignored at the start stays ignored.
  @Test(arguments: [("INT", SIGINT), ("HUP", SIGHUP)])
  func aSignalThatWasIgnoredAtTheStartStaysIgnored(_ name: String, _ signal: Int32) throws {
    try Site.with { site in
      let file = try site.write("launch lasting\nawait run every 100ms or fail\nprint \"over\"\n")
      let running = try Program.Running(
        ["-c", "trap '' \(name); exec \"$0\" run \"$1\"", ChildProcess.program, file], input: nil,
        environment: site.environment, directory: site.folder.path, program: "/bin/sh")
      try running.hasSaid("awaiting run")
      running.send(signal)
      for run in try site.runs(of: "l") { try site.mark(run, of: "l") }
      let ended = running.wait()
      knownFault("field 4: a signal that was ignored at the start interrupts") {
        #expect(ended.status == 0, "\(ended.news)")
        #expect(ended.output == "over\n")
      }
    }
  }

  /// A pipe gives its text once; what was read of it is on record.
  @Test func whatCannotBeReadAgainIsNotNeededAgain() throws {
    try Site.with { site in
      let pipe = site.folder.appending(path: "pipe").path
      mkfifo(pipe, 0o600)
      let text = Site.head + "launch lasting\nawait run every 100ms or fail\nprint \"over\"\n"
      let running = try site.start("run", pipe)
      try Data(text.utf8).write(to: URL(filePath: pipe))
      try running.hasSaid("awaiting run")
      running.send(SIGKILL)
      _ = running.wait()
      for run in try site.runs(of: "l") { try site.mark(run, of: "l") }
      let resumed = try site.run("resume")
      knownFault("field 8: resume reads again what can be read once only") {
        #expect(resumed.status == 0, "\(resumed.news)")
        #expect(resumed.output == "over\n")
      }
    }
  }
}
