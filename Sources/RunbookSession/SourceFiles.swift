public import RunbookChecker
import RunbookDiagnostics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Reads runbooks from the file system: the one a person names, and what it includes, relative to the file that does.
public struct SourceFiles: SourceLoader {
  /// Where relative paths start for text that is no file: `-c`, standard input, the prompt.
  public let directory: String

  public init(directory: String) { self.directory = directory }

  public func resolve(_ path: String, from including: String) -> String {
    if path.hasPrefix("/") { return Self.canonical(path) }
    let isFile = including.contains("/") || FileKind.of(including) == .file
    let folder =
      isFile ? Self.folder(of: including.hasPrefix("/") ? including : "\(directory)/\(including)") : directory
    let joined = Self.canonical("\(folder)/\(path)")
    // Shown as people wrote it where that is shorter.
    return joined.hasPrefix(directory + "/") ? String(joined.dropFirst(directory.count + 1)) : joined
  }

  public func load(_ name: String) throws(SourceLoadError) -> [UInt8] {
    try Self.read(path(of: name), onlyRegular: true)
  }

  /// Where a source of that name is.
  func path(of name: String) -> String { name.hasPrefix("/") ? name : "\(directory)/\(name)" }

  /// Why a file cannot be read again, by another process than the one that did; `nil` where it can, or should.
  public static func whyLost(_ path: String) -> String? {
    var found = stat()
    guard stat(path, &found) == 0 else { return [ENOENT, ENOTDIR].contains(errno) ? "is gone" : nil }
    // A descriptor's name leads each process to what it has open itself.
    let isOwn = ["/dev/", "/proc/"].contains { path.hasPrefix($0) }
    return found.st_mode & S_IFMT == S_IFREG && !isOwn ? nil : "could be read once only"
  }

  /// The bytes of a file, bounded by `SourceText.sizeLimit`.
  ///
  /// - Parameter onlyRegular: Whether pipes and devices are refused, as for what a text names: who runs it has not chosen them.
  public static func read(_ path: String, onlyRegular: Bool = false) throws(SourceLoadError) -> [UInt8] {
    guard !path.utf8.contains(0) else { throw SourceLoadError("the path holds a NUL byte") }
    // Opening a pipe that nobody writes to would wait for somebody who does.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw SourceLoadError(Self.words(for: errno)) }
    defer { close(descriptor) }
    var kind = stat()
    let isKnown = fstat(descriptor, &kind) == 0
    if onlyRegular {
      guard isKnown, kind.st_mode & S_IFMT != S_IFDIR else { throw SourceLoadError("it is a directory") }
      guard kind.st_mode & S_IFMT == S_IFREG, !isOfSystem(descriptor) else {
        throw SourceLoadError("it is no regular file")
      }
    }
    if isKnown, kind.st_mode & S_IFMT == S_IFIFO {
      var writer = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      var byte: UInt8 = 0
      // Where somebody has it open for writing there is nothing to read yet; where nobody has, it is at its end.
      guard poll(&writer, 1, pipePatience) > 0 || Glibc.read(descriptor, &byte, 1) < 0 else {
        throw SourceLoadError("a pipe that nobody writes to")
      }
    }
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK)
    return try read(descriptor: descriptor)
  }

  /// Whether it lies where the system shows itself as files, the environments of processes among them.
  private static func isOfSystem(_ descriptor: Int32) -> Bool {
    var (found, system) = (stat(), stat())
    return fstat(descriptor, &found) == 0 && stat("/proc", &system) == 0 && found.st_dev == system.st_dev
  }

  /// How long a named pipe may stay without a writer, in milliseconds.
  private static let pipePatience: Int32 = 1000

  /// Everything up to the end of an open file, a pipe or a terminal.
  public static func read(descriptor: Int32) throws(SourceLoadError) -> [UInt8] {
    var bytes: [UInt8] = []
    var facts = stat()
    if fstat(descriptor, &facts) == 0 { bytes.reserveCapacity(min(Int(facts.st_size), SourceText.sizeLimit) + 1) }
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        throw SourceLoadError(words(for: errno))
      }
      bytes += chunk[0..<count]
      guard bytes.count <= SourceText.sizeLimit else {
        throw SourceLoadError("larger than \(SourceText.sizeLimit >> 20) MiB")
      }
    }
  }

  /// Why a file that decides what is done is not to be obeyed: somebody else has written it, or may. `nil` where it is one's own,
  /// or no file that could be written.
  public static func distrust(_ path: String) -> String? {
    var found = stat()
    guard stat(path, &found) == 0, found.st_mode & S_IFMT == S_IFREG else { return nil }
    guard found.st_uid == geteuid() || found.st_uid == 0 else { return "it belongs to another user" }
    return found.st_mode & 0o022 == 0 ? nil : "other users can write it: `chmod go-w` it"
  }

  private static func words(for code: Int32) -> String {
    switch code {
    case ENOENT: "no such file"
    case ENXIO: "it is no file"
    case EACCES, EPERM: "permission denied"
    case EISDIR: "it is a directory"
    case ENOTDIR: "a part of the path is not a directory"
    case ELOOP: "too many symbolic links"
    case ENAMETOOLONG: "the path is too long"
    default: strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The real path where the file exists; else the path with `.` and `..` worked out.
  static func canonical(_ path: String) -> String {
    if !path.utf8.contains(0), let real = realpath(path, nil) {
      defer { free(real) }
      return String(cString: real)
    }
    // Of one that is gone, the folder may still be known by its real path.
    let (folder, name) = (Self.folder(of: path), path.split(separator: "/").last ?? "")
    if ![".", "..", ""].contains(name), !path.utf8.contains(0), let real = realpath(folder, nil) {
      defer { free(real) }
      let parent = String(cString: real)
      return parent == "/" ? "/\(name)" : "\(parent)/\(name)"
    }
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }

  private enum FileKind {
    case file, other
    static func of(_ path: String) -> FileKind {
      guard !path.utf8.contains(0) else { return .other }
      return access(path, F_OK) == 0 ? .file : .other
    }
  }
}
