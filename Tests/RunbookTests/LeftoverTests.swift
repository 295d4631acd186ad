import Foundation
import Glibc
import ProgramSupport
import Testing

/// Whatever ends an execution, its last lines and its status say what is left, and what they advise can be done.
@Suite(.timeLimit(.minutes(1))) struct LeftoverTests {
  private static let lost = """
    account: "000099"
    environment: DEV
    operations:
      a: { table-to-table: a }
      b: { table-to-table: b }
    faults: [launch_job 1: request lost]

    """
  private static let head =
    "account \"000099\"\nenvironment DEV\nlet a = table-to-table \"a\"\nlet b = table-to-table \"b\"\n"

  private func rehearsed(_ text: String) throws -> Program.Result {
    try Program.withFolder { folder in
      try Data(Self.lost.utf8).write(to: folder.appending(path: "s.yaml"))
      try Data((Self.head + text).utf8).write(to: folder.appending(path: "x.runbook"))
      return try Program.run(["run", "--simulate=s.yaml", "x.runbook"], directory: folder.path)
    }
  }

  /// Behind a `finally` nothing is gone on with, and nobody is told otherwise.
  @Test func aLaunchThatAFinallyFollowsIsNotGoneOnWith() throws {
    let undone = try rehearsed("disable a\ntry { launch b } finally { enable a }\n")
    #expect(undone.status == 5)
    #expect(undone.news.contains("A `finally` follows, and with it the execution ends"), "\(undone.news)")
    #expect(!undone.news.contains("looks for it again"), "\(undone.news)")
    let open = try rehearsed("launch b\n")
    #expect(open.status == 5)
    #expect(open.news.contains("`resume` looks for it again"), "\(open.news)")
  }

  /// A `catch` settles what the runbook does, and not whether the job was launched.
  @Test func aLaunchThatACatchHasTakenIsStillUnconfirmed() throws {
    let result = try rehearsed("try { launch b } catch unconfirmed { print \"caught\" }\n")
    #expect(result.status == 0)
    #expect(result.output == "caught\n")
    #expect(result.news.contains("left unconfirmed: #"), "\(result.news)")
  }

  /// What is not known of a launch stands before the signal.
  @Test(arguments: [SIGTERM, SIGHUP]) func aSignalDuringALaunchEndsWithWhatIsNotKnown(_ signal: Int32) throws {
    try Site.with(Site.scenario("faults: [launch_job 1: request lost]")) { site in
      let running = try site.start("run", try site.write("launch prepare\n"))
      try running.hasSaid("looking for its run")
      running.send(signal)
      let result = running.wait()
      #expect(result.status == 5, "\(result.news)")
      #expect(result.news.contains("left unconfirmed: #"), "\(result.news)")
    }
  }

  @Test func whatIsGivenUpIsSaidWithWhatItLeaves() throws {
    try Site.with { site in
      let text = "disable prepare\nlaunch lasting\ntry { await run or fail } finally { enable prepare }\n"
      let running = try site.start("run", try site.write(text))
      try running.hasSaid("awaiting")
      running.send(SIGKILL)
      _ = running.wait()
      let result = try site.run("resume", "--abandon", try site.latest().id)
      #expect(result.status == 0)
      #expect(result.news.contains("left disabled: "), "\(result.news)")
      #expect(result.news.contains("left without a seen end: run "), "\(result.news)")
    }
  }

  /// Where standard output took nothing, standard error says so, and what is left.
  @Test func whatJSONCouldNotSayIsSaidOnStandardError() throws {
    let result = try Program.shell(
      "exec \"$1\" run --simulate --output json -c 'account \"000099\"\nenvironment DEV\ndisable table-to-table \"a\"\nfail \"no\"' > /dev/full"
    )
    #expect(result.status == 1)
    #expect(result.news.contains("standard output could not be written"), "\(result.news)")
    #expect(result.news.contains("left disabled: "), "\(result.news)")
  }
}
