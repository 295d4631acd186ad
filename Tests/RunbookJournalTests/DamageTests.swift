import CivilTime
import Foundation
import GRDB
import RecordSupport
import RunbookRecord
import Testing

@testable import RunbookJournal

/// A journal whose files are damaged is refused and left as it is; one that is only left by a process that was killed is not
/// damaged.
@Suite struct DamageTests {
  private static let head = 32
  private static let frame = 24 + 4096

  /// The journal of a process that was killed: one execution that ended and was brought into the main file, and one whose every
  /// write is in the log.
  static func killed(in directory: String) async {
    await #expect(processExitsWith: .signal(SIGKILL)) { [directory = directory as String] in
      let store = try RecordStore(in: directory, clock: SystemClock())
      let journal = try await store.begin(.test("ended", holder: .current()))
      for number in 0..<20 {
        try await journal.finish(.list("runs"), .runs([.test("r\(number)")]), at: .test("\(number)#0"))
      }
      try await journal.end(.test())
      try store.file.shorten()
      let killed = try await store.begin(.test("killed", holder: .current()))
      for number in 0..<4 { try await killed.intend(.reset(.export), at: .test("\(number)#0")) }
      kill(getpid(), SIGKILL)
    }
  }

  /// A copy of the journal that was left, for each damage.
  private func copies<Damage>(
    of directory: String, _ damages: [Damage], _ body: (Damage, JournalFiles, String) async throws -> Void
  ) async throws {
    for damage in damages {
      try await withDirectory { parent in
        let copy = parent + "/state"
        try FileManager.default.copyItem(atPath: directory, toPath: copy)
        try await body(damage, JournalFiles(in: copy), copy)
      }
    }
  }

  private func bytes(_ files: JournalFiles) -> [Data?] {
    [files.main, files.log, files.index].map { FileManager.default.contents(atPath: $0) }
  }

  private func change(_ path: String, _ body: (inout Data) -> Void) throws {
    var data = try Data(contentsOf: URL(filePath: path))
    body(&data)
    try data.write(to: URL(filePath: path))
  }

  /// The words that it is refused with; `nil` where it is opened and says all that it said.
  private func refusal(_ files: JournalFiles, _ directory: String, isWhole: Bool = true) async throws -> String? {
    let before = bytes(files)
    do throws(JournalStoreError) {
      _ = try SQLiteRowStore(in: directory, busyTimeout: .seconds(5))
    } catch .damaged(let words) {
      #expect(bytes(files) == before, "\(words)")
      return words
    }
    guard isWhole else { return nil }
    let store = try RecordStore.test(in: directory)
    #expect(try await store.entries(of: "ended").count == 20)
    #expect(try await store.entries(of: "killed").count == 4)
    return nil
  }

  private func withKilled(_ body: (String, Int) async throws -> Void) async throws {
    try await withDirectory { parent in
      let directory = parent + "/state"
      await Self.killed(in: directory)
      let size = try #require(FileFacts(JournalFiles(in: directory).log)?.size)
      let frames = (size - Self.head) / Self.frame
      try #require(frames > 8)
      try await body(directory, frames)
    }
  }

  @Test func whatAKilledProcessLeftIsOpened() async throws {
    try await withKilled { directory, _ in
      try await copies(of: directory, [()]) { _, files, copy in
        let words = try await refusal(files, copy)
        #expect(words == nil)
      }
      // The system has started anew: the index is not believed.
      try await copies(of: directory, [()]) { _, files, copy in
        try restart(files)
        let words = try await refusal(files, copy)
        #expect(words == nil)
      }
    }
  }

  /// Has the mark speak of another start of the system.
  private func restart(_ files: JournalFiles) throws {
    let mark = try JournalMark(of: files)
    let note = try #require(mark.note())
    try mark.set(JournalMark.Note(boot: "another", files: note.files))
  }

  @Test(arguments: [false, true]) func everyByteOfTheLogsHeadCounts(_ isRestarted: Bool) async throws {
    try await withKilled { directory, _ in
      try await copies(of: directory, Array(0..<Self.head)) { index, files, copy in
        try change(files.log) { $0[index] ^= 0xFF }
        if isRestarted { try restart(files) }
        let words = try await refusal(files, copy)
        #expect(words == "\(files.log) does not begin as SQLite's log does", "byte \(index)")
      }
    }
  }

  @Test func aLogThatIsCutAnywhereIsRefused() async throws {
    try await withKilled { directory, frames in
      let ends =
        [0, 1, 31]
        + (0..<frames).flatMap { frame in [0, 20, 24, 4000].map { Self.head + frame * Self.frame + $0 } }
      try await copies(of: directory, ends) { end, files, copy in
        try change(files.log) { $0 = $0.prefix(end) }
        let words = try #require(try await refusal(files, copy), "cut at \(end)")
        #expect(words.hasPrefix(files.log))
      }
    }
  }

  @Test func everyFrameCounts() async throws {
    try await withKilled { directory, frames in
      // The page, the size after the commit, the salts, the checksums, and the page's content.
      let places = (0..<frames).flatMap { frame in [3, 7, 8, 23, 24, 2000].map { Self.head + frame * Self.frame + $0 } }
      try await copies(of: directory, places) { place, files, copy in
        try change(files.log) { $0[place] ^= 0x10 }
        let words = try await refusal(files, copy)
        #expect(words != nil, "byte \(place)")
      }
      // Without the index, one is found out by what stands behind it.
      let last = (frames - 2) * Self.frame
      try await copies(of: directory, places.filter { $0 < last }) { place, files, copy in
        try change(files.log) { $0[place] ^= 0x10 }
        try restart(files)
        let words = try #require(try await refusal(files, copy), "byte \(place)")
        #expect(words.contains("others stand behind them"), "byte \(place): \(words)")
      }
    }
  }

  /// After a loss of power the log ends somewhere: what was committed before is there, and it is no damage.
  @Test func aLogThatEndsInTheMiddleOfAWriteIsOpenedAfterARestart() async throws {
    try await withKilled { directory, frames in
      try await copies(of: directory, Array(1..<frames)) { frame, files, copy in
        try change(files.log) { $0 = $0.prefix(Self.head + frame * Self.frame + 100) }
        try restart(files)
        let words = try await refusal(files, copy, isWhole: false)
        #expect(words == nil, "cut in frame \(frame)")
        let entries = try await RecordStore.test(in: copy).entries(of: "ended")
        #expect(entries.count == 20)
      }
    }
  }

  @Test func aLogOfAnotherTimeIsRefused() async throws {
    try await withKilled { directory, _ in
      try await withKilled { other, _ in
        try await copies(of: directory, [()]) { _, files, copy in
          try FileManager.default.removeItem(atPath: files.log)
          try FileManager.default.copyItem(atPath: JournalFiles(in: other).log, toPath: files.log)
          let words = try await refusal(files, copy)
          #expect(words == "\(files.log) is not the log that belongs to this journal")
        }
      }
    }
  }

  @Test func aLogThatIsGoneIsMissed() async throws {
    try await withKilled { directory, _ in
      try await copies(of: directory, [()]) { _, files, copy in
        unlink(files.log)
        let words = try #require(try await refusal(files, copy))
        #expect(words.contains("gone or was emptied"))
      }
    }
  }

  /// Emptied, gone, or shorter by any number of pages, beside the log and without one.
  @Test(arguments: [false, true]) func aMainFileThatIsCutIsRefused(_ hasLog: Bool) async throws {
    try await withKilled { directory, _ in
      if !hasLog { try RecordStore.test(in: directory).file.shorten() }
      let pages = try #require(FileFacts(JournalFiles(in: directory).main)?.size) / 4096
      try await copies(of: directory, Array(0..<pages)) { count, files, copy in
        if !hasLog { for file in [files.log, files.index] { unlink(file) } }
        try change(files.main) { $0 = $0.prefix(count * 4096) }
        let words = try await refusal(files, copy)
        #expect(words != nil || (hasLog && count > 0), "\(count) pages")
      }
      try await copies(of: directory, [()]) { _, files, copy in
        if !hasLog { for file in [files.log, files.index] { unlink(file) } }
        unlink(files.main)
        let words = try await refusal(files, copy)
        #expect(words == "\(files.main) is missing, and there has been a journal")
      }
    }
  }

  /// Of a version of the program that left everything in the log, the main file alone has nothing.
  @Test func aMainFileWithoutTablesIsNotNew() async throws {
    try await withDirectory { directory in
      let files = JournalFiles(in: directory)
      let queue = try DatabaseQueue(path: files.main)
      try await queue.writeWithoutTransaction { db in
        _ = try Row.fetchAll(db, sql: "PRAGMA journal_mode = WAL")
        try db.execute(sql: "CREATE TABLE t (a); DROP TABLE t")
      }
      let left = try Data(contentsOf: URL(filePath: files.main))
      try queue.close()
      for file in [files.log, files.index] { unlink(file) }
      try left.write(to: URL(filePath: files.main))
      try #require(left.count == 4096)
      let words = try await refusal(files, directory, isWhole: false)
      #expect(words == "\(files.main) is empty, and there has been a journal")
    }
  }

  @Test func whereThereWasNothingAnEmptyFileIsABeginning() async throws {
    try await withDirectory { directory in
      try Data().write(to: URL(filePath: JournalFiles(in: directory).main))
      _ = try await RecordStore.test(in: directory).begin(.test("x"))
    }
  }
}
