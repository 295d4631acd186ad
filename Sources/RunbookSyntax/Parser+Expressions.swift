import RunbookDiagnostics

/// Operators by precedence climbing, and what they work on.
extension Parser {
  /// How tightly operators bind, loosest first.
  enum Precedence: Int {
    case or = 1
    case and, not, comparison, range, sum, product, operand

    /// The next tighter one.
    var next: Precedence { Precedence(rawValue: rawValue + 1) ?? .operand }

    /// Whether `a == b == c` is no expression.
    var isNonAssociative: Bool { self == .comparison || self == .range }
  }

  /// Any expression, `where` included.
  mutating func expression() throws(Failure) -> Expression {
    let list = try binary(.or)
    return token.word == .where && !isOnNewLine ? try filter(list) : list
  }

  /// `LIST where CONDITION`, which does not nest.
  private mutating func filter(_ list: Expression) throws(Failure) -> Expression {
    let listHeight = height
    let place = place
    if let outerWhere { throw failed(.nestedWhere(outer: outerWhere), place) }
    outerWhere = place
    defer { outerWhere = nil }
    advance()
    let condition = try condition(of: .where)
    try rise(to: max(listHeight, height) + 1)
    return Expression(.binary(.where, place, list, condition), list.range.through(condition.range))
  }

  /// The value of a clause, which binds no looser than `+`.
  mutating func clauseValue() throws(Failure) -> Expression {
    let start = token
    let value = try binary(.sum)
    if value.isVerb { unparenthesized(value, beside: start) }
    return value
  }

  /// A verb whose clauses could be taken for those of what is around it.
  private mutating func unparenthesized(_ value: Expression, beside mark: Token) {
    let before = mark.lower == value.range.lower ? previous(to: mark) : mark
    report(.unparenthesizedOperand(verb: text(before), text: source.text(value.range)), value.range)
  }

  private func infix() -> (BinaryOperator, Precedence)? {
    if token.kind == .word {
      switch token.word {
      case .or: return isAtOutcome ? nil : (.or, .or)
      case .and: return (.and, .and)
      case .contains: return isOnNewLine ? nil : (.contains, .comparison)
      default: return nil
      }
    }
    if isOnNewLine { return nil }
    switch token.kind {
    case .plus: return (.add, .sum)
    case .minus: return (.subtract, .sum)
    case .star: return (.multiply, .product)
    case .slash: return (.divide, .product)
    case .percent: return (.remainder, .product)
    case .equalEqual: return (.equal, .comparison)
    case .bangEqual: return (.notEqual, .comparison)
    case .less: return (.less, .comparison)
    case .lessEqual: return (.lessOrEqual, .comparison)
    case .greater: return (.greater, .comparison)
    case .greaterEqual: return (.greaterOrEqual, .comparison)
    case .dotDot: return (.range, .range)
    default: return nil
    }
  }

  mutating func binary(_ loosest: Precedence) throws(Failure) -> Expression {
    try descend()
    var left = try prefix(loosest)
    var nonAssociative: (Precedence, SourceRange)?
    while let (infix, precedence) = infix(), precedence.rawValue >= loosest.rawValue {
      if let nonAssociative { chained(infix, precedence, after: nonAssociative) }
      nonAssociative = precedence.isNonAssociative ? (precedence, place) : nil
      left = try combined(left, infix, precedence)
    }
    depth -= 1
    return left
  }

  private mutating func combined(
    _ left: Expression, _ infix: BinaryOperator, _ precedence: Precedence
  ) throws(Failure) -> Expression {
    let leftHeight = height
    let mark = token
    advance()
    let right = try binary(precedence.next)
    if precedence.rawValue > Precedence.comparison.rawValue { operands(left, right, of: mark) }
    try rise(to: max(leftHeight, height) + 1)
    return Expression(.binary(infix, range(mark), left, right), left.range.through(right.range))
  }

  private mutating func operands(_ left: Expression, _ right: Expression, of mark: Token) {
    if left.isVerb { unparenthesized(left, beside: mark) }
    if right.isVerb { unparenthesized(right, beside: mark) }
  }

  private mutating func chained(
    _ infix: BinaryOperator, _ precedence: Precedence, after last: (Precedence, SourceRange)
  ) {
    if last.0 == precedence { report(.chainedComparison(infix.rawValue, first: last.1), place) }
  }

  private mutating func prefix(_ loosest: Precedence) throws(Failure) -> Expression {
    if token.kind == .minus { return try unary(.negate) }
    guard token.kind == .word else { return try postfix() }
    switch token.word {
    case .not:
      if loosest.rawValue > Precedence.not.rawValue { misplacedNot() }
      return try unary(.not)
    case .launch, .await, .check, .confirm, .last, .runs: return try verbOrName()
    default: return try postfix()
    }
  }

  private mutating func misplacedNot() { report(.misplacedNot(text(previous)), place) }

  private mutating func verbOrName() throws(Failure) -> Expression {
    let start = token
    guard let kind = try verb() else { return try postfix() }
    return Expression(kind, range(from: start))
  }

  private mutating func unary(_ unary: UnaryOperator) throws(Failure) -> Expression {
    let start = token
    try descend()
    advance()
    let operand = unary == .not ? try binary(.not) : try prefix(.product)
    if unary == .negate, operand.isVerb { unparenthesized(operand, beside: start) }
    depth -= 1
    try rise(to: height + 1)
    return Expression(.unary(unary, operand), range(from: start))
  }

  /// A primary with its fields, indexes and arguments.
  mutating func postfix() throws(Failure) -> Expression {
    var value = try primary()
    while !isOnNewLine {
      switch token.kind {
      case .dot: value = try field(of: value)
      case .leftBracket: value = try element(of: value)
      case .leftParen: value = try call(of: value)
      default: return value
      }
    }
    return value
  }

  private mutating func call(of value: Expression) throws(Failure) -> Expression {
    guard let callee = callee(value) else { throw failed(.notCallable, value.range) }
    var highest = 0
    try descend()
    let arguments = try bracketed(.rightParen, of: token) { parser throws(Failure) in
      let argument = try parser.argument()
      highest = max(highest, parser.height)
      return argument
    }
    depth -= 1
    try rise(to: highest + 1)
    return Expression(.call(callee, arguments), callee.range.through(range(previous)))
  }

  private func callee(_ value: Expression) -> Name? {
    guard case .name(let name) = value.kind, previous.word?.isReserved != true else { return nil }
    return Name(name, value.range)
  }

  private mutating func field(of value: Expression) throws(Failure) -> Expression {
    advance()
    let name = try nameOfAnything(after: ".")
    try rise(to: height + 1)
    return Expression(.field(value, name), value.range.through(name.range))
  }

  private mutating func element(of value: Expression) throws(Failure) -> Expression {
    let valueHeight = height
    let bracket = token
    advance()
    brackets += 1
    try descend()
    let index = try expression()
    guard token.kind == .rightBracket else { throw unclosed(bracket) }
    depth -= 1
    brackets -= 1
    advance()
    try rise(to: max(valueHeight, height) + 1)
    return Expression(.index(value, index), value.range.through(range(previous)))
  }

  private mutating func argument() throws(Failure) -> Argument {
    let label = label()
    return Argument(label: label, value: try expression())
  }

  /// `NAME =` before an argument's value.
  private mutating func label() -> Name? {
    guard token.kind == .word, peek().kind == .equals else { return nil }
    let label = name(token)
    advance()
    advance()
    return label
  }

  // MARK: Brackets

  /// What stands between brackets, separated by commas, the last of which may be followed by one.
  mutating func bracketed<T>(
    _ closer: Token.Kind, of bracket: Token, _ read: (inout Parser) throws(Failure) -> T
  ) throws(Failure) -> [T] {
    advance()
    brackets += 1
    var elements: [T] = []
    while token.kind != closer {
      elements.append(try read(&self))
      if token.kind == .comma {
        advance()
      } else if token.kind != closer {
        try missingComma(bracket)
      }
    }
    brackets -= 1
    advance()
    return elements
  }

  private mutating func missingComma(_ bracket: Token) throws(Failure) {
    guard token.beginsOperand, !token.beginsLineOfItsOwn(before: peek()) else { throw unclosed(bracket) }
    report(.missingComma, endOfPrevious)
  }

  /// Something stands where the bracket should close.
  mutating func unclosed(_ bracket: Token) -> Failure {
    if isAtOutcome { return failed(.misplacedOutcome, place) }
    switch token.kind {
    case .rightParen, .rightBracket: return failed(.unmatchedCloser(text(token)), place)
    case .end, .leftBrace, .rightBrace, .semicolon: break
    default:
      if !token.startsLine { return failed(.unexpectedToken(described(token)), place) }
    }
    return failed(.unclosedBracket(text(bracket), missingAt: endOfPrevious), range(bracket))
  }
}

extension Expression {
  /// Whether it is a verb with its clauses, outside of parentheses.
  fileprivate var isVerb: Bool {
    switch act {
    case .launch, .look, .listing, .confirm: true
    case .call, nil: false
    }
  }
}

extension Token {
  /// Whether an operand may begin with it, as two never stand side by side.
  var beginsOperand: Bool {
    switch kind {
    case .number, .duration, .date, .timestamp, .text, .textBegin, .unreadable: true
    case .word:
      switch word {
      case nil, .launch, .await, .check, .confirm, .job, .last, .runs: true
      case .some(let word): [.given, .literal, .status, .type].contains(word.role)
      }
    default: false
    }
  }

  /// Whether it rather looks like the next statement than like what a bracket misses.
  func beginsLineOfItsOwn(before next: Token) -> Bool {
    startsLine && (next.kind == .equals || word?.role == .statement)
  }
}
