public import CivilTime
public import RunbookRecord
import TailerAPI

/// A journal in one SQLite file, `journal.sqlite` under the state directory, for all the processes of one user on one
/// machine.
///
/// It has no network access and is given no token: what it writes is what the evaluator hands to it.
public final class SQLiteRowStore: RowStore {
  let file: JournalFile

  /// Opens the file, creating it and its directory where they are missing, and brings its tables up to date. Blocks while
  /// another process does the same.
  ///
  /// - Parameter busyTimeout: How long another process may keep the file locked.
  /// - Throws: `.unavailable` where it cannot be had, or not for its owner alone; `.newerSchema`.
  public convenience init(in directory: String, busyTimeout: TimeSpan) throws(JournalStoreError) {
    try self.init(in: directory, busyTimeout: busyTimeout, schema: .current)
  }

  init(in directory: String, busyTimeout: TimeSpan, schema: Schema) throws(JournalStoreError) {
    let place = StateDirectory(path: directory)
    try place.prepare()
    file = try JournalFile(at: place.journalPath, schema: schema, busyTimeout: busyTimeout)
  }

  /// Makes sure of a state directory that is to be used for something else than a journal: it is made where it is missing, and
  /// refused as a journal would refuse it.
  ///
  /// - Throws: `.unavailable`.
  public static func prepare(_ directory: String) throws(JournalStoreError) {
    try StateDirectory(path: directory).prepareDirectory()
  }

  /// The folder in the state directory in which a journal of an older version is kept as it was.
  public static func copyName(ofVersion version: Int) -> String { JournalCopy.folder(ofVersion: version) }

  /// Whether there are executions on another service than the one of that name.
  ///
  /// - Throws: `.unavailable`.
  public func holdsExecutions(notOn service: String) throws(JournalStoreError) -> Bool {
    do {
      return try file.read { db in
        try SQLiteRows(db).executions(limit: Int.max).contains { $0.header.service != service }
      }
    } catch {
      throw JournalStoreError(error, in: self)
    }
  }

  /// Keeps the file open until the process ends, for a program that has no use for it being closed before. Closing copies
  /// SQLite's write-ahead log into the file and deletes it, which takes several more waits for the disk; the log is as
  /// good for the next process, and is copied whenever it has grown.
  public func keepOpen() { _ = Unmanaged.passRetained(file) }

  /// How many durable writes this process has made.
  public var durableWrites: Int { file.durableWrites }

  public func read<T: Sendable>(_ body: @escaping @Sendable (any JournalRows) throws -> T) async throws -> T {
    try await file.look { db in try body(SQLiteRows(db)) }
  }

  public nonisolated(nonsending) func commit<T: Sendable>(
    _ durability: Durability, ended: @escaping @Sendable ((any Error)?) -> Void,
    _ body: @escaping @Sendable (any JournalRows) throws -> T
  ) async throws -> T {
    try await file.commit(durability, ended: ended) { db in try body(SQLiteRows(db)) }
  }

  public nonisolated(nonsending) func giveSpaceBack() async throws { try await file.giveSpaceBack() }

  public func words(for error: any Error) -> String { file.words(for: error) }

  public var isShared: Bool { true }
}
