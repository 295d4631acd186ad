public import CivilTime
public import RunbookSyntax
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
  /// `purpose` is `nil` where a version of the program recorded it that did not tell. `word` is what has to be typed for a yes,
  /// where that is not `yes`.
  case ask(String, purpose: QuestionPurpose? = nil, word: String? = nil)
  case print
  /// A `parallel` that has failed, as versions of the program recorded it that kept no spans.
  case parallel

  /// Whether a resumed execution means the same by this as the record does. What only says when or after what it
  /// happened does not count.
  public func agrees(with recorded: EffectIntent) -> Bool { undated == recorded.undated }

  private var undated: EffectIntent {
    let never = Timestamp.earliest
    return switch self {
    case .launch(let operation, let date, _, _): .launch(operation, on: date, baseline: [], at: never)
    case .await(let id, let operation, _): .await(runID: id, operation: operation, from: never)
    case .awaitNext(let operation, let since, _): .awaitNext(operation, since: since, from: never)
    case .wait(let span, _): .wait(span, from: never)
    case .waitUntil: .waitUntil(from: never)
    case .ask(let question, _, _): .ask(question)
    case .check, .list, .mark, .reset, .activation, .now, .turn, .print, .parallel: self
    }
  }

  /// What it is to the record, from which follows how it is kept, with the word for it. Upkeep is for resuming alone.
  private enum Nature {
    case change(ChangingVerb)
    case wait(String)
    case look(String)
    case question(String)
    case upkeep(String)
  }

  private var nature: Nature {
    switch self {
    case .launch: .change(.launch)
    case .mark: .change(.mark)
    case .reset: .change(.reset)
    case .activation(_, .enabled): .change(.enable)
    case .activation(_, .disabled): .change(.disable)
    case .activation(_, .archived): .change(.archive)
    case .await: .wait("await")
    case .awaitNext: .wait("await next")
    case .wait: .wait("wait")
    case .waitUntil: .wait("wait until")
    case .check: .look("check")
    case .list: .look("look")
    case .ask: .question("ask")
    case .now: .upkeep("now")
    case .turn: .upkeep("turn")
    case .print: .upkeep("print")
    case .parallel: .upkeep("parallel")
    }
  }

  /// The changing verb that it carries out.
  public var change: ChangingVerb? { if case .change(let verb) = nature { verb } else { nil } }

  /// Whether the intent has to be durable before the effect begins: for all that changes the platform, for waits, whose
  /// beginning counts, and for questions, which are answered from elsewhere too.
  public var precedesEffect: Bool {
    switch nature {
    case .change, .wait, .question: true
    case .look, .upkeep: false
    }
  }

  public var changesPlatform: Bool { change != nil }

  /// Whether the platform may be another one afterwards, and what was read before says nothing any more: after all that
  /// changes it, after waits, and after a person was asked, who may have done something.
  public var outdatesReads: Bool { precedesEffect }

  /// When a wait for a run began.
  public var waitBegan: Timestamp? {
    switch self {
    case .await(_, _, let moment), .awaitNext(_, _, let moment): moment
    case .launch, .check, .list, .mark, .reset, .activation, .wait, .waitUntil, .now, .turn, .ask, .print, .parallel:
      nil
    }
  }

  /// Whether there is something in it for people, and not only for going on.
  public var isWorthTelling: Bool { if case .upkeep = nature { false } else { true } }

  /// The word for people and for the journal's listings.
  public var verb: String {
    switch nature {
    case .change(let verb): verb.word
    case .wait(let word), .look(let word), .question(let word), .upkeep(let word): word
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
    case .ask(let question, _, _): "ask “\(question)”"
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
