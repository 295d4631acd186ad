import CivilTime
import RunbookDiagnostics
import RunbookSyntax
import TailerAPI

/// Follows a checked runbook's text and notes its effects, with as much of the values as the text says.
struct Planner {
  private let runbook: CheckedRunbook
  private(set) var steps: [Plan.Step] = []
  private(set) var isCut = false

  private var names: [String: Known]
  private var globals: [String: Known] = [:]
  private var around: [Plan.Surrounding] = []
  private var calls: [SourceRange] = []
  private var account: String?
  private var environment: String?
  private var visits = 0

  private static let visitLimit = 100_000
  private static let stepLimit = 10_000

  /// A value as far as the text says it.
  indirect enum Known {
    case operations([DataOperation], isOneOf: Bool)
    case list([Known])
    case text(String)
    /// Any other value, in words.
    case value(String)
    case unknown

    init(_ value: ParameterValue) {
      switch value {
      case .text(let text): self = .text(text)
      case .number(let number): self = .value(number.description)
      case .boolean(let value): self = .value(value ? "true" : "false")
      case .date(let date): self = .value(date.description)
      case .today: self = .value("today")
      case .yesterday: self = .value("yesterday")
      case .timestamp(let moment): self = .value(moment.description)
      case .duration(let span): self = .value(span.description)
      case .status(let status): self = .value(status.name)
      }
    }
  }

  init(_ runbook: CheckedRunbook, _ parameters: [String: ParameterValue]) {
    self.runbook = runbook
    names = parameters.mapValues(Known.init)
    account = runbook.settings.account
    environment = runbook.settings.environment
  }

  // MARK: Statements

  mutating func visit(_ statements: [Statement]) {
    for statement in statements { visit(statement) }
  }

  /// What stands in a node that does nothing by itself.
  private mutating func visit(_ parts: [TreeWalk.Node]) {
    for part in parts {
      switch part {
      case .statement(let statement): visit(statement)
      case .expression(let expression): visit(expression)
      }
    }
  }

  private mutating func visit(_ block: Block, in surrounding: Plan.Surrounding) {
    around.append(surrounding)
    visit(block.statements)
    around.removeLast()
  }

  private mutating func visit(_ statement: Statement) {
    visits += 1
    guard visits < Self.visitLimit, steps.count < Self.stepLimit else {
      isCut = true
      return
    }
    switch statement.kind {
    case .account(let value): if case .text(let text) = evaluate(value) { account = text }
    case .environment(let reference): environment = name(of: reference) ?? environment
    case .include: visit(runbook.included[statement.range]?.statements ?? [])
    case .declaration(let declaration):
      names[declaration.name.text] = evaluate(declaration.value)
      visit(declaration.outcome?.message)
    case .assignment(let name, _, _):
      visit(statement.parts)
      // Which assignment came last only running knows.
      names[name.text] = .unknown
    case .change(let verb, let operand, let clause): _ = change(verb, operand, clause, at: statement.range)
    case .wait(let span): add(.wait(words(span)), at: statement.range)
    case .waitUntil(let condition, let every, let timeout):
      visit(every)
      add(.waitUntil(source(condition), deadline(timeout)), at: statement.range)
      visit(condition)
    case .confirm(let question):
      visit(question)
      add(.confirm(source(question)), at: statement.range)
    case .manual(let task):
      visit(task)
      add(.manual(source(task)), at: statement.range)
    case .parameter(let parameter):
      guard names[parameter.name.text] == nil, let value = parameter.defaultValue else { break }
      names[parameter.name.text] = evaluate(value)
    case .procedure: break
    case .conditional, .forEach, .retry, .parallelFor, .parallel, .attempt, .step: visitControl(statement)
    case .expression, .print, .require, .return, .stop, .fail, .break, .continue, .invalid: visit(statement.parts)
    }
  }

  private mutating func visitControl(_ statement: Statement) {
    switch statement.kind {
    case .conditional(let branches, let otherwise):
      for branch in branches {
        visit(branch.condition)
        visit(branch.body, in: .when(source(branch.condition)))
      }
      if let otherwise { visit(otherwise, in: .otherwise) }
    case .forEach(let name, let list, let body):
      names[name.text] = element(of: evaluate(list))
      visit(body, in: .loop("\(name.text) in \(source(list))"))
    case .parallelFor(let name, let list, let clauses, let body):
      names[name.text] = element(of: evaluate(list))
      visit(clauses.max)
      around.append(.parallel(max: clauses.max.map { words($0) }))
      visit(body, in: .loop("\(name.text) in \(source(list))"))
      around.removeLast()
    case .parallel(let clauses, let body):
      visit(clauses.max)
      visit(body, in: .parallel(max: clauses.max.map { words($0) }))
    case .retry(let retry):
      for part in [retry.every, retry.backoff] { visit(part) }
      visit(retry.body, in: .retry(times: words(retry.times)))
    case .attempt(let attempt):
      visit(attempt.body, in: .attempt)
      for clause in attempt.catches { visit(clause.body, in: .caught(kind: clause.kind?.text)) }
      if let finally = attempt.finally { visit(finally, in: .finally) }
    case .step(let title, let body):
      visit(title)
      visit(body, in: .step(title.literalText ?? source(title)))
    default: break
    }
  }

  private mutating func visit(_ expression: Expression?) {
    if let expression { _ = evaluate(expression) }
  }

  // MARK: Expressions

  private mutating func evaluate(_ expression: Expression) -> Known {
    switch expression.kind {
    case .text(let parts): return evaluate(parts)
    case .number, .boolean, .date, .timestamp, .duration, .status: return .value(source(expression))
    case .name(let name) where name == "today" || name == "yesterday": return .value(name)
    case .name(let name): return names[name] ?? globals[name] ?? .unknown
    case .parenthesized(let inner): return evaluate(inner)
    case .list(let elements): return .list(elements.map { evaluate($0) })
    case .binary(.where, _, let list, let condition):
      let known = evaluate(list)
      around.append(.filter)
      visit(condition)
      around.removeLast()
      return .operations(operations(in: known).all, isOneOf: true)
    case .index(let list, let index):
      let known = evaluate(list)
      visit(index)
      return element(of: known)
    case .field(let object, let field):
      let known = evaluate(object)
      switch field.text {
      case "operation": return known
      case "first", "last": return element(of: known)
      default: return .unknown
      }
    case .call(let name, let arguments): return call(name, arguments, at: expression.range)
    case .unary, .binary, .none, .invalid: for part in expression.parts { visit(part) }
    case .operation, .runLiteral, .launch, .await, .check, .lastRuns, .runsOfType, .confirm:
      return evaluateVerb(expression)
    }
    return .unknown
  }

  private mutating func evaluateVerb(_ expression: Expression) -> Known {
    let range = expression.range
    switch expression.kind {
    case .operation(let literal): return operation(literal)
    case .runLiteral(_, let operand): return evaluate(operand)
    case .launch(let operand, let date):
      let known = change(.launch, operand, date, at: range)
      note(known)
      return known
    case .await(.runs(let operand), let timeout, let every):
      let subject = noted(operand)
      visit(every)
      add(.await(subject, deadline(timeout)), at: range)
    case .await(.nextRun(let operand, let since), let timeout, let every):
      let subject = noted(operand)
      for part in [since, every] { visit(part) }
      add(.awaitNext(subject, since: source(since), deadline(timeout)), at: range)
    case .check(let operand): add(.check(noted(operand)), at: range)
    case .lastRuns(let query):
      let known = evaluate(query.operation)
      for part in [query.count, query.started, query.status] { visit(part) }
      add(.list(source(expression)), at: range)
      return known
    case .runsOfType:
      for part in expression.parts { visit(part) }
      add(.list(source(expression)), at: range)
    case .confirm(let question):
      visit(question)
      add(.confirm(source(question)), at: range)
    case .text, .number, .boolean, .date, .timestamp, .duration, .status, .none, .name, .list, .unary, .binary, .field,
      .index, .call, .parenthesized, .invalid:
      break
    }
    return .unknown
  }

  private mutating func change(
    _ verb: ChangingVerb, _ operand: Expression, _ clause: Expression?, at range: SourceRange
  ) -> Known {
    let known = evaluate(operand)
    var value: String?
    if let clause, let kind = verb.description.clause {
      let said = words(clause)
      switch kind {
      case .executionDate: value = "\(kind.text) \(said)"
      case .status: value = "\(kind.text) \(source(clause))"
      }
    }
    add(.change(verb, subject(known, operand), clause: value), at: range)
    return known
  }

  /// The runs that a verb looks at, of which `run` is one now.
  private mutating func noted(_ operand: Expression) -> Plan.Subject {
    let known = evaluate(operand)
    note(known)
    return subject(known, operand)
  }

  /// `run` is a run of this now, or nothing where it is a list.
  private mutating func note(_ known: Known) {
    if case .list = known { names["run"] = nil } else { names["run"] = known }
  }

  private mutating func evaluate(_ parts: [TextPart]) -> Known {
    var text: String? = ""
    for part in parts {
      switch part {
      case .literal(let literal): text?.append(literal)
      case .interpolation(let value):
        switch evaluate(value) {
        case .text(let known), .value(let known): text?.append(known)
        default: text = nil
        }
      }
    }
    return text.map { .text($0) } ?? .unknown
  }

  private mutating func call(_ name: Name, _ arguments: [Argument], at range: SourceRange) -> Known {
    let values = arguments.map { ($0.label?.text, evaluate($0.value)) }
    guard let procedure = runbook.procedures[name.text] else { return .unknown }
    guard calls.count < Checker.depthLimit else {
      isCut = true
      return .unknown
    }
    let outer = (names, globals)
    if calls.isEmpty { globals = names }
    names = [:]
    var position = 0
    for (label, value) in values {
      if let label {
        names[label] = value
      } else if procedure.parameters.indices.contains(position) {
        names[procedure.parameters[position].name.text] = value
        position += 1
      }
    }
    for parameter in procedure.parameters where names[parameter.name.text] == nil {
      names[parameter.name.text] = parameter.defaultValue.map { evaluate($0) } ?? .unknown
    }
    calls.append(range)
    visit(procedure.body, in: .procedure(name.text))
    calls.removeLast()
    (names, globals) = outer
    return .unknown
  }

  private mutating func operation(_ literal: OperationLiteral) -> Known {
    var account = account
    if let expression = literal.account {
      if case .text(let text) = evaluate(expression) { account = text } else { account = nil }
    }
    var environment = environment
    if let reference = literal.environment { environment = name(of: reference) }
    let operation: DataOperation?
    switch literal.designation {
    case .typed(let word, let id, let isVerbatim):
      guard case .text(let text) = evaluate(id), let account, let environment,
        let type = ConfigurationType(serviceName: word.text)
      else { return .unknown }
      operation = .named(text, type: type, environment: environment, account: account, verbatim: isVerbatim)
    case .job(let id):
      guard case .text(let text) = evaluate(id) else { return .unknown }
      operation = DataOperation(jobID: text, defaultAccount: account, defaultEnvironment: environment)
    }
    return operation.map { .operations([$0], isOneOf: false) } ?? .unknown
  }

  private mutating func name(of reference: EnvironmentReference) -> String? {
    switch reference {
    case .word(let name): return name.text
    case .text(let expression):
      if case .text(let text) = evaluate(expression) { return text }
      return nil
    }
  }

  // MARK: Notes

  private mutating func add(_ action: Plan.Action, at range: SourceRange) {
    guard steps.count < Self.stepLimit else {
      isCut = true
      return
    }
    steps.append(Plan.Step(action: action, range: range, around: around, calls: calls))
  }

  private func subject(_ known: Known, _ expression: Expression) -> Plan.Subject {
    let (all, isOneOf) = operations(in: known)
    return Plan.Subject(operations: all, isOneOf: isOneOf, source: source(expression))
  }

  /// The operations of a value; none where one of its parts is not known.
  private func operations(in known: Known) -> (all: [DataOperation], isOneOf: Bool) {
    switch known {
    case .operations(let operations, let isOneOf): return (operations, isOneOf)
    case .list(let parts):
      let each = parts.map(operations(in:))
      guard each.allSatisfy({ !$0.all.isEmpty }) else { return ([], false) }
      return (each.flatMap(\.all), each.contains(where: \.isOneOf))
    case .text, .value, .unknown: return ([], false)
    }
  }

  private func element(of known: Known) -> Known {
    let all = operations(in: known).all
    return all.isEmpty ? .unknown : .operations(all, isOneOf: true)
  }

  private mutating func deadline(_ timeout: Expression?) -> Plan.Deadline {
    timeout.map { .written(words($0)) } ?? .standard
  }

  /// An expression as it is written, and its value where that is known and not the same.
  private mutating func words(_ expression: Expression) -> String {
    let written = source(expression)
    switch evaluate(expression) {
    case .value(let value) where value != written: return "\(written) (\(value))"
    default: return written
    }
  }

  private func source(_ expression: Expression) -> String {
    runbook.sources[expression.range.source]?.text(expression.range).printable ?? ""
  }
}
