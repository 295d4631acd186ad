public import RunbookDiagnostics

/// A statement and the words it was read from. The text of `range` is what its identity in the journal is hashed from.
public struct Statement: Sendable {
  public let kind: Kind
  public let range: SourceRange

  public init(_ kind: Kind, _ range: SourceRange) {
    self.kind = kind
    self.range = range
  }

  public indirect enum Kind: Sendable {
    case account(Expression)
    case environment(EnvironmentReference)
    case parameter(Parameter)
    case include(path: Expression)
    case procedure(Procedure)

    /// `let NAME = VALUE [OUTCOME]`, or `var`.
    case declaration(Declaration)
    case assignment(Name, Expression, OutcomeClause?)
    /// `launch`, `await`, `check`, a call; any other expression only at the prompt (the checker says so).
    case expression(Expression, OutcomeClause?)

    /// A changing verb that gives nothing, its operand and the value of its clause.
    case change(ChangingVerb, Expression, clause: Expression?)

    case conditional([Branch], otherwise: Block?)
    case forEach(Name, in: Expression, Block)
    case retry(Retry)
    case wait(Expression)
    case waitUntil(Expression, every: Expression?, timeout: Expression?)
    case parallelFor(Name, in: Expression, ParallelClauses, Block)
    /// Only steps stand directly inside; the parser has seen to it.
    case parallel(ParallelClauses, Block)
    case attempt(Attempt)
    case step(title: Expression, Block)

    case `break`
    case `continue`
    case `return`(Expression?)
    case stop(Expression?)
    case fail(Expression?)
    case require(Expression, otherwise: Expression?)
    case print(Expression)
    case confirm(Expression)
    case manual(Expression)
    /// What stands where the source could not be read. Its error has been reported.
    case invalid
  }
}

/// `{ … }`, with the range of the braces and what is between.
public struct Block: Sendable {
  public let statements: [Statement]
  public let range: SourceRange

  public init(_ statements: [Statement], _ range: SourceRange) {
    self.statements = statements
    self.range = range
  }
}

/// `or fail ["…"]`, `or ignore`.
public struct OutcomeClause: Sendable {
  public enum Kind: Sendable {
    case fail(Expression?)
    case ignore
  }
  public let kind: Kind
  public let range: SourceRange

  public init(_ kind: Kind, _ range: SourceRange) {
    self.kind = kind
    self.range = range
  }
}

public struct Declaration: Sendable {
  public let isVariable: Bool
  public let name: Name
  public let value: Expression
  public let outcome: OutcomeClause?

  public init(isVariable: Bool, name: Name, value: Expression, outcome: OutcomeClause?) {
    self.isVariable = isVariable
    self.name = name
    self.value = value
    self.outcome = outcome
  }
}

/// `param day: date = yesterday "The day to prepare"`, `param ticket from env "TICKET"`.
public struct Parameter: Sendable {
  public let name: Name
  /// The type's word as written; without one a parameter is text, or what its default is.
  public let type: Name?
  public let defaultValue: Expression?
  public let environmentVariable: Expression?
  public let summary: Expression?

  public init(
    name: Name, type: Name?, defaultValue: Expression?, environmentVariable: Expression?, summary: Expression?
  ) {
    self.name = name
    self.type = type
    self.defaultValue = defaultValue
    self.environmentVariable = environmentVariable
    self.summary = summary
  }
}

public struct Procedure: Sendable {
  public struct Parameter: Sendable {
    public let name: Name
    public let defaultValue: Expression?
    public init(name: Name, defaultValue: Expression?) {
      self.name = name
      self.defaultValue = defaultValue
    }
  }
  public let name: Name
  public let parameters: [Parameter]
  public let body: Block

  public init(name: Name, parameters: [Parameter], body: Block) {
    self.name = name
    self.parameters = parameters
    self.body = body
  }
}

/// A condition and what follows when it holds.
public struct Branch: Sendable {
  public let condition: Expression
  public let body: Block

  public init(condition: Expression, body: Block) {
    self.condition = condition
    self.body = body
  }
}

public struct Retry: Sendable {
  /// All attempts, the first included.
  public let times: Expression
  public let every: Expression?
  public let backoff: Expression?
  public let body: Block

  public init(times: Expression, every: Expression?, backoff: Expression?, body: Block) {
    self.times = times
    self.every = every
    self.backoff = backoff
    self.body = body
  }
}

public struct ParallelClauses: Sendable {
  public let max: Expression?
  public let keepGoing: Bool

  public init(max: Expression?, keepGoing: Bool) {
    self.max = max
    self.keepGoing = keepGoing
  }
}

/// `try { } catch KIND { } catch { } finally { }`.
public struct Attempt: Sendable {
  public struct Catch: Sendable {
    /// The error kind's word, or `nil` for a bare `catch`.
    public let kind: Name?
    public let body: Block
    public let range: SourceRange

    public init(kind: Name?, body: Block, range: SourceRange) {
      self.kind = kind
      self.body = body
      self.range = range
    }
  }
  public let body: Block
  public let catches: [Catch]
  public let finally: Block?

  public init(body: Block, catches: [Catch], finally: Block?) {
    self.body = body
    self.catches = catches
    self.finally = finally
  }
}

/// Everything that one source says, in order.
public struct Program: Sendable {
  public let source: SourceText
  public let statements: [Statement]

  public init(source: SourceText, statements: [Statement]) {
    self.source = source
    self.statements = statements
  }
}
