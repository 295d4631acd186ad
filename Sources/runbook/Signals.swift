import Coordination
@preconcurrency import Dispatch
import Glibc
import RunbookEvaluator
import RunbookRecord

/// Turns Ctrl-C, SIGTERM and a closed terminal into an interruption; a second one quits at once. Signals that come
/// together count as one: `timeout` and other keepers of processes send one to the process and one to its group.
final class Signals {
  private static let together = DispatchTimeInterval.milliseconds(100)

  private let sources: [any DispatchSourceSignal]

  init(raising interruption: Interruption) {
    let queue = DispatchQueue(label: "signals")
    let first = Guarded<DispatchTime?>(nil)
    sources = [SIGINT, SIGTERM, SIGHUP].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        let now = DispatchTime.now()
        let moment = first.withLock { first in
          defer { first = first ?? now }
          return first ?? now
        }
        if now > moment + Self.together { _exit(130) }
        interruption.raise()
      }
      source.resume()
      return source
    }
  }

  deinit { for source in sources { source.cancel() } }
}
