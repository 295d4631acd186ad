import CivilTime
import RunbookDiagnostics
import RunbookSyntax

extension Checker {
  /// How many elements a range may have. The same bound holds when running.
  static let rangeLimit = 1_000_000

  mutating func inferBinary(
    _ op: BinaryOperator, _ place: SourceRange, _ left: Expression, _ right: Expression, whole: Expression
  ) -> Fact {
    switch op {
    case .and, .or: return inferCondition(whole)
    case .where: return inferFilter(left, right, at: whole.range)
    case .equal, .notEqual: return inferEquality(place, left, right)
    case .less, .lessOrEqual, .greater, .greaterOrEqual: return inferOrder(op, place, left, right)
    case .contains: return inferContains(place, left, right)
    case .range: return inferRange(place, left, right, at: whole.range)
    case .add, .subtract, .multiply, .divide, .remainder: return inferArithmetic(op, place, left, right)
    }
  }

  // MARK: Comparisons

  private mutating func inferEquality(_ place: SourceRange, _ left: Expression, _ right: Expression) -> Fact {
    let (a, b) = inferBeside(left, right)
    if a.type == .none, b.type != .none, !b.type.mayBeNone {
      report(TypeProblem.neverNone(b.type, at: right.range))
    } else if b.type == .none, a.type != .none, !a.type.mayBeNone {
      report(TypeProblem.neverNone(a.type, at: left.range))
    } else if !a.type.isComparable(to: b.type) {
      report(TypeProblem.incomparable(a.type, b.type, at: place, left: left.range, right: right.range))
    }
    return Fact(.boolean)
  }

  /// Both sides of a comparison; beside a status an unknown word is a misspelt status.
  private mutating func inferBeside(_ left: Expression, _ right: Expression) -> (Fact, Fact) {
    if left.isName, right.isName {
      let a = infer(left)
      let b = a.type.unwrapped == .status ? unknownStatusWord(right) ?? infer(right) : infer(right)
      return (a, b)
    }
    if left.isName {
      let b = infer(right)
      let a = b.type.unwrapped == .status ? unknownStatusWord(left) ?? infer(left) : infer(left)
      return (a, b)
    }
    let a = infer(left)
    let b = a.type.unwrapped == .status ? unknownStatusWord(right) ?? infer(right) : infer(right)
    return (a, b)
  }

  private mutating func inferOrder(
    _ op: BinaryOperator, _ place: SourceRange, _ left: Expression, _ right: Expression
  ) -> Fact {
    let (a, b) = (infer(left), infer(right))
    if isNone(a, left) || isNone(b, right) { return Fact(.boolean) }
    if !a.type.isComparable(to: b.type) || a.type == .text && b.type == .status || a.type == .status && b.type == .text
    {
      report(TypeProblem.incomparable(a.type, b.type, at: place, left: left.range, right: right.range))
    } else if !a.type.isOrdered || !b.type.isOrdered {
      report(TypeProblem.operands(op, a.type, b.type, at: place, left: left.range, right: right.range))
    }
    return Fact(.boolean)
  }

  private mutating func inferContains(_ place: SourceRange, _ left: Expression, _ right: Expression) -> Fact {
    let a = infer(left)
    if isNone(a, left) {
      _ = infer(right)
      return Fact(.boolean)
    }
    switch a.type {
    case .list(let element):
      let b = element.unwrapped == .status ? unknownStatusWord(right) ?? infer(right) : infer(right)
      if !element.isComparable(to: b.type) {
        report(TypeProblem.operands(.contains, a.type, b.type, at: place, left: left.range, right: right.range))
      }
    case .text:
      let b = infer(right)
      if isNone(b, right) { break }
      if b.type != .text, !b.type.isUnknown {
        report(TypeProblem.operands(.contains, a.type, b.type, at: place, left: left.range, right: right.range))
      }
    case .unknown: _ = infer(right)
    default:
      let b = infer(right)
      if !b.type.isUnknown {
        report(TypeProblem.operands(.contains, a.type, b.type, at: place, left: left.range, right: right.range))
      }
    }
    return Fact(.boolean)
  }

  // MARK: Ranges and filters

  private mutating func inferRange(_ place: SourceRange, _ left: Expression, _ right: Expression, at range: SourceRange)
    -> Fact
  {
    let (a, b) = (infer(left), infer(right))
    if isNone(a, left) || isNone(b, right) { return .unknown }
    switch (a.type, b.type) {
    case (.unknown, .unknown): return Fact(.list(.unknown))
    case (.date, .date), (.date, .unknown), (.unknown, .date):
      if case .date(let first)? = a.constant, case .date(let last)? = b.constant {
        return checkRange(last.daysSinceEpoch - first.daysSinceEpoch + 1, .date, at: range)
      }
      return Fact(.list(.date))
    case (.number, .number), (.number, .unknown), (.unknown, .number):
      for (fact, side) in [(a, left), (b, right)] {
        if case .number(let number)? = fact.constant, number.whole == nil {
          report(ValueProblem.notWhole(role: "the end of a range", at: side.range))
        }
      }
      if case .number(let first)? = a.constant, case .number(let last)? = b.constant, let low = first.whole,
        let high = last.whole
      {
        return checkRange(high - low + 1, .number, at: range)
      }
      return Fact(.list(.number))
    default:
      report(TypeProblem.operands(.range, a.type, b.type, at: place, left: left.range, right: right.range))
      return .unknown
    }
  }

  private mutating func checkRange(_ count: Int, _ element: ValueType, at range: SourceRange) -> Fact {
    if count <= 0 { report(ValueProblem.emptyRange(at: range)) }
    if count > Self.rangeLimit {
      report(ValueProblem.rangeTooLong(count: count, limit: Self.rangeLimit, at: range))
    }
    return Fact(.list(element), count > 0 ? .nonEmpty : .nothing)
  }

  private mutating func inferFilter(_ list: Expression, _ condition: Expression, at range: SourceRange) -> Fact {
    let fact = infer(list)
    var result = Fact.unknown
    if !fact.type.isUnknown, !isNone(fact, list) {
      if case .list = fact.type {
        result = fact
      } else {
        report(
          TypeProblem.mismatch(
            role: "what stands before `where`", wanted: .list(.unknown), found: fact.type, at: list.range, hint: nil))
      }
    }
    switch result.detail {
    case .elements(let facts), .some(let facts): result.detail = .some(of: facts)
    default: result.detail = .nothing
    }
    let outer = surroundings
    surroundings.it = elementFact(of: fact)
    surroundings.readOnly = surroundings.readOnly ?? .where(range)
    let before = state
    let (holds, fails) = branch(condition)
    // Perhaps asked for no element; what it looks at sets nothing that counts afterwards.
    state = join(join(holds, fails), before)
    surroundings = outer
    return result
  }

  // MARK: Arithmetic

  private mutating func inferArithmetic(
    _ op: BinaryOperator, _ place: SourceRange, _ left: Expression, _ right: Expression
  ) -> Fact {
    let (a, b) = (infer(left), infer(right))
    if isNone(a, left) || isNone(b, right) { return .unknown }
    if op == .divide || op == .remainder, isZero(b) {
      report(ValueProblem.divisionByZero(at: place, divisor: right.range))
      return .unknown
    }
    guard !a.type.isUnknown, !b.type.isUnknown else { return .unknown }
    guard let type = op.result(a.type, b.type) else {
      report(TypeProblem.operands(op, a.type, b.type, at: place, left: left.range, right: right.range))
      return .unknown
    }
    if type == .date {
      for (fact, side) in [(a, left), (b, right)] {
        if case .duration(let span)? = fact.constant, span.microseconds % 86_400_000_000 != 0 {
          report(ValueProblem.notWholeDays(at: side.range))
        }
      }
    }
    return Fact(type, op.folded(a.constant, b.constant).map { .constant($0) } ?? .nothing)
  }

  private func isZero(_ fact: Fact) -> Bool {
    switch fact.constant {
    case .number(let number)?: number == .zero
    case .duration(let span)?: span == .zero
    default: false
    }
  }
}

extension ValueType {
  var mayBeNone: Bool {
    switch self {
    case .none, .optional, .unknown: true
    default: false
    }
  }
}

extension BinaryOperator {
  /// The type of what arithmetic makes of two values, or `nil` where it has no meaning.
  fileprivate func result(_ left: ValueType, _ right: ValueType) -> ValueType? {
    switch (self, left, right) {
    case (_, .number, .number): .number
    case (.add, .text, .text): .text
    case (.add, .duration, .duration), (.subtract, .duration, .duration), (.remainder, .duration, .duration): .duration
    case (.multiply, .duration, .number), (.multiply, .number, .duration), (.divide, .duration, .number): .duration
    case (.divide, .duration, .duration): .number
    case (.subtract, .date, .date), (.subtract, .timestamp, .timestamp): .duration
    case (.add, .date, .duration), (.add, .duration, .date), (.subtract, .date, .duration): .date
    case (.add, .timestamp, .duration), (.add, .duration, .timestamp), (.subtract, .timestamp, .duration): .timestamp
    default: nil
    }
  }

  /// The value, where both sides are spelled out and it is plain; else `nil`, and running finds it.
  fileprivate func folded(_ left: Constant?, _ right: Constant?) -> Constant? {
    switch (self, left, right) {
    case (.add, .number(let a)?, .number(let b)?): a.adding(b).map { .number($0) }
    case (.subtract, .number(let a)?, .number(let b)?): a.subtracting(b).map { .number($0) }
    case (.multiply, .number(let a)?, .number(let b)?): a.multiplied(by: b).map { .number($0) }
    case (.add, .duration(let a)?, .duration(let b)?): a.adding(b).map { .duration($0) }
    case (.subtract, .duration(let a)?, .duration(let b)?): a.subtracting(b).map { .duration($0) }
    case (.add, .text(let a)?, .text(let b)?) where a.utf8.count + b.utf8.count <= 4096: .text(a + b)
    default: nil
    }
  }
}
