import Foundation
import GRDB
import GoldenSupport
import ProgramSupport
import Testing

/// A journal that runbook 0.1.0 wrote: what ended is shown, and what did not can be settled and given up; it is gone on with
/// where its record says enough.
///
/// `Goldens/Journals/version-1.sql` is SQLite's dump of one, with another host, user and address in it.
@Suite struct OldJournalTests {
  private enum Old {
    static let ended = "20261125-034959-mwhf"
    /// Stopped at a `manual` between two launches.
    static let plain = "20261125-034959-bmxk"
    /// Killed with a launch open that had its effect.
    static let lost = "20261125-034959-nfkv"
    /// An unconfirmed launch in a `parallel`.
    static let branches = "20261125-035001-wftr"
    /// An unconfirmed launch behind a guard's question, which was answered.
    static let answered = "20261125-035002-qmgx"
    /// Stopped at a guard's question, which nobody has answered.
    static let guarded = "20261125-035002-khfd"
    /// Stopped in a `wait until`.
    static let waiting = "20261125-035003-qcxs"
  }

  private static let lostRun = "20261125-034959-71bb54d8-d101-45b9-834d-0bff90150280"
  private static let branchRun = "20261125-035002-0a795c70-2557-4a60-ba16-788aa2bea179"
  private static let copy = "version-1/journal.sqlite"

  private static var scenario: String {
    Site.scenario()
      .replacing(
        "{ table-to-table: p,",
        with: "{ table-to-table: p, history: [SUCCESS after 1m at 2026-11-25T03:49:59Z as \(lostRun)],"
      )
      .replacing(
        "{ table-to-table: l,", with: "{ table-to-table: l, history: [RUNNING at 2026-11-25T03:50:02Z as \(branchRun)],"
      )
  }

  /// A site whose state directory has the old journal, with the runbooks as they were.
  private func withJournal(_ name: String = "version-1", _ body: (Site) throws -> Void) throws {
    try Site.with(Self.scenario) { site in
      let dump = Golden.directory("Journals").appending(path: "\(name).sql")
      let text = try String(contentsOf: dump, encoding: .utf8)
        .replacing("/BOOK", with: site.folder.path).replacing("http://127.0.0.1:1", with: site.address)
      try FileManager.default.createDirectory(
        atPath: site.statePath, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      let queue = try DatabaseQueue(path: site.statePath + "/journal.sqlite")
      try queue.writeWithoutTransaction { try $0.execute(sql: text) }
      for header in try queue.read({ try String.fetchAll($0, sql: "SELECT header FROM executions") }) {
        let fields = try JSONSerialization.jsonObject(with: Data(header.utf8)) as? [String: Any]
        let source = try #require((fields?["sources"] as? [[String: String]])?.first)
        try Data(try #require(source["text"]).utf8).write(to: site.folder.appending(path: try #require(source["name"])))
      }
      try queue.close()
      try body(site)
    }
  }

  private func state(_ id: String, on site: Site) throws -> String? {
    let summary = try site.history().first { $0["id"] as? String == id }
    return summary?["state"] as? String
  }

  @Test func whatItSaysIsShownAndAbandoned() throws {
    try withJournal { site in
      let list = try site.run("history")
      #expect(list.status == 0)
      for id in [Old.ended, Old.plain, Old.lost, Old.branches, Old.answered, Old.guarded, Old.waiting] {
        #expect(list.output.contains(id))
        #expect(try site.run("history", id).status == 0)
        #expect(try site.run("transcript", id).status == 0)
      }
      #expect(try site.run("transcript", Old.ended).output.contains("well done"))
      for id in [Old.plain, Old.lost, Old.branches, Old.answered, Old.guarded, Old.waiting] {
        #expect(try state(id, on: site) == "unfinished")
        #expect(try site.run("resume", id, "--abandon").status == 0)
        #expect(try state(id, on: site) == "ended")
      }
      #expect(site.launchRequests == 0)
    }
  }

  @Test func whatIsSimpleIsGoneOnWith() throws {
    try withJournal { site in
      let plain = try site.run("resume", Old.plain, "--yes")
      #expect(plain.status == 0, "\(plain.news)")
      #expect(plain.output.contains("plain has ended"))
      #expect(site.launchRequests == 1)
      // What nobody has answered yet is asked as ever.
      let guarded = try site.run("resume", Old.guarded, "--yes")
      #expect(guarded.status == 0, "\(guarded.news)")
      #expect(site.launchRequests == 2)
      let lost = try site.run("resume", Old.lost, "--adopt", Self.lostRun)
      #expect(lost.status == 0, "\(lost.news)")
      #expect(lost.output.contains("lost has ended"))
      #expect(try site.recordedRuns(of: Old.lost) == [Self.lostRun])
      #expect(site.launchRequests == 2)
    }
  }

  /// Interrupted, and killed in the `finally` that the interruption had begun: runbook 0.1.0 called that over. It is finished,
  /// and nothing after it follows. `Goldens/Journals/version-1-undoing.sql` has it.
  @Test func aFinallyThatWasCalledOverIsFinished() throws {
    try withJournal("version-1-undoing") { site in
      let id = try site.latest().id
      #expect(try state(id, on: site) == "unfinished")
      let resumed = try site.run("resume")
      #expect(resumed.status == 130, "\(resumed.news)")
      #expect(resumed.news.contains("enabled table-to-table p in DEV"), "\(resumed.news)")
      #expect(resumed.news.contains("enabled table-to-storage e in DEV"), "\(resumed.news)")
      #expect(!resumed.news.contains("waiting"), "\(resumed.news)")
      #expect(resumed.output == "")
      #expect(try state(id, on: site) == "ended")
      #expect(try site.run("resume").status == 64)
    }
  }

  /// The copy is a journal of the old version in a directory of its own, for its owner alone.
  @Test func whatIsNotIsRefusedAndTheOldProgramCanFinishIt() throws {
    try withJournal { site in
      for (id, what) in [
        (Old.branches, "`parallel` or `wait until`"), (Old.answered, "a guard's question"),
        (Old.waiting, "`parallel` or `wait until`"),
      ] {
        let refused = try site.run("resume", id, "--yes")
        #expect(refused.status == 64)
        for words in [what, "runbook 0.1.0", "--adopt", "--launch-again", "--abandon", "\(site.statePath)/version-1"] {
          #expect(refused.news.contains(words), "\(refused.news)")
        }
        #expect(try state(id, on: site) == "unfinished")
      }
      #expect(site.launchRequests == 0)
      let path = "\(site.statePath)/\(Self.copy)"
      let copy = try DatabaseQueue(path: path)
      #expect(try copy.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == 1)
      #expect(try copy.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM effects") ?? 0 } > 10)
      for (file, permissions) in [(path, 0o600), ("\(site.statePath)/version-1", 0o700)] {
        let found = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(found == permissions)
      }
      let beside = try FileManager.default.contentsOfDirectory(atPath: "\(site.statePath)/version-1")
      #expect(beside.allSatisfy { $0.hasPrefix("journal.sqlite") }, "\(beside)")
    }
  }

  /// Also where nothing can be gone on with, as where its file is gone, what a person says of a launch is recorded.
  @Test(arguments: [true, false]) func aLaunchCanAlwaysBeSettled(hasFile: Bool) throws {
    for word in [["--adopt", Self.branchRun], ["--launch-again"]] {
      try withJournal { site in
        if !hasFile { try FileManager.default.removeItem(at: site.folder.appending(path: "branches.runbook")) }
        let settled = try site.run(["resume", Old.branches] + word)
        #expect(settled.status == 64, "\(settled.news)")
        #expect(settled.news.contains("what was said of the launches of \(Old.branches) is recorded"))
        let again = try site.run("resume", Old.branches, "--launch-again")
        #expect(again.status == 64)
        #expect(again.news.contains("no launch of it is open") || again.news.contains("no launch"), "\(again.news)")
        #expect(try site.recordedRuns(of: Old.branches) == (word.count > 1 ? [Self.branchRun] : []))
        #expect(try state(Old.branches, on: site) == "unfinished")
        #expect(try site.run("resume", Old.branches, "--abandon").status == 0)
        #expect(site.launchRequests == 0)
      }
    }
  }
}
