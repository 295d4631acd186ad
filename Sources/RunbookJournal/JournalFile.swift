import CivilTime
import Coordination
import Foundation
import GRDB
import RunbookRecord

/// The opened file: one connection, used by one thread at a time.
///
/// A write takes as long as the disk takes, and while another process writes, up to the busy time-out. `commit` waits
/// without a thread, and shares its transaction with what else waits; `read` and `write` block the calling thread. No
/// transaction waits for anything else.
final class JournalFile: Sendable {
  let place: OpenedFiles
  private let busyTimeout: TimeSpan
  private let queue: DatabaseQueue
  private let line: CommitLine
  private let syncing: Syncing

  init(_ files: JournalFiles, schema: Schema, busyTimeout: TimeSpan) throws(JournalStoreError) {
    self.busyTimeout = busyTimeout
    let syncing = Syncing()
    self.syncing = syncing
    do {
      let opened = try JournalOpening(files: files, schema: schema, busyTimeout: busyTimeout).open()
      (queue, place) = (opened.queue, opened.place)
    } catch {
      throw JournalStoreError(opening: error, at: files.main, busyTimeout: busyTimeout)
    }
    line = CommitLine { [place] durability, db, body in try Self.transaction(durability, db, syncing, place, body) }
  }

  /// How many durable writes have been made through this connection. Those that shared a transaction were one.
  var durableWrites: Int { syncing.durableWrites }

  /// Runs a body that sees the file as it is at one moment.
  func read<T>(_ body: (Database) throws -> T) throws -> T { try queue.read(body) }

  /// The same of a file that may be damaged.
  func inspect<T>(_ body: (Database) throws -> T) throws -> T { try queue.inspect(body) }

  /// The same, without blocking the thread while something is being written.
  func look<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      queue.asyncRead { database in continuation.resume(with: Result { try body(try database.get()) }) }
    }
  }

  /// Runs a body in a transaction that has the write lock from its beginning. When it throws, nothing has happened.
  func write<T>(_ durability: Durability, _ body: (Database) throws -> T) throws -> T {
    var result: T?
    try queue.writeWithoutTransaction { db in
      try Self.transaction(durability, db, syncing, place) { db in result = try body(db) }
    }
    guard let result else { throw UnreadableRecord() }
    return result
  }

  /// The same for a body that may share its transaction with others, and be carried out twice for it. When this returns,
  /// the body's changes have the durability that was asked for, or a higher one.
  ///
  /// - Parameter ended: Hears how it ended, `nil` for well, in the order in which writes are handed over: of one that has
  ///   failed before any later body runs.
  nonisolated(nonsending) func commit<T: Sendable>(
    _ durability: Durability, ended: @escaping @Sendable ((any Error)?) -> Void = { _ in },
    _ body: @escaping @Sendable (Database) throws -> T
  ) async throws -> T {
    let found = Guarded<T?>(nil)
    return try await withCheckedThrowingContinuation { continuation in
      let write = CommitLine.Write(
        durability: durability,
        body: { db in
          let value = try body(db)
          found.withLock { $0 = value }
        },
        end: { error in
          ended(error)
          continuation.resume(
            with: Result {
              if let error { throw error }
              guard let value = found.withLock({ $0 }) else { throw UnreadableRecord() }
              return value
            })
        })
      if line.add(write) { queue.asyncWriteWithoutTransaction { [line] db in line.serve(db) } }
    }
  }

  private static func transaction(
    _ durability: Durability, _ db: Database, _ syncing: Syncing, _ place: OpenedFiles,
    _ body: (Database) throws -> Void
  ) throws {
    try place.requireInPlace()
    try syncing.set(durability, db)
    try db.inTransaction(.immediate) {
      try place.requireLog(db)
      try body(db)
      return .commit
    }
    try place.requireInPlace()
    try place.requireLog(db)
    place.noteLog(db)
    if durability == .durable { syncing.wasDurable() }
  }

  /// Copies the log into the main file and empties it, so that the one file has everything. Where another process keeps that
  /// from being done, or the disk is full, the log is as good, and the next one to end does it.
  func shorten() {
    try? queue.writeWithoutTransaction { db in
      try place.requireInPlace()
      try place.requireLog(db)
      try db.execute(sql: "PRAGMA busy_timeout = \(Self.patience)")
      _ = try Row.fetchAll(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
      place.noteLog(db)
    }
  }

  /// How long `shorten` waits for other processes, in milliseconds.
  private static let patience = 100

  /// Writes all that is in it at one moment into a new file.
  func copy(to path: String) throws {
    try queue.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [path]) }
  }

  /// Gives the space of what was deleted back to the disk, some pages a transaction, so that other processes are not kept
  /// waiting and little room is needed for it. A file of an older version is made anew for it, where there is room.
  nonisolated(nonsending) func giveSpaceBack() async throws {
    try await queue.writeWithoutTransaction { db in
      if try Int.fetchOne(db, sql: "PRAGMA auto_vacuum") != 2 {
        try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
        try? db.execute(sql: "VACUUM")
      }
      var left = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
      while left > 0 {
        _ = try Row.fetchAll(db, sql: "PRAGMA incremental_vacuum(\(Self.pagesAtOnce))")
        _ = try Row.fetchAll(db, sql: "PRAGMA wal_checkpoint(PASSIVE)")
        let rest = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
        guard rest < left else { break }
        left = rest
      }
      // Where another process reads, the next one to close the file shortens the log.
      _ = try Row.fetchAll(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
      place.noteLog(db)
    }
  }

  private static let pagesAtOnce = 1000

  /// How many writes wait for their transaction, for tests.
  var waiting: Int { line.count }

  /// A setting of the connection, for tests that read back what counts.
  func pragma(_ name: String) throws -> String? { try queue.read { try String.fetchOne($0, sql: "PRAGMA \(name)") } }

  /// Runs a statement outside of a transaction, for tests that prepare a state.
  func execute(_ sql: String) throws { try queue.writeWithoutTransaction { try $0.execute(sql: sql) } }

  /// What its errors say, for people.
  func words(for error: any Error) -> String {
    SQLiteWords.words(for: error, at: place.files.main, busyTimeout: busyTimeout)
  }
}

extension DatabaseQueue {
  /// Runs a body that sees the database as it is at one moment. Where pages are damaged, SQLite may refuse to end well what has
  /// only read.
  func inspect<T>(_ body: (Database) throws -> T) throws -> T {
    try writeWithoutTransaction { db in
      try db.execute(sql: "BEGIN")
      defer { try? db.execute(sql: "ROLLBACK") }
      return try body(db)
    }
  }
}

/// A row that does not say what a row of its table says.
struct UnreadableRecord: Error {}

extension Durability {
  /// SQLite's word for it.
  var synchronous: String {
    switch self {
    case .durable: "FULL"
    case .visible: "NORMAL"
    }
  }
}
