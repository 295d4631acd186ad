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

    init(boot: String, files: FilesIdentity) {
      self.boot = boot
      self.files = files
    }

    /// `nil` for a text that is no note.
    init?(_ text: String) {
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      guard lines.count == 4, let main = FileIdentity(lines[1]) else { return nil }
      boot = lines[0]
      files = FilesIdentity(main: main, log: FileIdentity(lines[2]))
    }

    var text: String { "\(boot)\n\(files.main)\n\(files.log?.description ?? "none")\n" }
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
