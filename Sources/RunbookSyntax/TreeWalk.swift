/// The one way to walk over a tree: every statement and every expression in it once, each before what stands in it, in
/// the order of the source. Who cares what each part means asks a node for its parts instead.
public struct TreeWalk: Sequence, IteratorProtocol {
  public enum Node: Sendable {
    case statement(Statement)
    case expression(Expression)

    /// What stands directly in it.
    public var parts: [Node] {
      switch self {
      case .statement(let statement): statement.parts
      case .expression(let expression): expression.parts.map(Node.expression)
      }
    }
  }

  /// What is still to be walked over, the next last.
  private var open: [Node]

  public init(_ statements: [Statement]) { self.init(statements.map(Node.statement)) }
  public init(_ nodes: [Node]) { open = nodes.reversed() }

  public mutating func next() -> Node? {
    guard let node = open.popLast() else { return nil }
    open += node.parts.reversed()
    return node
  }
}

extension Expression {
  /// The expressions that stand directly in it.
  public var parts: [Expression] {
    switch kind {
    case .number, .boolean, .date, .timestamp, .duration, .status, .none, .name, .invalid: []
    case .text(let parts):
      parts.compactMap { if case .interpolation(let expression) = $0 { expression } else { nil } }
    case .list(let elements): elements
    case .unary(_, let operand), .field(let operand, _), .parenthesized(let operand), .check(let operand),
      .confirm(let operand):
      [operand]
    case .binary(_, _, let left, let right), .index(let left, let right), .runLiteral(let left, of: let right):
      [left, right]
    case .call(_, let arguments): arguments.map(\.value)
    case .operation(let literal):
      [literal.designation.id] + [literal.environment?.expression, literal.account].compactMap { $0 }
    case .launch(let operand, let date): [operand] + [date].compactMap { $0 }
    case .await(.runs(let operand), let timeout, let every): [operand] + [timeout, every].compactMap { $0 }
    case .await(.nextRun(let operand, let since), let timeout, let every):
      [operand, since] + [timeout, every].compactMap { $0 }
    case .lastRuns(let query): [query.count, query.operation, query.started, query.status].compactMap { $0 }
    case .runsOfType(let query):
      [query.environment?.expression, query.account, query.status, query.started, query.limit].compactMap { $0 }
    }
  }

  /// Without the parentheses around it.
  public var bare: Expression {
    if case .parenthesized(let inner) = kind { inner.bare } else { self }
  }

  /// What evaluating it does besides computing a value: `await` and `check` look, `last run of` and `runs of` list.
  public enum Act: Sendable {
    case launch, look, listing, confirm, call
  }

  /// What it does itself, apart from its parts; `nil` where it only computes.
  public var act: Act? {
    switch kind {
    case .launch: .launch
    case .await, .check: .look
    case .lastRuns, .runsOfType: .listing
    case .confirm: .confirm
    case .call: .call
    case .text, .number, .boolean, .date, .timestamp, .duration, .status, .none, .name, .list, .unary, .binary, .field,
      .index, .parenthesized, .operation, .runLiteral, .invalid:
      nil
    }
  }
}

extension OperationLiteral.Designation {
  public var id: Expression {
    switch self {
    case .typed(_, let id, _), .job(let id): id
    }
  }
}

extension EnvironmentReference {
  /// The text, where it is one.
  public var expression: Expression? { if case .text(let expression) = self { expression } else { nil } }
}

extension Statement {
  /// The expressions and the statements of blocks that stand directly in it, a procedure's body included.
  public var parts: [TreeWalk.Node] {
    switch kind {
    case .account(let value), .include(let value), .wait(let value), .print(let value), .confirm(let value),
      .manual(let value):
      return nodes(value)
    case .environment(let reference): return nodes(reference.expression)
    case .parameter(let parameter):
      return nodes(parameter.defaultValue, parameter.environmentVariable, parameter.summary)
    case .procedure(let procedure): return procedure.parts
    case .declaration(let declaration): return nodes(declaration.value, declaration.outcome?.message)
    case .assignment(_, let value, let outcome), .expression(let value, let outcome):
      return nodes(value, outcome?.message)
    case .change(_, let operand, let clause): return nodes(operand, clause)
    case .conditional(let branches, let otherwise):
      return branches.flatMap { nodes($0.condition, then: $0.body) } + nodes(then: otherwise)
    case .forEach(_, let list, let body): return nodes(list, then: body)
    case .retry(let retry): return nodes(retry.times, retry.every, retry.backoff, then: retry.body)
    case .waitUntil(let condition, let every, let timeout): return nodes(condition, every, timeout)
    case .parallelFor(_, let list, let clauses, let body): return nodes(list, clauses.max, then: body)
    case .parallel(let clauses, let body): return nodes(clauses.max, then: body)
    case .attempt(let attempt):
      return nodes(then: attempt.body) + attempt.catches.flatMap { nodes(then: $0.body) }
        + nodes(then: attempt.finally)
    case .step(let title, let body): return nodes(title, then: body)
    case .return(let value), .stop(let value), .fail(let value): return nodes(value)
    case .require(let condition, let otherwise): return nodes(condition, otherwise)
    case .break, .continue, .invalid: return []
    }
  }

  /// The name that it declares for what follows it.
  public var declaredName: Name? {
    switch kind {
    case .declaration(let declaration): declaration.name
    case .procedure(let procedure): procedure.name
    case .parameter(let parameter): parameter.name
    default: nil
    }
  }
}

extension Procedure {
  /// The defaults of its parameters and the statements of its body.
  public var parts: [TreeWalk.Node] { parameters.flatMap { nodes($0.defaultValue) } + nodes(then: body) }
}

private func nodes(_ expressions: Expression?..., then block: Block? = nil) -> [TreeWalk.Node] {
  expressions.compactMap { $0.map(TreeWalk.Node.expression) } + (block?.statements ?? []).map(TreeWalk.Node.statement)
}

extension OutcomeClause {
  /// What `or fail` says, where it says something.
  public var message: Expression? { if case .fail(let message) = kind { message } else { nil } }
}
