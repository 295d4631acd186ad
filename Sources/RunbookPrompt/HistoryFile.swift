import Coordination
import Foundation
import Glibc

/// What was typed in this session and the ones before it, an entry a line with its newlines escaped, readable by its
/// owner alone.
public final class HistoryFile: Sendable {
  private let path: String
  private let kept: Guarded<[String]>

  static let limit = 5_000
  static let entryLimit = 64 << 10

  /// - Parameter directory: The state directory, made where it is not there, for its owner alone.
  public init(in directory: String) {
    path = "\(directory)/history"
    try? FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let found = Self.read(path)
    kept = Guarded(found.suffix(Self.limit))
    if found.count > Self.limit { shorten() }
  }

  /// The oldest first.
  public var entries: [String] { kept.withLock { $0 } }

  /// Keeps an entry, unless it is the same as the last one, is very long, or starts with a space. A history that cannot
  /// be written is no reason to stop.
  public func add(_ entry: String) {
    guard let first = entry.first, first != " ", first != "\t", entry.utf8.count <= Self.entryLimit else { return }
    kept.withLock { kept in
      guard kept.last != entry else { return }
      kept.append(entry)
      // One write in append mode, so that sessions side by side do not mix their lines.
      let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
      guard descriptor >= 0 else { return }
      defer { close(descriptor) }
      guard Self.isRegular(descriptor) else { return }
      fchmod(descriptor, 0o600)
      let line = Array((Self.escaped(entry) + "\n").utf8)
      _ = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }
  }

  /// Writes the entries that are kept to a file beside it, and puts that in its place.
  private func shorten() {
    let text = entries.map { Self.escaped($0) + "\n" }.joined()
    let draft = path + ".new"
    unlink(draft)
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return }
    let bytes = Array(text.utf8)
    let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
    if count == bytes.count { rename(draft, path) } else { unlink(draft) }
  }

  /// A pipe or a device in its place is neither read nor written, for it would wait.
  private static func isRegular(_ descriptor: Int32) -> Bool {
    var found = stat()
    return fstat(descriptor, &found) == 0 && found.st_mode & S_IFMT == S_IFREG
  }

  private static func read(_ path: String) -> [String] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    guard isRegular(descriptor) else { return [] }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < 64 << 20 {
      let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { break }
      bytes += chunk[..<count]
    }
    return bytes.split(separator: 0x0A).compactMap { String(validating: $0, as: UTF8.self).map(unescaped) }
  }

  static func escaped(_ entry: String) -> String {
    var result = ""
    for scalar in entry.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\0": continue
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  static func unescaped(_ line: String) -> String {
    var result = ""
    var isEscaped = false
    for scalar in line.unicodeScalars {
      if isEscaped {
        isEscaped = false
        switch scalar {
        case "n": result.unicodeScalars.append("\n")
        case "r": result.unicodeScalars.append("\r")
        default: result.unicodeScalars.append(scalar)
        }
      } else if scalar == "\\" {
        isEscaped = true
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
