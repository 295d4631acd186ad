import Foundation
import GRDB
import Glibc
import ProgramSupport
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
      #expect(history.status == 3, "\(history.output)")
      #expect(!resumed.news.contains("nothing is unfinished"), "\(resumed.news)")
      #expect(after == before)
    }
  }

  /// A database that another program made has none of a journal's tables, and gets none.
  @Test func anotherProgramsFileIsRefused() throws {
    try Site.with { site in
      #expect(try site.run("run", try site.write("print 1\n")).status == 0)
      let main = file("journal.sqlite", of: site)
      try FileManager.default.removeItem(at: main)
      try DatabaseQueue(path: main.path).write { db in try db.execute(sql: "CREATE TABLE t (a)") }
      chmod(main.path, 0o600)
      let before = try Data(contentsOf: main)
      for arguments in [["history"], ["journal", "check"], ["run", try site.write("print 1\n")]] {
        let result = try site.run(arguments)
        #expect(result.status == 3, "\(arguments): \(result.output)")
      }
      #expect(try Data(contentsOf: main) == before)
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
      #expect(count == 2, "\(history.news)")
    }
  }

  /// Whatever a command ends with, the log is empty behind it, and so it is behind one that only looked.
  @Test func theLogIsEmptyHoweverACommandEnds() throws {
    try Site.with { site in
      let size = { try Data(contentsOf: file("journal.sqlite-wal", of: site)).count }
      for (text, status) in [("print 1\n", 0), ("fail \"no\"\n", 1), ("manual \"Look\"\n", 7)] {
        #expect(try site.run("run", try site.write(text)).status == Int32(status))
        #expect(try size() == 0, "\(text)")
      }
      for arguments in [
        ["history"], ["resume"], ["resume", "--abandon", try site.latest().id], ["history", "--prune", "1d"],
      ] {
        _ = try site.run(arguments)
        #expect(try size() == 0, "\(arguments)")
      }
      let running = try site.start("run", try site.write("launch lasting\nawait run every 100ms or fail\n"))
      try running.hasSaid("awaiting run")
      try #require(try size() > 0)
      running.send(SIGTERM)
      #expect(running.wait().status == 143)
      #expect(try size() == 0)
    }
  }

  @Test func whereAJournalHasBeenNoneIsBegunInSilence() throws {
    try Site.with { site in
      #expect(try site.run("history").status == 64)
      #expect(try site.run("run", try site.write("print 1\n")).status == 0)
      for name in ["journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm"] { unlink(file(name, of: site).path) }
      for arguments in [["history"], ["resume"], ["run", try site.write("launch prepare\n")]] {
        let refused = try site.run(arguments)
        #expect(refused.status == 3, "\(refused.news)")
        #expect(refused.news.contains("there has been a journal"), "\(refused.news)")
      }
      #expect(site.launchRequests == 0)
      #expect(!FileManager.default.fileExists(atPath: file("journal.sqlite", of: site).path))
      // On purpose it can be begun anew.
      unlink(file("journal.mark", of: site).path)
      #expect(try site.run("run", try site.write("print 1\n")).status == 0)
      #expect(try site.history().count == 1)
    }
  }

  /// What cannot be recorded any more is not launched.
  @Test func aProcessWhoseJournalIsRemovedLaunchesNothingMore() throws {
    try Site.with { site in
      let running = try site.start(
        "run", try site.write("launch lasting\nawait run every 100ms or fail\nlaunch prepare\nawait run or fail\n"))
      try running.hasSaid("awaiting run")
      unlink(file("journal.sqlite", of: site).path)
      for run in try site.runs(of: "l") { try site.mark(run, of: "l") }
      let ended = running.wait()
      #expect(ended.status == 3, "\(ended.news)")
      #expect(ended.news.contains("was removed or replaced"), "\(ended.news)")
      #expect(site.launchRequests == 1)
    }
  }

  /// Many that open, record and end at once, and some that are killed, refuse nothing that is sound.
  @Test func processesThatComeAndGoFindASoundJournal() throws {
    try Site.with { site in
      let book = try site.write("for i in 1..5 { disable prepare; enable prepare }\n")
      let refused = Failures()
      Site.atOnce(24) { index in
        do {
          let running = try site.start("run", book)
          if index % 4 == 0 {
            try Site.wait("it has begun") { !running.process.isRunning || running.news.contains("disabled") }
            running.send(SIGKILL)
          }
          let result = running.wait()
          if index % 4 != 0, result.status != 0 { refused.add("\(result.status): \(result.news)") }
          let history = try site.run("history")
          if history.status != 0 { refused.add("\(history.status): \(history.news)") }
        } catch {
          refused.add("\(error)")
        }
      }
      #expect(refused.all.isEmpty, "\(refused.all)")
      let checked = try site.run("journal", "check")
      #expect(checked.status == 0, "\(checked.output)")
    }
  }

  // MARK: Commands

  @Test func aDamagedJournalIsCheckedAndSaved() throws {
    try Site.with { site in
      try lived(on: site)
      let log = file("journal.sqlite-wal", of: site)
      try log.withBytes { bytes in for index in 16..<20 { bytes[index] ^= 0xFF } }
      let before = try Data(contentsOf: log)
      let checked = try site.run("journal", "check")
      #expect(checked.status == 3)
      #expect(checked.output.contains("the journal is damaged: \(log.path) does not begin"), "\(checked.output)")
      #expect(checked.output.contains("can be saved: 2 executions"), "\(checked.output)")
      #expect(checked.output.contains("nothing that was recorded is missing"), "\(checked.output)")
      let folder = site.folder.appending(path: "saved").path
      mkdir(folder, 0o700)
      let saved = try site.run("journal", "check", "--repair", "saved/journal.sqlite")
      #expect(saved.status == 0, "\(saved.output)\(saved.news)")
      #expect(try Data(contentsOf: log) == before)
      let again = try site.run("journal", "check", "--repair", "saved/journal.sqlite")
      #expect(again.status == 64)
      #expect(again.news.contains("is there already"))
      // With the new file in its place, the execution goes on.
      for name in try FileManager.default.contentsOfDirectory(atPath: site.statePath) {
        unlink("\(site.statePath)/\(name)")
      }
      rename(folder + "/journal.sqlite", site.statePath + "/journal.sqlite")
      for run in try site.runs(of: "l") { try site.mark(run, of: "l") }
      #expect(try site.run("resume").status == 0)
      #expect(site.launchRequests == 2)
      #expect(try site.run("journal", "check", "--repair", "new").status == 64)
    }
  }

  @Test func ofNothingNothingIsSaved() throws {
    try Site.with { site in
      #expect(try site.run("journal", "check").status == 64)
      #expect(try site.run("journal", "backup", "x").status == 64)
      #expect(!FileManager.default.fileExists(atPath: site.statePath))
      #expect(try site.run("run", try site.write("print 1\n")).status == 0)
      truncate(file("journal.sqlite", of: site).path, 0)
      let checked = try site.run("journal", "check", "--repair", "x")
      #expect(checked.status == 3)
      #expect(checked.output.contains("nothing of it can be saved"), "\(checked.output)")
      #expect(try site.run("journal", "backup", "x").status == 3)
      #expect(!FileManager.default.fileExists(atPath: site.folder.appending(path: "x").path))
    }
  }

  @Test func aBackupIsMadeWhileOthersWork() throws {
    try Site.with { site in
      let running = try site.start("run", try site.write("launch lasting\nawait run every 100ms or fail\n"))
      try running.hasSaid("awaiting run")
      let folder = site.folder.appending(path: "copy").path
      mkdir(folder, 0o700)
      let made = try site.run("journal", "backup", folder + "/journal.sqlite")
      #expect(made.status == 0, "\(made.news)")
      #expect(made.news == "copied 1 execution to \(folder)/journal.sqlite\n")
      let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/journal.sqlite")
      #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
      let shown = try site.run("transcript", try site.latest().id, "--state-directory", folder)
      #expect(shown.output.contains("\"verb\":\"launch\""), "\(shown.news)")
      let again = try site.run("journal", "backup", folder + "/journal.sqlite")
      #expect(again.status == 64)
      for run in try site.runs(of: "l") { try site.mark(run, of: "l") }
      #expect(running.wait().status == 0)
    }
  }
}

/// What went wrong in some of many.
private final class Failures: @unchecked Sendable {
  private let lock = NSLock()
  private var words: [String] = []

  func add(_ failure: String) { lock.withLock { words.append(failure) } }
  var all: [String] { lock.withLock { words } }
}

extension URL {
  fileprivate func withBytes(_ body: (inout Data) -> Void) throws {
    var bytes = try Data(contentsOf: self)
    body(&bytes)
    try bytes.write(to: self)
  }
}
