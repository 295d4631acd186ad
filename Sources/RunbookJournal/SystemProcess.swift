import FoundationEssentials
import RunbookRecord

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What the system says of processes. A process is told from a later one with the same number by when it started: on
/// Linux the boot, the namespace that its number belongs to, and the clock ticks from the one to the other.
enum SystemProcess {
  static var host: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "unknown host" }
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  static var user: String {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 16 << 10)
    guard getpwuid_r(geteuid(), &entry, &buffer, buffer.count, &found) == 0, found != nil, let name = entry.pw_name
    else {
      return "user \(geteuid())"
    }
    return String(cString: name)
  }

  #if os(Linux)
    /// `nil` for a process that is not there, or is there no longer but for its exit status.
    static func start(of process: Int32) -> String? {
      guard let status = contents(of: "/proc/\(process)/stat"), let ticks = startTicks(inStatus: status) else {
        return nil
      }
      return "\(boot) \(namespace) \(ticks)"
    }

    static func verdict(on process: Int32, started start: String) -> HolderVerdict {
      let parts = start.split(separator: " ").map(String.init)
      guard parts.count == 3 else { return .unknown }
      guard parts[0] == boot else { return .dead }
      guard parts[1] == namespace else { return .unknown }
      return self.start(of: process) == start ? .alive : .dead
    }

    /// The 22nd field. The second is the program's name in parentheses, which may hold anything.
    static func startTicks(inStatus status: [UInt8]) -> String? {
      guard let name = status.lastIndex(of: UInt8(ascii: ")")) else { return nil }
      let fields = status[name...].dropFirst().split(separator: UInt8(ascii: " "))
      guard let state = fields.first, state != [UInt8(ascii: "Z")], state != [UInt8(ascii: "X")],
        let ticks = fields.dropFirst(19).first
      else { return nil }
      return String(decoding: ticks, as: UTF8.self)
    }

    /// Which start of the system this is.
    static let boot: String = {
      let id = contents(of: "/proc/sys/kernel/random/boot_id") ?? []
      return String(decoding: id.filter { $0 > UInt8(ascii: " ") }, as: UTF8.self)
    }()

    private static let namespace: String = {
      var name = [CChar](repeating: 0, count: 64)
      let count = readlink("/proc/self/ns/pid", &name, name.count - 1)
      return String(decoding: name.prefix(max(count, 0)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }()

    private static func contents(of path: String) -> [UInt8]? {
      FileManager.default.contents(atPath: path).map { [UInt8]($0) }
    }
  #else
    static let boot = ""

    static func start(of process: Int32) -> String? { kill(process, 0) == 0 || errno == EPERM ? "running" : nil }

    static func verdict(on process: Int32, started start: String) -> HolderVerdict {
      self.start(of: process) == nil ? .dead : .alive
    }
  #endif
}
