import RunbookDiagnostics
import RunbookSyntax

/// A procedure and what is known of it before any call is followed.
final class ProcedureRecord {
  let procedure: Procedure
  /// Its position at the top level, which decides what it sees.
  let order: Int
  let isFromThisText: Bool
  /// Whether it can come to call itself, which has been reported. Such a call is not followed.
  var isRecursive = false
  /// The names that it and what it calls mention: what its meaning can depend on besides its arguments.
  var mentions: Set<String> = []

  init(_ procedure: Procedure, order: Int, isFromThisText: Bool) {
    self.procedure = procedure
    self.order = order
    self.isFromThisText = isFromThisText
  }
}

extension Checker {
  /// Finds the cycles of calls, reports each once, and gathers what each procedure mentions.
  mutating func findRecursion() {
    var calls: [String: [Name]] = [:]
    for (name, record) in procedures {
      var finder = MentionFinder()
      finder.visit(record.procedure.body.statements)
      for parameter in record.procedure.parameters {
        if let value = parameter.defaultValue { finder.visit(value) }
      }
      calls[name] = finder.calls.filter { procedures[$0.text] != nil }
      record.mentions = finder.names
    }
    var walk = CycleWalk(calls: calls)
    for name in procedures.keys.sorted(by: { (procedures[$0]?.order ?? 0, $0) < (procedures[$1]?.order ?? 0, $1) }) {
      walk.visit(name)
    }
    for cycle in walk.cycles {
      for call in cycle { procedures[call.text]?.isRecursive = true }
      guard let last = cycle.last else { continue }
      let names = [last.text] + cycle.map(\.text)
      report(ControlProblem.recursion(names, at: last.range, calls: cycle.dropLast().map(\.range)))
    }
    for name in walk.finished {
      for callee in calls[name] ?? [] where callee.text != name {
        if let record = procedures[callee.text] { procedures[name]?.mentions.formUnion(record.mentions) }
      }
    }
  }
}

/// A depth-first walk over the calls between procedures, without recursion of its own: chains can be long.
private struct CycleWalk {
  let calls: [String: [Name]]
  private(set) var cycles: [[Name]] = []
  /// The procedures in an order in which each follows what it calls.
  private(set) var finished: [String] = []
  private var isOpen: Set<String> = []
  private var isDone: Set<String> = []

  init(calls: [String: [Name]]) { self.calls = calls }

  mutating func visit(_ start: String) {
    guard !isDone.contains(start) else { return }
    var path: [(name: String, next: Int)] = [(start, 0)]
    /// The call that led to each element of the path but the first.
    var ways: [Name] = []
    isOpen.insert(start)
    while let (name, next) = path.last {
      let callees = calls[name] ?? []
      guard callees.indices.contains(next) else {
        isOpen.remove(name)
        isDone.insert(name)
        finished.append(name)
        path.removeLast()
        if !ways.isEmpty { ways.removeLast() }
        continue
      }
      path[path.count - 1].next += 1
      let callee = callees[next]
      if isOpen.contains(callee.text) {
        let begin = path.firstIndex { $0.name == callee.text } ?? 0
        cycles.append(Array(ways.dropFirst(begin)) + [callee])
      } else if !isDone.contains(callee.text) {
        isOpen.insert(callee.text)
        path.append((callee.text, 0))
        ways.append(callee)
      }
    }
  }
}

/// Finds the calls in a tree and all names that it mentions. The parser bounds a tree's depth.
private struct MentionFinder {
  var calls: [Name] = []
  var names: Set<String> = []

  mutating func visit(_ statements: [Statement]) {
    for statement in statements { visit(statement) }
  }

  private mutating func visit(_ expression: Expression?) {
    if let expression { visit(expression) }
  }

  private mutating func visit(_ clause: OutcomeClause?) {
    if case .fail(let message)? = clause?.kind { visit(message) }
  }

  private mutating func visit(_ statement: Statement) {
    switch statement.kind {
    case .declaration(let declaration):
      visit(declaration.value)
      visit(declaration.outcome)
    case .assignment(let name, let value, let outcome):
      names.insert(name.text)
      visit(value)
      visit(outcome)
    case .expression(let expression, let outcome):
      visit(expression)
      visit(outcome)
    case .mark(let run, let status):
      visit(run)
      visit(status)
    case .account(let value), .reset(let value), .activation(_, let value), .wait(let value), .print(let value),
      .confirm(let value), .manual(let value), .include(let value):
      visit(value)
    case .conditional(let branches, let otherwise):
      for branch in branches {
        visit(branch.condition)
        visit(branch.body.statements)
      }
      visit(otherwise?.statements ?? [])
    case .forEach(_, let list, let body):
      visit(list)
      visit(body.statements)
    case .retry(let retry):
      visit(retry.times)
      visit(retry.every)
      visit(retry.backoff)
      visit(retry.body.statements)
    case .waitUntil(let condition, let every, let timeout):
      visit(condition)
      visit(every)
      visit(timeout)
    case .parallelFor(_, let list, let clauses, let body):
      visit(list)
      visit(clauses.max)
      visit(body.statements)
    case .parallel(let clauses, let body):
      visit(clauses.max)
      visit(body.statements)
    case .attempt(let attempt):
      visit(attempt.body.statements)
      for clause in attempt.catches { visit(clause.body.statements) }
      visit(attempt.finally?.statements ?? [])
    case .step(let title, let body):
      visit(title)
      visit(body.statements)
    case .return(let value), .stop(let value), .fail(let value): visit(value)
    case .require(let condition, let message):
      visit(condition)
      visit(message)
    case .environment(.text(let value)): visit(value)
    case .environment, .parameter, .procedure, .break, .continue, .invalid: break
    }
  }

  mutating func visit(_ expression: Expression) {
    switch expression.kind {
    case .name(let name): names.insert(name)
    case .text(let parts):
      for case .interpolation(let value) in parts { visit(value) }
    case .list(let elements): for element in elements { visit(element) }
    case .unary(_, let operand), .parenthesized(let operand), .check(let operand), .confirm(let operand),
      .field(let operand, _):
      visit(operand)
    case .binary(_, _, let left, let right), .index(let left, let right):
      visit(left)
      visit(right)
    case .call(let name, let arguments):
      calls.append(name)
      for argument in arguments { visit(argument.value) }
    case .operation(let literal): visit(literal)
    case .runLiteral(let id, let operation):
      visit(id)
      visit(operation)
    case .launch(let operand, let date):
      visit(operand)
      visit(date)
    case .await(let target, let timeout, let every):
      switch target {
      case .runs(let runs): visit(runs)
      case .nextRun(let operation, let since):
        visit(operation)
        visit(since)
      }
      visit(timeout)
      visit(every)
    case .lastRuns(let query):
      for part in [query.count, query.operation, query.started, query.status] { visit(part) }
    case .runsOfType(let query):
      for part in [query.account, query.status, query.started, query.limit] { visit(part) }
      if case .text(let name)? = query.environment { visit(name) }
    case .number, .boolean, .date, .timestamp, .duration, .status, .none, .invalid: break
    }
  }

  private mutating func visit(_ literal: OperationLiteral) {
    switch literal.designation {
    case .typed(_, let id, _), .job(let id): visit(id)
    }
    visit(literal.account)
    if case .text(let name)? = literal.environment { visit(name) }
  }
}
