import RunbookRecord

/// What a journal's files look like while nobody has them open, before SQLite does: it deletes a log beside an empty file, begins
/// one anew that it cannot read, and ends one where it breaks, without a word.
struct JournalExamination {
  /// `nil` where SQLite may open them.
  private(set) var damage: JournalDamage?
  /// The log; `nil` where there is nothing, or nothing that can be read.
  private var log: WriteAheadLog?
  /// What bears witness of the log; `nil` where nothing does.
  private var index: WriteAheadIndex?
  /// What the mark says in its stead.
  private var noted: WriteAheadIndex?

  /// - Parameters:
  ///   - note: What the mark says; `nil` where it says nothing.
  ///   - isMarked: Whether there has been a journal.
  init(_ files: JournalFiles, note: JournalMark.Note?, isMarked: Bool) throws(JournalStoreError) {
    let main = try OpenedFile(files.main)
    let (size, logSize) = (FileFacts(files.main)?.size ?? 0, FileFacts(files.log)?.size ?? 0)
    let absence: JournalDamage? = size > 0 ? nil : main == nil ? .isMissing(files.main) : .isEmpty(files.main)
    if absence != nil, logSize == 0 {
      damage = isMarked ? absence : nil
      return
    }
    if let opened = try OpenedFile(files.index) {
      // A process that has not locked the mark, of an older version of the program, has it open and knows what the log holds.
      if absence == nil, opened.isLocked(at: Self.lockOfWhoHasItOpen) { return }
      if note?.isOfThisBoot == true {
        index = WriteAheadIndex(try opened.read(at: 0, count: WriteAheadIndex.size))
      }
    }
    if let note, note.isOfThisBoot, let log = note.log, let main = FileFacts(files.main),
      main.identity == note.files.main
    {
      noted = log.index(main)
    }
    damage = try judge(files, logSize: logSize)
    if let absence { damage = absence }
    let head = try main?.read(at: 0, count: 100) ?? []
    guard damage == nil, head.starts(with: Array("SQLite format 3\0".utf8)) else { return }
    damage = judge(files, head: head, size: size)
  }

  /// What of the log can be trusted.
  func usableLog(_ files: JournalFiles) throws(JournalStoreError) -> WriteAheadLog? {
    switch damage {
    case .logIsAnothers: return nil
    case .logHeadIsUnreadable:
      guard let file = try OpenedFile(files.log) else { return nil }
      return try WriteAheadLog(guessing: file, pageSize: try OpenedFile(files.main)?.read(at: 0, count: 18).pageSize)
    default: return log
    }
  }

  /// Whether nothing that was committed is missing in a log.
  func isAll(_ log: WriteAheadLog?) -> Bool {
    guard let index else { return false }
    if index.frames == 0 || (log == nil && index.frames == index.copied) { return true }
    return log?.header.salts == index.salts && log?.committed ?? 0 >= index.frames
  }

  /// The byte of the index on which SQLite keeps a lock for as long as a connection is open.
  private static let lockOfWhoHasItOpen = 128

  private mutating func judge(_ files: JournalFiles, logSize: Int) throws(JournalStoreError) -> JournalDamage? {
    guard logSize > 0, let file = try OpenedFile(files.log) else {
      index = index ?? noted
      guard let index, index.frames > index.copied else { return nil }
      return .logIsGone(files.log, pages: index.frames)
    }
    guard let header = WriteAheadLog.Header(try file.read(at: 0, count: WriteAheadLog.Header.size)) else {
      return .logHeadIsUnreadable(files.log)
    }
    let log = try WriteAheadLog(file, header: header)
    self.log = log
    // One that was copied into the main file may have been begun anew since.
    if index == nil, let noted, noted.frames > noted.copied || noted.salts == header.salts { index = noted }
    guard let index else { return log.hasCommitBehind ? .logIsBroken(files.log, after: log.committed) : nil }
    if index.frames > 0, index.salts != header.salts { return .logIsAnothers(files.log) }
    return log.committed < index.frames ? .logIsCut(files.log, pages: log.committed, of: index.frames) : nil
  }

  /// Whether the main file has, together with the log, the pages that it should.
  private func judge(_ files: JournalFiles, head: [UInt8], size: Int) -> JournalDamage? {
    guard let pageSize = head.pageSize else { return nil }
    if let log, log.committed > 0, log.header.pageSize != pageSize { return .logIsAnothers(files.log) }
    let found = size / pageSize
    let committed = log.flatMap { $0.committed > 0 ? $0 : nil }
    // Without tables there is one page, and everything was in a log that is no more.
    if found <= 1, committed == nil { return .isEmpty(files.main) }
    // The header's count holds where it was written with the last change.
    let expected = committed?.pages ?? (head.number(at: 24) == head.number(at: 92) ? head.number(at: 28) : 0)
    let inLog = committed?.offsets.keys.count { $0 > found && $0 <= expected } ?? 0
    // SQLite never writes the page that its locks stand on.
    let locks = 0x4000_0000 / pageSize + 1
    let unwritten = locks > found && locks <= expected ? 1 : 0
    let missing = expected - found - inLog - unwritten
    return missing > 0 ? .isCut(files.main, missingPages: missing) : nil
  }
}
