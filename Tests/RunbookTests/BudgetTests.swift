import Foundation
import Testing

/// `.ci/budget.sh`, with parts of a line each and clocks that are files: `wall` and `cpu`, in hundredths of seconds.
@Suite struct BudgetTests {
  private static let parts = """
    set -euo pipefail
    source "$SCRIPTS/budget.sh"
    wall_now() { cat wall; }
    cpu_now() { cat cpu; }
    echo 0 > wall
    echo 0 > cpu
    # Passes so many minutes by the clock, and so many of CPU time.
    pass() {
      echo $(($(cat wall) + $1 * 6000)) > wall
      echo $(($(cat cpu) + $2 * 6000)) > cpu
    }
    part_build() { pass 10 18; echo built; }
    part_slow() { pass 13 22; echo slow; }
    part_crowded() { pass 13 18; echo crowded; }
    part_idle() { pass 23 1; echo idle; }
    part_broken() { pass 30 30; (exit 7); echo "not reached"; }
    part_tests() { pass 1 1; echo "all tests passed"; }
    """

  /// What comes of a budget, and of the line that runs it.
  private static func judged(_ budget: String, by line: String = "run_budget budget") throws -> Program.Result {
    try Program.withFolder { folder in
      try Data(budget.utf8).write(to: folder.appending(path: "budget"))
      try Data("\(parts)\n\(line)\n".utf8).write(to: folder.appending(path: "judge"))
      let environment = Program.surroundings(["SCRIPTS": Project.root.appending(path: ".ci").path])
      return try Program.Running(
        ["judge"], input: nil, environment: environment, directory: folder.path, program: "bash"
      ).wait()
    }
  }

  @Test func whereAllIsWellTheLastLinesAreThoseOfTheLastPart() throws {
    let result = try Self.judged("# A comment.\n\nbuild 12 20\ntests 2 2\n")
    #expect(result.status == 0)
    #expect(
      result.output == """
        == build
        built
        -- build took 10.0 of its 12 minutes (18.0 of 20 of CPU time)
        == tests
        all tests passed

        """)
    #expect(result.news == "")
  }

  @Test func whatOutgrewItsShareIsNamedOnceAllHaveRun() throws {
    let result = try Self.judged("slow 12 20\nbuild 12 20\ntests 2 2\n")
    #expect(result.status == 1)
    #expect(result.output.hasSuffix("all tests passed\n"))
    let took = "\"slow\" took 13.0 of its 12 minutes (22.0 of 20 of CPU time)"
    #expect(result.news == "judge: \(took)\njudge: what outgrew its share: \(took); see .ci/budget\n")
  }

  @Test func theLastPartIsJudgedToo() throws {
    #expect(try Self.judged("tests 2 2\nslow 12 20\n").status == 1)
  }

  /// The clock alone says nothing of a part, up to twice its share.
  @Test func whatElseTheMachineDoesIsNoPartsFault() throws {
    #expect(try Self.judged("crowded 12 20\n").status == 0)
    let idle = try Self.judged("idle 11 20\n")
    #expect(idle.status == 1)
    #expect(idle.news.hasPrefix("judge: \"idle\" took 23.0 of its 11 minutes"))
  }

  @Test func aPartThatFailsEndsAllWithItsOwnStatus() throws {
    let result = try Self.judged("slow 1 1\nbroken 1 1\ntests 2 2\n")
    #expect(result.status == 7)
    #expect(!result.output.contains("not reached"))
    #expect(!result.output.contains("== tests"))
    #expect(result.news.contains("\"slow\" took") && result.news.contains("\"broken\" took"))
  }

  @Test(arguments: [
    ("build 12 20\nbulid 1 1\n", "there is no part \"bulid\""),
    ("build 12 20\nbuild 1 1\n", "\"build\" is listed twice"),
    ("build 34 60\ntests 2 2\n", "the parts come to 36 minutes, and 35 are all there are"),
    ("build 12\n", "\"build\" needs its minutes and its minutes of CPU time, from 1 to 99"),
    ("build 0 1\n", "\"build\" needs its minutes and its minutes of CPU time, from 1 to 99"),
    ("build 12 20 3\n", "\"build\" needs its minutes and its minutes of CPU time, from 1 to 99"),
  ])
  func whatIsNoBudgetIsRefusedBeforeAnythingRuns(_ budget: String, _ words: String) throws {
    let result = try Self.judged(budget)
    #expect(result.status == 64)
    #expect(result.output == "")
    #expect(result.news == "judge: \(words)\n")
  }

  @Test func withoutAShareNothingIsJudged() throws {
    let result = try Self.judged("", by: "run_part slow; run_part tests")
    #expect(result.status == 0)
    #expect(
      result.output
        == "== slow\nslow\n-- slow took 13.0 minutes (22.0 of CPU time)\n== tests\nall tests passed\n")
  }

  /// The clocks that the other tests replace: a loop takes some of both.
  @Test func theClocksGoOn() throws {
    let line = """
      source "$SCRIPTS/budget.sh"
      wall=$(wall_now) cpu=$(cpu_now)
      bash -c 'while [ "$(cut -d " " -f 14 /proc/$$/stat)" -lt 5 ]; do :; done'
      [ $(($(cpu_now) - cpu)) -ge 5 ] && [ $(($(wall_now) - wall)) -ge 5 ]
      """
    #expect(try Self.judged("", by: line).status == 0)
  }

  /// The project's own budget is one, and the test runner's closing lines are the last.
  @Test func theProjectsOwnBudgetIsOne() throws {
    let line = """
      source "$SCRIPTS/parts.sh"
      read_budget "$SCRIPTS/budget"
      echo "${budget_names[-1]}"
      """
    let result = try Self.judged("", by: line)
    #expect(result.status == 0)
    #expect(result.output == "tests\n", "\(result.news)")
  }
}
