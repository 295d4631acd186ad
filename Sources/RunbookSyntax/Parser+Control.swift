import RunbookDiagnostics

/// Statements with blocks.
extension Parser {
  /// What `if` and its like ask for. A `=` in it is meant to compare.
  mutating func condition(of word: Word) throws(Failure) -> Expression {
    if word != .where, endsStatement || token.kind == .leftBrace { throw missingExpression() }
    let condition = try expression()
    return token.kind == .equals && !isOnNewLine ? try comparison(condition) : condition
  }

  private mutating func comparison(_ left: Expression) throws(Failure) -> Expression {
    let mark = place
    report(.assignmentInCondition(left.range), mark)
    advance()
    let right = try expression()
    return Expression(.binary(.equal, mark, left, right), left.range.through(right.range))
  }

  private var invalidHere: Expression { Expression(.invalid, endOfPrevious) }

  mutating func conditional() -> Statement.Kind {
    var branches: [Branch] = []
    var otherwise: Block?
    repeat {
      advance()
      let condition = header(invalidHere) { parser throws(Failure) in try parser.condition(of: .if) }
      branches.append(Branch(condition: condition, body: block(of: "if")))
      guard token.word == .else else { break }
      advance()
      if token.word == .if, !token.startsLine { continue }
      otherwise = block(of: "else")
      break
    } while true
    return .conditional(branches, otherwise: otherwise)
  }

  private mutating func loopHead(of word: String) throws(Failure) -> (Name, Expression) {
    if token.word == .in, peek().word != .in { throw failed(.missingName(after: word), missingPlace) }
    let name = try declaredName(after: word)
    try expect(.in, after: "\(word) \(name.text)")
    if endsStatement || token.kind == .leftBrace {
      throw missingExpression()
    }
    return (name, try expression())
  }

  mutating func forEach() -> Statement.Kind {
    advance()
    let fallback = (Name("", endOfPrevious), invalidHere)
    let (name, list) = header(fallback) { parser throws(Failure) in try parser.loopHead(of: "for") }
    return .forEach(name, in: list, block(of: "for"))
  }

  private static let retryClauses: [Word] = [.every, .backoff]

  mutating func retrying() -> Statement.Kind {
    advance()
    let fallback = (invalidHere, Clauses())
    let (times, clauses) = header(fallback) { parser throws(Failure) in
      if parser.endsStatement || parser.token.kind == .leftBrace {
        throw parser.withoutOperand("retry", wants: "a number of attempts")
      }
      let times = try parser.clauseValue()
      try parser.expect(.times, after: "retry \(parser.source.text(times.range))")
      return (times, try parser.clauses(Self.retryClauses, of: "retry"))
    }
    return .retry(
      Retry(times: times, every: clauses[.every], backoff: clauses[.backoff], body: block(of: "retry")))
  }

  private static let waitClauses: [Word] = [.every, .timeout]

  mutating func waiting() throws(Failure) -> Statement.Kind {
    advance()
    if isWord(.until) {
      advance()
      let condition = try condition(of: .until)
      let clauses = try clauses(Self.waitClauses, of: "wait until")
      return .waitUntil(condition, every: clauses[.every], timeout: clauses[.timeout])
    }
    if endsStatement { throw withoutOperand("wait", wants: "a duration") }
    return .wait(try expression())
  }

  private static let parallelClauses: [Word] = [.max, .keep]

  mutating func parallel() -> Statement.Kind {
    advance()
    let iterates = take(.for)
    let fallback = (Name("", endOfPrevious), invalidHere, Clauses())
    let (name, list, clauses) = header(fallback) { parser throws(Failure) in
      let (name, list) = iterates ? try parser.loopHead(of: "for") : (fallback.0, fallback.1)
      return (name, list, try parser.clauses(Self.parallelClauses, of: "parallel"))
    }
    let options = ParallelClauses(max: clauses[.max], keepGoing: clauses.has(.keep))
    let body = block(of: "parallel")
    if iterates { return .parallelFor(name, in: list, options, body) }
    for statement in body.statements {
      switch statement.kind {
      case .step, .invalid: break
      default: report(.notAStep, statement.range)
      }
    }
    return .parallel(options, body)
  }

  mutating func step() -> Statement.Kind {
    advance()
    let title = header(invalidHere) { parser throws(Failure) in
      if parser.endsStatement || parser.token.kind == .leftBrace {
        throw parser.withoutOperand("step", wants: "a title")
      }
      return try parser.expression()
    }
    return .step(title: title, block(of: "step"))
  }

  mutating func attempt() -> Statement.Kind {
    let start = token
    advance()
    let body = block(of: "try")
    var catches: [Attempt.Catch] = []
    while token.word == .catch {
      let start = token
      advance()
      let kind = errorKind()
      let block = block(of: "catch")
      let range = range(start)
      if let first = catches.first(where: { Self.takes($0.kind, kind) }) {
        report(.unreachableCatch(kind?.text, first: first.range), kind?.range ?? range)
      }
      catches.append(Attempt.Catch(kind: kind, body: block, range: range.through(block.range)))
    }
    var finally: Block?
    if token.word == .finally {
      advance()
      finally = block(of: "finally")
    }
    if catches.isEmpty, finally == nil, !reportedUnclosedBlock, !body.range.isEmpty {
      report(.attemptWithoutHandler, range(start))
    }
    return .attempt(Attempt(body: body, catches: catches, finally: finally))
  }

  /// Whether a `catch` of the first kind leaves nothing for one of the second.
  private static func takes(_ first: Name?, _ second: Name?) -> Bool {
    first.map { $0.text == second?.text } ?? (second?.text != ErrorKind.unconfirmed.rawValue)
  }

  private mutating func errorKind() -> Name? {
    guard token.kind == .word, !isOnNewLine else { return nil }
    let kind = name(token)
    if ErrorKind(rawValue: kind.text) == nil { report(.unknownErrorKind(kind.text), kind.range) }
    advance()
    return kind
  }

  /// `else`, `catch` or `finally` with nothing before it that it could carry on.
  mutating func stray(_ word: Word) throws(Failure) -> Statement.Kind {
    let wants =
      switch word {
      case .else: "`if`"
      case .catch, .finally: "`try`"
      default: "value"
      }
    let failure = failed(.strayWord(word.rawValue, wants: wants), place)
    while token.word?.role == .continuation { advance() }
    throw failure
  }
}
