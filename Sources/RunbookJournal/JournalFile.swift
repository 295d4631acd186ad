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
  let path: String
  private let busyTimeout: TimeSpan
  private let queue: DatabaseQueue
  private let line: CommitLine
  private let syncing: Syncing

  init(at path: String, schema: Schema, busyTimeout: TimeSpan) throws(JournalStoreError) {
    self.path = path
    self.busyTimeout = busyTimeout
    let syncing = Syncing()
    self.syncing = syncing
    line = CommitLine { durability, db, body in try Self.transaction(durability, db, syncing, body) }
    do {
      queue = try Self.opened(path, schema, busyTimeout)
    } catch {
      throw error as? JournalStoreError ?? .unavailable(Self.words(for: error, at: path, busyTimeout: busyTimeout))
    }
  }

  /// Two processes that turn a new file's write-ahead log on at once are told at once that it is busy, without SQLite's
  /// usual wait: each has what the other needs. One of them has to let go and begin again.
  private static func opened(_ path: String, _ schema: Schema, _ busyTimeout: TimeSpan) throws -> DatabaseQueue {
    let giveUp = ContinuousClock.now + .microseconds(busyTimeout.microseconds)
    while true {
      do {
        return try open(path, schema, busyTimeout)
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && ContinuousClock.now < giveUp {
        Thread.sleep(forTimeInterval: .random(in: 0.001...0.01))
      }
    }
  }

  private static func open(_ path: String, _ schema: Schema, _ busyTimeout: TimeSpan) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.busyMode = .timeout(busyTimeout.inSeconds)
    configuration.label = "journal"
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try queue.writeWithoutTransaction { db in
      // What is deleted is to give its space back, which has to be said before there are tables.
      if try Int.fetchOne(db, sql: "PRAGMA page_count") == 0 {
        try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
      }
      guard try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL") == "wal" else {
        throw JournalStoreError.unavailable(
          "\(path) lies on a file system that SQLite's write-ahead log does not work on")
      }
      try db.execute(sql: "PRAGMA synchronous = FULL")
      // The next process reads the log through, so it is kept short: a megabyte.
      try db.execute(sql: "PRAGMA wal_autocheckpoint = 256")
      try schema.migrate(db, copying: path)
    }
    return queue
  }

  /// How many durable writes have been made through this connection. Those that shared a transaction were one.
  var durableWrites: Int { syncing.durableWrites }

  /// Runs a body that sees the file as it is at one moment.
  func read<T>(_ body: (Database) throws -> T) throws -> T { try queue.read(body) }

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
      try Self.transaction(durability, db, syncing) { db in result = try body(db) }
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
    _ durability: Durability, _ db: Database, _ syncing: Syncing, _ body: (Database) throws -> Void
  ) throws {
    try syncing.set(durability, db)
    try db.inTransaction(.immediate) {
      try body(db)
      return .commit
    }
    if durability == .durable { syncing.wasDurable() }
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
    }
  }

  private static let pagesAtOnce = 1000

  /// How many writes wait for their transaction, for tests.
  var waiting: Int { line.count }

  /// A setting of the connection, for tests that read back what counts.
  func pragma(_ name: String) throws -> String? { try queue.read { try String.fetchOne($0, sql: "PRAGMA \(name)") } }

  /// Runs a statement outside of a transaction, for tests that prepare a state.
  func execute(_ sql: String) throws { try queue.writeWithoutTransaction { try $0.execute(sql: sql) } }

  /// The one place that words what SQLite says.
  func words(for error: any Error) -> String { Self.words(for: error, at: path, busyTimeout: busyTimeout) }

  private static func words(for error: any Error, at path: String, busyTimeout: TimeSpan) -> String {
    guard let error = error as? DatabaseError else {
      return "\(path) holds a record that this version of the program cannot read"
    }
    switch error.extendedResultCode {
    case .SQLITE_FULL, .SQLITE_IOERR_SHMSIZE: return "the disk is full: there is no room for \(path)"
    case .SQLITE_IOERR:
      return "the disk failed at \(path): \(error.message ?? "error \(error.extendedResultCode.rawValue)")"
    case .SQLITE_BUSY, .SQLITE_LOCKED: return "another process has kept \(path) locked for \(busyTimeout)"
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: return "\(path) cannot be written: it is read-only"
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: return "\(path) is damaged, or no journal"
    case .SQLITE_CANTOPEN: return "\(path) cannot be opened"
    case .SQLITE_NOMEM: return "there is not enough memory"
    case .SQLITE_TOOBIG: return "a record is too large"
    default: return "\(path): \(error.message ?? "error \(error.extendedResultCode.rawValue)")"
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
