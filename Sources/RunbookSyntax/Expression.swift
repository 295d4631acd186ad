public import CivilTime
public import RunbookDiagnostics

/// A name as it stands in the source.
public struct Name: Hashable, Sendable {
  public let text: String
  public let range: SourceRange

  public init(_ text: String, _ range: SourceRange) {
    self.text = text
    self.range = range
  }
}

/// An expression and the words it was read from. For an effect the text of `range` is what its identity in the journal
/// is hashed from.
public struct Expression: Sendable {
  public let kind: Kind
  public let range: SourceRange

  public init(_ kind: Kind, _ range: SourceRange) {
    self.kind = kind
    self.range = range
  }

  public indirect enum Kind: Sendable {
    case text([TextPart])
    case number(Number)
    case boolean(Bool)
    case date(CalendarDate)
    case timestamp(Timestamp)
    case duration(TimeSpan)
    /// One of the seven status words.
    case status(String)
    case none
    /// Any name that is read: declared ones, `run`, `status`, `it`, `error`, `today`, `yesterday`, `now`.
    case name(String)
    case list([Expression])
    case unary(UnaryOperator, Expression)
    /// The operator's own range is where a caret belongs for a type error or a division by zero.
    case binary(BinaryOperator, SourceRange, Expression, Expression)
    case field(Expression, Name)
    case index(Expression, Expression)
    /// A procedure or one of `date`, `timestamp`, `number`, `text`.
    case call(Name, [Argument])
    case parenthesized(Expression)
    case operation(OperationLiteral)
    /// `run "id" of prepare`.
    case runLiteral(id: Expression, of: Expression)
    case launch(Expression, on: Expression?)
    case await(AwaitTarget, timeout: Expression?, every: Expression?)
    case check(Expression)
    case lastRuns(LastRuns)
    case runsOfType(RunsOfType)
    /// `confirm "…"` where a boolean is wanted.
    case confirm(Expression)
    /// What stands where the source could not be read. Its error has been reported.
    case invalid
  }
}

public enum TextPart: Sendable {
  case literal(String)
  case interpolation(Expression)
}

/// `name = value` or a bare value of a call.
public struct Argument: Sendable {
  public let label: Name?
  public let value: Expression
  public init(label: Name?, value: Expression) {
    self.label = label
    self.value = value
  }
}

public enum UnaryOperator: String, Sendable, CaseIterable {
  case not
  case negate = "-"
}

public enum BinaryOperator: String, Sendable, CaseIterable {
  case `where`
  case or
  case and
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case contains
  case range = ".."
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case remainder = "%"
}

/// A type word and a text, or `job` and a job id; with what was bound to it by `in` and `of`.
public struct OperationLiteral: Sendable {
  public enum Designation: Sendable {
    /// The type word as written (`gbq-to-gbq` included), and the configuration id.
    case typed(Name, id: Expression, verbatim: Bool)
    case job(id: Expression)
  }
  public let designation: Designation
  public let environment: EnvironmentReference?
  public let account: Expression?

  public init(designation: Designation, environment: EnvironmentReference?, account: Expression?) {
    self.designation = designation
    self.environment = environment
    self.account = account
  }
}

/// An environment is a word (`PROD`) or a text that may hold interpolation (`"${target}"`).
public enum EnvironmentReference: Sendable {
  case word(Name)
  case text(Expression)

  public var range: SourceRange {
    switch self {
    case .word(let name): name.range
    case .text(let expression): expression.range
    }
  }
}

public enum AwaitTarget: Sendable {
  /// A run or a list of runs.
  case runs(Expression)
  /// `next run of OP since TIME`; the operand may be a list of operations.
  case nextRun(of: Expression, since: Expression)
}

/// `last run of OP`, `last N runs of OP`, with the clauses written behind it.
public struct LastRuns: Sendable {
  /// `nil` for `last run of`, which gives a run or `none` instead of a list.
  public let count: Expression?
  public let operation: Expression
  public let started: Expression?
  public let status: Expression?

  public init(count: Expression?, operation: Expression, started: Expression?, status: Expression?) {
    self.count = count
    self.operation = operation
    self.started = started
    self.status = status
  }
}

/// `runs of TYPE` with its clauses.
public struct RunsOfType: Sendable {
  public let type: Name
  public let environment: EnvironmentReference?
  public let account: Expression?
  public let status: Expression?
  public let started: Expression?
  public let limit: Expression?

  public init(
    type: Name, environment: EnvironmentReference?, account: Expression?, status: Expression?, started: Expression?,
    limit: Expression?
  ) {
    self.type = type
    self.environment = environment
    self.account = account
    self.status = status
    self.started = started
    self.limit = limit
  }
}
