import Coordination
import Foundation
import Glibc

/// The isolation of everything that touches readline, which knows one thread only.
@globalActor
actor TerminalActor {
  static let shared = TerminalActor()
  nonisolated var unownedExecutor: UnownedSerialExecutor { TerminalThread.shared.asUnownedSerialExecutor() }

  /// From a callback of readline, which is on the thread but in no task.
  nonisolated static func assume<T: Sendable>(_ body: @TerminalActor () throws -> T) rethrows -> T {
    shared.preconditionIsolated()
    return try withoutActuallyEscaping(body) { body in
      try unsafeBitCast(body, to: (() throws -> T).self)()
    }
  }
}

/// A thread that carries out jobs, and in between waits for keys, signals and calls to wake up.
final class TerminalThread: SerialExecutor {
  static let shared = TerminalThread()

  private struct State {
    var jobs: [UnownedJob] = []
    var thread: pthread_t?
    var onKeys: (@TerminalActor () -> Void)?
    var onWake: (@TerminalActor () -> Void)?
    var onSignal: (@TerminalActor (Int32) -> Void)?
  }

  private let state = Guarded(State())
  /// A pipe that wakes the thread.
  private let wakeUp: (read: Int32, write: Int32)

  private init() {
    var ends: [Int32] = [-1, -1]
    if pipe(&ends) != 0 { ends = [-1, -1] }
    for end in ends {
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
    wakeUp = (ends[0], ends[1])
    let thread = Thread { [self] in loop() }
    thread.name = "terminal"
    thread.stackSize = 16 << 20
    thread.start()
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    state.withLock { $0.jobs.append(job) }
    wake()
  }

  func isIsolatingCurrentContext() -> Bool? {
    state.withLock { $0.thread }.map { pthread_equal($0, pthread_self()) != 0 } ?? false
  }

  func checkIsolated() {
    precondition(isIsolatingCurrentContext() == true, "readline is used from one thread only")
  }

  /// Ends the wait for keys for a moment, so that `onWake` is called. From anywhere.
  func wake() { Self.send(0) }

  /// What to do when keys can be read; `nil` where nobody reads any.
  func listen(_ body: (@TerminalActor () -> Void)?) { state.withLock { $0.onKeys = body } }

  func serve(onWake: @escaping @TerminalActor () -> Void, onSignal: @escaping @TerminalActor (Int32) -> Void) {
    state.withLock { ($0.onWake, $0.onSignal) = (onWake, onSignal) }
  }

  /// From here on these signals come as calls to `onSignal`.
  func take(_ signals: [Int32]) {
    signalPipe = wakeUp.write
    for number in signals {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { number in
        if number == SIGINT { KeySource.interrupt() }
        TerminalThread.send(UInt8(truncatingIfNeeded: number))
      }
      sigaction(number, &action, nil)
    }
  }

  /// Safe in a signal handler.
  private static func send(_ byte: UInt8) {
    var byte = byte
    let saved = errno
    _ = write(signalPipe, &byte, 1)
    errno = saved
  }

  private func loop() {
    state.withLock { $0.thread = pthread_self() }
    signalPipe = wakeUp.write
    while true {
      let (ready, keys, wakeHandler) = state.withLock { state in
        defer { state.jobs = [] }
        return (state.jobs, state.onKeys, state.onWake)
      }
      for job in ready { job.runSynchronously(on: asUnownedSerialExecutor()) }
      if let wakeHandler { TerminalActor.assume { wakeHandler() } }
      if !ready.isEmpty { continue }
      var polled = [
        pollfd(fd: wakeUp.read, events: Int16(POLLIN), revents: 0),
        pollfd(fd: keys == nil ? -1 : 0, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&polled, 2, -1) > 0 else { continue }
      if polled[0].revents != 0 { drain() }
      // Whoever read keys may have stopped since.
      if polled[1].revents != 0, let keys = state.withLock({ $0.onKeys }) { TerminalActor.assume { keys() } }
    }
  }

  private func drain() {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = bytes.withUnsafeMutableBytes { read(wakeUp.read, $0.baseAddress, $0.count) }
    guard count > 0 else { return }
    let handler = state.withLock { $0.onSignal }
    for byte in bytes[..<count] where byte != 0 {
      if let handler { TerminalActor.assume { handler(Int32(byte)) } }
    }
  }
}

/// Where signal handlers write; set before there are any.
private nonisolated(unsafe) var signalPipe: Int32 = -1
