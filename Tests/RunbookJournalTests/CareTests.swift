import CivilTime
import Foundation
import GRDB
import RecordSupport
import RunbookRecord
import Testing

@testable import RunbookJournal

/// What can be saved of a damaged journal, and copies of a sound one.
@Suite struct CareTests {
  private func check(_ directory: String, savingTo file: String? = nil) throws -> JournalCare.Verdict {
    try JournalCare(of: directory).check(savingTo: file, by: "ada", at: .start)
  }

  /// Damages what a killed process left, checks it and saves what can be saved; nothing of it changes.
  private func repaired(
    _ damage: (JournalFiles) throws -> Void, _ body: (JournalCare.Content?, RecordStore?) async throws -> Void
  ) async throws {
    try await withDirectory { parent in
      let (directory, saved) = (parent + "/state", parent + "/saved")
      await DamageTests.killed(in: directory)
      let files = JournalFiles(in: directory)
      try damage(files)
      let before = files.all.map { FileManager.default.contents(atPath: $0) }
      let seen = try check(directory)
      #expect(seen.damage != nil)
      mkdir(saved, 0o700)
      let verdict = try check(directory, savingTo: saved + "/journal.sqlite")
      #expect(verdict == seen)
      #expect(files.all.map { FileManager.default.contents(atPath: $0) } == before)
      let names = try FileManager.default.contentsOfDirectory(atPath: saved)
      #expect(names == (verdict.content == nil ? [] : ["journal.sqlite"]))
      try await body(verdict.content, verdict.content == nil ? nil : try RecordStore.test(in: saved, dead: [1]))
    }
  }

  private func flip(_ path: String, at places: Range<Int>) throws {
    var data = try Data(contentsOf: URL(filePath: path))
    for place in places { data[place] ^= 0xFF }
    try data.write(to: URL(filePath: path))
  }

  /// Whatever of the head is damaged, the rest of the log tells what it was.
  @Test(arguments: [0..<4, 4..<8, 8..<12, 16..<20, 16..<24, 24..<32]) func aHeadCanBeReplaced(_ places: Range<Int>)
    async throws
  {
    try await repaired {
      try flip($0.log, at: places)
    } _: { content, store in
      let (content, store) = (try #require(content), try #require(store))
      #expect(content.isWhole)
      #expect(content.executions == 2)
      #expect(content.givenUp.isEmpty)
      #expect(try await store.entries(of: "killed").count == 4)
      #expect(try await store.summary(of: "killed").end == nil)
    }
  }

  /// What had not ended may have done more than is known, and nobody goes on with it.
  @Test func whatMayHaveDoneMoreIsGivenUp() async throws {
    try await repaired {
      truncate($0.log, 32 + 4120 * 8)
    } _: { content, store in
      let (content, store) = (try #require(content), try #require(store))
      #expect(!content.isWhole)
      #expect(content.givenUp == ["killed"])
      #expect(try await store.entries(of: "ended").count == 20)
      let summary = try await store.summary(of: "killed")
      #expect(summary.state == .ended)
      #expect(summary.end?.summary.hasPrefix("given up by ada in repairing the journal") == true)
      await #expect(throws: JournalStoreError.self) { _ = try await store.resumable("killed") }
    }
  }

  @Test func withoutTheLogTheMainFileIsLeft() async throws {
    try await repaired {
      unlink($0.log)
    } _: { content, store in
      #expect(content?.executions == 1)
      let entries = try await #require(store).entries(of: "ended")
      #expect(entries.count == 20)
    }
  }

  @Test func ofNothingNothingCanBeSaved() async throws {
    try await repaired {
      truncate($0.main, 0)
      truncate($0.log, 0)
    } _: { content, _ in
      #expect(content == nil)
    }
    try await repaired {
      unlink($0.main)
      unlink($0.log)
    } _: { content, _ in
      #expect(content == nil)
    }
    try await repaired {
      try Data(repeating: 0x41, count: 9000).write(to: URL(filePath: $0.main))
      unlink($0.log)
    } _: {
      content, _ in
      #expect(content == nil)
    }
  }

  /// Pages that cannot be read take with them what stood in them, and no more.
  @Test func whatStandsInOtherPagesIsSaved() async throws {
    try await withDirectory { parent in
      let (directory, saved) = (parent + "/state", parent + "/saved")
      let store = try RecordStore.test(in: directory)
      for number in 0..<30 {
        let journal = try await store.begin(.test("x\(number)", text: String(repeating: "print 1\n", count: 400)))
        for place in 0..<20 {
          try await journal.finish(.list("runs"), .runs([.test("r\(place)")]), at: .test("\(place)#0"))
        }
        try await journal.end(.test())
      }
      try store.file.shorten()
      let page = try #require(
        try store.file.read {
          try Int.fetchOne(
            $0, sql: "SELECT pageno FROM dbstat WHERE name = 'effects' AND pagetype = 'leaf' LIMIT 1 OFFSET 20")
        })
      try flip(JournalFiles(in: directory).main, at: (page - 1) * 4096..<page * 4096)
      mkdir(saved, 0o700)
      let verdict = try check(directory, savingTo: saved + "/journal.sqlite")
      #expect(verdict.damage != nil)
      let content = try #require(verdict.content)
      #expect(content.executions == 30)
      #expect(!content.isWhole)
      let counts = try await (0..<30).map { "x\($0)" }.asyncMap {
        try await RecordStore.test(in: saved).entries(of: $0).count
      }
      #expect(counts.count { $0 < 20 } <= 2)
      #expect(counts.reduce(0, +) > 500)
    }
  }

  @Test func executionsThatCannotBeReadAreLeftOut() async throws {
    try await withDirectory { parent in
      let (directory, saved) = (parent + "/state", parent + "/saved")
      let store = try RecordStore.test(in: directory)
      for id in ["a", "b", "c"] { try await store.begin(.test(id)).intend(.reset(.export), at: .test("0#0")) }
      try store.file.execute("UPDATE effects SET intent = '{\"teleport\":{}}' WHERE execution = 2")
      mkdir(saved, 0o700)
      let verdict = try check(directory, savingTo: saved + "/journal.sqlite")
      #expect(verdict.damage == "\(directory)/journal.sqlite holds an execution that cannot be read")
      #expect(verdict.content?.unreadable == 1)
      #expect(verdict.content?.executions == 2)
      #expect(verdict.content?.givenUp == [])
      #expect(try await RecordStore.test(in: saved).executions(limit: 9).map(\.header.id) == ["c", "a"])
    }
  }

  @Test func aSoundJournalIsSound() async throws {
    try await withDirectory { parent in
      let directory = parent + "/state"
      await DamageTests.killed(in: directory)
      let verdict = try check(directory, savingTo: parent + "/saved.sqlite")
      #expect(verdict.damage == nil)
      #expect(verdict.content?.executions == 2)
      #expect(!FileManager.default.fileExists(atPath: parent + "/saved.sqlite"))
    }
  }

  // MARK: Copies

  @Test func aCopyIsMadeWhileOthersWrite() async throws {
    try await withDirectory { parent in
      let (directory, copy) = (parent + "/state", parent + "/copy")
      let store = try RecordStore.test(in: directory)
      let journal = try await store.begin(.test("x"))
      try await journal.intend(.reset(.export), at: .test("before#0"))
      mkdir(copy, 0o700)
      let path = copy + "/journal.sqlite"
      async let written: Void = {
        for number in 0..<50 { try await journal.intend(.reset(.export), at: .test("\(number)#0")) }
      }()
      #expect(try JournalCare(of: directory).backUp(to: path) == 1)
      try await written
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      #expect(try FileManager.default.contentsOfDirectory(atPath: copy) == ["journal.sqlite"])
      let entries = try await RecordStore.test(in: copy).entries(of: "x")
      #expect(entries.first?.key == .test("before#0"))
      #expect(entries.map(\.number.value) == (1...Int64(entries.count)).map { $0 })
      #expect(try await store.entries(of: "x").count == 51)
    }
  }

  @Test func aCopyReplacesNothing() async throws {
    try await withDirectory { parent in
      let directory = parent + "/state"
      try await RecordStore.test(in: directory).begin(.test("x")).end(.test())
      let path = parent + "/there"
      try Data("mine".utf8).write(to: URL(filePath: path))
      #expect(throws: JournalStoreError.unavailable("\(path) is there already")) {
        try JournalCare(of: directory).backUp(to: path)
      }
      symlink(parent + "/elsewhere", parent + "/link")
      #expect(throws: JournalStoreError.unavailable("\(parent)/link is there already")) {
        try JournalCare(of: directory).backUp(to: parent + "/link")
      }
      #expect(try Data(contentsOf: URL(filePath: path)) == Data("mine".utf8))
      #expect(
        throws: JournalStoreError.unavailable("nothing can be written in \(parent)/no: No such file or directory")
      ) {
        try JournalCare(of: directory).backUp(to: parent + "/no/where")
      }
    }
  }
}
