import RunbookDiagnostics
import RunbookSyntax

extension Checker {
  /// A boolean expression where its value is wanted and not a way chosen by it.
  mutating func inferCondition(_ expression: Expression) -> Fact {
    let (holds, fails) = branch(expression)
    state = join(holds, fails)
    return Fact(.boolean)
  }

  /// Checks a condition; gives what is known on the way on which it holds, and on the one on which it does not.
  mutating func branch(_ expression: Expression) -> (holds: FlowState, fails: FlowState) {
    switch expression.kind {
    case .parenthesized(let inner): return branch(inner)
    case .unary(.not, let operand):
      let (holds, fails) = branch(operand)
      return (fails, holds)
    case .binary(.and, _, let left, let right):
      let first = branch(left)
      state = first.holds
      let second = branch(right)
      return (second.holds, join(first.fails, second.fails))
    case .binary(.or, _, let left, let right):
      let first = branch(left)
      state = first.fails
      let second = branch(right)
      return (join(first.holds, second.holds), second.fails)
    default:
      let fact = infer(expression)
      if fact.type != .boolean, !fact.type.isUnknown, !isNone(fact, expression) {
        report(TypeProblem.condition(found: fact.type, at: expression.range))
      }
      guard case .binary(let op, _, let left, let right) = expression.kind else { return (state, state) }
      return narrow(op, left, right)
    }
  }

  /// What a comparison says of the names in it: that they are not `none`, and that a list is not empty.
  private mutating func narrow(_ op: BinaryOperator, _ left: Expression, _ right: Expression) -> (FlowState, FlowState)
  {
    var holds = state
    var fails = state
    switch op {
    case .equal, .notEqual:
      var (same, different) = (holds, fails)
      narrow(left, besides: right, &same, &different)
      narrow(right, besides: left, &same, &different)
      (holds, fails) = op == .equal ? (same, different) : (different, same)
      noteCount(op, left, right, &holds, &fails)
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      noteCount(op, left, right, &holds, &fails)
    default: break
    }
    return (holds, fails)
  }

  /// What being the same as `other`, and being different, says of an expression.
  private mutating func narrow(
    _ one: Expression, besides other: Expression, _ same: inout FlowState, _ different: inout FlowState
  ) {
    guard let id = path(one), let fact = knownFact(one, id) else { return }
    let isBesideNone = other.isNoneLiteral
    switch fact.type {
    case .none where isBesideNone:
      // Never so on this way in, but perhaps in a later round of a loop.
      different.facts[id] = .unknown
    case .optional(let type) where isBesideNone:
      same.facts[id] = Fact(.none)
      different.facts[id] = Fact(type, fact.detail)
    case .optional(let type):
      if isNeverNone(other) { same.facts[id] = Fact(type, fact.detail) }
    default: break
    }
  }

  /// Whether an expression is a plain one that is not `none`; looked at again, so nothing with an effect counts.
  private mutating func isNeverNone(_ expression: Expression) -> Bool {
    switch expression.bare.kind {
    case .text, .number, .boolean, .date, .timestamp, .duration, .status, .operation, .runLiteral, .list: return true
    default:
      guard let id = path(expression), let fact = knownFact(expression, id) else { return false }
      return !fact.type.mayBeNone
    }
  }

  /// What is known of a path that has been checked already, without reading it a second time.
  private mutating func knownFact(_ expression: Expression, _ id: VariableID) -> Fact? {
    if let fact = state.facts[id] { return fact }
    guard variables[id.number].isPath else { return variables[id.number].fact }
    guard case .field(let object, let field) = expression.bare.kind, let base = path(object),
      let fact = knownFact(object, base), let type = fact.type.fields.first(where: { $0.name == field.text })?.type
    else { return nil }
    if fact.isNonEmptyList { return Fact(type.unwrapped, elementFact(of: fact).detail) }
    switch type.unwrapped {
    case .run: return Fact(type, .run(token(), of: []))
    default: return Fact(type, type.mayBeNone ? elementFact(of: fact).detail : .nothing)
    }
  }

  /// `runs.count > 0` and its like.
  private mutating func noteCount(
    _ op: BinaryOperator, _ left: Expression, _ right: Expression, _ holds: inout FlowState, _ fails: inout FlowState
  ) {
    guard case .field(let list, let field) = left.bare.kind, field.text == "count", let id = path(list),
      var fact = knownFact(list, id), case .list = fact.type, case .nothing = fact.detail,
      case .number(let number) = right.bare.kind
    else { return }
    fact.detail = .nonEmpty
    func saysNonEmpty(_ op: BinaryOperator) -> Bool {
      switch op {
      case .greater: number >= .zero
      case .greaterOrEqual, .equal: number > .zero
      case .notEqual: number == .zero
      default: false
      }
    }
    let opposite: [BinaryOperator: BinaryOperator] = [
      .less: .greaterOrEqual, .lessOrEqual: .greater, .greater: .lessOrEqual, .greaterOrEqual: .less,
      .equal: .notEqual, .notEqual: .equal,
    ]
    if saysNonEmpty(op) { holds.facts[id] = fact }
    if let opposite = opposite[op], saysNonEmpty(opposite) { fails.facts[id] = fact }
  }
}
