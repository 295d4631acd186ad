import CivilTime
import Foundation
import GRDB
import RunbookRecord

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Opening a journal's files, which whoever is first looks at before SQLite does.
struct JournalOpening {
  let files: JournalFiles
  let schema: Schema
  let busyTimeout: TimeSpan

  /// What has been opened.
  struct Opened {
    let queue: DatabaseQueue
    let place: OpenedFiles
  }

  /// Opens the files, and makes them where there are none and never were.
  ///
  /// - Throws: `JournalDamage` where they are no whole journal; nothing of them has changed then.
  func open() throws -> Opened {
    let mark = try JournalMark(of: files)
    let giveUp = ContinuousClock.now + .microseconds(busyTimeout.microseconds)
    while true {
      var reason: any Error = DatabaseError(resultCode: .SQLITE_BUSY)
      do {
        if mark.claim() {
          try require(mark)
          let opened = try connect(mark)
          let before = mark.note().flatMap { $0.boot == SystemProcess.boot ? $0.log : nil }
          try mark.set(JournalMark.Note(boot: SystemProcess.boot, files: opened.place.identity, log: before))
          mark.share()
          return opened
        }
        if mark.join() {
          if let opened = try join(mark) { return opened }
          mark.release()
          reason = JournalDamage.isReplaced(files.main)
        }
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
        // Two processes that turn the write-ahead log on at once each have what the other needs: one has to begin again.
        mark.release()
        reason = error
      }
      guard ContinuousClock.now < giveUp else { throw reason }
      Thread.sleep(forTimeInterval: .random(in: 0.001...0.01))
    }
  }

  /// Makes sure of a whole journal, while nobody has it open.
  private func require(_ mark: JournalMark) throws {
    if let damage = try JournalExamination(files, note: mark.note(), isMarked: mark.isSet).damage { throw damage }
    let found = FileFacts(files.main)
    if found?.size ?? 0 == 0 { try create(inPlaceOfEmpty: found != nil) }
  }

  /// Opens what others have open. `nil` where that is not what stands under the files' names: they are being closed, or were
  /// replaced.
  private func join(_ mark: JournalMark) throws -> Opened? {
    guard let known = mark.note()?.files, known == files.identity else { return nil }
    let opened = try connect(mark)
    guard opened.place.identity == known else {
      try opened.queue.close()
      return nil
    }
    return opened
  }

  /// The mark stays locked until the connection is closed, whoever closes it.
  private func connect(_ mark: JournalMark) throws -> Opened {
    var configuration = Configuration()
    configuration.busyMode = .timeout(busyTimeout.inSeconds)
    configuration.label = "journal"
    configuration.prepareDatabase { _ in withExtendedLifetime(mark) {} }
    let queue = try DatabaseQueue(path: files.main, configuration: configuration)
    try queue.writeWithoutTransaction { db in
      try Schema.require(db, at: files.main)
      guard try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL") == "wal" else {
        throw JournalStoreError.unavailable(
          "\(files.main) lies on a file system that SQLite's write-ahead log does not work on")
      }
      try db.execute(sql: "PRAGMA synchronous = FULL")
      // The next process reads the log through, so it is kept short: a megabyte.
      try db.execute(sql: "PRAGMA wal_autocheckpoint = 256")
      try schema.migrate(db, copying: files.main)
    }
    guard let identity = files.identity else { throw JournalDamage.isReplaced(files.main) }
    let place = OpenedFiles(files: files, identity: identity, mark: mark)
    try queue.writeWithoutTransaction(place.requireLog)
    return Opened(queue: queue, place: place)
  }

  /// Makes a journal with its tables under another name, so that one without them, or of other permissions, is never there.
  private func create(inPlaceOfEmpty: Bool) throws {
    let draft = "\(files.main)-new-\(getpid())-\(UInt64.random(in: .min ... .max))"
    defer { for suffix in ["", "-journal"] { unlink(draft + suffix) } }
    guard DurableFile.claim(draft) else { throw refusal }
    let queue = try DatabaseQueue(path: draft)
    try queue.writeWithoutTransaction { db in
      // What is deleted is to give its space back, which has to be said before there are tables.
      try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
      try schema.migrate(db)
    }
    try queue.close()
    let isInPlace = inPlaceOfEmpty ? rename(draft, files.main) == 0 : link(draft, files.main) == 0 || errno == EEXIST
    guard isInPlace else { throw refusal }
    try DurableFile.sync(folderOf: files.main)
  }

  private var refusal: JournalStoreError { .system("\(files.main) cannot be created", for: files.main) }
}
