import FaultSupport
import Foundation
import Glibc
import Testing

/// A journal that is damaged is refused and left as it is, never taken for an empty one.
@Suite(.timeLimit(.minutes(1))) struct JournalDamageTests {
  enum Damage: CaseIterable {
    case fourBytesOfTheLogsHeader
    case emptyMainFile
    case emptyMainFileWithoutItsLog
  }

  private func file(_ name: String, of site: Site) -> URL { URL(filePath: site.statePath + "/" + name) }

  /// One execution that ended, and one that was killed, whose log stands beside the main file.
  private func lived(on site: Site) throws {
    #expect(try site.run("run", try site.write("launch prepare\nawait run every 100ms or fail\n")).status == 0)
    let running = try site.start("run", try site.write("launch lasting\nawait run every 100ms or fail\n"))
    try running.hasSaid("awaiting run")
    running.send(SIGKILL)
    _ = running.wait()
    try #require(try Data(contentsOf: file("journal.sqlite-wal", of: site)).count > 32)
  }

  @Test(arguments: Damage.allCases) func isRefusedAndLeftAsItIs(_ damage: Damage) throws {
    try Site.with { site in
      try lived(on: site)
      let (main, log) = (file("journal.sqlite", of: site), file("journal.sqlite-wal", of: site))
      switch damage {
      case .fourBytesOfTheLogsHeader:
        var bytes = try Data(contentsOf: log)
        for index in bytes.indices.dropFirst(16).prefix(4) { bytes[index] ^= 0xFF }
        try bytes.write(to: log)
      case .emptyMainFile: truncate(main.path, 0)
      case .emptyMainFileWithoutItsLog:
        truncate(main.path, 0)
        unlink(log.path)
      }
      let before = [main, log].map { try? Data(contentsOf: $0) }
      let history = try site.run("history")
      let resumed = try site.run("resume")
      let after = [main, log].map { try? Data(contentsOf: $0) }
      knownFault("attack 3: a damaged journal is taken for an empty one") {
        #expect(history.status == 3, "\(history.output)")
        #expect(!resumed.news.contains("nothing is unfinished"), "\(resumed.news)")
        #expect(after == before)
      }
    }
  }

  /// Whoever backs up the one file has everything that had ended by then.
  @Test func theMainFileHoldsWhatHasEnded() throws {
    try Site.with { site in
      let text = "launch prepare\nawait run every 100ms or fail\n"
      for _ in 1...2 { #expect(try site.run("run", try site.write(text)).status == 0) }
      let backup = site.folder.appending(path: "backup")
      try FileManager.default.createDirectory(
        at: backup, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      let main = file("journal.sqlite", of: site)
      try FileManager.default.copyItem(at: main, to: backup.appending(path: "journal.sqlite"))
      let history = try Program.run(
        ["history", "--output", "json"], environment: Program.surroundings(state: backup.path))
      let count = try site.objects(history.output).count
      knownFault("attack 3: everything is in the log beside the main file") {
        #expect(count == 2, "\(history.news)")
      }
    }
  }
}
