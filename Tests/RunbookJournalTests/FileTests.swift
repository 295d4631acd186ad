import CivilTime
import Foundation
import GRDB
import RunbookEvaluator
import Testing

@testable import RunbookJournal

@Suite struct FileTests {
  private func permissions(_ path: String) throws -> Int {
    try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber).intValue
  }

  private func refusal(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch JournalStoreError.unavailable(let words) {
      return words
    } catch {
      return "\(error)"
    }
  }

  @Test func onlyTheOwnerCanReadWhatIsCreated() async throws {
    try await withDirectory { parent in
      let directory = parent + "/a/b"
      let store = try SQLiteJournalStore.test(in: directory)
      _ = try await store.begin(.test("x"))
      #expect(try permissions(parent + "/a") == 0o700)
      #expect(try permissions(directory) == 0o700)
      for suffix in ["", "-wal", "-shm"] { #expect(try permissions(directory + "/journal.sqlite" + suffix) == 0o600) }
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory).count == 3)
    }
  }

  /// Whoever is first makes the file and its tables; the others find them whole.
  @Test func manyCanOpenANewFileAtOnce() async throws {
    for _ in 0..<10 {
      try await withDirectory { directory in
        let opened = try await withThrowingTaskGroup { group in
          for index in 0..<8 {
            group.addTask { try await SQLiteJournalStore.test(in: directory + "/state").begin(.test("x\(index)")) }
          }
          return try await group.reduce(into: 0) { count, _ in count += 1 }
        }
        #expect(opened == 8)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory + "/state").count <= 3)
      }
    }
  }

  @Test func aFileThatOthersCanReadIsClosedToThem() async throws {
    try await withDirectory { directory in
      let file = directory + "/journal.sqlite"
      try #require(FileManager.default.createFile(atPath: file, contents: nil, attributes: [.posixPermissions: 0o644]))
      _ = try SQLiteJournalStore.test(in: directory)
      #expect(try permissions(file) == 0o600)
    }
  }

  @Test(.enabled(if: geteuid() == 0)) func aFileOfSomebodyElseIsRefused() async throws {
    try await withDirectory { directory in
      let file = directory + "/journal.sqlite"
      try #require(FileManager.default.createFile(atPath: file, contents: nil, attributes: [.posixPermissions: 0o600]))
      try #require(chown(file, 1, 1) == 0)
      #expect(refusal { _ = try SQLiteJournalStore.test(in: directory) } == "\(file) belongs to another user")
      try #require(chown(directory, 1, 1) == 0)
      #expect(
        refusal { _ = try SQLiteJournalStore.test(in: directory) }
          == "the state directory \(directory) belongs to another user")
    }
  }

  @Test func placesThatCannotHoldAJournalAreRefused() async throws {
    try await withDirectory { directory in
      let file = directory + "/file"
      try #require(FileManager.default.createFile(atPath: file, contents: nil))
      #expect(refusal { _ = try SQLiteJournalStore.test(in: file) } == "\(file) is not a directory")
      #expect(
        refusal { _ = try SQLiteJournalStore.test(in: file + "/below") }
          == "the state directory \(file)/below cannot be created: Not a directory")
      #expect(refusal { _ = try SQLiteJournalStore.test(in: "") } == "the state directory has no name")
      let open = directory + "/open"
      try FileManager.default.createDirectory(atPath: open, withIntermediateDirectories: false)
      try #require(chmod(open, 0o777) == 0)
      #expect(refusal { _ = try SQLiteJournalStore.test(in: open) }?.contains("other users can write") == true)
      let linked = directory + "/linked"
      try FileManager.default.createDirectory(
        atPath: linked, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
      try FileManager.default.createSymbolicLink(atPath: linked + "/journal.sqlite", withDestinationPath: file)
      #expect(
        refusal { _ = try SQLiteJournalStore.test(in: linked) }
          == "\(linked)/journal.sqlite is not an ordinary file")
    }
  }

  @Test func everyDurableWriteIsSynced() async throws {
    try await withDirectory { directory in
      let store = try SQLiteJournalStore.test(in: directory)
      #expect(try store.file.pragma("journal_mode") == "wal")
      #expect(try store.file.pragma("synchronous") == "2")
      let journal = try await store.begin(.test("x"))
      try await journal.finish(.print, .done, at: .test("0#0"), isLight: true)
      #expect(try store.file.pragma("synchronous") == "1")
      #expect(store.durableWrites == 0)
      try await journal.intend(.launching(), at: .test("1#0"))
      #expect(try store.file.pragma("synchronous") == "2")
      #expect(store.durableWrites == 1)
    }
  }

  @Test func whatIsWrittenTogetherIsSyncedOnce() async throws {
    try await withDirectory { directory in
      let store = try SQLiteJournalStore.test(in: directory)
      let journal = try await store.begin(.test("x"))
      let effects = (0..<300).map { number in
        (
          intent: EffectIntent.await(runID: "\(number)", operation: .prepare, from: .start),
          key: EffectKey.test("0#\(number)")
        )
      }
      try await journal.intend(effects)
      // No transaction keeps other processes waiting for long.
      #expect(store.durableWrites == 2)
      try await journal.finish(effects.prefix(200).map { FinishedEffect($0.intent, .done, at: $0.key) })
      #expect(store.durableWrites == 3)
      let entries = try await store.entries(of: "x")
      #expect(entries.map(\.key) == effects.map(\.key))
      #expect(entries.map(\.outcome) == (0..<300).map { $0 < 200 ? .done : nil })
    }
  }

  @Test func aFileThatIsNoJournalIsLeftAlone() async throws {
    try await withDirectory { directory in
      let file = directory + "/journal.sqlite"
      let bytes = Data(repeating: 0x41, count: 8192)
      try bytes.write(to: URL(filePath: file))
      #expect(refusal { _ = try SQLiteJournalStore.test(in: directory) } == "\(file) is damaged, or no journal")
      #expect(try Data(contentsOf: URL(filePath: file)) == bytes)
    }
  }

  @Test func aDamagedPageIsReported() async throws {
    try await withDirectory { directory in
      let file = directory + "/journal.sqlite"
      try await SQLiteJournalStore.test(in: directory).begin(.test("x")).end(.test())
      // The last connection takes the write-ahead log with it as it is closed, which is soon after its last use.
      let end = ContinuousClock.now + .seconds(60)
      while FileManager.default.fileExists(atPath: file + "-wal"), ContinuousClock.now < end { await Task.yield() }
      let handle = try FileHandle(forUpdating: URL(filePath: file))
      let size = try handle.seekToEnd()
      try handle.seek(toOffset: 4096)
      try handle.write(contentsOf: Data(repeating: 0xA5, count: Int(size) - 4096))
      try handle.close()
      let words = "\(file) is damaged, or no journal"
      await #expect(throws: JournalStoreError.unavailable(words)) {
        _ = try await SQLiteJournalStore.test(in: directory).executions(limit: 10)
      }
    }
  }

  @Test func recordsThatDoNotReadAsWhatTheyShouldAreErrors() async throws {
    try await withDirectory { directory in
      let store = try SQLiteJournalStore.test(in: directory, dead: [1])
      try await store.begin(.test("x")).intend(.launching(), at: .test("0#0"))
      let words = "\(directory)/journal.sqlite holds a record that this version of the program cannot read"
      try store.file.execute("UPDATE effects SET intent = '{\"teleport\":{}}'")
      await #expect(throws: JournalStoreError.unavailable(words)) { _ = try await store.entries(of: "x") }
      await #expect(throws: JournalStoreError.unavailable(words)) {
        _ = try await store.resume("x", by: .test(2), launchingAgain: false)
      }
      try store.file.execute("UPDATE executions SET started_at = 9223372036854775807, over_at = -9223372036854775808")
      await #expect(throws: JournalStoreError.unavailable(words)) { _ = try await store.executions(limit: 1) }
    }
  }

  @Test func aLockedFileIsWaitedForAndThenReported() async throws {
    try await withDirectory { directory in
      let store = try SQLiteJournalStore.test(in: directory, timing: JournalTiming(busy: .milliseconds(20)))
      let journal = try await store.begin(.test("x"))
      var configuration = Configuration()
      configuration.allowsUnsafeTransactions = true
      let other = try DatabaseQueue(path: directory + "/journal.sqlite", configuration: configuration)
      try hold(other)
      await #expect(
        throws: JournalError.unavailable("another process has kept \(directory)/journal.sqlite locked for 20ms")
      ) { try await journal.intend(.launching(), at: .test("0#0")) }
      try release(other)
      try await journal.intend(.launching(), at: .test("0#0"))
    }
  }

  private func hold(_ queue: DatabaseQueue) throws {
    try queue.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
  }

  private func release(_ queue: DatabaseQueue) throws {
    try queue.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
  }
}

@Suite struct SchemaTests {
  private func open(_ directory: String, _ schema: Schema) throws(JournalStoreError) -> SQLiteJournalStore {
    try SQLiteJournalStore(
      in: directory, clock: ManualClock(), liveness: HolderLiveness { _ in .dead }, timing: JournalTiming(),
      schema: schema)
  }

  @Test func versionOneIsUpgradedWithAllThatIsInIt() async throws {
    try await withDirectory { directory in
      let old = try open(directory, Schema(steps: [Schema.version1]))
      let journal = try await old.begin(.test("x"))
      try await journal.finish(.launching(), .run(.test("r1"), adopted: false), at: .test("0#0"), isLight: false)
      let next = Schema(steps: [
        Schema.version1, { try $0.execute(sql: "ALTER TABLE executions ADD COLUMN note TEXT NOT NULL DEFAULT 'none'") },
      ])
      let new = try open(directory, next)
      #expect(try new.file.pragma("user_version") == "2")
      #expect(try await new.entries(of: "x").map(\.outcome) == [.run(.test("r1"), adopted: false)])
      let (header, resumed) = try await new.resume(nil, by: .test(2), launchingAgain: false)
      #expect(header == .test("x"))
      #expect(try await resumed.ownedRuns(of: .prepare) == ["r1"])
      // Opening it again changes nothing, and the older program leaves it alone.
      _ = try open(directory, next)
      #expect(throws: JournalStoreError.newerSchema(found: 2, known: 1)) {
        try open(directory, Schema(steps: [Schema.version1]))
      }
    }
  }

  @Test func aStepThatFailsLeavesTheOldVersion() async throws {
    try await withDirectory { directory in
      _ = try await open(directory, Schema(steps: [Schema.version1])).begin(.test("x"))
      let broken = Schema(steps: [
        Schema.version1,
        { db in
          try db.execute(sql: "DELETE FROM executions")
          try db.execute(sql: "no such statement")
        },
      ])
      #expect(throws: JournalStoreError.self) { try open(directory, broken) }
      let again = try open(directory, Schema(steps: [Schema.version1]))
      #expect(try await again.executions(limit: 9).count == 1)
    }
  }

  @Test func theReleasedVersionIsTheOneInTheFile() async throws {
    try await withDirectory { directory in
      let store = try SQLiteJournalStore.test(in: directory)
      #expect(try store.file.pragma("user_version") == "\(Schema.current.steps.count)")
      #expect(try store.file.pragma("foreign_keys") == "1")
    }
  }
}
