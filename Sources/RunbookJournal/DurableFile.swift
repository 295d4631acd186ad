import RunbookRecord

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Files that are whole and durable before they bear their name.
enum DurableFile {
  /// Makes a new file that only its owner can read, and never replaces one.
  ///
  /// - Parameter body: Makes it at the path that it is given, in a folder that is closed to others and is gone afterwards.
  static func make<T>(_ path: String, _ body: (String) throws -> T) throws -> T {
    guard access(path, F_OK) != 0 else { throw exists(path) }
    let scratch = try Scratch(in: folder(of: path))
    let draft = scratch.path + "/new"
    let result = try body(draft)
    guard chmod(draft, 0o600) == 0 else { throw refusal(path) }
    try sync(draft)
    // Some file systems know no links, so the name is taken by an empty file first.
    guard claim(path) else { throw errno == EEXIST ? exists(path) : refusal(path) }
    guard rename(draft, path) == 0 else {
      let failure = refusal(path)
      unlink(path)
      throw failure
    }
    try sync(folderOf: path)
    return result
  }

  /// Makes an empty file that only its owner can read; whether it is new.
  static func claim(_ path: String) -> Bool {
    let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0o600)
    return descriptor >= 0 && close(descriptor) == 0
  }

  static func sync(folderOf path: String) throws { try sync(folder(of: path)) }

  static func sync(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw refusal(path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw refusal(path) }
  }

  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  static func refusal(_ path: String) -> JournalStoreError { .system("\(path) cannot be written", for: path) }

  private static func exists(_ path: String) -> JournalStoreError { .unavailable("\(path) is there already") }
}

/// A folder for what nobody else is to see, which is gone with this.
final class Scratch {
  let path: String

  init(in folder: String) throws(JournalStoreError) {
    var name = Array("\(folder)/runbook-XXXXXX".utf8CString)
    guard mkdtemp(&name) != nil else { throw .system("nothing can be written in \(folder)", for: folder) }
    path = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit {
    for name in ["new", "image"].flatMap({ [$0, "\($0)-journal", "\($0)-wal", "\($0)-shm"] }) {
      unlink("\(path)/\(name)")
    }
    rmdir(path)
  }
}
