import CivilTime
import RunbookChecker
import RunbookDiagnostics
import RunbookRecord
import RunbookSyntax
import TailerAPI

extension Interpreter {
  func evaluate(_ expression: Expression) async throws(Unwind) -> Value {
    if let value = try valueAtOnce(expression) { return value }
    switch expression.kind {
    case .text(let parts): return .text(try await text(of: parts, at: expression.range))
    case .name: return .timestamp(try await now(at: expression.range))
    case .parenthesized(let inner): return try await evaluate(inner)
    case .list(let elements):
      var values: [Value] = []
      for element in elements { values.append(try await evaluate(element)) }
      guard Value.size(of: values, within: Self.rangeLimit, depth: Self.nestingLimit) != nil else {
        throw fail(.listTooLarge(limit: Self.rangeLimit, depth: Self.nestingLimit), at: expression.range)
      }
      return .list(values)
    case .unary(let unary, let operand):
      return try apply(unary, to: try await evaluate(operand), at: expression.range)
    case .binary(let binary, let place, let left, let right):
      return try await evaluate(binary, left, right, operatorAt: place, in: expression.range)
    case .field(let object, let name): return try await field(name, of: try await evaluate(object))
    case .index(let list, let index): return try await element(index, of: list)
    case .call(let name, let arguments): return try await call(name, arguments, at: expression.range)

    case .operation(let literal): return .operation(try await operation(literal, at: expression.range))
    case .runLiteral(let id, let operand):
      let operation = try await operation(operand)
      let text = try checkedID(try await text(id), at: id.range)
      return .run(reference(to: Run(id: text, operation: operation)))
    case .launch(let operand, let date): return try await launch(operand, on: date, at: expression.range)
    case .await(let target, let timeout, let every):
      return try await awaitRuns(target, timeout: timeout, every: every, at: expression.range)
    case .check(let operand): return try await check(operand, at: expression.range)
    case .lastRuns(let query): return try await lastRuns(query, at: expression.range)
    case .runsOfType(let query): return try await runs(query, at: expression.range)
    case .confirm(let question):
      return .boolean(try await ask(.confirm(try await text(question)), for: .answer, at: expression.range).isYes)
    case .number, .boolean, .date, .timestamp, .duration, .status, .none, .invalid: return .none
    }
  }

  /// The value of an expression that nothing has to be awaited for: literals, names, and what is computed of these, which
  /// is most of what a loop does. `nil` for any other, of which nothing has been evaluated then that shows.
  private func valueAtOnce(_ expression: Expression) throws(Unwind) -> Value? {
    switch expression.kind {
    case .number(let number): return .number(number)
    case .boolean(let value): return .boolean(value)
    case .date(let date): return .date(date)
    case .timestamp(let moment): return .timestamp(moment)
    case .duration(let span): return .duration(span)
    case .status(let name): return .status(RunStatus(name))
    case .none, .invalid: return Value.none
    case .text(let parts):
      guard parts.count <= 1 else { return nil }
      guard let only = parts.first else { return .text("") }
      guard case .literal(let text) = only, text.utf8.count <= Self.textLimit else { return nil }
      return .text(text)
    case .name("now"): return nil
    case .name(let name): return try value(of: name, at: expression.range)
    case .parenthesized(let inner): return try valueAtOnce(inner)
    case .unary(let unary, let operand):
      guard let value = try valueAtOnce(operand) else { return nil }
      return try apply(unary, to: value, at: expression.range)
    case .binary(let binary, let place, let left, let right) where !binary.decidesWhatIsEvaluated:
      guard let left = try valueAtOnce(left), let right = try valueAtOnce(right) else { return nil }
      return try combine(binary, left, right, operatorAt: place, in: expression.range)
    default: return nil
    }
  }

  // MARK: Typed views

  func text(_ expression: Expression) async throws(Unwind) -> String {
    let value = try await evaluate(expression)
    guard case .text(let text) = value else {
      throw fail(.typeMismatch(wanted: "text", found: value.typeName), at: expression.range)
    }
    return text
  }

  func condition(_ expression: Expression) async throws(Unwind) -> Bool {
    let value = try await evaluate(expression)
    guard case .boolean(let holds) = value else {
      throw fail(.typeMismatch(wanted: "boolean", found: value.typeName), at: expression.range)
    }
    return holds
  }

  func duration(_ expression: Expression, what: String) async throws(Unwind) -> TimeSpan {
    let value = try await evaluate(expression)
    guard case .duration(let span) = value else {
      throw fail(.typeMismatch(wanted: "duration", found: value.typeName), at: expression.range)
    }
    guard span > .zero else { throw fail(.notPositive(what: what, value: span.description), at: expression.range) }
    return span
  }

  func optionalDuration(_ expression: Expression?) async throws(Unwind) -> TimeSpan? {
    guard let expression else { return nil }
    return try await duration(expression, what: "the duration")
  }

  func wholeNumber(_ expression: Expression, atLeast least: Int, what: String) async throws(Unwind) -> Int {
    let value = try await evaluate(expression)
    guard case .number(let number) = value, let whole = number.whole else {
      throw fail(.typeMismatch(wanted: "whole number", found: value.typeName), at: expression.range)
    }
    guard whole >= least else { throw fail(.notPositive(what: what, value: number.description), at: expression.range) }
    return whole
  }

  func date(_ expression: Expression) async throws(Unwind) -> CalendarDate {
    let value = try await evaluate(expression)
    guard case .date(let date) = value else {
      throw fail(.typeMismatch(wanted: "date", found: value.typeName), at: expression.range)
    }
    return date
  }

  func status(_ expression: Expression) async throws(Unwind) -> RunStatus {
    switch try await evaluate(expression) {
    case .status(let status): return status
    case .text(let name): return RunStatus(name)
    case let other: throw fail(.typeMismatch(wanted: "status", found: other.typeName), at: expression.range)
    }
  }

  // MARK: Texts and names

  private func text(of parts: [TextPart], at place: SourceRange) async throws(Unwind) -> String {
    var result = ""
    for part in parts {
      switch part {
      case .literal(let text): result += text
      case .interpolation(let expression): result += try await evaluate(expression).text
      }
      guard result.utf8.count <= Self.textLimit else { throw fail(.textTooLong(limit: Self.textLimit), at: place) }
    }
    return result
  }

  /// The value of any name but `now`.
  private func value(of name: String, at place: SourceRange) throws(Unwind) -> Value {
    switch name {
    case "run":
      guard let run = latest.run else { throw fail(.notSet(name: "run"), at: place) }
      return .run(run)
    case "status":
      guard let status = latest.status else { throw fail(.notSet(name: "status"), at: place) }
      return .status(status)
    case "today": return .date(state.today)
    case "yesterday": return .date(state.today.adding(days: -1) ?? state.today)
    default:
      guard let value = scope.value(of: name) else { throw fail(.notSet(name: name), at: place) }
      return value
    }
  }

  // MARK: Fields and elements

  private func field(_ name: Name, of value: Value) async throws(Unwind) -> Value {
    switch (value, name.text) {
    case (.run(let run), _):
      let seen = seen(run)
      switch name.text {
      case "id": return .text(seen.id)
      case "status": return .status(seen.status ?? Self.unseen)
      case "operation": return .operation(seen.operation)
      case "started": return seen.started.map(Value.timestamp) ?? .none
      case "job": return seen.jobID.map(Value.text) ?? .none
      case "duration":
        let moment = seen.hasEnded ? state.effects.clock.now : try await now(at: name.range)
        return seen.duration(at: moment).map(Value.duration) ?? .none
      default: break
      }
    case (.operation(let operation), "id"): return .text(operation.id)
    case (.operation(let operation), "name"): return .text(operation.name)
    case (.operation(let operation), "type"): return .text(operation.type.rawValue)
    case (.operation(let operation), "account"): return .text(operation.account)
    case (.operation(let operation), "environment"): return .text(operation.environment)
    case (.error(let error), "kind"): return .text(error.kind.rawValue)
    case (.error(let error), "message"): return .text(error.message)
    case (.error(let error), "attempts"): return .number(Number(error.attempts))
    case (.error(let error), "run"): return error.run.map(Value.run) ?? .none
    case (.list(let values), "count"): return .number(Number(values.count))
    case (.list(let values), "first"): return values.first ?? .none
    case (.list(let values), "last"): return values.last ?? .none
    default: break
    }
    throw fail(.typeMismatch(wanted: "value with a field `\(name.text)`", found: value.typeName), at: name.range)
  }

  /// The status of a run that nothing has been seen of.
  static let unseen = RunStatus.other("UNKNOWN")

  private func element(_ index: Expression, of list: Expression) async throws(Unwind) -> Value {
    let object = try await evaluate(list)
    let position = try await evaluate(index)
    guard case .list(let values) = object else {
      throw fail(.typeMismatch(wanted: "list", found: object.typeName), at: list.range)
    }
    guard case .number(let number) = position, let whole = number.whole, values.indices.contains(whole) else {
      throw fail(.noSuchElement(index: position.text, count: values.count), at: index.range)
    }
    return values[whole]
  }

  // MARK: Calls

  private func call(_ name: Name, _ arguments: [Argument], at place: SourceRange) async throws(Unwind) -> Value {
    guard let procedure = context.runbook.procedures[name.text] else {
      guard let argument = arguments.first else { throw fail(.notSet(name: name.text), at: name.range) }
      return try convert(try await evaluate(argument.value), to: name.text, at: place)
    }
    guard context.procedureDepth < Self.callDepthLimit else {
      throw fail(.callsTooDeep(limit: Self.callDepthLimit), at: place)
    }
    var given: [String: Value] = [:]
    var position = 0
    for argument in arguments {
      let value = try await evaluate(argument.value)
      if let label = argument.label {
        given[label.text] = value
      } else if procedure.parameters.indices.contains(position) {
        given[procedure.parameters[position].name.text] = value
        position += 1
      }
    }
    let key = ordinal
    ordinal += 1
    let (outerScope, outerLatest, outerOrdinal) = (scope, latest, ordinal)
    let (outerPath, outerStatement) = (context.path, context.statement)
    context.trace.insert(.init(place, "called from here"), at: 0)
    context.procedureDepth += 1
    defer {
      (scope, latest, ordinal) = (outerScope, outerLatest, outerOrdinal)
      (context.path, context.statement) = (outerPath, outerStatement)
      context.trace.removeFirst()
      context.procedureDepth -= 1
    }
    // A procedure sees the file's own names, not its caller's.
    let body = Scope(parent: globals)
    scope = body
    let site = span(.call, .named("\(name.text)#\(key)"), title: name.text)
    context.path = context.path.appending(.named("\(name.text)#\(key)"))
    latest = Latest()
    ordinal = 0
    for parameter in procedure.parameters {
      if let value = given[parameter.name.text] {
        body.define(parameter.name.text, value)
      } else if let initial = parameter.defaultValue {
        body.define(parameter.name.text, try await evaluate(initial))
      }
    }
    scope = Scope(parent: body)
    let completion = try await within(site, at: place) { () async throws(Unwind) in
      try await execute(procedure.body.statements)
    }
    if case .returned(let value) = completion { return value }
    return .none
  }
}
