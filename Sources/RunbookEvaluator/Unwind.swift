import RunbookDiagnostics
import RunbookRecord

/// Why an evaluation leaves what it is in, other than by reaching its end.
indirect enum Unwind: Error, Sendable {
  /// An error that `catch` may take.
  case failure(Failure)
  /// `stop`: ends well.
  case stopped(String?)
  /// A person or a guard said no. No `catch` takes it.
  case declined(Diagnostic)
  /// Nobody was there to be asked, or this process may change nothing. No `catch` takes it; whoever may goes on from there.
  /// Where nothing may be changed, a `finally` does not run either: it could undo nothing.
  case refused(Diagnostic, isReadOnly: Bool)
  case interrupted
  /// The record says nothing of what comes next, and only the record was to answer.
  case recordEnds
  /// Another branch of the `parallel` has failed; this one starts nothing new.
  case branchStopped(finallyRan: Bool)
  /// The record cannot be kept, or does not fit what is being evaluated. Nothing more is done, not even `finally`.
  case broken(Diagnostic)
}

/// An error with its place, and the effects whose recorded outcomes it came from.
struct Failure: Error, Sendable {
  let error: RecordedError
  let diagnostic: Diagnostic
  var origins: [EffectKey]
  /// Whether a `finally` has run on its way out, or on that of a branch it stopped. What a `finally` has undone is not
  /// gone on with: an execution that ends so is over.
  var finallyRan = false
}

/// How a statement or block came to its end.
enum Completion {
  case normal
  case breakLoop
  case continueLoop
  indirect case returned(Value)
}
