public import RunbookDiagnostics
public import RunbookSyntax
public import TailerAPI

/// What a runbook would do, in the order of its text: everything that it sends or changes, every wait with its
/// deadline, every question for a person. It says what can be known without running.
public struct Plan: Sendable {
  public let steps: [Step]
  /// Whether there is more than is listed: calls of calls of calls.
  public let isCut: Bool

  public struct Step: Sendable {
    public let action: Action
    public let range: SourceRange
    /// What stands around it, outermost first.
    public let around: [Surrounding]
    /// The calls that lead to it, outermost first.
    public let calls: [SourceRange]
  }

  public enum Action: Sendable {
    /// `clause` is the verb's clause in words, `as CHECKED`.
    case change(ChangingVerb, Subject, clause: String?)
    case await(Subject, Deadline)
    case awaitNext(Subject, since: String, Deadline)
    case check(Subject)
    /// A listing of runs, in the runbook's words.
    case list(String)
    case wait(String)
    case waitUntil(String, Deadline)
    case confirm(String)
    case manual(String)

    /// Whether it changes something on the platform.
    public var changesService: Bool { if case .change = self { true } else { false } }
  }

  /// What a verb works on: the operations, or the operations of the runs, as far as the text says, and its words.
  public struct Subject: Sendable {
    public let operations: [DataOperation]
    /// Whether it is one of them, and only running knows which.
    public let isOneOf: Bool
    public let source: String
  }

  public enum Deadline: Hashable, Sendable {
    case written(String)
    /// The one that is set for waits which have none written.
    case standard
  }

  public enum Surrounding: Hashable, Sendable {
    case step(String)
    case when(String)
    case otherwise
    case loop(String)
    case retry(times: String)
    case parallel(max: String?)
    case attempt
    case caught(kind: String?)
    case finally
    case filter
    case procedure(String)
  }
}

/// Says what a runbook would do.
///
/// - Parameter parameters: The values that are given; for the others the defaults are shown.
public func plan(_ runbook: CheckedRunbook, parameters: [String: ParameterValue] = [:]) -> Plan {
  var planner = Planner(runbook, parameters)
  planner.visit(runbook.program.statements)
  return Plan(steps: planner.steps, isCut: planner.isCut)
}

extension Plan.Subject {
  /// `prepare in DEV`, `one of a in DEV, b in DEV`, or the runbook's own words.
  public var words: String {
    guard !operations.isEmpty else { return source }
    let names = operations.map { "\($0.type.rawValue) \"\($0.name)\" in \($0.environment)" }.joined(separator: ", ")
    return isOneOf && operations.count > 1 ? "one of \(names)" : names
  }

  /// The same for a run, or runs: `a run of prepare in DEV`.
  public var runWords: String { operations.isEmpty ? source : "a run of \(words)" }

  fileprivate func words(of verb: ChangingVerb) -> String {
    switch verb.description.operand {
    case .operations, .workflows: words
    case .runs: runWords
    }
  }
}

extension Plan.Deadline {
  fileprivate var words: String {
    switch self {
    case .written(let span): "for at most \(span)"
    case .standard: "for at most the default"
    }
  }
}

extension Plan.Action {
  /// One line for people.
  public var words: String {
    switch self {
    case .change(let verb, let subject, let clause):
      "\(verb.word) \(subject.words(of: verb))" + (clause.map { " \($0)" } ?? "")
    case .await(let subject, let deadline): "await \(subject.runWords), \(deadline.words)"
    case .awaitNext(let subject, let since, let deadline):
      "await the next run of \(subject.words) since \(since), \(deadline.words)"
    case .check(let subject): "look at \(subject.runWords)"
    case .list(let source): "look up \(source)"
    case .wait(let span): "wait \(span)"
    case .waitUntil(let condition, let deadline): "wait until \(condition), \(deadline.words)"
    case .confirm(let question): "ask: \(question)"
    case .manual(let task): "have a person do: \(task)"
    }
  }
}

extension Plan.Surrounding {
  /// `for job in jobs`, `if status == FAILED`, for people.
  public var words: String {
    switch self {
    case .step(let title): title
    case .when(let condition): "if \(condition)"
    case .otherwise: "else"
    case .loop(let source): "for \(source)"
    case .retry(let times): "up to \(times) times"
    case .parallel(let max): max.map { "in parallel, \($0) at a time" } ?? "in parallel"
    case .attempt: "try"
    case .caught(let kind): kind.map { "on the error `\($0)`" } ?? "on an error"
    case .finally: "finally"
    case .filter: "for each element"
    case .procedure(let name): "in \(name)"
    }
  }
}
