import GRDB
import RunbookRecord

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The database that damaged files still are: the main file with the pages of the log over it that can be trusted, in a file of
/// its own. Nobody may have the journal open meanwhile.
struct JournalImage {
  let files: JournalFiles

  /// Writes it to a path, where nothing is yet; whether anything was there to be written.
  func write(to path: String, _ log: WriteAheadLog?) throws(JournalStoreError) -> Bool {
    let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw refusal(path) }
    defer { close(descriptor) }
    var end = 0
    if let main = try OpenedFile(files.main) {
      while case let bytes = try main.read(at: end, count: 1 << 20), !bytes.isEmpty {
        try write(bytes, at: end, to: descriptor, path)
        end += bytes.count
      }
    }
    if let log, log.committed > 0, let file = try OpenedFile(files.log) {
      for (page, offset) in log.offsets where page <= log.pages {
        let content = try file.read(at: offset, count: log.header.pageSize)
        try write(content, at: (page - 1) * log.header.pageSize, to: descriptor, path)
      }
      end = log.pages * log.header.pageSize
      guard ftruncate(descriptor, off_t(end)) == 0 else { throw refusal(path) }
    }
    // There is no log beside it, and none is wanted.
    if end > 20 { try write([1, 1], at: 18, to: descriptor, path) }
    return end > 0
  }

  private func write(_ bytes: [UInt8], at offset: Int, to descriptor: Int32, _ path: String) throws(JournalStoreError) {
    guard pwrite(descriptor, bytes, bytes.count, off_t(offset)) == bytes.count else { throw refusal(path) }
  }

  private func refusal(_ path: String) -> JournalStoreError { .system("\(path) cannot be written", for: path) }
}
