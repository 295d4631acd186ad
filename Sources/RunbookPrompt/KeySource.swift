import Glibc

/// The keys that readline reads. Some of its commands wait for the next key by themselves; Ctrl-C ends that too.
enum KeySource {
  private static let abort: Int32 = 0x07
  private nonisolated(unsafe) static var isInterrupted: sig_atomic_t = 0

  /// Ctrl-C was pressed. Safe in a signal handler.
  static func interrupt() { isInterrupted = 1 }

  /// Ctrl-C has been dealt with; what was typed before it does not count.
  static func forget() {
    isInterrupted = 0
    tcflush(0, TCIFLUSH)
  }

  /// Throws away what was typed and not read yet, for it was not meant for what comes now; whether there was any.
  static func dropTyped() -> Bool {
    var polled = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
    let isThere = poll(&polled, 1, 0) > 0 && polled.revents & Int16(POLLIN) != 0
    tcflush(0, TCIFLUSH)
    return isThere
  }

  /// The next key; where Ctrl-C comes first, the key that ends whatever command waits for one.
  static func next() -> Int32 {
    while true {
      if isInterrupted != 0 { return abort }
      // A signal just before the wait does not end it, so the wait is short.
      var polled = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
      guard poll(&polled, 1, 100) > 0 else { continue }
      var byte: UInt8 = 0
      let count = read(0, &byte, 1)
      if count == 1 { return Int32(byte) }
      guard count < 0, errno == EINTR || errno == EAGAIN else { return -1 }
    }
  }
}
