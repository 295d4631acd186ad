import CivilTime
import Foundation
import GRDB
import RecordSupport
import RunbookRecord
import Testing

@testable import RunbookJournal

/// Whoever has a journal open notices that its files are no longer what others find, and refuses no journal that others merely
/// work with.
@Suite struct ReplacedFilesTests {
  enum Change: CaseIterable {
    case remove, moveAway, empty, removeLog, replace, emptyLog, cutLog, overwriteLog

    func carryOut(_ files: JournalFiles) throws {
      switch self {
      case .remove: unlink(files.main)
      case .moveAway: rename(files.main, files.main + "-before")
      case .empty: truncate(files.main, 0)
      case .removeLog: unlink(files.log)
      case .replace:
        try FileManager.default.copyItem(atPath: files.main, toPath: files.main + "-copy")
        rename(files.main + "-copy", files.main)
      case .emptyLog: truncate(files.log, 0)
      case .cutLog: truncate(files.log, off_t((FileFacts(files.log)?.size ?? 0) - 1))
      case .overwriteLog:
        let handle = try FileHandle(forUpdating: URL(filePath: files.log))
        try handle.write(contentsOf: Data(count: 64))
        try handle.close()
      }
    }

    func words(_ files: JournalFiles) -> String {
      switch self {
      case .remove, .moveAway, .empty, .removeLog, .replace:
        "\(files.main) was removed or replaced while a process worked with it"
      case .emptyLog, .cutLog, .overwriteLog: "\(files.log) was cut or overwritten while a process worked with it"
      }
    }
  }

  @Test(arguments: Change.allCases) func nothingIsIntendedAnyMore(_ change: Change) async throws {
    try await withDirectory { directory in
      let files = JournalFiles(in: directory)
      let store = try RecordStore.test(in: directory)
      let journal = try await store.begin(.test("x"))
      try await journal.intend(.reset(.export), at: .test("0#0"))
      try change.carryOut(files)
      let found = [files.main, files.log].map { FileManager.default.contents(atPath: $0) }
      await #expect(throws: JournalError.unavailable(change.words(files))) {
        try await journal.intend(.reset(.export), at: .test("1#0"))
      }
      await #expect(throws: JournalError.self) { try await journal.end(.test()) }
      try store.file.shorten()
      #expect([files.main, files.log].map { FileManager.default.contents(atPath: $0) } == found)
      // Nobody else begins to work with what is left of it.
      #expect {
        try RecordStore.test(in: directory, timing: JournalTiming(busy: .milliseconds(20)))
      } throws: { error in
        guard case .damaged? = error as? JournalStoreError else { return false }
        return true
      }
    }
  }

  /// SQLite reads the index as memory, and the system stops a process that reads behind a file's end so: it must not come
  /// that far.
  @Test func nothingIsIntendedBesideAnEmptiedIndex() async throws {
    await #expect(processExitsWith: .success) {
      try await withDirectory { directory in
        let files = JournalFiles(in: directory)
        let store = try RecordStore.test(in: directory)
        let journal = try await store.begin(.test("x"))
        truncate(files.index, 0)
        await #expect(
          throws: JournalError.unavailable("\(files.index) was cut or overwritten while a process worked with it")
        ) {
          try await journal.intend(.reset(.export), at: .test("1#0"))
        }
        try store.file.shorten()
        exit(EXIT_SUCCESS)
      }
    }
  }

  /// What a process that is killed leaves: everything is in the log.
  static func workAndDie(in directory: String) async throws {
    let store = try RecordStore(in: directory, clock: SystemClock())
    let journal = try await store.begin(.test("x", holder: .current()))
    for number in 0..<5 { try await journal.intend(.reset(.export), at: .test("\(number)#0")) }
    _exit(EXIT_SUCCESS)
  }

  enum Loss: CaseIterable {
    case both, emptied, cut, nothing

    func carryOut(_ files: JournalFiles) {
      switch self {
      case .both:
        unlink(files.log)
        unlink(files.index)
      case .emptied:
        truncate(files.log, 0)
        truncate(files.index, 0)
      case .cut:
        truncate(files.log, off_t((FileFacts(files.log)?.size ?? 0) / 2))
        unlink(files.index)
      case .nothing: unlink(files.index)
      }
    }
  }

  /// People remove what SQLite leaves beside a database; the mark knows how far the log had got.
  @Test(arguments: Loss.allCases) func aLogThatIsLostWithItsIndexIsMissed(_ loss: Loss) async throws {
    try await withDirectory { directory in
      _ = try RecordStore.test(in: directory)
      await #expect(processExitsWith: .success) { [directory = directory as String] in
        try await ReplacedFilesTests.workAndDie(in: directory)
      }
      loss.carryOut(JournalFiles(in: directory))
      guard loss != .nothing else {
        #expect(try await RecordStore.test(in: directory).entries(of: "x").count == 5)
        return
      }
      #expect {
        try RecordStore.test(in: directory)
      } throws: { error in
        guard case .damaged? = error as? JournalStoreError else { return false }
        return true
      }
    }
  }

  /// Another program of SQLite's may bring the log into the main file and remove it: nothing is missing then.
  @Test func aLogThatWasCopiedIsNotMissed() async throws {
    try await withDirectory { directory in
      _ = try RecordStore.test(in: directory)
      await #expect(processExitsWith: .success) { [directory = directory as String] in
        try await ReplacedFilesTests.workAndDie(in: directory)
      }
      let queue = try DatabaseQueue(path: JournalFiles(in: directory).main)
      _ = try await queue.read { try String.fetchAll($0, sql: "SELECT id FROM executions") }
      try queue.close()
      #expect(FileFacts(JournalFiles(in: directory).log)?.size ?? 0 == 0)
      #expect(try await RecordStore.test(in: directory).entries(of: "x").count == 5)
    }
  }

  /// What a process leaves that ends after everything was copied already.
  static func workAndEnd(in directory: String) async throws {
    let store = try RecordStore(in: directory, clock: SystemClock())
    let journal = try await store.begin(.test("x", holder: .current()))
    try await journal.intend(.reset(.export), at: .test("0#0"))
    try await journal.end(.test())
    try store.file.execute("PRAGMA wal_checkpoint(PASSIVE)")
    try store.file.write(.durable) { _ in }
    try store.file.shorten()
    _exit(EXIT_SUCCESS)
  }

  /// Nor is one that was emptied when all of it had been copied, though the main file was not written for that.
  @Test func aLogThatWasEmptiedInOrderIsNotMissed() async throws {
    try await withDirectory { directory in
      let files = JournalFiles(in: directory)
      await #expect(processExitsWith: .success) { [directory = directory as String] in
        try await ReplacedFilesTests.workAndEnd(in: directory)
      }
      unlink(files.log)
      unlink(files.index)
      let found = try await RecordStore.test(in: directory).executions(limit: 9)
      #expect(found.count == 1)
    }
  }

  /// What this version of the program does, over and over: open, record, bring everything into the one file, end.
  static func work(in directory: String) async throws {
    for round in 0..<15 {
      let store = try RecordStore(in: directory, clock: SystemClock())
      let journal = try await store.begin(.test("\(getpid())-\(round)", holder: .current()))
      for number in 0..<10 { try await journal.intend(.reset(.export), at: .test("\(number)#0")) }
      try await journal.end(.test())
      try store.file.shorten()
    }
  }

  /// What an older version does, which knows of no mark.
  static func workUnmarked(in directory: String) throws {
    for round in 0..<30 {
      var configuration = Configuration()
      configuration.busyMode = .timeout(10)
      let queue = try DatabaseQueue(path: JournalFiles(in: directory).main, configuration: configuration)
      try queue.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA synchronous = NORMAL")
        for number in 0..<20 {
          try db.execute(
            sql:
              "INSERT INTO operations (account, environment, type, configuration, name) VALUES (?, 'DEV', 'x', ?, 'x')",
            arguments: ["\(getpid())-\(round)", "\(number)"])
        }
        if round % 3 == 0 { _ = try Row.fetchAll(db, sql: "PRAGMA wal_checkpoint(PASSIVE)") }
      }
      if round % 2 == 0 { try queue.close() }
    }
  }

  @Test func whatOthersWorkWithIsSound() async throws {
    try await withDirectory { directory in
      _ = try RecordStore.test(in: directory)
      await withTaskGroup { group in
        for _ in 0..<3 {
          group.addTask {
            await #expect(processExitsWith: .success) { [directory = directory as String] in
              try await ReplacedFilesTests.work(in: directory)
            }
          }
        }
        group.addTask {
          await #expect(processExitsWith: .success) { [directory = directory as String] in
            try ReplacedFilesTests.workUnmarked(in: directory)
          }
        }
      }
      let store = try RecordStore.test(in: directory)
      #expect(try await store.executions(limit: 100).count == 45)
      #expect(try JournalCare(of: directory).check(savingTo: nil, by: "ada", at: .start).damage == nil)
    }
  }
}
