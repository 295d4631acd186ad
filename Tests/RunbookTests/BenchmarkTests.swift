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
          "a loop of",
        ],
        streams: [.reading("/dev/null"), .writing(output), .writing(news)], environment: Program.surroundings(),
        directory: Project.root.path, program: "python3")
      run.waitUntilExit()
      let table = try String(contentsOfFile: output, encoding: .utf8)
      #expect(run.terminationStatus == 0, "\(table) \((try? String(contentsOfFile: news, encoding: .utf8)) ?? "")")
      let rows = table.split(separator: "\n").dropFirst(2)
      #expect(rows.contains { $0.hasPrefix("| a loop of 10,000 steps | ") })
      #expect(rows.contains { $0.hasPrefix("| 4 in parallel | bash, curl, jq | ") })
      #expect(rows.contains { $0.hasPrefix("| 4 in parallel over TLS | ") })
    }
  }

  /// The part that is measured within a process is built for who asks for it, and beside the release program.
  @Test func theOrdinaryBuildDoesNotPayForThem() throws {
    let folder = URL(filePath: ChildProcess.program).deletingLastPathComponent()
    let built = try FileManager.default.contentsOfDirectory(atPath: folder.path)
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
}
