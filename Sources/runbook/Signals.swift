@preconcurrency import Dispatch
import Glibc
import RunbookEvaluator

/// Turns Ctrl-C, SIGTERM and a closed terminal into an interruption; a second one quits at once.
final class Signals {
  private let sources: [any DispatchSourceSignal]

  init(raising interruption: Interruption) {
    sources = [SIGINT, SIGTERM, SIGHUP].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if interruption.isRaised { _exit(130) }
        interruption.raise()
      }
      source.resume()
      return source
    }
  }

  deinit { for source in sources { source.cancel() } }
}
