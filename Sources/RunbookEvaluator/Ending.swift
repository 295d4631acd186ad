public import RunbookDiagnostics
public import RunbookRecord
import RunbookSyntax
public import TailerAPI

/// Why an execution is over, whatever is around the place: no `catch` takes it.
public enum Verdict: Hashable, Sendable {
  /// A person said no.
  case declined
  /// This process may change nothing: `--read-only`.
  case forbidden
  /// A question waits for a person, and nobody is there.
  case unanswered
  /// The record could not be kept, or did not fit.
  case broken
  /// Another process has taken the execution over.
  case takenOver

  /// Whether the record cannot be kept any more.
  public var isOfRecord: Bool {
    switch self {
    case .broken, .takenOver: true
    case .declined, .forbidden, .unanswered: false
    }
  }

  var exitStatus: Int32 {
    switch self {
    case .declined, .forbidden: 6
    case .unanswered: 7
    case .broken: 3
    case .takenOver: 75
    }
  }
}

/// How an execution ended.
public enum Ending: Sendable {
  case done
  /// By `stop`, with its words.
  case stopped(String?)
  /// By an error that nothing took.
  case failed(RecordedError, Diagnostic)
  case over(Verdict, Diagnostic)
  case interrupted(Interruption.Cause)

  /// The design's exit statuses.
  public var exitStatus: Int32 {
    switch self {
    case .done, .stopped: 0
    case .failed(let error, _):
      switch error.kind {
      case .failed: 1
      case .unreachable: 3
      case .timeout: 4
      case .unconfirmed: 5
      case .refused, .rejected: 8
      }
    case .over(let verdict, _): verdict.exitStatus
    case .interrupted(.person): 130
    case .interrupted(.machine(let signal)): 128 + signal
    }
  }

  /// What is drawn of it, where there is something.
  public var diagnostic: Diagnostic? {
    switch self {
    case .failed(_, let diagnostic), .over(_, let diagnostic): diagnostic
    case .done, .stopped, .interrupted: nil
    }
  }

  /// One line for the journal's listings.
  public var summary: String {
    switch self {
    case .done: "done"
    case .stopped(let message): message.map { "stopped: \($0)" } ?? "stopped"
    case .failed(let error, _): error.message
    case .over(_, let diagnostic): diagnostic.message
    case .interrupted: "interrupted"
    }
  }
}

/// What an execution came to.
public struct ExecutionResult: Sendable {
  public let ending: Ending
  /// Whether evaluating again with the same journal goes on where this stopped.
  public let isResumable: Bool
  /// What its awaits have cost, those that the record answered for included.
  public let awaits: [WatchCost]

  public init(ending: Ending, isResumable: Bool, awaits: [WatchCost] = []) {
    self.ending = ending
    self.isResumable = isResumable
    self.awaits = awaits
  }
}
