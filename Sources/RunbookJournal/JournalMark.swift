import RunbookRecord

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The file beside a journal that says that there has been one, and that whoever has the journal open has locked: alone while
/// the files are looked at and opened, and together with others from then on. So the files are looked at by who opens them
/// first, when nobody changes them; who comes later finds those that were looked at.
///
/// Its lock is `flock`'s, which SQLite's own locks have nothing to do with, and which ends with the process.
final class JournalMark: Sendable {
  /// What it says, once a journal has been opened.
  struct Note: Hashable, Sendable {
    /// Since which start of the system; empty where the system does not tell.
    let boot: String
    let files: FilesIdentity
    /// How far the log had got; `nil` where nothing has been written yet.
    var log: Log?

    init(boot: String, files: FilesIdentity, log: Log? = nil) {
      self.boot = boot
      self.files = files
      self.log = log
    }

    /// `nil` for a text that is no note.
    init?(_ text: String) {
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      guard lines.count >= 4, let main = FileIdentity(lines[1]) else { return nil }
      boot = lines[0]
      files = FilesIdentity(main: main, log: FileIdentity(lines[2]))
      log = Log(lines[3])
    }

    var text: String {
      "\(boot)\n\(files.main)\n\(files.log?.description ?? "none")\n\(log?.description ?? Log.none)\n"
    }
  }

  /// How far the log had got when something was last committed. A process that is killed leaves it behind, so that it bears
  /// witness where SQLite's index of the log is gone too.
  struct Log: Hashable, Sendable, LosslessStringConvertible {
    let frames: Int
    let salts: UInt64
    /// When the main file was changed last by then. Where it has been since, the log may have been copied into it.
    let mainChanged: Int

    init(_ index: WriteAheadIndex, main: FileFacts) {
      frames = index.frames
      salts = index.salts.reduce(0) { $0 << 8 | UInt64($1) }
      mainChanged = main.changed
    }

    init?(_ text: String) {
      let words = text.split(separator: " ")
      guard words.count == 3, let frames = Int(words[0]), frames > 0, let salts = UInt64(words[1]),
        let changed = Int(words[2])
      else { return nil }
      (self.frames, self.salts, mainChanged) = (frames, salts, changed)
    }

    /// Of one length, so that processes that write it at once leave nothing of each other behind.
    var description: String {
      [frames.description, salts.description, mainChanged.description].map(Self.wide).joined()
    }

    static let none = wide("none") + wide("") + wide("")

    private static func wide(_ word: String) -> String { word + String(repeating: " ", count: max(1, 24 - word.count)) }

    /// The same as SQLite's index would say it.
    func index(_ main: FileFacts) -> WriteAheadIndex {
      let bytes = (0..<8).map { UInt8(truncatingIfNeeded: salts >> UInt64(56 - 8 * $0)) }
      return WriteAheadIndex(
        frames: frames, copied: main.changed == mainChanged ? 0 : frames, salts: bytes[...], pageSize: 0)
    }
  }

  private let descriptor: Int32
  private let files: JournalFiles

  /// Creates it where it is missing. Nothing is said in it yet.
  init(of files: JournalFiles) throws(JournalStoreError) {
    self.files = files
    descriptor = open(files.mark, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .system("\(files.main) cannot be opened", for: files.main) }
  }

  deinit { close(descriptor) }

  /// Whether nobody else has the journal open, and nobody opens it until `share`.
  func claim() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }

  /// Whether nobody has it open alone, and nobody will until `release`.
  func join() -> Bool { flock(descriptor, LOCK_SH | LOCK_NB) == 0 }

  /// Lets others in who had to wait. Who gets in between may look at the files alone once more, which are open by then and
  /// stay as they are.
  func share() { while flock(descriptor, LOCK_SH) != 0, errno == EINTR {} }

  func release() { flock(descriptor, LOCK_UN) }

  /// `nil` where no journal has been opened here.
  func note() -> Note? {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    guard count > 0 else { return nil }
    return Note(String(decoding: bytes.prefix(count), as: UTF8.self))
  }

  /// Says how far the log has got, where that is known. What cannot be said bears no witness.
  func note(_ log: Log?, of files: FilesIdentity) {
    let bytes = Array(Note(boot: SystemProcess.boot, files: files, log: log).text.utf8)
    _ = pwrite(descriptor, bytes, bytes.count, 0)
  }

  /// Whether it says anything: damaged itself, it still says that there has been a journal.
  var isSet: Bool { (FileFacts(files.mark)?.size ?? 0) > 0 }

  /// Says which files the journal consists of. That there is one survives a loss of power, the rest need not.
  func set(_ note: Note) throws(JournalStoreError) {
    guard note != self.note() else { return }
    let isFirst = !isSet
    let bytes = Array(note.text.utf8)
    guard pwrite(descriptor, bytes, bytes.count, 0) == bytes.count, ftruncate(descriptor, off_t(bytes.count)) == 0,
      !isFirst || fsync(descriptor) == 0
    else { throw .system("\(files.mark) cannot be written", for: files.main) }
  }
}

extension JournalStoreError {
  /// What the system has just refused.
  static func system(_ what: String, for path: String) -> JournalStoreError {
    .unavailable(
      errno == ENOSPC
        ? "the disk is full: there is no room for \(path)" : "\(what): \(String(cString: strerror(errno)))")
  }
}

extension JournalMark.Note {
  /// Whether it was written since the system has started: what is not made durable bears no witness of before.
  var isOfThisBoot: Bool { !boot.isEmpty && boot == SystemProcess.boot }
}
