import CivilTime
import GRDB
import RunbookRecord

/// The one place that words what SQLite says.
enum SQLiteWords {
  static func words(for error: any Error, at path: String, busyTimeout: TimeSpan) -> String {
    if let damage = error as? JournalDamage { return damage.words }
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

extension JournalStoreError {
  /// Why a file could not be opened, read through or copied.
  init(opening error: any Error, at path: String, busyTimeout: TimeSpan) {
    let words = SQLiteWords.words(for: error, at: path, busyTimeout: busyTimeout)
    switch error {
    case let error as JournalStoreError: self = error
    case let error as DatabaseError where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode):
      self = .damaged(words)
    case is JournalDamage: self = .damaged(words)
    default: self = .unavailable(words)
    }
  }
}
