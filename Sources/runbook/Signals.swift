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
    let first = FirstSignal()
    sources = [SIGINT, SIGTERM, SIGHUP].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        if let moment = first.moment, DispatchTime.now() > moment + Self.together { _exit(130) }
        if first.moment == nil { first.moment = .now() }
        interruption.raise()
      }
      source.resume()
      return source
    }
  }

  deinit { for source in sources { source.cancel() } }
}

/// When the first signal came. Used on the signals' own queue only.
private final class FirstSignal: @unchecked Sendable {
  var moment: DispatchTime?
}
