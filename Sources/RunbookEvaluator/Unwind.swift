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
  /// A person or a guard said no. No `catch` takes it.
  case declined(Diagnostic)
  /// Nobody was there to be asked, or this process may change nothing. No `catch` takes it, and no `finally` begins over it:
  /// whoever may goes on from there.
  case refused(Diagnostic, isReadOnly: Bool)
  case interrupted
  /// The record says nothing of what comes next, and only the record was to answer.
  case recordEnds
  /// A branch has failed, or a person has said no elsewhere: nothing new begins here.
  case halted(Span.Halt)
  /// The record cannot be kept, or does not fit what is being evaluated. Nothing more is done, not even `finally`.
  case broken(Diagnostic)

  /// Whether it is not known whether a launch happened.
  var isUnconfirmed: Bool { if case .failure(let failure) = self { failure.error.kind == .unconfirmed } else { false } }

  /// Which of several branches' endings is raised, the least first: what is not known stands before all else, for no `retry`
  /// and no bare `catch` may take it.
  var rank: Int {
    switch self {
    case .recordEnds: 0
    case .failure where isUnconfirmed: 1
    case .broken: 2
    case .interrupted: 3
    case .declined: 4
    case .refused: 5
    case .failure: 6
    case .stopped: 7
    case .halted: 8
    }
  }
}

/// An error with its place, and where in the log it came from.
struct Failure: Error, Sendable {
  let error: RecordedError
  let diagnostic: Diagnostic
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
