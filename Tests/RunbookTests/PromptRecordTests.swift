import Foundation
import Glibc
import ProgramSupport
import Testing

/// What a session at the prompt leaves when its process is killed: a record that is over, that shows what was done and what
/// is not known, and that nobody resumes by accident.
@Suite struct PromptRecordTests {
  @Test func aKilledSessionIsShownAndNotResumed() throws {
    try Site.with(Site.scenario("faults: [launch_job 3: slow by 20s]")) { site in
      let text = "launch lasting\nawait run every 100ms or fail\nprint \"over\"\n"
      let file = try site.start("run", try site.write(text))
      try file.hasSaid("awaiting run")
      file.send(SIGKILL)
      _ = file.wait()
      let terminal = try PseudoTerminal(
        ["repl"], state: site.statePath, directory: site.folder.path, width: 200, environment: site.environment)
      try terminal.waitForPrompt("runbook> ")
      for line in Site.head.split(separator: "\n") { terminal.type(String(line)) }
      terminal.type("launch export")
      try terminal.wait(for: "launched table-to-storage e")
      terminal.type("launch prepare")
      try Site.wait("the launch takes effect") { try !site.runs(of: "p").isEmpty }
      let header = try #require(try site.history().first)
      let id = try #require(header["id"] as? String)
      #expect(try site.latest().state == "running")
      let process = try #require((header["startedBy"] as? [String: Any])?["process"] as? Int)
      kill(pid_t(process), SIGKILL)
      _ = try terminal.end()

      #expect(try site.latest().state == "ended")
      #expect(try site.run("history").output.contains("its process is gone, and did not record how it ended"))
      let shown = try site.run("history", id).output
      let export = try #require(try site.runs(of: "e").first)
      for word in [
        "run \(export)", "→ not known", "ended: its process is gone, and did not record how it ended",
        "whether one launch happened",
      ] {
        #expect(shown.contains(word), "\(word) in \(shown)")
      }
      let refused = try site.run("resume", id)
      #expect(refused.status == 64)
      #expect(refused.news.contains("it was a session at the prompt"), "\(refused.news)")
      // Its launch can be settled all the same.
      let prepare = try #require(try site.runs(of: "p").first)
      let settled = try site.run("resume", id, "--adopt", prepare)
      #expect(settled.status == 0, "\(settled.news)")
      #expect(try site.recordedRuns(of: id).contains(prepare))
      #expect(try site.run("resume", id, "--adopt", prepare).status == 64)
      #expect(try site.run("resume", "--abandon", id).status == 0)
      // The latest unfinished one is the file, which is named as it is taken up.
      for run in try site.runs(of: "l") { try site.mark(run, of: "l") }
      let resumed = try site.run("resume")
      #expect(resumed.status == 0, "\(resumed.news)")
      #expect(resumed.output == "over\n")
      #expect(resumed.news.contains("resuming ") && resumed.news.contains("x.runbook"), "\(resumed.news)")
      #expect(try site.run("resume").status == 64)
    }
  }
}
