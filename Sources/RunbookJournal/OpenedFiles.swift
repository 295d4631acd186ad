import GRDB
import GRDBSQLite
import RunbookRecord

/// A journal's files as they were opened, by which whoever works with them notices that they were changed by something else
/// than SQLite. What is written into such files is not kept, and nothing may be done that depends on it.
struct OpenedFiles: Sendable {
  let files: JournalFiles
  let identity: FilesIdentity
  let mark: JournalMark

  /// Makes sure that the files that others find are those that were opened, and that the index is as long as SQLite believes:
  /// it reads it as memory, and the system stops a process that reads behind a file's end so.
  func requireInPlace() throws(JournalDamage) {
    guard files.identity == identity else { throw .isReplaced(files.main) }
    guard FileFacts(files.index)?.size ?? 0 >= WriteAheadIndex.leastFileSize else { throw .isOverwritten(files.index) }
  }

  /// Makes sure that the log has what has been committed, as far as its length and its head tell.
  ///
  /// Other processes commit, and bring the log into the main file, between one look and the next. They write the log before
  /// its index when it grows, and the index before the log when it becomes shorter, so that a log that was looked at between
  /// two equal indexes had at least what they say.
  func requireLog(_ db: Database) throws {
    for _ in 0..<Self.looks {
      guard let before = WriteAheadIndex(of: db), before.frames > 0 else { return }
      let size = FileFacts(files.log)?.size ?? 0
      let salts = try OpenedFile(files.log)?.read(at: WriteAheadLog.Header.saltsOffset, count: before.salts.count)
      if size >= before.logSize, salts.map({ $0[...] == before.salts }) ?? false { return }
      if WriteAheadIndex(of: db) == before { throw JournalDamage.isOverwritten(files.log) }
    }
  }

  /// Notes how far the log has got, where it has something that the main file has not.
  func noteLog(_ db: Database) {
    guard let index = WriteAheadIndex(of: db), let main = FileFacts(files.main) else { return }
    mark.note(index.frames > index.copied ? JournalMark.Log(index, main: main) : nil, of: identity)
  }

  /// How often it looks where other processes commit at the same time.
  private static let looks = 8
}

extension WriteAheadIndex {
  /// What it says to a connection that has it open. It is read where SQLite has it in memory: opening its file once more would
  /// take SQLite's locks from this process. `nil` where it says nothing, or was being changed.
  init?(of db: Database) {
    var file: UnsafeMutablePointer<sqlite3_file>?
    guard sqlite3_file_control(db.sqliteConnection, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK, let file,
      let map = file.pointee.pMethods?.pointee.xShmMap
    else { return nil }
    var region: UnsafeMutableRawPointer?
    guard map(file, 0, Int32(Self.leastFileSize), 0, &region) == SQLITE_OK, let region else { return nil }
    self.init(Array(UnsafeRawBufferPointer(start: region, count: Self.size)))
  }
}
