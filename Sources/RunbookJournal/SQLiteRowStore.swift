public import CivilTime
public import RunbookRecord
import TailerAPI

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

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
  /// - Throws: `.unavailable` where it cannot be had, or not for its owner alone; `.damaged`; `.newerSchema`.
  public convenience init(in directory: String, busyTimeout: TimeSpan) throws(JournalStoreError) {
    try self.init(in: directory, busyTimeout: busyTimeout, schema: .current)
  }

  init(in directory: String, busyTimeout: TimeSpan, schema: Schema) throws(JournalStoreError) {
    let place = StateDirectory(path: directory)
    try place.prepare()
    file = try JournalFile(place.files, schema: schema, busyTimeout: busyTimeout)
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

  /// Whether there is a journal in a directory, or a sign that there has been one.
  ///
  /// - Throws: `.unavailable` where that cannot be looked at.
  public static func isThere(in directory: String) throws(JournalStoreError) -> Bool {
    let files = JournalFiles(in: directory)
    if files.isThere { return true }
    guard access(files.main, F_OK) != 0, errno != ENOENT else { return false }
    throw .unavailable("\(files.main) cannot be looked at: \(String(cString: strerror(errno)))")
  }

  /// Keeps the file open until the process ends, for a program that has no use for it being closed before. Closing would delete
  /// SQLite's write-ahead log, which takes several waits for the disk; `shorten` takes fewer.
  func keepOpen() { _ = Unmanaged.passRetained(file) }

  /// Brings everything into the one file, for a process that ends.
  public func shorten() { file.shorten() }

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
