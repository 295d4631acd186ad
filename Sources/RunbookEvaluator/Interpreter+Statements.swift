import CivilTime
import RunbookChecker
import RunbookDiagnostics
import RunbookRecord
import RunbookSyntax
import TailerAPI

extension Interpreter {
  /// Evaluates statements one after another in the scope that is there.
  func execute(_ statements: [Statement]) async throws(Unwind) -> Completion {
    let (outerPath, outerStatement, outerOrdinal) = (context.path, context.statement, ordinal)
    defer { (context.path, context.statement, ordinal) = (outerPath, outerStatement, outerOrdinal) }
    for (index, next) in statements.enumerated() {
      context.path = Path(.statement(index), in: outerPath)
      context.statement = next
      ordinal = 0
      let completion = try await execute(next)
      if case .normal = completion { continue }
      return completion
    }
    return .normal
  }

  /// Evaluates a block in a scope of its own.
  func execute(
    _ block: Block, as name: String, iteration: Int? = nil, defining names: [(String, Value)] = []
  ) async throws(Unwind) -> Completion {
    let (outerPath, outerScope) = (context.path, scope)
    defer { (context.path, scope) = (outerPath, outerScope) }
    context.path = Path(iteration.map { .round(name, $0) } ?? .named(name), in: outerPath)
    scope = Scope(parent: scope)
    for (name, value) in names { scope.define(name, value) }
    return try await execute(block.statements)
  }

  private func execute(_ statement: Statement) async throws(Unwind) -> Completion {
    switch statement.kind {
    case .account(let expression):
      context.account = try checkedAccount(try await text(expression), at: expression.range)
    case .environment(let reference):
      context.environment = try await environmentName(reference)
    case .parameter(let parameter):
      // A value that was given is there already.
      guard scope.value(of: parameter.name.text) == nil, let initial = parameter.defaultValue else { break }
      scope.define(parameter.name.text, try await evaluate(initial))
    case .procedure, .invalid:
      break
    case .include:
      guard let program = context.runbook.included[statement.range] else { break }
      context.trace.insert(.init(statement.range, "included from here"), at: 0)
      defer { context.trace.removeFirst() }
      context.path = Path(.named("include"), in: context.path)
      return try await execute(program.statements)

    case .declaration(let declaration):
      let value = try await evaluate(declaration.value)
      scope.define(declaration.name.text, try await judged(value, by: declaration.outcome, of: declaration.value))
    case .assignment(let name, let expression, let outcome):
      var value = try await evaluate(expression)
      if outcome != nil { value = try await judged(value, by: outcome, of: expression) }
      guard scope.assign(name.text, value) else { throw fail(.notSet(name: name.text), at: name.range) }
    case .expression(let expression, let outcome):
      let value = try await evaluate(expression)
      _ = try await judged(value, by: outcome, of: expression)
      if showsValues, outcome == nil { tell(.value(value), at: expression.range) }

    case .change(let verb, let operand, let clause): try await change(verb, operand, clause, at: statement.range)

    case .conditional(let branches, let otherwise):
      for (index, branch) in branches.enumerated() where try await condition(branch.condition) {
        return try await execute(branch.body, as: "if\(index)")
      }
      if let otherwise { return try await execute(otherwise, as: "else") }
    case .forEach(let name, let collection, let body):
      return try await loop(name, over: collection, body, at: statement.range)
    case .retry(let retry):
      return try await execute(retry, at: statement.range)
    case .wait(let duration):
      try await wait(duration)
    case .waitUntil(let condition, let every, let timeout):
      try await waitUntil(condition, every: every, timeout: timeout, at: statement.range)
    case .parallelFor(let name, let collection, let clauses, let body):
      try await parallel(name, over: collection, clauses, body, at: statement.range)
    case .parallel(let clauses, let body):
      try await parallel(steps: body, clauses, at: statement.range)
    case .attempt(let attempt):
      return try await execute(attempt, at: statement.range)
    case .step(let title, let body):
      return try await step(title, body, at: statement.range)

    case .break: return .breakLoop
    case .continue: return .continueLoop
    case .return(let expression):
      return .returned(try await optional(expression) ?? .none)
    case .stop(let message):
      throw .stopped(try await optionalText(message))
    case .fail(let message):
      throw fail(.failed(try await optionalText(message) ?? "the runbook failed"), at: statement.range)
    case .require(let condition, let otherwise):
      guard try await self.condition(condition) else {
        throw fail(.requirementFailed(try await optionalText(otherwise)), at: condition.range)
      }
    case .print(let expression):
      let text = try await evaluate(expression).text
      guard text.utf8.count <= Self.textLimit else {
        throw fail(.textTooLong(limit: Self.textLimit), at: expression.range)
      }
      _ = try await perform(.print(text), at: statement.range) { _ in tell(.printed(text), at: statement.range) }
    case .confirm(let question):
      let asked = Question.confirm(try await text(question))
      let answer = try await ask(asked, for: .consent, at: statement.range)
      guard answer.isYes else {
        throw .over(.declined, problem(.saidNo(asked, answer), at: statement.range).diagnostic)
      }
    case .manual(let task):
      let text = try await text(task)
      _ = try await ask(.manual(text), for: .task, at: statement.range)
    }
    return .normal
  }

  private func step(_ title: Expression, _ body: Block, at place: SourceRange) async throws(Unwind) -> Completion {
    let title = try await text(title)
    let outerPath = context.path
    let site = span(.step, .named("step"), title: title)
    context.steps.append(title)
    defer { context.steps.removeLast() }
    tell(.stepBegan(title), at: place)
    context.path = Path(.named("step"), in: outerPath)
    defer { context.path = outerPath }
    do {
      // A step opens no scope.
      let completion = try await within(site, at: place) { () async throws(Unwind) in
        try await execute(body.statements)
      }
      tell(.stepEnded(title, succeeded: true), at: place)
      return completion
    } catch {
      let succeeded = if case .stopped = error { true } else { false }
      tell(.stepEnded(title, succeeded: succeeded), at: place)
      throw error
    }
  }

  /// The value, once its outcome clause has had its say: `or fail` lets only SUCCESS pass, and removes `none`.
  private func judged(
    _ value: Value, by clause: OutcomeClause?, of expression: Expression
  ) async throws(Unwind) -> Value {
    guard let clause, case .fail(let message) = clause.kind else { return value }
    switch value {
    case .none:
      throw fail(.nothingFound(try await optionalText(message)), at: expression.range)
    case .status(let status) where status != .success:
      let runs = expression.isLook ? latest.awaited.map(seen).filter { $0.status != .success } : []
      let statuses = runs.map { (run: $0.id, status: ($0.status ?? status).name) }
      throw fail(
        .outcomeFailed(try await optionalText(message), status: status, statuses: statuses), at: expression.range)
    default:
      return value
    }
  }

  func optional(_ expression: Expression?) async throws(Unwind) -> Value? {
    guard let expression else { return nil }
    return try await evaluate(expression)
  }

  func optionalText(_ expression: Expression?) async throws(Unwind) -> String? {
    guard let expression else { return nil }
    return try await text(expression)
  }
}

extension Expression {
  /// Whether it is an await or a check itself, so that the runs looked at last are its own.
  fileprivate var isLook: Bool { bare.act == .look }
}
