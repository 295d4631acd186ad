import CivilTime
import Foundation
import GRDB
import RecordSupport
import RunbookEvaluator
import RunbookRecord
import RunbookSyntax
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
    } catch JournalStoreError.unavailable(let words), JournalStoreError.damaged(let words) {
      return words
    } catch {
      return "\(error)"
    }
  }

  @Test func onlyTheOwnerCanReadWhatIsCreated() async throws {
    try await withDirectory { parent in
      let directory = parent + "/a/b"
      let store = try RecordStore.test(in: directory)
      _ = try await store.begin(.test("x"))
      #expect(try permissions(parent + "/a") == 0o700)
      #expect(try permissions(directory) == 0o700)
      let files = JournalFiles(in: directory).all
      for file in files { #expect(try permissions(file) == 0o600) }
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory).count == files.count)
    }
  }

  /// Whoever is first makes the file and its tables; the others find them whole.
  @Test func manyCanOpenANewFileAtOnce() async throws {
    for _ in 0..<10 {
      try await withDirectory { directory in
        let opened = try await withThrowingTaskGroup { group in
          for index in 0..<8 {
            group.addTask { try await RecordStore.test(in: directory + "/state").begin(.test("x\(index)")) }
          }
          return try await group.reduce(into: 0) { count, _ in count += 1 }
        }
        #expect(opened == 8)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory + "/state").count <= 4)
      }
    }
  }

  @Test func aFileThatOthersCanReadIsClosedToThem() async throws {
    try await withDirectory { directory in
      let file = directory + "/journal.sqlite"
      try #require(FileManager.default.createFile(atPath: file, contents: nil, attributes: [.posixPermissions: 0o644]))
      _ = try RecordStore.test(in: directory)
      #expect(try permissions(file) == 0o600)
    }
  }

  @Test(.enabled(if: geteuid() == 0)) func aFileOfSomebodyElseIsRefused() async throws {
    try await withDirectory { directory in
      let file = directory + "/journal.sqlite"
      try #require(FileManager.default.createFile(atPath: file, contents: nil, attributes: [.posixPermissions: 0o600]))
      try #require(chown(file, 1, 1) == 0)
      #expect(refusal { _ = try RecordStore.test(in: directory) } == "\(file) belongs to another user")
      try #require(chown(directory, 1, 1) == 0)
      #expect(
        refusal { _ = try RecordStore.test(in: directory) }
          == "the state directory \(directory) belongs to another user")
    }
  }

  @Test func placesThatCannotHoldAJournalAreRefused() async throws {
    try await withDirectory { directory in
      let file = directory + "/file"
      try #require(FileManager.default.createFile(atPath: file, contents: nil))
      #expect(refusal { _ = try RecordStore.test(in: file) } == "\(file) is not a directory")
      #expect(
        refusal { _ = try RecordStore.test(in: file + "/below") }
          == "the state directory \(file)/below cannot be created: Not a directory")
      #expect(refusal { _ = try RecordStore.test(in: "") } == "the state directory has no name")
      let open = directory + "/open"
      try FileManager.default.createDirectory(atPath: open, withIntermediateDirectories: false)
      try #require(chmod(open, 0o777) == 0)
      #expect(refusal { _ = try RecordStore.test(in: open) }?.contains("other users can write") == true)
      let linked = directory + "/linked"
      try FileManager.default.createDirectory(
        atPath: linked, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
      try FileManager.default.createSymbolicLink(atPath: linked + "/journal.sqlite", withDestinationPath: file)
      #expect(
        refusal { _ = try RecordStore.test(in: linked) }
          == "\(linked)/journal.sqlite is not an ordinary file")
    }
  }

  @Test func everyDurableWriteIsSynced() async throws {
    try await withDirectory { directory in
      let store = try RecordStore.test(in: directory)
      #expect(try store.file.pragma("journal_mode") == "wal")
      #expect(try store.file.pragma("synchronous") == "2")
      let journal = try await store.begin(.test("x"))
      try await journal.finish(.print, .done, at: .test("0#0"))
      #expect(try store.file.pragma("synchronous") == "1")
      #expect(try store.file.durableWrites == 0)
      try await journal.intend(.reset(.export), at: .test("1#0"))
      #expect(try store.file.pragma("synchronous") == "2")
      #expect(try store.file.durableWrites == 1)
    }
  }

  @Test func whatIsWrittenTogetherIsSyncedOnce() async throws {
    try await withDirectory { directory in
      let store = try RecordStore.test(in: directory)
      let journal = try await store.begin(.test("x"))
      let effects = (0..<300).map { number in
        (
          intent: EffectIntent.await(runID: "\(number)", operation: .prepare, from: .start),
          key: EffectKey.test("0#\(number)")
        )
      }
      try await journal.intend(effects)
      // No transaction keeps other processes waiting for long.
      #expect(try store.file.durableWrites == 2)
      try await journal.finish(
        effects.prefix(200).map { FinishedEffect($0.intent, .failed(.timeout), at: $0.key) })
      #expect(try store.file.durableWrites == 3)
      let entries = try await store.entries(of: "x")
      #expect(entries.map(\.key) == effects.map(\.key))
      #expect(entries.map(\.outcome) == (0..<300).map { $0 < 200 ? .failed(.timeout) : nil })
    }
  }

  @Test func aFileThatIsNoJournalIsLeftAlone() async throws {
    try await withDirectory { directory in
      let file = directory + "/journal.sqlite"
      let bytes = Data(repeating: 0x41, count: 8192)
      try bytes.write(to: URL(filePath: file))
      #expect(refusal { _ = try RecordStore.test(in: directory) } == "\(file) is damaged, or no journal")
      #expect(try Data(contentsOf: URL(filePath: file)) == bytes)
    }
  }

  @Test func aDamagedPageIsReported() async throws {
    try await withDirectory { directory in
      let file = directory + "/journal.sqlite"
      try await RecordStore.test(in: directory).begin(.test("x")).end(.test())
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
        _ = try await RecordStore.test(in: directory).executions(limit: 10)
      }
    }
  }

  @Test func recordsThatDoNotReadAsWhatTheyShouldAreErrors() async throws {
    try await withDirectory { directory in
      let store = try RecordStore.test(in: directory, dead: [1])
      try await store.begin(.test("x")).intend(.launching(), at: .test("0#0"))
      let words = "\(directory)/journal.sqlite holds a record that this version of the program cannot read"
      try store.file.execute("UPDATE effects SET intent = '{\"teleport\":{}}'")
      await #expect(throws: JournalStoreError.unavailable(words)) { _ = try await store.entries(of: "x") }
      await #expect(throws: JournalStoreError.unavailable(words)) {
        _ = try await store.resume("x", by: .test(2), launchingAgain: .none)
      }
      try store.file.execute("UPDATE executions SET started_at = 9223372036854775807, over_at = -9223372036854775808")
      await #expect(throws: JournalStoreError.unavailable(words)) { _ = try await store.executions(limit: 1) }
    }
  }

  @Test func aLockedFileIsWaitedForAndThenReported() async throws {
    try await withDirectory { directory in
      let store = try RecordStore.test(in: directory, timing: JournalTiming(busy: .milliseconds(20)))
      let journal = try await store.begin(.test("x"))
      var configuration = Configuration()
      configuration.allowsUnsafeTransactions = true
      let other = try DatabaseQueue(path: directory + "/journal.sqlite", configuration: configuration)
      try hold(other)
      await #expect(
        throws: JournalError.unavailable("another process has kept \(directory)/journal.sqlite locked for 20ms")
      ) { try await journal.intend(.launching(), at: .test("0#0")) }
      try release(other)
      let (_, resumed) = try await RecordStore.test(in: directory, dead: [1]).resume("x", by: .test(2))
      try await resumed.intend(.launching(), at: .test("0#0"))
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
  private func open(_ directory: String, _ schema: Schema) throws(JournalStoreError) -> RecordStore {
    RecordStore(
      try SQLiteRowStore(in: directory, busyTimeout: .seconds(5), schema: schema), clock: ManualClock(),
      liveness: HolderLiveness { _ in .dead })
  }

  /// A journal as the first version left it: an execution that was killed with one launch open, one whose run is known, one
  /// that an edit has set aside; and one that ended.
  private static let versionOne = """
    INSERT INTO operations (number, account, environment, type, configuration, name)
    VALUES (1, '000099', 'DEV', 'table-to-table', '000099_prepare_pda_DEV', '000099_prepare_pda');
    INSERT INTO executions (number, id, started_at, header, is_resumable) VALUES
    (1, 'x', 1795402800000000, '{"directory":"/srv","environment":"DEV","holder":{"host":"pump-3","process":1,"processStart":"b","user":"ada"},"id":"x","name":"fix.runbook","parameters":{},"service":"https://a.example","sources":[{"name":"fix.runbook","text":"print 1"}],"startedAt":"2026-11-23T03:00:00Z","today":"2026-11-23"}', NULL);
    INSERT INTO leases (execution, fence, holder, renewed_at) VALUES
    (1, 3, '{"host":"pump-3","process":1,"processStart":"b","user":"ada"}', 1795402800000000);
    INSERT INTO effects (execution, sequence, path, text_hash, intent, intended_at, outcome, finished_at) VALUES
    (1, 1, '.0#0', '00000000000000aa', '{"launch":{"_0":{"account":"000099","environment":"DEV","id":"000099_prepare_pda_DEV","name":"000099_prepare_pda","type":"table-to-table"},"at":"2026-11-23T03:00:00Z","baseline":[]}}', 1795402800000000, '{"run":{"_0":{"id":"r1","operation":{"account":"000099","environment":"DEV","id":"000099_prepare_pda_DEV","name":"000099_prepare_pda","type":"table-to-table"}},"adopted":false}}', 1795402801000000),
    (1, 2, 'aside 2: .1#0', '00000000000000bb', '{"print":{}}', 1795402800000000, '{"done":{}}', 1795402801000000),
    (1, 3, '.1#0', '00000000000000cc', '{"print":{}}', 1795402800000000, '{"done":{}}', 1795402801000000),
    (1, 4, '.2#0', '00000000000000dd', '{"launch":{"_0":{"account":"000099","environment":"DEV","id":"000099_prepare_pda_DEV","name":"000099_prepare_pda","type":"table-to-table"},"at":"2026-11-23T03:00:00Z","baseline":["r1"]}}', 1795402800000000, NULL, NULL);
    INSERT INTO owned_runs (operation, run, execution, path) VALUES (1, 'r1', 1, '.0#0'), (1, 'r0', 7, '.4#0');
    """

  @Test func versionOneIsUpgradedWithAllThatIsInIt() async throws {
    try await withDirectory { directory in
      try SQLiteRowStore(in: directory, busyTimeout: .seconds(5), schema: Schema(steps: [Schema.version1])).file
        .execute(
          Self.versionOne)
      let new = try open(directory, .current)
      #expect(try new.file.pragma("user_version") == "\(Schema.current.steps.count)")
      #expect(try await new.entries(of: "x").map(\.number.value) == [1, 2, 3, 4])
      let (header, resumed) = try await new.resume(nil, by: .test(2), launchingAgain: .none)
      #expect(header.settings == nil)
      #expect(try await resumed.ownedRuns(of: .prepare) == ["r1", "r0"])
      #expect(try await resumed.owner(of: .test("r1")) == RunOwner(executionID: "x", effect: RecordNumber(1)))
      #expect(try await resumed.owner(of: .test("r0")) == RunOwner(executionID: nil, effect: nil))
      let records = try await resumed.standing()
      #expect(records.map(\.standing) == [.current, .setAside, .current, .current])
      #expect(records.map(\.key.path) == [".0#0", ".1#0", ".1#0", ".2#0"])
      #expect(records.map(\.isOpenLaunch) == [false, false, false, true])
      let look = try await new.begin(.test("look"))
      #expect(try await look.rivals(for: .test("new"), of: .test("0#0")) == 1)
      // Opening it again changes nothing, and the older program leaves it alone.
      _ = try open(directory, .current)
      #expect(throws: JournalStoreError.newerSchema(found: Schema.current.steps.count, known: 1)) {
        try open(directory, Schema(steps: [Schema.version1]))
      }
    }
  }

  /// The older program left a launch that an edit moved at its old place too, owner and all; and what is damaged in the file
  /// keeps nothing else from being read.
  @Test func whatAnOldEditMovedIsOneLaunch() async throws {
    try await withDirectory { directory in
      let old = try SQLiteRowStore(in: directory, busyTimeout: .seconds(5), schema: Schema(steps: [Schema.version1]))
      try old.file.execute(Self.versionOne)
      let columns = "(execution, sequence, path, text_hash, intent, intended_at, outcome, finished_at)"
      try old.file.execute(
        """
        INSERT INTO effects \(columns) SELECT 1, 5, '.9#0', '00000000000000ee', intent, intended_at, outcome, finished_at
        FROM effects WHERE sequence IN (1);
        INSERT INTO effects \(columns) SELECT 1, 6, '.8#0', '00000000000000ff', intent, intended_at, NULL, NULL
        FROM effects WHERE sequence = 4;
        UPDATE effects SET path = 'aside ' || sequence || ': ' || path WHERE sequence IN (1, 4);
        INSERT INTO executions (number, id, started_at, header, is_resumable)
        SELECT 2, 'damaged', started_at, replace(header, '"id":"x"', '"id":"damaged"'), 0 FROM executions;
        INSERT INTO effects \(columns) VALUES (2, 1, '.0#0', '00000000000000aa', '{"launch":', \(Int64.max), '{"run', 1);
        """)
      let new = try open(directory, .current)
      let (_, resumed) = try await new.resume("x", by: .test(2), launchingAgain: .none)
      #expect(try await resumed.standing().map(\.number.value) == [2, 3, 5, 6])
      #expect(try await resumed.owner(of: .test("r1")) == RunOwner(executionID: "x", effect: RecordNumber(5)))
      let look = try await new.begin(.test("look"))
      #expect(try await look.rivals(for: .test("new"), of: .test("0#0")) == 1)
      // Putting it elsewhere takes no run anew.
      try await resumed.move(RecordNumber(5), to: .test("7#0"))
      #expect(try await resumed.claim(.test("r2"), for: RecordNumber(6), by: Adopter(user: "ada", at: .start)))
      await #expect(throws: JournalStoreError.self) { _ = try await new.entries(of: "damaged") }
    }
  }

  @Test func aStepThatFailsLeavesTheOldVersion() async throws {
    try await withDirectory { directory in
      _ = try await open(directory, .current).begin(.test("x"))
      let broken = Schema(
        steps: Schema.current.steps + [
          { db in
            try db.execute(sql: "DELETE FROM executions")
            try db.execute(sql: "no such statement")
          }
        ])
      #expect(throws: JournalStoreError.self) { try open(directory, broken) }
      #expect(try await open(directory, .current).executions(limit: 9).count == 1)
    }
  }

  @Test func theReleasedVersionIsTheOneInTheFile() async throws {
    try await withDirectory { directory in
      let store = try RecordStore.test(in: directory)
      #expect(try store.file.pragma("user_version") == "\(Schema.current.steps.count)")
      #expect(try store.file.pragma("foreign_keys") == "1")
    }
  }
}

extension RecordedError {
  fileprivate static let timeout = RecordedError(kind: .timeout, message: "it took too long")
}
