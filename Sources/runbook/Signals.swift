import Coordination
@preconcurrency import Dispatch
import Glibc
import RunbookEvaluator
import RunbookRecord

/// Turns signals into an interruption: Ctrl-C is a person's, SIGTERM and a terminal that is gone are a machine's. Where
/// nothing is left that one could stop, the next one quits at once. Signals that come together count as one: `timeout` and
/// other keepers of processes send one to the process and one to its group. One that was ignored at the start, under `nohup`
/// or in a shell's background, stays ignored.
final class Signals {
  private static let together = DispatchTimeInterval.milliseconds(100)

  private let sources: [any DispatchSourceSignal]
  private let taken: [Int32]

  init(raising interruption: Interruption) {
    let queue = DispatchQueue(label: "signals")
    // One that does not count puts nothing off: who keeps the keys down is heard too.
    let counted = Guarded<(number: Int32, time: DispatchTime)?>(nil)
    taken = [SIGINT, SIGTERM, SIGHUP].filter { number in
      let before = signal(number, SIG_IGN)
      return unsafeBitCast(before, to: Int.self) != unsafeBitCast(SIG_IGN, to: Int.self)
    }
    sources = taken.map { number in
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        let now = DispatchTime.now()
        let before = counted.withLock { $0 }
        let isTogether = before.map { now <= $0.time + Self.together } ?? false
        // Of two kinds that come together the machine's holds.
        if isTogether, number == SIGINT || before?.number != SIGINT { return }
        counted.withLock { $0 = (number, now) }
        if !isTogether, interruption.stopsFinally {
          _exit(128 + number)
        }
        interruption.raise(number == SIGINT ? .person : .machine(number))
      }
      source.resume()
      return source
    }
  }

  /// Whoever waits for the end of the output can be stopped like any other process.
  deinit {
    for source in sources { source.cancel() }
    for number in taken { signal(number, SIG_DFL) }
  }
}
