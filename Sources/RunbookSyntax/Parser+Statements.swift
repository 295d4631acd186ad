import RunbookDiagnostics

/// Which statement it is, and the simple ones.
extension Parser {
  mutating func statementKind() throws(Failure) -> Statement.Kind {
    guard token.kind == .word else { return try strangeStatement() }
    guard let word = token.word, [.statement, .continuation, .operator].contains(word.role), word != .not else {
      return try plainStatement()
    }
    switch word {
    case .account, .environment, .param, .include, .procedure, .let, .var: return try declaring(word)
    case .launch, .await, .check: return try expressionStatement()
    case .if: return conditional()
    case .for: return forEach()
    case .retry: return retrying()
    case .wait: return try waiting()
    case .parallel: return parallel()
    case .try: return attempt()
    case .step: return step()
    case .else, .catch, .finally, .where, .contains, .and, .or: return try stray(word)
    default: return try simple(word)
    }
  }

  private mutating func simple(_ word: Word) throws(Failure) -> Statement.Kind {
    advance()
    switch word {
    case .break: return .break
    case .continue: return .continue
    case .return: return .return(try optionalExpression())
    case .stop: return .stop(try optionalExpression())
    case .fail: return .fail(try optionalExpression())
    case .require:
      let condition = try condition(of: .require)
      guard token.word == .else, brackets == 0 else { return .require(condition, otherwise: nil) }
      advance()
      return .require(condition, otherwise: try expression())
    case .print: return .print(try value(of: .print))
    case .confirm: return .confirm(try value(of: .confirm))
    case .manual: return .manual(try value(of: .manual))
    default:
      guard let verb = ChangingVerb(word) else { throw failed(.unexpectedToken(word.rawValue), range(previous)) }
      let (operand, clause) = try phrase(of: verb)
      return .change(verb, operand, clause: clause)
    }
  }

  private mutating func optionalExpression() throws(Failure) -> Expression? {
    endsStatement ? nil : try expression()
  }

  /// The text that `print` and its like cannot do without.
  private mutating func value(of word: Word) throws(Failure) -> Expression {
    if endsStatement { throw withoutOperand(word.rawValue, wants: "a text") }
    return try expression()
  }

  /// A word that has to stand here.
  mutating func expect(_ word: Word, after: String) throws(Failure) {
    guard take(word) else { throw failed(.missingWord(word.rawValue, after: after), missingPlace) }
  }

  /// `launch`, `await`, `check`, a call, or any expression at the prompt.
  private mutating func expressionStatement() throws(Failure) -> Statement.Kind {
    let value = try expression()
    return .expression(value, try outcome())
  }

  /// What begins with a name: an assignment, an expression, or a statement that does not exist.
  private mutating func plainStatement() throws(Failure) -> Statement.Kind {
    let next = peek()
    if next.kind == .equals, !next.startsLine { return try assignment() }
    if !next.startsLine, isStatementOfNoLanguage(next) { throw strangeWord() }
    return try expressionStatement()
  }

  private mutating func assignment() throws(Failure) -> Statement.Kind {
    if token.word?.isReserved == true { report(.reservedName(text(token)), place) }
    let name = self.name(token)
    advance()
    advance()
    let (value, outcome) = valueAndOutcome()
    return .assignment(name, value, outcome)
  }

  /// A value and how its outcome is dealt with; where it cannot be read, the name before it still counts as declared.
  mutating func valueAndOutcome() -> (Expression, OutcomeClause?) {
    let start = token
    let outer = depth
    do {
      let value = try expression()
      return (value, try outcome())
    } catch {
      depth = outer
      recover()
      let isEmpty = previousEnd <= start.lower
      return (Expression(.invalid, isEmpty ? endOfPrevious : range(from: start)), nil)
    }
  }

  // MARK: Outcomes

  /// Whether `or fail` or `or ignore` stands here.
  var isAtOutcome: Bool {
    guard token.word == .or else { return false }
    let next = peek()
    if next.word == .fail { return true }
    guard next.word == .ignore else { return false }
    let behind = peek(2)
    return behind.startsLine || [.end, .semicolon, .rightBrace].contains(behind.kind)
  }

  mutating func outcome() throws(Failure) -> OutcomeClause? {
    guard isAtOutcome, brackets == 0 else { return nil }
    let start = token
    advance()
    let fails = token.word == .fail
    advance()
    let message = fails ? try optionalExpression() : nil
    return OutcomeClause(fails ? .fail(message) : .ignore, range(from: start))
  }

  // MARK: Declarations

  private mutating func declaring(_ word: Word) throws(Failure) -> Statement.Kind {
    let start = token
    advance()
    switch word {
    case .account: return .account(try value(of: word))
    case .environment: return .environment(try environment(after: word))
    case .let, .var:
      let name = try declaredName(after: word.rawValue)
      guard token.kind == .equals, !isOnNewLine else {
        let missing = failed(.missingEquals(name: name.text), missingPlace)
        if endsStatement || word == .var { throw missing }
        let (value, outcome) = valueAndOutcome()
        return .declaration(Declaration(isVariable: false, name: name, value: value, outcome: outcome))
      }
      advance()
      let (value, outcome) = valueAndOutcome()
      return .declaration(Declaration(isVariable: word == .var, name: name, value: value, outcome: outcome))
    default: break
    }
    if blocks > 0 { report(.notTopLevel(word.rawValue), range(start)) }
    switch word {
    case .include:
      guard isAtText else { throw failed(.missingText(after: word.rawValue), missingPlace) }
      return .include(path: try primary())
    case .param: return .parameter(try parameter())
    default: return .procedure(try procedure())
    }
  }

  /// A word where any will do.
  mutating func nameOfAnything(after word: String) throws(Failure) -> Name {
    guard token.kind == .word, !isOnNewLine else { throw failed(.missingName(after: word), missingPlace) }
    let name = self.name(token)
    advance()
    return name
  }

  /// A name that is being given to something.
  mutating func declaredName(after word: String) throws(Failure) -> Name {
    let isReserved = token.word?.isReserved == true
    let name = try nameOfAnything(after: word)
    if isReserved { report(.reservedName(name.text), name.range) }
    return name
  }

  private mutating func parameter() throws(Failure) -> Parameter {
    let name = try declaredName(after: "param")
    var type: Name?
    if token.kind == .colon, !isOnNewLine {
      advance()
      type = try nameOfAnything(after: ":")
    }
    var defaultValue: Expression?
    var variable: Expression?
    var summary: Expression?
    while !endsStatement {
      if token.kind == .equals, defaultValue == nil {
        advance()
        precedesText = true
        defaultValue = try clauseValue()
        precedesText = false
      } else if isWord(.from), variable == nil {
        advance()
        try expect(.env, after: "from")
        guard isAtText else { throw failed(.missingText(after: "from env"), missingPlace) }
        variable = try primary()
      } else if isAtText, summary == nil {
        summary = try primary()
      } else {
        break
      }
    }
    return Parameter(
      name: name, type: type, defaultValue: defaultValue, environmentVariable: variable, summary: summary)
  }

  private mutating func procedure() throws(Failure) -> Procedure {
    let name = try declaredName(after: "procedure")
    let parameters = header([]) { parser throws(Failure) in try parser.procedureParameters() }
    return Procedure(name: name, parameters: parameters, body: block(of: "procedure"))
  }

  private mutating func procedureParameters() throws(Failure) -> [Procedure.Parameter] {
    guard token.kind == .leftParen, !isOnNewLine else {
      throw failed(.missingWord("(", after: "procedure NAME"), missingPlace)
    }
    let bracket = token
    return try bracketed(.rightParen, of: bracket) { parser throws(Failure) in
      let name = try parser.declaredName(after: "procedure")
      guard parser.token.kind == .equals else { return Procedure.Parameter(name: name, defaultValue: nil) }
      parser.advance()
      return Procedure.Parameter(name: name, defaultValue: try parser.clauseValue())
    }
  }
}
