public import RunbookDiagnostics
public import RunbookRecord
import RunbookSyntax
public import TailerAPI

/// How an execution ended.
public enum Ending: Sendable {
  case done
  /// By `stop`, with its words.
  case stopped(String?)
  /// By an error that nothing took.
  case failed(RecordedError, Diagnostic)
  /// A person or a guard said no.
  case declined(Diagnostic)
  /// Nobody was there to be asked, or nothing may be changed.
  case refused(Diagnostic)
  case interrupted(Interruption.Cause)
  /// The record could not be kept, or did not fit.
  case broken(Diagnostic)

  /// The design's exit statuses.
  public var exitStatus: Int32 {
    switch self {
    case .done, .stopped: 0
    case .failed(let error, _):
      switch error.kind {
      case .failed: 1
      case .unreachable, .refused, .rejected: 3
      case .timeout: 4
      case .unconfirmed: 5
      }
    case .declined, .refused: 6
    case .interrupted(.person): 130
    case .interrupted(.machine(let signal)): 128 + signal
    case .broken: 3
    }
  }

  /// One line for the journal's listings.
  public var summary: String {
    switch self {
    case .done: "done"
    case .stopped(let message): message.map { "stopped: \($0)" } ?? "stopped"
    case .failed(let error, _): error.message
    case .declined(let diagnostic), .refused(let diagnostic), .broken(let diagnostic): diagnostic.message
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
