public import CivilTime
import Foundation
import GRDB
public import RunbookRecord

/// What a person does for a journal's files: looks whether they are whole, saves what can be read of damaged ones, makes a copy.
public struct JournalCare: Sendable {
  public struct Verdict: Hashable, Sendable {
    /// In words, what is damaged; `nil` where nothing is.
    public let damage: String?
    /// What is in it, or can be saved; `nil` where nothing can.
    public let content: Content?
  }

  public struct Content: Hashable, Sendable {
    public let executions: Int
    /// When the latest of them began.
    public let latest: Timestamp?
    /// How many could not be read, and are left out.
    public let unreadable: Int
    /// Whether nothing was lost that others did not know of.
    public let isWhole: Bool
    /// The executions that had not ended, and are given up since what they did last is not known.
    public let givenUp: [String]
  }

  private let directory: String
  private let timing: JournalTiming
  private var files: JournalFiles { JournalFiles(in: directory) }

  public init(of directory: String, timing: JournalTiming = .init()) {
    self.directory = directory
    self.timing = timing
  }

  /// Says whether a journal is whole. Of one that is not, nothing is changed.
  ///
  /// - Parameters:
  ///   - file: A new file for what can be saved of a damaged one; `nil` for none.
  ///   - user: Who gives up what cannot go on.
  public func check(savingTo file: String?, by user: String, at now: Timestamp) throws(JournalStoreError) -> Verdict {
    try wording {
      let store: SQLiteRowStore
      do throws(JournalStoreError) {
        store = try SQLiteRowStore(in: directory, busyTimeout: timing.busy)
      } catch .damaged(let words) {
        return Verdict(damage: words, content: try saveFiles(to: file, by: user, at: now))
      }
      // Closing would write into it.
      store.keepOpen()
      return try store.file.inspect { db in
        let found = try JournalSalvage.survey(db)
        guard let damage = damage(found) else {
          return Verdict(
            damage: nil,
            content: Content(
              executions: found.executions, latest: found.latest, unreadable: 0, isWhole: true, givenUp: []))
        }
        return Verdict(
          damage: damage.words,
          content: try save(db, to: file, isWhole: found.unsoundness == nil, by: user, at: now))
      }
    }
  }

  /// Makes a copy that is as the journal was at one moment, and that has been read through; others may write meanwhile.
  ///
  /// - Returns: How many executions are in it.
  public func backUp(to file: String) throws(JournalStoreError) -> Int {
    try wording {
      let store = try SQLiteRowStore(in: directory, busyTimeout: timing.busy)
      store.keepOpen()
      defer { store.shorten() }
      return try DurableFile.make(file) { draft in
        try store.file.copy(to: draft)
        let queue = try DatabaseQueue(path: draft)
        let found = try queue.read(JournalSalvage.survey)
        try queue.close()
        if let damage = damage(found) { throw damage }
        return found.executions
      }
    }
  }

  private func damage(_ found: JournalSalvage.Found) -> JournalDamage? {
    if let words = found.unsoundness { return .isUnsound(files.main, words) }
    return found.unreadable.isEmpty ? nil : .holdsUnreadable(files.main, executions: found.unreadable.count)
  }

  /// Saves what can be read of files that SQLite must not open where they are.
  private func saveFiles(to file: String?, by user: String, at now: Timestamp) throws -> Content? {
    let mark = try JournalMark(of: files)
    guard mark.claim() else {
      throw JournalStoreError.unavailable(
        "another process works with \(files.main): what can be saved is seen once it has ended")
    }
    let examination = try JournalExamination(files, note: mark.note(), isMarked: mark.isSet)
    let scratch = try scratch(for: file)
    let image = scratch.path + "/image"
    let log = try examination.usableLog(files)
    guard try JournalImage(files: files).write(to: image, log) else { return nil }
    do {
      return try DatabaseQueue(path: image).inspect { db in
        let isSound = try JournalSalvage.survey(db).unsoundness == nil
        return try save(db, to: file, isWhole: isSound && examination.isAll(log), by: user, at: now)
      }
    } catch let error as DatabaseError
      where [.SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR].contains(error.resultCode)
    {
      return nil
    }
  }

  private func save(
    _ db: Database, to file: String?, isWhole: Bool, by user: String, at now: Timestamp
  ) throws -> Content {
    let make = { (draft: String) in
      try JournalSalvage(source: db).copy(into: draft)
      return try settle(draft, isWhole: isWhole, by: user, at: now)
    }
    guard let file else {
      let scratch = try scratch(for: nil)
      return try make(scratch.path + "/new")
    }
    return try DurableFile.make(file, make)
  }

  private func scratch(for file: String?) throws -> Scratch {
    try Scratch(in: file.map(DurableFile.folder) ?? FileManager.default.temporaryDirectory.path)
  }

  /// Makes a journal of what was saved. Where something may be missing, nobody goes on with what had not ended: what it did last
  /// may have been a launch.
  private func settle(_ path: String, isWhole: Bool, by user: String, at now: Timestamp) throws -> Content {
    let queue = try DatabaseQueue(path: path)
    let content = try queue.writeWithoutTransaction { db in
      try Schema.current.migrate(db)
      let found = try JournalSalvage.survey(db)
      let rows = SQLiteRows(db)
      var givenUp: [String] = []
      try db.inTransaction {
        for number in found.unreadable { try rows.deleteExecution(number) }
        if !isWhole { givenUp = try giveUp(rows, by: user, at: now) }
        return .commit
      }
      return Content(
        executions: found.executions, latest: found.latest, unreadable: found.unreadable.count, isWhole: isWhole,
        givenUp: givenUp)
    }
    try queue.close()
    return content
  }

  private func giveUp(_ rows: SQLiteRows, by user: String, at now: Timestamp) throws -> [String] {
    let rules = JournalRules(leaseLifetime: timing.leaseLifetime) { _ in .dead }
    return try rows.executions(limit: .max).filter { $0.whyOver == nil }.map { state in
      try rules.abandon(state.header.id, by: "\(user) in repairing the journal", at: now, rows)
      return state.header.id
    }
  }

  private func wording<T>(_ body: () throws -> T) throws(JournalStoreError) -> T {
    do {
      return try body()
    } catch {
      throw JournalStoreError(opening: error, at: files.main, busyTimeout: timing.busy)
    }
  }
}
