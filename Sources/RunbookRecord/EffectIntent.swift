public import CivilTime
public import TailerAPI

/// What a person is asked for.
public enum QuestionPurpose: String, Hashable, Codable, Sendable {
  /// A guard's question before a change. A no ends the execution.
  case permission
  /// `confirm` as a statement. A no ends the execution.
  case consent
  /// `confirm` as an expression: the runbook goes by the answer.
  case answer
  /// `manual`.
  case task

  var endsWithNo: Bool {
    switch self {
    case .permission, .consent: true
    case .answer, .task: false
    }
  }
}

/// What an effect is about to do, in the form that the journal keeps and that a resumed execution is compared with.
public indirect enum EffectIntent: Hashable, Codable, Sendable {
  /// `baseline` holds the ids of the operation's newest runs just before the request.
  case launch(DataOperation, on: CalendarDate?, baseline: [String], at: Timestamp)
  /// `from` is when the wait began, from which its deadline counts.
  case await(runID: String, operation: DataOperation, from: Timestamp)
  case awaitNext(DataOperation, since: Timestamp, from: Timestamp)
  case check(runID: String, operation: DataOperation)
  case list(String)
  case mark(runID: String, operation: DataOperation, status: RunStatus)
  case reset(DataOperation)
  case activation(DataOperation, Activation)
  case wait(TimeSpan, from: Timestamp)
  case now
  /// A condition that is looked at until it holds. `from` is when that began, from which its deadline counts.
  case waitUntil(from: Timestamp)
  /// A pause between two looks at a condition, as versions of the program recorded it that kept each look.
  case turn
  /// `purpose` is `nil` where a version of the program recorded it that did not tell.
  case ask(String, purpose: QuestionPurpose? = nil)
  case print
  /// A `parallel` that has failed, as versions of the program recorded it that kept no spans.
  case parallel

  /// Whether a resumed execution means the same by this as the record does. What only says when or after what it
  /// happened does not count.
  public func agrees(with recorded: EffectIntent) -> Bool {
    switch (self, recorded) {
    case (.launch(let a, let aDate, _, _), .launch(let b, let bDate, _, _)): a == b && aDate == bDate
    case (.wait(let a, _), .wait(let b, _)): a == b
    case (.waitUntil, .waitUntil): true
    case (.ask(let a, _), .ask(let b, _)): a == b
    case (.await(let a, let aOperation, _), .await(let b, let bOperation, _)): a == b && aOperation == bOperation
    case (.awaitNext(let a, let aSince, _), .awaitNext(let b, let bSince, _)): a == b && aSince == bSince
    default: self == recorded
    }
  }

  /// Whether the intent has to be durable before the effect begins: for all that changes the platform, for waits, whose
  /// beginning counts, and for questions, which are answered from elsewhere too.
  public var precedesEffect: Bool {
    switch self {
    case .launch, .mark, .reset, .activation, .wait, .await, .awaitNext, .waitUntil, .ask: true
    case .check, .list, .now, .turn, .print, .parallel: false
    }
  }

  public var changesPlatform: Bool {
    switch self {
    case .launch, .mark, .reset, .activation: true
    case .wait, .await, .awaitNext, .waitUntil, .ask, .check, .list, .now, .turn, .print, .parallel: false
    }
  }

  /// Whether the platform may be another one afterwards, and what was read before says nothing any more: after all that
  /// changes it, after waits, and after a person was asked, who may have done something.
  public var outdatesReads: Bool { precedesEffect }

  /// The word for people and for the journal's listings.
  public var verb: String {
    switch self {
    case .launch: "launch"
    case .await: "await"
    case .awaitNext: "await next"
    case .check: "check"
    case .list: "list"
    case .mark: "mark"
    case .reset: "reset"
    case .activation(_, .enabled): "enable"
    case .activation(_, .disabled): "disable"
    case .activation(_, .archived): "archive"
    case .wait: "wait"
    case .now: "now"
    case .waitUntil: "wait until"
    case .turn: "turn"
    case .ask: "ask"
    case .print: "print"
    case .parallel: "parallel"
    }
  }

  /// What was meant, for people.
  public var words: String {
    switch self {
    case .launch(let operation, let date, _, _): "launch \(operation)" + (date.map { " on \($0)" } ?? "")
    case .await(let id, let operation, _): "await run \(id) of \(operation)"
    case .awaitNext(let operation, let since, _): "await next run of \(operation) since \(since)"
    case .check(let id, let operation): "check run \(id) of \(operation)"
    case .list(let what): what
    case .mark(let id, let operation, let status): "mark run \(id) of \(operation) as \(status.name)"
    case .reset(let operation), .activation(let operation, _): "\(verb) \(operation)"
    case .wait(let span, _): "wait \(span)"
    case .ask(let question, _): "ask “\(question)”"
    case .now, .waitUntil, .turn, .print, .parallel: verb
    }
  }

  public var operation: DataOperation? {
    switch self {
    case .launch(let operation, _, _, _), .await(_, let operation, _), .awaitNext(let operation, _, _),
      .check(_, let operation), .mark(_, let operation, _), .reset(let operation), .activation(let operation, _):
      operation
    case .list, .wait, .now, .waitUntil, .turn, .ask, .print, .parallel: nil
    }
  }
}
