import Foundation
import Glibc
import ProgramSupport
import SeedSupport
import Testing

/// Journals and names of files that are damaged or hostile, drawn from seeds, and the real program upon them: it does not crash, it
/// takes no journal for an empty one, and what it says can be shown.
@Suite(.timeLimit(.minutes(10))) struct GeneratedDamageTests {
  private func judge(_ result: Program.Result, _ what: String) {
    #expect(result.status < 128, "\(what): \(result.status) \(result.news)")
    #expect(isVisible(result.output) && isVisible(result.news), "\(what)")
  }

  @Test func aDamagedJournalIsReadOrRefused() throws {
    try Site.with { site in
      let text = "launch prepare\nawait run every 100ms or fail\n"
      for _ in 1...2 { #expect(try site.run("run", try site.write(text)).status == 0) }
      // One more is killed, so that there is a log.
      let running = try site.start("run", try site.write("launch lasting\nawait run every 100ms or fail\n"))
      try running.hasSaid("awaiting run")
      running.send(SIGKILL)
      _ = running.wait()
      let seeds = Seeds.each(24)
      let (folder, state, surroundings) = (site.folder, site.statePath, site.environment)
      Site.atOnce(seeds.count) { index in
        do {
          try Self.damage(state, in: folder.appending(path: "d\(seeds[index])"), seeds[index], surroundings) {
            judge($0, $1)
          }
        } catch {
          Issue.record("seed \(seeds[index]): \(error)")
        }
      }
    }
  }

  private static func damage(
    _ state: String, in folder: URL, _ seed: UInt64, _ surroundings: [String: String],
    _ judge: (Program.Result, String) -> Void
  ) throws {
    try FileManager.default.copyItem(at: URL(filePath: state), to: folder)
    var mutation = Mutation(seed: seed)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("journal.") }
    let file = folder.appending(path: mutation.pick(names.sorted()) ?? "")
    try Data(mutation.damaged(Array(try Data(contentsOf: file)))).write(to: file)
    let environment = surroundings.merging(["RUNBOOK_STATE_DIRECTORY": folder.path]) { $1 }
    for arguments in [
      ["history"], ["history", "--output", "json"], ["journal", "check"],
      ["journal", "check", "--repair", folder.path + ".saved"],
      ["resume", "--abandon", "none"], ["history"],
    ] {
      let what = "seed \(seed), \(file.lastPathComponent): \(arguments.joined(separator: " "))"
      let result = try Program.run(arguments, environment: environment)
      judge(result, what)
      if arguments.first == "history", result.status == 0 {
        let lines = result.output.split(separator: "\n").count
        #expect(lines > (arguments.count == 1 ? 1 : 0), "\(what): \(result.output)")
      }
    }
  }

  @Test func aHostileNameIsShown() throws {
    try Program.withFolder { folder in
      let seeds = Seeds.each(24)
      let environment = Program.surroundings(state: folder.appending(path: "state").path)
      Site.atOnce(seeds.count) { index in
        var mutation = Mutation(seed: seeds[index])
        // An argument that is not UTF-8 cannot be given from here; a shell gives it in the tests of texts.
        let name = String(decoding: mutation.name(), as: UTF8.self)
        let path = folder.path + "/" + name
        let isThere = FileManager.default.createFile(atPath: path, contents: Data("print  1\n".utf8))
        for arguments in [
          ["check", path], ["fmt", "--check", path], ["plan", path], ["run", "--simulate", path], ["reference", name],
          ["history", name], ["run", "--config", path, "-c", "print 1"], ["rehearse", path, "--scenario", path],
        ] {
          guard let result = try? Program.run(arguments, environment: environment, directory: folder.path) else {
            Issue.record("seed \(seeds[index]): \(arguments) did not start")
            continue
          }
          judge(
            result,
            "seed \(seeds[index]): \(arguments.first ?? "") of a file that is \(isThere ? "there" : "not there")")
        }
      }
    }
  }
}
