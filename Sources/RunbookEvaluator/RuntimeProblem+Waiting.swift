import CivilTime
import RunbookDiagnostics
import TailerAPI

/// The words for a wait that is over before what it waited for.
extension RuntimeProblem {
  /// Nothing is said of a run but what the last look bears out.
  func deadlineWords(
    _ target: WatchTarget, _ timeout: TimeSpan, _ lastSeen: Run?, _ isShown: Bool, _ difference: TimeSpan?
  ) -> (id: String, message: String, label: String, notes: [String]) {
    let clocks = Self.clockWords(difference).map { [$0] } ?? []
    let operation = target.operation.name.printable
    guard let run = lastSeen else {
      guard case .nextRun(_, let since) = target else {
        return ("deadline-passed", "no run was seen within \(timeout)", "", clocks)
      }
      return (
        "deadline-passed", "no run of \(operation) was seen to begin after \(since) within \(timeout)", "", clocks
      )
    }
    let subject = "run \(run.id.printable) of \(operation)"
    switch run.status {
    case let status? where !isShown:
      return (
        "deadline-passed", "\(subject) was not seen to end within \(timeout)", "",
        ["It was seen \(status.name.printable), but the service does not show it any more."]
      )
    case .running?, .waiting?:
      return (
        "deadline-passed", "\(subject) took longer than \(timeout)", "",
        ["It was last seen \(run.status?.name ?? ""). It goes on; only the waiting has ended."]
      )
    case let status?:
      return (
        "deadline-passed", "\(subject) was not seen to end within \(timeout)", "",
        ["It was last seen \(status.name.printable). Only the waiting has ended."]
      )
    case nil:
      return (
        "deadline-passed", "\(subject) was not seen within \(timeout)", "",
        ["The service does not show it. Is it this operation's run, and is its id right?"]
      )
    }
  }

  /// What is said where the clocks differ by more than replies take; `nil` where they do not.
  static func clockWords(_ difference: TimeSpan?) -> String? {
    guard let difference, abs(difference.inSeconds) >= 10 else { return nil }
    let (span, side) = (
      difference < .zero ? difference.negated : difference, difference < .zero ? "behind" : "ahead of"
    )
    return
      "The clocks differ: this machine's is \(TimeSpan.seconds(span.inSeconds.rounded())) \(side) the service's, as its last reply tells."
  }
}
