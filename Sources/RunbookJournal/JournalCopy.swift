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

  /// Copies a journal, which somebody keeps from being written meanwhile: a write that came behind the copy would be missing
  /// where the older program goes on. A copy that is in use is left alone.
  static func make(of path: String, version: Int) throws {
    let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    let folder = "\(parent)/\(folder(ofVersion: version))"
    guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw refusal(folder) }
    let copy = "\(folder)/journal.sqlite"
    guard access(copy + "-wal", F_OK) != 0 else {
      throw JournalStoreError.unavailable("\(copy) is in use: end what works with it, and move the folder away")
    }
    let draft = "\(folder)/new-\(getpid())-\(UInt64.random(in: .min ... .max))"
    defer { unlink(draft) }
    var configuration = Configuration()
    configuration.readonly = true
    try DatabaseQueue(path: path, configuration: configuration).writeWithoutTransaction { db in
      try db.execute(sql: "VACUUM INTO ?", arguments: [draft])
    }
    guard chmod(draft, 0o600) == 0 else { throw refusal(draft) }
    try DurableFile.sync(draft)
    guard rename(draft, copy) == 0 else { throw refusal(draft) }
    try DurableFile.sync(folder)
  }

  private static func refusal(_ path: String) -> JournalStoreError {
    let reason = errno == ENOSPC ? "the disk is full" : String(cString: strerror(errno))
    return .unavailable("the journal of an older version cannot be copied to \(path): \(reason)")
  }
}
