import CivilTime
import FaultSupport
import Foundation
import RecordSupport
import RunbookEvaluator
import RunbookRecord
import TailerAPI
import Testing

@testable import RunbookJournal

/// What happens when the disk takes no more. Once on a real small file system, where one can be had, and always with
/// SQLite's limit on a file's pages.
@Suite struct DiskTests {
  private let bulky = EffectIntent.await(
    runID: String(repeating: "20261123-030000-0a795c70-2557-4a60-ba16-", count: 50), operation: .prepare, from: .start)

  /// Intends waits until one fails; how many succeeded, and the error.
  private func fill(_ journal: any HeldJournal, limit: Int) async throws -> (written: Int, error: JournalError?) {
    for index in 0..<limit {
      do {
        try await journal.intend(bulky, at: .test("\(index)#0"))
      } catch {
        return (index, error)
      }
    }
    return (limit, nil)
  }

  private func full(_ directory: String) -> String {
    "the disk is full: there is no room for \(directory)/journal.sqlite"
  }

  @Test(.enabled(if: SmallDisk.isAvailable)) func aFullDiskStopsTheIntentAndLosesNothing() async throws {
    let disk = try SmallDisk(size: "512k")
    defer { disk.remove() }
    let store = try RecordStore.test(in: disk.path)
    let journal = try await store.begin(.test("x"))
    let (written, error) = try await fill(journal, limit: 2000)
    #expect(error == .unavailable(full(disk.path)))
    #expect(written > 0)
    // The launch that was not written down is not on record, neither here nor in the file.
    #expect(try await journal.record(of: .test("\(written)#0")) == nil)
    #expect(try await store.entries(of: "x").count == written)
    await #expect(throws: JournalError.unavailable(full(disk.path))) {
      for _ in 0..<1000 { try await journal.end(.test("interrupted \(String(repeating: "x", count: 9999))")) }
    }
    // With room again, the process that has lost a write writes nothing behind it; another one goes on.
    try disk.remount("size=16m")
    await #expect(throws: JournalError.self) { try await journal.intend(bulky, at: .test("\(written)#0")) }
    let (_, resumed) = try await RecordStore.test(in: disk.path, dead: [1]).resume("x", by: .test(2))
    try await resumed.intend(bulky, at: .test("\(written)#0"))
    try await resumed.end(.test())
    #expect(try await store.entries(of: "x").map(\.key.path) == (0...written).map { "\($0)#0" })
  }

  @Test(.enabled(if: SmallDisk.isAvailable)) func aDiskThatWasFullAtOpeningIsReported() async throws {
    let disk = try SmallDisk(size: "128k")
    defer { disk.remove() }
    let filler = disk.path + "/filler"
    try #require(FileManager.default.createFile(atPath: filler, contents: Data(count: 120 << 10)))
    #expect(throws: JournalStoreError.unavailable(full(disk.path))) { try RecordStore.test(in: disk.path) }
    try FileManager.default.removeItem(atPath: filler)
    try disk.remount("size=4m")
    _ = try await RecordStore.test(in: disk.path).begin(.test("x"))
  }

  @Test(.enabled(if: SmallDisk.isAvailable)) func aReadOnlyFileIsReported() async throws {
    let disk = try SmallDisk(size: "4m")
    defer { disk.remove() }
    try await RecordStore.test(in: disk.path).begin(.test("x")).end(.test())
    try disk.remount("ro")
    #expect {
      try RecordStore.test(in: disk.path)
    } throws: { error in
      guard case .unavailable(let words)? = error as? JournalStoreError else { return false }
      return words.contains("\(disk.path)/journal.sqlite cannot be")
    }
  }

  @Test func aFileAtItsLimitStopsTheIntentAndLosesNothing() async throws {
    try await withDirectory { directory in
      let store = try RecordStore.test(in: directory)
      let journal = try await store.begin(.test("x"))
      try store.file.execute("PRAGMA max_page_count = 40")
      let (written, error) = try await fill(journal, limit: 200)
      #expect(error == .unavailable(full(directory)))
      #expect(written > 0)
      #expect(try await store.entries(of: "x").count == written)
      try store.file.execute("PRAGMA max_page_count = 1000000")
      await #expect(throws: JournalError.self) { try await journal.intend(bulky, at: .test("\(written)#0")) }
      let (_, resumed) = try await RecordStore.test(in: directory, dead: [1]).resume("x", by: .test(2))
      try await resumed.intend(bulky, at: .test("\(written)#0"))
      #expect(try await store.entries(of: "x").count == written + 1)
    }
  }

  /// Which disk is full is the first thing that somebody has to know.
  @Test func aFullDiskNamesThePath() async throws {
    try await withDirectory { directory in
      let store = try RecordStore.test(in: directory)
      let journal = try await store.begin(.test("x"))
      try store.file.execute("PRAGMA max_page_count = 40")
      let (_, error) = try await fill(journal, limit: 200)
      let words = if case .unavailable(let words)? = error { words } else { "" }
      try #require(words.contains("the disk is full"))
      #expect(words.contains(directory), "\(words)")
    }
  }

  @Test func pruningGivesSpaceBack() async throws {
    try await withDirectory { directory in
      let store = try RecordStore.test(in: directory)
      let journal = try await store.begin(.test("x"))
      let runs = (0..<500).map { Run.test("20261123-030000-0a795c70-2557-4a60-ba16-\($0)") }
      for index in 0..<50 {
        try await journal.finish(.list("runs"), .runs(runs), at: .test("\(index)#0"))
      }
      try await journal.end(.test())
      let before = try size(of: directory)
      try #require(before > 4 << 20)
      #expect(try await store.prune(endedBefore: Timestamp.start.advanced(by: .days(1))) == 1)
      let after = try size(of: directory)
      #expect(after < before / 10, "\(before) bytes before, \(after) after")
    }
  }

  private func size(of directory: String) throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: directory).reduce(0) { sum, name in
      let attributes = try FileManager.default.attributesOfItem(atPath: "\(directory)/\(name)")
      return sum + (attributes[.size] as? Int ?? 0)
    }
  }
}
