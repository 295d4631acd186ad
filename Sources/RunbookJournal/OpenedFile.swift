import RunbookRecord

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file's bytes, for as long as this lives. Closing a journal's main file or index takes the locks from this process that
/// SQLite holds on it, so neither is read like this while SQLite has it open.
final class OpenedFile {
  private let path: String
  private let descriptor: Int32

  /// `nil` where it is not there.
  init?(_ path: String) throws(JournalStoreError) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor < 0 else { return }
    if errno == ENOENT { return nil }
    throw .system("\(path) cannot be read", for: path)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// As many bytes as there are, up to a count.
  func read(at offset: Int, count: Int) throws(JournalStoreError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var found = 0
    while found < count {
      let more = bytes.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress?.advanced(by: found), count - found, off_t(offset + found))
      }
      if more < 0, errno == EINTR { continue }
      guard more >= 0 else { throw .system("\(path) cannot be read", for: path) }
      if more == 0 { break }
      found += more
    }
    return found == count ? bytes : Array(bytes.prefix(found))
  }

  /// Whether another process has a lock on one of its bytes.
  func isLocked(at offset: Int) -> Bool {
    var lock = flock()
    (lock.l_type, lock.l_whence, lock.l_start, lock.l_len) = (Int16(F_WRLCK), Int16(SEEK_SET), off_t(offset), 1)
    return fcntl(descriptor, F_GETLK, &lock) == 0 && lock.l_type != Int16(F_UNLCK)
  }
}
