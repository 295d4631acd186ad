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

  // MARK: Ctrl-C where a `finally` is open

  private static let freeze =
    "disable prepare\ntry { manual \"Deploy\" } finally { enable prepare; print \"lifted\" }\n"

  private static let endingQuestion = "End with that now? No leaves all as it is, for `runbook resume`. [y/n]"

  /// The terminal of somebody who has pressed Ctrl-C while the freeze holds, and is asked what becomes of its `finally`.
  private func interrupted(on site: Site) throws -> PseudoTerminal {
    let terminal = try site.terminal("run", try site.write(Self.freeze))
    try terminal.waitForPrompt("Press Enter when it is done; a note may come before it:")
    terminal.control("c")
    try terminal.waitForPrompt(Self.endingQuestion)
    return terminal
  }

  /// Somebody at a terminal says whether to end with what is to be undone, or to leave all as it is.
  @Test func aPersonWhoInterruptsSaysWhatBecomesOfAFinally() throws {
    try Site.with { site in
      let terminal = try interrupted(on: site)
      for line in ["  the `finally` on line 7:", "    enable prepare", "    print \"lifted\""] {
        #expect(terminal.screen.lines.contains(line), "\(terminal.screen.text)")
      }
      terminal.send("\r")
      try terminal.wait(for: "Please answer yes or no.")
      try terminal.waitForPrompt(Self.endingQuestion)
      terminal.send("n\r")
      #expect(try terminal.end() == 130)
      #expect(activationRequests(site) == 1)
      #expect(try site.latest().state == "unfinished")
      #expect(terminal.screen.lines.contains { $0.hasPrefix("left disabled:") }, "\(terminal.screen.text)")
      // Whoever resumes is asked the same as before, and the freeze is lifted behind it.
      let again = try site.terminal("resume")
      try again.waitForPrompt("Press Enter when it is done; a note may come before it:")
      again.send("\r")
      #expect(try again.end() == 0)
      #expect(activationRequests(site) == 2)
    }
  }

  @Test func aPersonWhoInterruptsMayEndWithTheFinally() throws {
    try Site.with { site in
      let terminal = try interrupted(on: site)
      terminal.send("y\r")
      #expect(try terminal.end() == 130)
      #expect(terminal.screen.lines.contains("lifted"))
      #expect(activationRequests(site) == 2)
      #expect(try site.latest().state == "ended")
    }
  }

  /// A second Ctrl-C leaves it, and answers nothing.
  @Test func aSecondInterruptLeavesTheFinally() throws {
    try Site.with { site in
      let terminal = try interrupted(on: site)
      // A key that comes later than signals that count as one.
      let asked = ContinuousClock.now
      try Site.wait("the key is another one") { ContinuousClock.now > asked + .milliseconds(150) }
      terminal.control("c")
      #expect(try terminal.end() == 130)
      #expect(activationRequests(site) == 1)
      #expect(try site.latest().state == "unfinished")
    }
  }

  /// One that has begun is finished by whoever resumes it, without another question.
  @Test func aFinallyThatHasBegunIsNotAskedAboutAgain() throws {
    try Site.with(Site.scenario("faults: [set_configuration_status 2: slow by 30s]")) { site in
      let terminal = try interrupted(on: site)
      terminal.send("y\r")
      try Site.wait("the finally begins") {
        try site.run("transcript", site.latest().id).output.contains("\"verb\":\"enable\"")
      }
      terminal.signal(SIGKILL)
      _ = try? terminal.end()
      let again = try site.terminal("resume")
      #expect(try again.end() == 130)
      #expect(!again.screen.text.contains("End with that now?"))
      #expect(again.screen.lines.contains("lifted"))
      #expect(try site.latest().state == "ended")
    }
  }

  /// All that is open is told of at once, and asked about once, however many branches there are.
  @Test func thereIsOneQuestionForAllFinallies() throws {
    try Site.with { site in
      let text = """
        disable [prepare, export]
        try {
          parallel {
            step "a" { try { wait 60s } finally { enable prepare } }
            step "b" { try { wait 60s } finally { enable export } }
          }
        } finally { print "last" }

        """
      let terminal = try site.terminal("run", try site.write(text))
      try terminal.wait(for: "two waits") { $0.text.components(separatedBy: "waiting 1m").count == 3 }
      terminal.control("c")
      try terminal.waitForPrompt(Self.endingQuestion)
      #expect(terminal.screen.lines.count { $0.contains("the `finally` on line") } == 3)
      #expect(terminal.screen.lines.last { $0.contains("the `finally` on line") } == "  the `finally` on line 12:")
      terminal.send("y\r")
      #expect(try terminal.end() == 130)
      #expect(terminal.screen.lines.count { $0.contains("End with that now?") } == 1)
      #expect(terminal.screen.lines.contains("last"))
      #expect(activationRequests(site) == 4)
    }
  }

  // MARK: Exit statuses

  /// A question that waits for a person stops no siblings, begins no `finally`, and is asked by whoever resumes.
  @Test func whereNobodyIsThereAQuestionWaits() throws {
    try Site.with { site in
      let text = """
        disable prepare
        try {
          parallel {
            step "asks" { confirm "Go?"; print "went" }
            step "goes on" { wait 300ms; print "went on" }
          }
        } finally { enable prepare }

        """
      let alone = try site.run("run", try site.write(text))
      #expect(alone.status == 7, "\(alone.news)")
      #expect(alone.output == "went on\n")
      #expect(activationRequests(site) == 1)
      let still = try site.run("resume")
      #expect(still.status == 7)
      #expect(still.output == "")
      let answered = try site.run("resume", "--yes")
      #expect(answered.status == 0, "\(answered.news)")
      #expect(answered.output == "went\n")
      #expect(activationRequests(site) == 2)
    }
  }

  @Test func whatTheServiceRefusesHasAStatusOfItsOwn() throws {
    for fault in ["launch_job 1: 400", "launch_job 1..9: 403"] {
      try Site.with(Site.scenario("faults: [\(fault)]")) { site in
        let refused = try site.run("run", try site.write("launch prepare\n"))
        #expect(refused.status == 8, "\(fault): \(refused.news)")
      }
    }
  }

  @Test func whatAnotherProcessHoldsHasAStatusOfItsOwn() throws {
    try Site.with { site in
      let running = try site.start("run", try site.write("launch lasting\nawait run every 100ms or fail\n"))
      try running.hasSaid("awaiting run")
      let held = try site.run("resume", try site.latest().id)
      #expect(held.status == 75, "\(held.news)")
      running.send(SIGKILL)
      _ = running.wait()
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
      #expect(ended.status == 0, "\(ended.news)")
      #expect(ended.output == "over\n")
    }
  }

  // MARK: Sources that cannot be read again

  private static let lasting = "launch lasting\nawait run every 100ms or fail\nprint \"over\"\n"

  /// Ends the run that a killed process waited for, and resumes.
  private func resumed(_ running: Program.Running, on site: Site, before: () throws -> Void = {}) throws
    -> Program.Result
  {
    try running.hasSaid("awaiting run")
    running.send(SIGKILL)
    _ = running.wait()
    try before()
    for run in try site.runs(of: "l") { try site.mark(run, of: "l") }
    let result = try site.run("resume")
    #expect(result.status == 0, "\(result.news)")
    #expect(result.output == "over\n")
    #expect(site.launchRequests == 1)
    return result
  }

  /// A pipe gives its text once; what was read of it is on record.
  @Test func whatCannotBeReadAgainIsNotNeededAgain() throws {
    try Site.with { site in
      let pipe = site.folder.appending(path: "pipe").path
      mkfifo(pipe, 0o600)
      let running = try site.start("run", pipe)
      try Data((Site.head + Self.lasting).utf8).write(to: URL(filePath: pipe))
      _ = try resumed(running, on: site)
    }
  }

  /// A descriptor's name is another file in every process, whatever the shell has opened there.
  @Test(arguments: [
    "exec \"$0\" run <(cat \"$1\")", "exec \"$0\" run /dev/stdin < \"$1\"", "exec \"$0\" run /dev/fd/9 9< \"$1\"",
  ])
  func aDescriptorIsNoFile(_ line: String) throws {
    try Site.with { site in
      let file = try site.write(Self.lasting)
      let running = try Program.Running(
        ["-c", line, ChildProcess.program, file], input: nil, environment: site.environment,
        directory: site.folder.path,
        program: "/bin/bash")
      _ = try resumed(running, on: site)
      #expect(try site.history().first?["name"] as? String == "standard input")
    }
  }

  @Test func whatIsGoneIsTakenFromTheRecord() throws {
    try Site.with { site in
      let common = site.folder.appending(path: "common.runbook").path
      try Data("procedure tell() { print \"over\" }\n".utf8).write(to: URL(filePath: common))
      let file = try site.write(
        "include \"common.runbook\"\nlaunch lasting\nawait run every 100ms or fail\ntell()\n")
      let result = try resumed(try site.start("run", "x.runbook"), on: site) {
        unlink(file)
        unlink(common)
      }
      for name in ["x.runbook", "common.runbook"] {
        #expect(result.news.contains("\(name) is gone; its text is the recorded one"), "\(result.news)")
      }
    }
  }

  /// What is there and cannot be read may say something else than the record.
  @Test(.enabled(if: geteuid() != 0, "whoever may read everything is refused nothing"))
  func whatCannotBeReadNowIsNotTakenFromTheRecordInstead() throws {
    try Site.with { site in
      let file = try site.write(Self.lasting)
      let running = try site.start("run", file)
      try running.hasSaid("awaiting run")
      running.send(SIGKILL)
      _ = running.wait()
      chmod(file, 0)
      #expect(try site.run("resume", "--edited").status == 2)
    }
  }
}
