import Foundation
import Glibc
import Testing

/// The real program in a pseudo-terminal, with the screen that a person would see.
final class PseudoTerminal {
  private let master: Int32
  private let process: pid_t
  private(set) var screen: Screen
  private var status: Int32?
  private var latest: ArraySlice<UInt8> = []

  struct Failure: Error, CustomStringConvertible { let description: String }

  static var program: String {
    let bundle = Bundle.allBundles.map(\.bundleURL).first { $0.pathExtension == "xctest" }
    let folder =
      bundle?.deletingLastPathComponent() ?? URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    return folder.appending(path: "runbook").path
  }

  init(
    _ arguments: [String], state: String, directory: String? = nil, width: Int = 100, height: Int = 40,
    environment more: [String: String] = [:]
  ) throws {
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    // TIOCSPTLCK and TIOCGPTN: what unlockpt and ptsname do.
    var (unlocked, number): (Int32, UInt32) = (0, 0)
    guard master >= 0, ioctl(master, 0x4004_5431, &unlocked) == 0, ioctl(master, 0x8004_5430, &number) == 0 else {
      throw Failure(description: "no pseudo-terminal")
    }
    let path = "/dev/pts/\(number)"
    var size = winsize(ws_row: UInt16(height), ws_col: UInt16(width), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    screen = Screen(width: width, height: height)
    var environment = [
      "PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "USER": "ada", "TERM": "xterm", "LC_ALL": "C.UTF-8",
      "RUNBOOK_STATE_DIRECTORY": state, "SWIFT_BACKTRACE": "enable=no", "INPUTRC": "/dev/null",
    ]
    environment.merge(more) { _, new in new }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    // The first terminal that the leader of a session opens becomes its own.
    posix_spawn_file_actions_addopen(&actions, 0, path, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 0, 1)
    posix_spawn_file_actions_adddup2(&actions, 0, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    let newSession: Int16 = 0x80
    posix_spawnattr_setflags(&attributes, newSession)
    let moving = ["/bin/sh", "-c", "cd \"$1\" && shift && exec \"$@\"", "sh", directory ?? state]
    var words = (moving + [Self.program] + arguments).map { strdup($0) } + [nil]
    var variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    var child = pid_t()
    let code = posix_spawn(&child, "/bin/sh", &actions, &attributes, &words, &variables)
    posix_spawn_file_actions_destroy(&actions)
    posix_spawnattr_destroy(&attributes)
    for word in words + variables { free(word) }
    guard code == 0 else { throw Failure(description: "\(Self.program) does not start: \(code)") }
    process = child
  }

  deinit {
    if status == nil {
      kill(process, SIGKILL)
      waitpid(process, &pendingStatus, 0)
    }
    close(master)
  }
  private var pendingStatus: Int32 = 0

  func send(_ text: String) { send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(master, $0.baseAddress, min($0.count, 512)) }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
      // What is echoed has to be read, or both sides wait for each other.
      _ = read(for: 5)
    }
  }

  /// A line, key by key.
  func type(_ line: String) {
    for character in line { send(String(character)) }
    send("\r")
  }

  /// Ctrl and a letter.
  func control(_ letter: Character) { send([(letter.asciiValue ?? 64) & 0x1F]) }

  func resize(width: Int, height: Int = 40) {
    var size = winsize(ws_row: UInt16(height), ws_col: UInt16(width), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    screen.resize(width: width)
  }

  func hangUp() { kill(process, SIGHUP) }

  /// Reads what comes within so many milliseconds; whether anything did.
  private func read(for milliseconds: Int32) -> Bool {
    var polled = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard poll(&polled, 1, milliseconds) > 0 else { return false }
    var bytes = [UInt8](repeating: 0, count: 1 << 14)
    let count = bytes.withUnsafeMutableBytes { Glibc.read(master, $0.baseAddress, $0.count) }
    guard count > 0 else { return false }
    screen.feed(Array(bytes[..<count]))
    latest = (latest + bytes[..<count]).suffix(600)
    return true
  }

  /// Reads until the screen is as wanted; fails when that does not come within a minute.
  func wait(
    for what: String, sourceLocation: SourceLocation = #_sourceLocation, until isThere: (Screen) -> Bool
  ) throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while !isThere(screen) {
      guard ContinuousClock.now < deadline else {
        let bytes = String(decoding: latest, as: UTF8.self).debugDescription
        throw Failure(description: "\(what) did not come; the screen:\n\(screen.text)\nThe last bytes:\n\(bytes)")
      }
      _ = read(for: 100)
    }
  }

  func wait(for text: String) throws { try wait(for: text) { $0.text.contains(text) } }
  /// Waits for a line that ends in a text where the cursor stands, such as a prompt.
  func waitForPrompt(_ prompt: String) throws { try wait(for: prompt) { $0.cursorLine == prompt.trimmedEnd } }

  /// Waits for the program to end, and gives its exit status.
  func end() throws -> Int32 {
    let deadline = ContinuousClock.now + .seconds(60)
    var raw: Int32 = 0
    while waitpid(process, &raw, WNOHANG) == 0 {
      guard ContinuousClock.now < deadline else { throw Failure(description: "it does not end:\n\(screen.text)") }
      _ = read(for: 50)
    }
    while read(for: 10) {}
    let code = raw & 0x7F == 0 ? (raw >> 8) & 0xFF : 128 + (raw & 0x7F)
    status = code
    return code
  }
}

extension String {
  fileprivate var trimmedEnd: String { String(reversed().drop { $0 == " " }.reversed()) }
}
