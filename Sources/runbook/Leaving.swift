import Coordination
import Glibc
import RunbookTerminal
import VisibleText

/// The end of the process.
enum Leaving {
  private static let tasks = Guarded<[@Sendable () -> Void]>([])

  /// Has something done before the process ends, and keeps until then what it needs.
  static func beforehand(_ task: @escaping @Sendable () -> Void) { tasks.withLock { $0.append(task) } }

  /// Does what was to be done before the end.
  static func prepare() {
    for task in tasks.withLock({ $0 }) { task() }
  }

  /// Says where some of the output did not get out, and to whom that is news.
  ///
  /// - Parameter status: What it leaves with, but where that says that all went well, and some of the output did not get out.
  static func exit(_ status: Int32) -> Never {
    prepare()
    OutputChannel.standardOutput.flush()
    guard let failure = OutputChannel.standardOutput.failure else { Glibc.exit(status) }
    if !failure.isNobodyReading {
      OutputChannel.standardError.write("runbook: standard output could not be written: \(failure.reason)\n")
    }
    Glibc.exit(status == 0 ? 74 : status)
  }
}
