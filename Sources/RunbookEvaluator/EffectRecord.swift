public import CivilTime
public import RunbookSyntax
public import TailerAPI

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
  /// A pause between two looks at a condition. How long it is, the watcher decides.
  case turn
  case ask(String)
  case print
  /// A `parallel`, whose failure depends on which branch came first.
  case parallel

  /// Whether a resumed execution means the same by this as the record does. What only says when or after what it
  /// happened does not count.
  public func agrees(with recorded: EffectIntent) -> Bool {
    switch (self, recorded) {
    case (.launch(let a, let aDate, _, _), .launch(let b, let bDate, _, _)): a == b && aDate == bDate
    case (.wait(let a, _), .wait(let b, _)): a == b
    case (.await(let a, let aOperation, _), .await(let b, let bOperation, _)): a == b && aOperation == bOperation
    case (.awaitNext(let a, let aSince, _), .awaitNext(let b, let bSince, _)): a == b && aSince == bSince
    default: self == recorded
    }
  }

  /// Whether the intent has to be durable before the effect begins: for all that changes the platform, and for
  /// waits, whose beginning counts.
  public var precedesEffect: Bool {
    switch self {
    case .launch, .mark, .reset, .activation, .wait, .await, .awaitNext: true
    default: false
    }
  }

  public var changesPlatform: Bool {
    switch self {
    case .launch, .mark, .reset, .activation: true
    default: false
    }
  }

  /// Whether the platform may be another one afterwards, and what was read before says nothing any more: after all that
  /// changes it, after waits, and after a person was asked, who may have done something.
  var outdatesReads: Bool { if case .ask = self { true } else { precedesEffect } }

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
    case .ask(let question): "ask “\(question)”"
    case .now, .turn, .print, .parallel: verb
    }
  }

  public var operation: DataOperation? {
    switch self {
    case .launch(let operation, _, _, _), .await(_, let operation, _), .awaitNext(let operation, _, _),
      .check(_, let operation), .mark(_, let operation, _), .reset(let operation), .activation(let operation, _):
      operation
    default: nil
    }
  }
}

/// How an effect came out, in the form that the journal keeps and that answers in place of the service on resume.
public indirect enum EffectOutcome: Hashable, Codable, Sendable {
  case done
  case run(Run, adopted: Bool)
  /// An await's run as it ended, and what awaiting it cost.
  case ended(Run, WatchCost)
  /// `nil` where a look found nothing.
  case look(Run?)
  case runs([Run])
  case moment(Timestamp)
  case answer(PersonAnswer)
  case failed(RecordedError)

  /// What waiting cost, where it was an await.
  public var cost: WatchCost? {
    switch self {
    case .ended(_, let cost): cost
    case .failed(let error): error.cost
    default: nil
    }
  }
}

/// An error as the journal keeps it: what `catch`, `retry` and the exit status need of it.
public struct RecordedError: Error, Hashable, Codable, Sendable {
  public let kind: ErrorKind
  public let message: String
  public let attempts: Int
  public let run: Run?
  /// Runs that may be the one that was launched, where several were found.
  public let candidates: [Run]
  /// Facts for the reader below the message, one a line.
  public let notes: [String]
  /// What waiting cost, where an await ended in it.
  public let cost: WatchCost?

  public init(
    kind: ErrorKind, message: String, attempts: Int = 1, run: Run? = nil, candidates: [Run] = [],
    notes: [String] = [], cost: WatchCost? = nil
  ) {
    self.kind = kind
    self.message = message
    self.attempts = attempts
    self.run = run
    self.candidates = candidates
    self.notes = notes
    self.cost = cost
  }
}

/// What a person said, and who it was.
public struct PersonAnswer: Hashable, Codable, Sendable {
  public let isYes: Bool
  /// The person's account name, or `command line`.
  public let by: String
  public let note: String

  public init(isYes: Bool, by: String, note: String = "") {
    self.isYes = isYes
    self.by = by
    self.note = note
  }
}
