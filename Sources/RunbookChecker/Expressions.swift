import CivilTime
import RunbookDiagnostics
import RunbookSyntax
import TailerAPI

extension Checker {
  static let statusWords = RunStatus.known.map(\.name)

  /// Checks an expression and gives what is known of its value. What is wrong has been reported, and its value is
  /// unknown, which nothing further complains about.
  mutating func infer(_ expression: Expression) -> Fact {
    depth += 1
    defer { depth -= 1 }
    let range = expression.range
    switch expression.kind {
    case .text(let parts): return inferText(parts)
    case .number(let number): return Fact(.number, .constant(.number(number)))
    case .boolean(let value): return Fact(.boolean, .constant(.boolean(value)))
    case .date(let date): return Fact(.date, .constant(.date(date)))
    case .timestamp(let moment): return Fact(.timestamp, .constant(.timestamp(moment)))
    case .duration(let span): return Fact(.duration, .constant(.duration(span)))
    case .status(let name): return Fact(.status, .constant(.status(name)))
    case .none: return Fact(.none)
    case .invalid: return .unknown
    case .name(let name): return inferName(name, at: range)
    case .parenthesized(let inner): return infer(inner)
    case .list(let elements): return inferList(elements)
    case .unary(.negate, let operand): return inferNegation(operand, at: range)
    case .unary(.not, _): return inferCondition(expression)
    case .binary(let op, let place, let left, let right):
      return inferBinary(op, place, left, right, whole: expression)
    case .field(let object, let field): return inferField(object, field, path: path(expression))
    case .index(let list, let index): return inferIndex(list, index)
    case .call(let name, let arguments): return call(name, arguments, at: range).fact
    case .operation, .runLiteral, .launch, .await, .check, .lastRuns, .runsOfType, .confirm:
      return inferVerb(expression)
    }
  }

  private mutating func inferVerb(_ expression: Expression) -> Fact {
    let range = expression.range
    switch expression.kind {
    case .operation(let literal): return inferOperation(literal, at: range)
    case .runLiteral(let id, let operation): return inferRunLiteral(id, operation)
    case .launch(let operand, let date): return inferLaunch(operand, date, at: range)
    case .await(let target, let timeout, let every): return inferAwait(target, timeout, every, at: range).fact
    case .check(let operand): return inferCheck(operand, at: range).fact
    case .lastRuns(let query): return inferLastRuns(query)
    case .runsOfType(let query): return inferRuns(query, at: range)
    case .confirm(let question):
      refuseInDefault("confirm", at: range)
      refuseInCondition("confirm", at: range)
      expect(question, .text, "a question")
      mayRaise()
      return Fact(.boolean)
    case .text, .number, .boolean, .date, .timestamp, .duration, .status, .none, .name, .list, .unary, .binary, .field,
      .index, .call, .parenthesized, .invalid:
      return .unknown
    }
  }

  private mutating func inferText(_ parts: [TextPart]) -> Fact {
    for case .interpolation(let expression) in parts { _ = infer(expression) }
    return Fact(.text, parts.literalText.map { .constant(.text($0)) } ?? .nothing)
  }

  private mutating func inferList(_ elements: [Expression]) -> Fact {
    guard let first = elements.first else { return Fact(.list(.unknown)) }
    var type: ValueType?
    var facts: [Fact] = []
    for element in elements {
      let fact = infer(element)
      if elements.count <= Fact.followed { facts.append(fact) }
      guard let known = type else {
        type = fact.type
        continue
      }
      if let joined = known.joined(fact.type) {
        type = joined
      } else {
        report(TypeProblem.mixedList(known, fact.type, first: first.range, at: element.range))
        type = .unknown
      }
    }
    return Fact(.list(type ?? .unknown), facts.isEmpty ? .nonEmpty : .elements(facts))
  }

  private mutating func inferNegation(_ operand: Expression, at range: SourceRange) -> Fact {
    let fact = infer(operand)
    switch (fact.type, fact.constant) {
    case (.number, .number(let number)?):
      return Fact(.number, Number.zero.subtracting(number).map { .constant(.number($0)) } ?? .nothing)
    case (.duration, .duration(let span)?): return Fact(.duration, .constant(.duration(span.negated)))
    case (.number, _), (.duration, _), (.unknown, _): return Fact(fact.type)
    default:
      if isNone(fact, operand) { return .unknown }
      report(TypeProblem.operand(.negate, fact.type, at: range))
      return .unknown
    }
  }

  // MARK: Expectations

  /// Checks an expression that has to be of a type. `role` says in a message what it is.
  @discardableResult
  mutating func expect(_ expression: Expression, _ wanted: ValueType, _ role: String) -> Fact {
    let fact = infer(expression)
    return demand(fact, wanted, role, at: expression) ? fact : .unknown
  }

  /// Whether a value fits, after saying so where it does not.
  mutating func demand(
    _ fact: Fact, _ wanted: ValueType, _ role: @autoclosure () -> String, at expression: Expression
  ) -> Bool {
    if fact.type.isUnknown { return false }
    if wanted.accepts(fact.type) { return true }
    if wanted.accepts(fact.type.unwrapped) || fact.type == .none, isNone(fact, expression) { return false }
    report(
      TypeProblem.mismatch(
        role: role(), wanted: wanted, found: fact.type, at: expression.range,
        hint: hint(wanted, fact.type, expression)))
    return false
  }

  /// Whether the value may be `none` where it must not, after saying so.
  mutating func isNone(_ fact: Fact, _ expression: Expression) -> Bool {
    switch fact.type {
    case .optional, .none:
      let isPlain = path(expression) != nil
      report(
        TypeProblem.maybeNone(
          fact.type, at: expression.range, source: isPlain ? text(of: expression.range) : nil))
      return true
    default: return false
    }
  }

  private func hint(_ wanted: ValueType, _ found: ValueType, _ expression: Expression) -> TypeProblem.Hint? {
    switch (wanted, found) {
    case (.text, _):
      let source = text(of: expression.range)
      return source.utf8.contains { $0 == 0x22 || $0 == 0x0A } ? nil : .interpolate(source: source)
    case (.run, .operation), (.run, .list(.operation)): return .operationForRun
    case (.operation, .run), (.operation, .list(.run)): return .runForOperation
    case (.date, .timestamp), (.date, .text): return .convert("date")
    case (.timestamp, .date), (.timestamp, .text): return .convert("timestamp")
    case (.number, .text): return .convert("number")
    default: return nil
    }
  }

  /// Checks a duration that has to be longer than nothing.
  mutating func expectDuration(_ expression: Expression?, _ role: String) {
    guard let expression else { return }
    let fact = expect(expression, .duration, role)
    if case .duration(let span)? = fact.constant, span <= .zero {
      report(ValueProblem.notPositive(role: role, at: expression.range))
    }
  }

  /// Checks a whole number with a lower bound.
  mutating func expectCount(_ expression: Expression?, _ role: String, atLeast least: Int = 1) {
    guard let expression else { return }
    let fact = expect(expression, .number, role)
    guard case .number(let number)? = fact.constant else { return }
    if number.whole == nil {
      report(ValueProblem.notWhole(role: role, at: expression.range))
    } else if number < Number(least) {
      report(ValueProblem.tooSmall(role: role, least: least, at: expression.range))
    }
  }

  /// Checks a status, which a text can name as well.
  @discardableResult
  mutating func expectStatus(_ expression: Expression?, _ role: String) -> Fact {
    guard let expression else { return .unknown }
    if let fact = unknownStatusWord(expression) { return fact }
    let fact = infer(expression)
    if fact.type == .text { return fact }
    return demand(fact, .status, role, at: expression) ? fact : .unknown
  }

  /// Reports a word where a status is wanted, if nothing is called so.
  mutating func unknownStatusWord(_ expression: Expression) -> Fact? {
    guard case .name(let name) = expression.bare.kind, variable(named: name) == nil, declaredLater[name] == nil,
      BuiltIn(rawValue: name) == nil, procedures[name] == nil
    else { return nil }
    report(
      TypeProblem.unknownStatus(
        name, at: expression.bare.range, suggestion: suggestion(for: name, among: Self.statusWords)))
    return .unknown
  }
}
