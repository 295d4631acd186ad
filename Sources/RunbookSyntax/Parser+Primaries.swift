import RunbookDiagnostics

/// Literals, names, texts, brackets and data operations.
extension Parser {
  /// Whether a text begins here, on this line.
  var isAtText: Bool { token.kind.isText && !isOnNewLine }

  private func isText(_ token: Token) -> Bool { token.kind.isText && (!token.startsLine || brackets > 0) }

  mutating func primary() throws(Failure) -> Expression {
    height = 1
    switch token.kind {
    case .word: return try worded()
    case .number, .duration, .date, .timestamp, .text, .unreadable: return literal()
    case .textBegin: return try interpolated()
    case .leftParen: return try parenthesized()
    case .leftBracket: return try list()
    default: throw missingExpression()
    }
  }

  private mutating func worded() throws(Failure) -> Expression {
    let start = token
    guard let kind = try word() else { throw missingExpression() }
    return Expression(kind, range(from: start))
  }

  private mutating func list() throws(Failure) -> Expression {
    let start = token
    var highest = 0
    try descend()
    let elements = try bracketed(.rightBracket, of: start) { parser throws(Failure) in
      let element = try parser.expression()
      highest = max(highest, parser.height)
      return element
    }
    depth -= 1
    try rise(to: highest + 1)
    return Expression(.list(elements), range(from: start))
  }

  /// A value should stand here.
  mutating func missingExpression() -> Failure {
    let after = index == 0 || previous.kind == .semicolon || previous.lower == previous.upper ? nil : text(previous)
    let shortened = after.map { $0.utf8.count <= 40 ? $0 : "…" }
    return failed(.missingExpression(after: shortened, found: described(token)), missingPlace)
  }

  private mutating func literal() -> Expression {
    let start = token
    advance()
    return Expression(value(start), range(start))
  }

  private func value(_ token: Token) -> Expression.Kind {
    if token.kind == .text {
      let start = Int(token.lower) + 1
      let content = source.text(start..<max(start, Int(token.upper) - 1))
      return .text(content.isEmpty ? [] : [.literal(content)])
    }
    guard literals.indices.contains(Int(token.literal)) else { return .invalid }
    switch literals[Int(token.literal)] {
    case .number(let value): return .number(value)
    case .duration(let value): return .duration(value)
    case .date(let value): return .date(value)
    case .timestamp(let value): return .timestamp(value)
    case .text(let value): return .text([.literal(value)])
    }
  }

  private mutating func parenthesized() throws(Failure) -> Expression {
    let bracket = token
    try descend()
    advance()
    brackets += 1
    let inner = try expression()
    guard token.kind == .rightParen else { throw unclosed(bracket) }
    brackets -= 1
    depth -= 1
    advance()
    try rise(to: height + 1)
    return Expression(.parenthesized(inner), range(from: bracket))
  }

  // MARK: Texts

  private mutating func interpolated() throws(Failure) -> Expression {
    let start = token
    advance()
    var parts: [TextPart] = []
    var highest = 0
    while token.kind != .textEnd, token.kind != .end {
      if token.kind == .textChunk {
        if case .text(let words) = literals[Int(token.literal)] { parts.append(.literal(words)) }
        advance()
      } else {
        height = 1
        parts.append(.interpolation(try interpolation()))
        highest = max(highest, height)
      }
    }
    advance()
    try rise(to: highest + 1)
    return Expression(.text(parts), range(from: start))
  }

  /// `${…}`. What cannot be read in it ends with it.
  private mutating func interpolation() throws(Failure) -> Expression {
    let start = token
    let outer = (brackets, depth, outerWhere)
    try descend()
    advance()
    brackets += 1
    defer { (brackets, depth, outerWhere) = outer }
    var value = Expression(.invalid, range(start))
    do {
      value = try expression()
      if token.kind != .interpolationEnd { throw failed(.unexpectedToken(described(token)), place) }
    } catch {
      height = 1
      while ![.interpolationEnd, .textEnd, .end].contains(token.kind) { advance() }
    }
    if token.kind == .interpolationEnd { advance() }
    return value
  }

  // MARK: Words

  private mutating func word() throws(Failure) -> Expression.Kind? {
    switch token.word {
    case nil: try refuseUnknownType()
    case .true: return literal(.boolean(true))
    case .false: return literal(.boolean(false))
    case .noValue: return literal(Expression.Kind.none)
    case .run:
      if isText(peek()) { return try runLiteral() }
    case .job:
      if isText(peek()) { return try jobLiteral() }
    case .some(let word):
      switch word.role {
      case .given, .clause, .literal: break
      case .status: return literal(.status(word.rawValue))
      case .type:
        if isText(peek()) { return try typedLiteral(verbatim: false) }
        if peek().word == .verbatim, isText(peek(2)) { return try typedLiteral(verbatim: true) }
      case .statement, .continuation, .operator: return nil
      }
    }
    return literal(.name(text(token)))
  }

  private mutating func jobLiteral() throws(Failure) -> Expression.Kind {
    advance()
    return try operation(.job(id: try primary()))
  }

  private mutating func typedLiteral(verbatim: Bool) throws(Failure) -> Expression.Kind {
    let type = self.name(token)
    advance()
    if verbatim { advance() }
    return try operation(.typed(type, id: try primary(), verbatim: verbatim))
  }

  private mutating func literal(_ kind: Expression.Kind) -> Expression.Kind {
    advance()
    return kind
  }

  /// A name before a text can only be meant for a type.
  private mutating func refuseUnknownType() throws(Failure) {
    guard isText(peek()), !precedesText else { return }
    let name = text(token)
    guard name.contains("-") || nearest(to: name, among: Word.types) != nil else { return }
    throw failed(.unknownType(name), place)
  }

  private mutating func runLiteral() throws(Failure) -> Expression.Kind {
    advance()
    let id = try primary()
    try expect(.of, after: "run \(source.text(id.range))")
    return .runLiteral(id: id, of: try operand(of: .run, wants: "the operation it is a run of"))
  }

  // MARK: Operations

  /// What `in` and `of` add to the operation just written.
  private mutating func operation(_ designation: OperationLiteral.Designation) throws(Failure) -> Expression.Kind {
    var idHeight = height
    var environment: EnvironmentReference?
    var account: Expression?
    var places: (in: SourceRange?, of: SourceRange?)
    while !isOnNewLine, token.word == .in || token.word == .of {
      let word = token.word
      let place = place
      advance()
      if word == .in {
        if let first = places.in { report(.repeatedClause("in", first: first), place) }
        places.in = place
        environment = try self.environment(after: .in)
      } else {
        if let first = places.of { report(.repeatedClause("of", first: first), place) }
        places.of = place
        account = try operand(of: .of, wants: "an account")
      }
      idHeight = max(idHeight, height)
    }
    try rise(to: idHeight + 1)
    return .operation(OperationLiteral(designation: designation, environment: environment, account: account))
  }

  /// An environment: a bare word or a text.
  mutating func environment(after word: Word) throws(Failure) -> EnvironmentReference {
    if isAtText { return .text(try primary()) }
    guard token.kind == .word, !isOnNewLine else {
      throw failed(.missingEnvironment(after: word.rawValue), missingPlace)
    }
    let name = self.name(token)
    height = 1
    advance()
    return .word(name)
  }
}

extension Token.Kind {
  /// Whether a text begins with it, or something that is meant for one.
  var isText: Bool { self == .text || self == .textBegin || self == .unreadable }
}
