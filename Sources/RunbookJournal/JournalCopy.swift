import GRDB
import RunbookRecord

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The copy of a journal that is made before its tables are brought up to date: a state directory of its own, with which the
/// older program finishes what only it can.
enum JournalCopy {
  /// Its folder in the state directory.
  static func folder(ofVersion version: Int) -> String { "version-\(version)" }

  /// Copies a journal of an older version; one that is new or of this version needs no copy.
  static func make(of db: Database, at path: String, before version: Int) throws {
    let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    guard found > 0, found < version else { return }
    let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    let folder = "\(parent)/\(folder(ofVersion: found))"
    guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw refusal(folder) }
    let draft = "\(folder)/new-\(getpid())-\(UInt64.random(in: .min ... .max))"
    defer { unlink(draft) }
    try db.execute(sql: "VACUUM INTO ?", arguments: [draft])
    guard chmod(draft, 0o600) == 0 else { throw refusal(draft) }
    // Another process may have brought the journal up to date meanwhile, and has made the copy then.
    let copied = try DatabaseQueue(path: draft).read { try Int.fetchOne($0, sql: "PRAGMA user_version") }
    guard copied == found else { return }
    try sync(draft)
    guard rename(draft, "\(folder)/journal.sqlite") == 0 else { throw refusal(draft) }
    try sync(folder)
  }

  private static func sync(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw refusal(path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw refusal(path) }
  }

  private static func refusal(_ path: String) -> JournalStoreError {
    let reason = errno == ENOSPC ? "the disk is full" : String(cString: strerror(errno))
    return .unavailable("the journal of an older version cannot be copied to \(path): \(reason)")
  }
}
