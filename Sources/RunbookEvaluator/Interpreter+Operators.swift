import CivilTime
import RunbookDiagnostics
import RunbookSyntax
import TailerAPI

extension Interpreter {
  func apply(_ unary: UnaryOperator, to value: Value, at place: SourceRange) throws(Unwind) -> Value {
    switch (unary, value) {
    case (.not, .boolean(let holds)): return .boolean(!holds)
    case (.negate, .number(let number)): return .number(number.negated)
    case (.negate, .duration(let span)): return .duration(span.negated)
    case (.not, _): throw fail(.typeMismatch(wanted: "boolean", found: value.typeName), at: place)
    case (.negate, _): throw fail(.typeMismatch(wanted: "number or duration", found: value.typeName), at: place)
    }
  }

  func evaluate(
    _ binary: BinaryOperator, _ left: Expression, _ right: Expression, operatorAt place: SourceRange,
    in whole: SourceRange
  ) async throws(Unwind) -> Value {
    switch binary {
    case .and: return .boolean(try await condition(left) ? try await condition(right) : false)
    case .or: return .boolean(try await condition(left) ? true : try await condition(right))
    case .where: return try await filter(left, by: right)
    default:
      let left = try await evaluate(left)
      return try combine(binary, left, try await evaluate(right), operatorAt: place, in: whole)
    }
  }

  /// What an operator that takes both its operands makes of them.
  func combine(
    _ binary: BinaryOperator, _ left: Value, _ right: Value, operatorAt place: SourceRange, in whole: SourceRange
  ) throws(Unwind) -> Value {
    switch binary {
    case .range:
      let elements = try range(left, right, at: whole)
      guard elements.count <= Self.rangeLimit else { throw fail(.rangeTooLong(limit: Self.rangeLimit), at: whole) }
      return .list(elements.list)
    case .equal: return .boolean(left == right)
    case .notEqual: return .boolean(left != right)
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      return .boolean(try compare(binary, left, right, at: place))
    case .contains: return .boolean(try contains(left, right, at: place))
    case .add, .subtract, .multiply, .divide, .remainder, .and, .or, .where:
      return try arithmetic(binary, left, right, at: place)
    }
  }

  private func filter(_ list: Expression, by condition: Expression) async throws(Unwind) -> Value {
    let value = try await evaluate(list)
    guard case .list(let values) = value else {
      throw fail(.typeMismatch(wanted: "list", found: value.typeName), at: list.range)
    }
    let outer = scope
    defer { scope = outer }
    var kept: [Value] = []
    for element in values {
      scope = Scope(parent: outer)
      scope.define("it", element)
      if try await self.condition(condition) { kept.append(element) }
    }
    return .list(kept)
  }

  private func compare(
    _ binary: BinaryOperator, _ left: Value, _ right: Value, at place: SourceRange
  ) throws(Unwind) -> Bool {
    func ordered<T: Comparable>(_ a: T, _ b: T) -> Bool {
      switch binary {
      case .less: a < b
      case .lessOrEqual: a <= b
      case .greater: a > b
      default: a >= b
      }
    }
    switch (left, right) {
    case (.number(let a), .number(let b)): return ordered(a, b)
    case (.text(let a), .text(let b)): return ordered(a, b)
    case (.date(let a), .date(let b)): return ordered(a, b)
    case (.timestamp(let a), .timestamp(let b)): return ordered(a, b)
    case (.duration(let a), .duration(let b)): return ordered(a, b)
    default: throw fail(mismatch(left, right, wanted: left.typeName), at: place)
    }
  }

  /// Why an operator does not take two values: what has not been seen of a run yet is `none`.
  private func mismatch(_ left: Value, _ right: Value, wanted: String) -> RuntimeProblem.Kind {
    left == .none || right == .none
      ? .typeMismatch(wanted: "value", found: "none") : .typeMismatch(wanted: wanted, found: right.typeName)
  }

  private func contains(_ whole: Value, _ part: Value, at place: SourceRange) throws(Unwind) -> Bool {
    switch (whole, part) {
    case (.list(let values), _): return values.contains(part)
    case (.text(let text), .text(let other)): return other.isEmpty || text.contains(other)
    default: throw fail(.typeMismatch(wanted: "list or text", found: whole.typeName), at: place)
    }
  }

  /// What the operator makes of two values; the checker has seen to it that there is such a meaning.
  func arithmetic(
    _ binary: BinaryOperator, _ left: Value, _ right: Value, at place: SourceRange
  ) throws(Unwind) -> Value {
    func bounded(_ value: Value?, _ what: String) throws(Unwind) -> Value {
      guard let value else { throw fail(.outOfRange(what: what), at: place) }
      return value
    }
    switch (binary, left, right) {
    case (.divide, _, .number(.zero)), (.remainder, _, .number(.zero)), (.divide, _, .duration(.zero)),
      (.remainder, _, .duration(.zero)):
      throw fail(.divisionByZero, at: place)
    case (.add, .number(let a), .number(let b)): return try bounded(a.adding(b).map(Value.number), "number")
    case (.subtract, .number(let a), .number(let b)): return try bounded(a.subtracting(b).map(Value.number), "number")
    case (.multiply, .number(let a), .number(let b)):
      return try bounded(a.multiplied(by: b).map(Value.number), "number")
    case (.divide, .number(let a), .number(let b)): return try bounded(a.divided(by: b).map(Value.number), "number")
    case (.remainder, .number(let a), .number(let b)):
      return try bounded(a.remainder(by: b).map(Value.number), "number")

    case (.add, .text(let a), .text(let b)):
      guard a.utf8.count + b.utf8.count <= Self.textLimit else {
        throw fail(.textTooLong(limit: Self.textLimit), at: place)
      }
      return .text(a + b)

    case (.add, .duration(let a), .duration(let b)): return try bounded(a.adding(b).map(Value.duration), "duration")
    case (.subtract, .duration(let a), .duration(let b)):
      return try bounded(a.subtracting(b).map(Value.duration), "duration")
    case (.multiply, .duration(let span), .number(let factor)), (.multiply, .number(let factor), .duration(let span)):
      return try bounded(stretched(span, by: factor, of: Number(1)).map(Value.duration), "duration")
    case (.divide, .duration(let span), .number(let divisor)):
      return try bounded(stretched(span, by: Number(1), of: divisor).map(Value.duration), "duration")
    case (.divide, .duration(let a), .duration(let b)):
      return try bounded(Self.ratio(a, b).map(Value.number), "number")
    case (.remainder, .duration(let a), .duration(let b)):
      return try bounded(TimeSpan(microseconds: a.microseconds % b.microseconds).map(Value.duration), "duration")

    case (.subtract, .date(let a), .date(let b)):
      return .duration(.days(a.daysSinceEpoch - b.daysSinceEpoch))
    case (.add, .date(let date), .duration(let span)), (.add, .duration(let span), .date(let date)):
      return try bounded(try shifted(date, by: span, at: place).map(Value.date), "date")
    case (.subtract, .date(let date), .duration(let span)):
      return try bounded(try shifted(date, by: span.negated, at: place).map(Value.date), "date")

    case (.subtract, .timestamp(let a), .timestamp(let b)): return .duration(a.since(b))
    case (.add, .timestamp(let moment), .duration(let span)), (.add, .duration(let span), .timestamp(let moment)):
      return try bounded(moment.adding(span).map(Value.timestamp), "timestamp")
    case (.subtract, .timestamp(let moment), .duration(let span)):
      return try bounded(moment.adding(span.negated).map(Value.timestamp), "timestamp")

    default:
      throw fail(
        mismatch(left, right, wanted: "value that `\(binary.rawValue)` takes with a \(left.typeName)"), at: place)
    }
  }

  private static let microsecondsPerDay: Int64 = 86_400_000_000

  private func shifted(_ date: CalendarDate, by span: TimeSpan, at place: SourceRange) throws(Unwind) -> CalendarDate? {
    guard span.microseconds % Self.microsecondsPerDay == 0 else {
      throw fail(.typeMismatch(wanted: "duration of whole days", found: "duration of \(span)"), at: place)
    }
    return date.adding(days: Int(span.microseconds / Self.microsecondsPerDay))
  }

  /// The span times a factor over a divisor, to the microsecond; in seconds, so that products stay in range.
  private func stretched(_ span: TimeSpan, by factor: Number, of divisor: Number) -> TimeSpan? {
    let (whole, rest) = span.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    guard let seconds = Number(Int(whole)).adding(Number(Int(rest)).divided(by: Number(1_000_000)) ?? .zero),
      let result = seconds.multiplied(by: factor)?.divided(by: divisor),
      result.magnitude <= Number(TimeSpan.longest.seconds)
    else { return nil }
    let wholeSeconds = result.integerPart
    let fraction = result.subtracting(Number(wholeSeconds))?.multiplied(by: Number(1_000_000))?.integerPart ?? 0
    return TimeSpan(microseconds: Int64(wholeSeconds) * 1_000_000 + Int64(fraction))
  }

  private static func ratio(_ a: TimeSpan, _ b: TimeSpan) -> Number? {
    // In milliseconds where both are whole ones, so that the largest spans stay in a number's range.
    func number(_ span: TimeSpan) -> Number? {
      let (whole, rest) = span.microseconds.quotientAndRemainder(dividingBy: 1_000)
      return Number(Int(whole)).adding(Number(Int(rest)).divided(by: Number(1_000)) ?? .zero)
    }
    guard let a = number(a), let b = number(b) else { return nil }
    return a.divided(by: b)
  }

  // MARK: Conversions

  func convert(_ value: Value, to type: String, at place: SourceRange) throws(Unwind) -> Value {
    func unreadable(_ text: String) -> Unwind { fail(.notConvertible(text: text, to: type), at: place) }
    switch (type, value) {
    case ("text", _): return .text(value.text)
    case ("date", .date), ("timestamp", .timestamp), ("number", .number): return value
    case ("date", .timestamp(let moment)): return .date(moment.date)
    case ("timestamp", .date(let date)): return .timestamp(date.midnight)
    case ("date", .text(let text)):
      guard let date = CalendarDate(text) else { throw unreadable(text) }
      return .date(date)
    case ("timestamp", .text(let text)):
      guard let moment = Timestamp(text) else { throw unreadable(text) }
      return .timestamp(moment)
    case ("number", .text(let text)):
      guard let number = Number(text) else { throw unreadable(text) }
      return .number(number)
    case ("number", .duration(let span)):
      let (whole, rest) = span.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
      return .number(Number(Int(whole)).adding(Number(Int(rest)).divided(by: Number(1_000_000)) ?? .zero) ?? .zero)
    default: throw fail(.typeMismatch(wanted: "value that `\(type)` takes", found: value.typeName), at: place)
    }
  }
}

extension TimeSpan {
  fileprivate var seconds: Int { Int(microseconds / 1_000_000) }
}

extension BinaryOperator {
  /// Whether the left operand decides if, or how often, the right one is evaluated.
  var decidesWhatIsEvaluated: Bool { self == .and || self == .or || self == .where }
}
