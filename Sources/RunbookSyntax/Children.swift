/// The parts of a tree, for whoever walks over it without caring what each part means.
extension Expression {
  /// The expressions that stand directly in it, in no certain order.
  public var children: [Expression] {
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
    case .lastRuns(let query): [query.operation] + [query.count, query.started, query.status].compactMap { $0 }
    case .runsOfType(let query):
      [query.environment?.expression, query.account, query.status, query.started, query.limit].compactMap { $0 }
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
  /// The blocks that stand directly in it, a procedure's body included.
  public var blocks: [Block] {
    switch kind {
    case .procedure(let procedure): [procedure.body]
    case .conditional(let branches, let otherwise): branches.map(\.body) + [otherwise].compactMap { $0 }
    case .forEach(_, _, let body), .parallelFor(_, _, _, let body), .parallel(_, let body), .step(_, let body): [body]
    case .retry(let retry): [retry.body]
    case .attempt(let attempt): [attempt.body] + attempt.catches.map(\.body) + [attempt.finally].compactMap { $0 }
    default: []
    }
  }

  /// The expressions that stand directly in it, outside of its blocks.
  public var expressions: [Expression] {
    switch kind {
    case .account(let value), .include(let value), .wait(let value), .print(let value), .confirm(let value),
      .manual(let value), .reset(let value), .activation(_, let value), .forEach(_, let value, _),
      .step(let value, _):
      [value]
    case .environment(let reference): [reference.expression].compactMap { $0 }
    case .parameter(let parameter):
      [parameter.defaultValue, parameter.environmentVariable, parameter.summary].compactMap { $0 }
    case .procedure(let procedure): procedure.parameters.compactMap(\.defaultValue)
    case .declaration(let declaration): [declaration.value] + [declaration.outcome?.message].compactMap { $0 }
    case .assignment(_, let value, let outcome), .expression(let value, let outcome):
      [value] + [outcome?.message].compactMap { $0 }
    case .mark(let run, let status): [run, status]
    case .conditional(let branches, _): branches.map(\.condition)
    case .retry(let retry): [retry.times] + [retry.every, retry.backoff].compactMap { $0 }
    case .waitUntil(let condition, let every, let timeout): [condition] + [every, timeout].compactMap { $0 }
    case .parallelFor(_, let list, let clauses, _): [list] + [clauses.max].compactMap { $0 }
    case .parallel(let clauses, _): [clauses.max].compactMap { $0 }
    case .return(let value), .stop(let value), .fail(let value): [value].compactMap { $0 }
    case .require(let condition, let otherwise): [condition] + [otherwise].compactMap { $0 }
    case .attempt, .break, .continue, .invalid: []
    }
  }
}

extension OutcomeClause {
  /// What `or fail` says, where it says something.
  public var message: Expression? { if case .fail(let message) = kind { message } else { nil } }
}
