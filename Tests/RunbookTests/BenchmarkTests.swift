import Foundation
import ProgramSupport
import Testing

/// The benchmarks' own machinery, with a small part of everything, so that it still works when somebody needs figures.
@Suite struct BenchmarkTests {
  @Test func aQuickRunFillsItsTable() throws {
    try Program.withFolder { folder in
      let output = folder.appending(path: "table").path
      let news = folder.appending(path: "news").path
      let run = try ChildProcess(
        [
          "Tests/Benchmarks/run", "--quick", "--program", ChildProcess.program, "--only", "4 in parallel", "--only",
          "a loop of", "--only", "checking",
        ],
        streams: [.reading("/dev/null"), .writing(output), .writing(news)], environment: Program.surroundings(),
        directory: Project.root.path, program: "python3")
      run.waitUntilExit()
      let table = try String(contentsOfFile: output, encoding: .utf8)
      #expect(run.terminationStatus == 0, "\(table) \((try? String(contentsOfFile: news, encoding: .utf8)) ?? "")")
      let rows = table.split(separator: "\n").dropFirst(2)
      #expect(rows.contains { $0.hasPrefix("| a loop of 10,000 steps | ") })
      #expect(rows.contains { $0.hasPrefix("| checking all playbooks of `runbooks/` | start-up | ") })
      #expect(rows.contains { $0.hasPrefix("| checking 100 lines, memory without the start-up | 50 lines | ") })
      #expect(rows.contains { $0.hasPrefix("| 4 in parallel | bash, curl, jq | ") })
      #expect(rows.contains { $0.hasPrefix("| 4 in parallel over TLS | ") })
    }
  }

  /// The part that is measured within a process is built for who asks for it, and beside the release program.
  @Test func theOrdinaryBuildDoesNotPayForThem() throws {
    let built = try FileManager.default.contentsOfDirectory(atPath: ChildProcess.buildFolder)
    #expect(built.contains("runbook"))
    #expect(!built.contains { $0.hasPrefix("Benchmark") }, "\(built)")
  }

  /// A program that does not do its work has no figures.
  @Test func aProgramThatFailsIsNamed() throws {
    try Program.withFolder { folder in
      let output = folder.appending(path: "table").path
      let run = try ChildProcess(
        ["Tests/Benchmarks/run", "--quick", "--program", "/bin/false", "--only", "a loop of"],
        streams: [.reading("/dev/null"), .writing(output), .writing(folder.appending(path: "news").path)],
        environment: Program.surroundings(), directory: Project.root.path, program: "python3")
      run.waitUntilExit()
      #expect(run.terminationStatus == 1)
      let table = try String(contentsOfFile: output, encoding: .utf8)
      #expect(table.contains("| a loop of 10,000 steps | failed: /bin/false run "))
    }
  }

  /// The figures are given: what a goal is judged by is what is left without the start-up.
  @Test(arguments: [("0.110", "| 10 | 10 | at most 12 times: met |", 0), ("0.135", "not met |", 1)])
  func aRowJudgesItsGoal(_ ours: String, _ words: String, _ status: Int32) throws {
    let script = """
      import sys
      sys.dont_write_bytecode = True
      sys.path.insert(0, "Tests/Benchmarks")
      import table
      from cases import Case, ratio_goal
      from measure import Command, Sample

      seconds = {"runbook": float(sys.argv[1]), "1,000 lines": 0.020, "start-up": 0.010}
      samples = {name: [Sample(value, value, 0)] for name, value in seconds.items()}
      goal = ratio_goal("1,000 lines", 12, "at most 12 times")
      case = Case("checking", [Command(name, None) for name in seconds], goal=goal, less="start-up")
      sys.exit(table.rows(case, samples))
      """
    let result = try Program.Running(
      ["-c", script, ours], input: nil, environment: Program.surroundings(), directory: nil, program: "python3"
    ).wait()
    #expect(result.status == status, "\(result.news)")
    #expect(result.output.hasPrefix("| checking | 1,000 lines | "))
    #expect(result.output.hasSuffix("\(words)\n"), "\(result.output)")
    #expect(result.output.split(separator: "\n").count == 1)
  }

  /// The program, but with a check that takes many times its start-up.
  @Test func aGoalThatIsNotMetFailsTheRunUnlessItIsQuick() throws {
    try Program.withFolder { folder in
      let slow = folder.appending(path: "slow").path
      let script = """
        #!/bin/bash
        if [ "$1" = check ]; then for ((n = 0; n < 100000; n++)); do :; done; fi
        exec "\(ChildProcess.program)" "$@"

        """
      try Data(script.utf8).write(to: URL(filePath: slow))
      try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: slow)
      for (options, status) in [([], 1), (["--quick"], 0)] as [([String], Int32)] {
        let result = try Program.Running(
          ["Tests/Benchmarks/run", "--rounds", "1", "--program", slow, "--only", "playbooks"] + options, input: nil,
          environment: Program.surroundings(), directory: nil, program: "python3"
        ).wait()
        #expect(result.status == status, "\(result.news)")
        #expect(result.output.hasSuffix("at most twice the start-up: not met |\n"), "\(result.output)")
      }
    }
  }
}
