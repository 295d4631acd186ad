import RunbookDiagnostics
import RunbookSyntax
import TailerAPI

extension Checker {
  mutating func inferField(_ object: Expression, _ field: Name, path: VariableID?) -> Fact {
    let base = infer(object)
    if base.type.isUnknown {
      if field.text == "status" { markRead(run: nil, orAny: true) }
      return .unknown
    }
    if isNone(base, object) { return .unknown }
    guard let type = base.type.fields.first(where: { $0.name == field.text })?.type else {
      let names = base.type.fields.map(\.name)
      report(
        TypeProblem.unknownField(
          field.text, of: base.type, at: field.range, suggestion: suggestion(for: field.text, among: names)))
      return .unknown
    }
    if let path, let narrowed = state.facts[path] { return narrowed }
    switch (base.type, field.text) {
    case (.run, "status"): markRead(run: base.run, orAny: false)
    case (.run, "operation"):
      let ids = base.operations
      return Fact(operationType(of: ids), .operations(ids))
    case (.list(let element), "first"), (.list(let element), "last"):
      if case .elements(let facts) = base.detail, let fact = field.text == "first" ? facts.first : facts.last {
        return fact
      }
      var fact = elementFact(of: base)
      fact.type = base.isNonEmptyList ? element : .optional(element.unwrapped)
      return fact
    case (.list, "count"):
      if case .elements(let facts) = base.detail { return Fact(.number, .constant(.number(Number(facts.count)))) }
    case (.error, "run"): return Fact(type, .run(token(), of: []))
    default: break
    }
    return Fact(type)
  }

  /// The one type that operations have, where it is one.
  func operationType(of ids: [OperationID]) -> ValueType {
    let types = Set(ids.map { operations[$0]?.type })
    return .operation(types.count == 1 ? types.first ?? nil : nil)
  }

  /// What is known of any element of a list.
  mutating func elementFact(of list: Fact) -> Fact {
    guard case .list(let element) = list.type else { return .unknown }
    switch list.detail {
    case .elements(let facts), .some(let facts):
      guard let first = facts.first else { break }
      return facts.dropFirst().reduce(first) { $0.joined($1) }
    default: break
    }
    switch element.unwrapped {
    case .run: return Fact(element, .run(token(), of: []))
    case .operation: return Fact(element, .operations([symbol()]))
    default: return Fact(element)
    }
  }

  /// A run that nothing else is known of.
  mutating func token() -> RunToken { RunToken(number: freshNumber()) }
  /// An operation that nothing else is known of.
  mutating func symbol() -> OperationID { OperationID(number: freshNumber()) }

  mutating func inferIndex(_ list: Expression, _ index: Expression) -> Fact {
    let fact = infer(list)
    let position = expect(index, .number, "the position in a list")
    if fact.type.isUnknown || isNone(fact, list) { return .unknown }
    guard case .list = fact.type else {
      report(TypeProblem.notIndexable(fact.type, at: list.range))
      return .unknown
    }
    mayRaise()
    guard case .number(let number)? = position.constant else { return elementFact(of: fact) }
    guard let whole = number.whole else {
      report(ValueProblem.notWhole(role: "the position in a list", at: index.range))
      return elementFact(of: fact)
    }
    guard case .elements(let facts) = fact.detail else {
      if whole < 0 { report(ValueProblem.tooSmall(role: "the position in a list", least: 0, at: index.range)) }
      return elementFact(of: fact)
    }
    guard facts.indices.contains(whole) else {
      report(ValueProblem.noSuchElement(index: number.description, count: facts.count, at: index.range))
      return elementFact(of: fact)
    }
    return facts[whole]
  }
}
