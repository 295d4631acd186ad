import Coordination
import Dispatch
import Glibc
public import VisibleText

/// One of the process's outputs, and the only way to them: what goes there can be seen, whatever was quoted in it. Writes whole
/// pieces, in order, from whichever task. Once a piece could not be written none is, and whoever ends the process says so.
public final class OutputChannel: Sendable {
  private let descriptor: Int32
  /// The system's error number of the piece that could not be written.
  private let lost = Guarded<Int32?>(nil)
  /// What is to be written, a piece at a time.
  private let queue: DispatchQueue

  /// The two are often one terminal, on which what they say stands in the order in which it was said.
  public static let (standardOutput, standardError) = {
    let queue = DispatchQueue(label: "standard output and error")
    return (OutputChannel(1, in: queue), OutputChannel(2, in: queue))
  }()

  public convenience init(_ descriptor: Int32) { self.init(descriptor, in: DispatchQueue(label: "output")) }

  private init(_ descriptor: Int32, in queue: DispatchQueue) {
    self.descriptor = descriptor
    self.queue = queue
  }

  public var isTerminal: Bool { isatty(descriptor) == 1 }

  /// Columns; what `COLUMNS` says or 80 where it is no terminal.
  public var width: Int {
    var size = winsize()
    if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
    return getenv("COLUMNS").flatMap { Int(String(cString: $0)) }.map { min(max($0, 20), 10_000) } ?? 80
  }

  /// Rows; 24 where it is no terminal.
  public var height: Int {
    var size = winsize()
    return ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 0 ? Int(size.ws_row) : 24
  }

  /// Why something could not be written; `nil` where all has been.
  public var failure: OutputFailure? {
    flush()
    return lost.withLock { $0 }.map(OutputFailure.init)
  }

  /// Writes a piece behind all that came before it here, without keeping the caller: whoever reads slowly delays no work.
  public func writeLater(_ text: ScreenText) { writeLater(bytes: Array(text.text.utf8)) }
  public func writeLater(json: [UInt8]) { writeLater(bytes: json.visibleJSON) }
  private func writeLater(bytes: [UInt8]) { queue.async { self.put(bytes) } }

  /// Waits until all that was to be written later has been.
  public func flush() { queue.sync {} }

  /// Writes a piece, behind all that is to be written later.
  public func write(_ text: ScreenText) { write(bytes: Array(text.text.utf8)) }
  public func write(json: [UInt8]) { write(bytes: json.visibleJSON) }

  /// Writes a file's text as it is, but for a token, for the file or the program that gets it; on a terminal so that it can be seen.
  public func write(file text: String) {
    if isTerminal { write(ScreenText(lines: text)) } else { write(bytes: Array(Secrets.redacted(text).utf8)) }
  }

  private func write(bytes: [UInt8]) { queue.sync { put(bytes) } }

  private func put(_ bytes: [UInt8]) {
    lost.withLock { lost in
      var rest = bytes[...]
      while !rest.isEmpty, lost == nil {
        let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if count >= 0 {
          rest = rest.dropFirst(count)
        } else if errno == EAGAIN {
          var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          _ = Glibc.poll(&poll, 1, 1000)
        } else if errno != EINTR {
          lost = errno
        }
      }
    }
  }
}

/// Why a piece of output did not get out.
public struct OutputFailure: Error, Sendable {
  public let errorNumber: Int32

  /// Whether whoever read it has stopped, which is theirs to know.
  public var isNobodyReading: Bool { errorNumber == EPIPE }
  public var reason: String { String(cString: strerror(errorNumber)) }
}

/// What an output can show.
public struct Appearance: Sendable {
  public let hasColour: Bool
  /// Whether lines can be rewritten: a terminal that is not a dumb one.
  public let isLive: Bool
  public let width: Int
  public let height: Int

  public init(hasColour: Bool, isLive: Bool, width: Int, height: Int = 24) {
    self.hasColour = hasColour
    self.isLive = isLive
    self.width = width
    self.height = height
  }

  /// What a stream can show, going by `NO_COLOR` and `TERM`.
  public init(of stream: OutputChannel, variables: [String: String]) {
    let isCapable = stream.isTerminal && !["", "dumb"].contains(variables["TERM"] ?? "")
    self.init(
      hasColour: isCapable && (variables["NO_COLOR"] ?? "").isEmpty, isLive: isCapable, width: stream.width,
      height: stream.height)
  }

  public func paint(_ text: ScreenText, _ colour: Colour) -> ScreenText { hasColour ? text.painted(colour) : text }
}
