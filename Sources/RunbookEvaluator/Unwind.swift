import RunbookDiagnostics
import RunbookRecord
import RunbookSyntax
import TailerAPI

/// Why an evaluation leaves what it is in, other than by reaching its end.
indirect enum Unwind: Error, Sendable {
  /// An error that `catch` may take.
  case failure(Failure)
  /// `stop`: ends well.
  case stopped(String?)
  /// The execution is over, whatever is around: no `catch` takes it.
  case over(Verdict, Diagnostic)
  case interrupted
  /// The record says nothing of what comes next, and only the record was to answer.
  case recordEnds
  /// A branch has failed, or a person has said no elsewhere: nothing new begins here.
  case halted(Span.Halt)

  /// Whether the record cannot be kept any more.
  var isBroken: Bool { if case .over(let verdict, _) = self { verdict.isOfRecord } else { false } }

  var failure: Failure? { if case .failure(let failure) = self { failure } else { nil } }

  /// Whether it is not known whether a launch happened.
  var isUnconfirmed: Bool { failure?.error.kind == .unconfirmed }

  /// Which of several branches' endings is raised, the least first: what is not known stands before all else, for no `retry`
  /// and no bare `catch` may take it.
  var rank: Int {
    switch self {
    case .recordEnds: 0
    case .failure where isUnconfirmed: 1
    case .over(.takenOver, _), .over(.broken, _): 2
    case .interrupted: 3
    case .over(.declined, _), .over(.forbidden, _): 4
    case .over(.unanswered, _): 5
    case .failure: 6
    case .stopped: 7
    case .halted: 8
    }
  }
}

/// An error with its place, and where in the log it came from.
struct Failure: Error, Sendable {
  var error: RecordedError
  var diagnostic: Diagnostic
  /// The positions in the log at which the effects and spans failed whose failure it is.
  var origins: [RecordNumber] = []
  /// The turns to launch that are kept until the failure has been taken, or has kept others from beginning.
  var turns: [HeldTurn] = []
}

/// An operation's turn to launch that an effect has.
struct HeldTurn: Sendable {
  let operation: DataOperation
  let site: EffectSite
}

/// How a statement or block came to its end.
enum Completion {
  case normal
  case breakLoop
  case continueLoop
  indirect case returned(Value)
}
