#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The files that a journal consists of.
struct JournalFiles: Hashable, Sendable {
  let main: String
  /// Which says that there has been a journal, and is locked by whoever has it open.
  let mark: String

  init(in folder: String) {
    let start = folder.hasSuffix("/") ? folder : folder + "/"
    main = start + "journal.sqlite"
    mark = start + "journal.mark"
  }

  /// SQLite's write-ahead log, of what the main file does not have yet.
  var log: String { main + "-wal" }
  /// SQLite's index of the log, which processes share.
  var index: String { main + "-shm" }

  var all: [String] { [main, log, index, mark] }

  /// Whether there is a journal, or a sign that there has been one.
  var isThere: Bool { [main, log, mark].contains { (FileFacts($0)?.size ?? 0) > 0 } || FileFacts(main) != nil }

  /// Which files stand under the names now; `nil` where the main file is missing or empty.
  var identity: FilesIdentity? {
    guard let main = FileFacts(main), main.size > 0 else { return nil }
    return FilesIdentity(main: main.identity, log: FileFacts(log)?.identity)
  }
}

/// What the system says of a file.
struct FileFacts {
  let identity: FileIdentity
  let size: Int
  /// When its content was changed last, in nanoseconds of the system's clock: another value says that it was changed since.
  let changed: Int

  /// `nil` where nothing is there that can be looked at.
  init?(_ path: String) {
    var found = stat()
    guard stat(path, &found) == 0 else { return nil }
    identity = FileIdentity(device: UInt64(truncatingIfNeeded: found.st_dev), inode: UInt64(found.st_ino))
    size = Int(found.st_size)
    #if canImport(Darwin)
      let moment = found.st_mtimespec
    #else
      let moment = found.st_mtim
    #endif
    changed = Int(moment.tv_sec) &* 1_000_000_000 &+ Int(moment.tv_nsec)
  }
}

/// By which a file is told from another one that took its name.
struct FileIdentity: Hashable, Sendable, LosslessStringConvertible {
  let device: UInt64
  let inode: UInt64

  init(device: UInt64, inode: UInt64) {
    self.device = device
    self.inode = inode
  }

  init?(_ text: String) {
    let numbers = text.split(separator: " ").compactMap { UInt64($0) }
    guard numbers.count == 2 else { return nil }
    self.init(device: numbers[0], inode: numbers[1])
  }

  var description: String { "\(device) \(inode)" }
}

/// Which files a journal consists of, for as long as somebody has it open: nobody replaces them then.
struct FilesIdentity: Hashable, Sendable {
  let main: FileIdentity
  let log: FileIdentity?
}
