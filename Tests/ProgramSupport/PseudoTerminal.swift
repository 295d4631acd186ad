import Foundation
import Glibc

/// The real program in a pseudo-terminal, with the screen that a person would see.
public final class PseudoTerminal {
  private let master: Int32
  private let process: ChildProcess
  public private(set) var screen: Screen
  private var received: [UInt8] = []

  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  /// - Parameters:
  ///   - input: A file that standard input is read from instead of the terminal.
  ///   - output: A file that standard output is written to instead of the terminal.
  public init(
    _ arguments: [String], state: String, directory: String? = nil, input: String? = nil, output: String? = nil,
    width: Int = 100, height: Int = 40, environment more: [String: String] = [:]
  ) throws {
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    // TIOCSPTLCK and TIOCGPTN: what unlockpt and ptsname do.
    var (unlocked, number): (Int32, UInt32) = (0, 0)
    guard master >= 0, ioctl(master, 0x4004_5431, &unlocked) == 0, ioctl(master, 0x8004_5430, &number) == 0 else {
      throw Failure(description: "no pseudo-terminal")
    }
    var size = winsize(ws_row: UInt16(height), ws_col: UInt16(width), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    screen = Screen(width: width, height: height)
    var environment = [
      "PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "USER": "ada", "TERM": "xterm", "LC_ALL": "C.UTF-8",
      "RUNBOOK_STATE_DIRECTORY": state, "SWIFT_BACKTRACE": "enable=no", "INPUTRC": "/dev/null",
    ]
    environment.merge(more) { _, new in new }
    let path = "/dev/pts/\(number)"
    process = try ChildProcess(
      arguments,
      streams: [
        input.map(ChildProcess.Stream.reading) ?? .both(path), output.map(ChildProcess.Stream.writing) ?? .both(path),
        .both(path),
      ],
      environment: environment, directory: directory ?? state)
  }

  deinit { close(master) }

  public func send(_ text: String) { send(Array(text.utf8)) }

  public func send(_ bytes: [UInt8]) {
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
  public func type(_ line: String) {
    for character in line { send(String(character)) }
    send("\r")
  }

  /// Ctrl and a letter.
  public func control(_ letter: Character) { send([(letter.asciiValue ?? 64) & 0x1F]) }

  public func resize(width: Int, height: Int = 40) {
    var size = winsize(ws_row: UInt16(height), ws_col: UInt16(width), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    screen.resize(width: width)
  }

  public func hangUp() { signal(SIGHUP) }
  public func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// All that has come, with the sequences that move the cursor and paint.
  public var bytes: String { String(decoding: received, as: UTF8.self) }

  /// Reads what comes within so many milliseconds; whether anything did.
  private func read(for milliseconds: Int32) -> Bool {
    var polled = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard poll(&polled, 1, milliseconds) > 0 else { return false }
    var bytes = [UInt8](repeating: 0, count: 1 << 14)
    let count = bytes.withUnsafeMutableBytes { Glibc.read(master, $0.baseAddress, $0.count) }
    guard count > 0 else { return false }
    screen.feed(Array(bytes[..<count]))
    received += bytes[..<count]
    return true
  }

  /// Reads until the screen is as wanted; fails when that does not come within a minute.
  public func wait(for what: String, until isThere: (Screen) -> Bool) throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while !isThere(screen) {
      guard ContinuousClock.now < deadline else {
        let bytes = String(decoding: received.suffix(600), as: UTF8.self).debugDescription
        throw Failure(description: "\(what) did not come; the screen:\n\(screen.text)\nThe last bytes:\n\(bytes)")
      }
      _ = read(for: 100)
    }
  }

  public func wait(for text: String) throws { try wait(for: text) { $0.text.contains(text) } }
  /// Waits for a line that ends in a text where the cursor stands, such as a prompt.
  public func waitForPrompt(_ prompt: String) throws { try wait(for: prompt) { $0.cursorLine == prompt.trimmedEnd } }

  /// Waits for the program to end, and gives its exit status.
  public func end() throws -> Int32 {
    let deadline = ContinuousClock.now + .seconds(60)
    while process.isRunning {
      guard ContinuousClock.now < deadline else { throw Failure(description: "it does not end:\n\(screen.text)") }
      _ = read(for: 50)
    }
    while read(for: 10) {}
    return process.terminationStatus
  }
}

extension String {
  fileprivate var trimmedEnd: String { String(reversed().drop { $0 == " " }.reversed()) }
}
