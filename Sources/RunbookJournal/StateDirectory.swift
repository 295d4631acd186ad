import RunbookRecord

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The directory that holds the journal, and the care that only its owner can read what is in it.
///
/// SQLite gives the files beside the journal (`-wal`, `-shm`) the journal's own permissions, so it is enough that the
/// journal has the right ones before it is opened.
struct StateDirectory {
  let path: String

  var files: JournalFiles { JournalFiles(in: path) }

  /// Creates the directory where it is missing, readable by its owner only, and takes from others what an existing file of the
  /// journal lets them read. Throws `.unavailable` where that cannot be had.
  func prepare() throws(JournalStoreError) {
    try prepareDirectory()
    for file in files.all { try protect(file) }
  }

  /// The same for the directory alone.
  func prepareDirectory() throws(JournalStoreError) {
    guard !path.isEmpty, !path.utf8.contains(0) else { throw .unavailable("the state directory has no name") }
    try createDirectory()
    try requireOwnDirectory()
  }

  /// Like `mkdir -p`, with what it creates closed to others.
  private func createDirectory() throws(JournalStoreError) {
    var end = path.startIndex
    while end < path.endIndex {
      end = path[end...].dropFirst().firstIndex(of: "/") ?? path.endIndex
      let parent = String(path[..<end])
      if access(parent, F_OK) == 0 || mkdir(parent, 0o700) == 0 || errno == EEXIST { continue }
      throw refusal("the state directory \(path) cannot be created")
    }
  }

  private func requireOwnDirectory() throws(JournalStoreError) {
    var found = stat()
    guard stat(path, &found) == 0 else { throw refusal("the state directory \(path) cannot be read") }
    guard found.st_mode & S_IFMT == S_IFDIR else { throw .unavailable("\(path) is not a directory") }
    guard found.st_uid == geteuid() else { throw .unavailable("the state directory \(path) belongs to another user") }
    guard found.st_mode & 0o022 == 0 else {
      throw .unavailable("other users can write in the state directory \(path): `chmod go-w` it, or use another")
    }
  }

  private func protect(_ file: String) throws(JournalStoreError) {
    guard let found = try attributes(of: file) else { return }
    guard found.st_mode & S_IFMT == S_IFREG else { throw .unavailable("\(file) is not an ordinary file") }
    guard found.st_uid == geteuid() else { throw .unavailable("\(file) belongs to another user") }
    guard found.st_mode & 0o077 != 0 else { return }
    guard chmod(file, 0o600) == 0 else {
      throw refusal("\(file) can be read by other users, and that cannot be changed")
    }
  }

  private func attributes(of file: String) throws(JournalStoreError) -> stat? {
    var found = stat()
    if lstat(file, &found) == 0 { return found }
    guard errno == ENOENT else { throw refusal("\(file) cannot be looked at") }
    return nil
  }

  private func refusal(_ what: String) -> JournalStoreError { .system(what, for: path) }
}
