import RunbookDiagnostics

/// What is meant by words that make no sense where they stand.
extension Parser {
  /// Says what is wrong with what follows a statement on its line.
  mutating func leftover(_ kind: Statement.Kind) {
    switch token.kind {
    case .invalid: return
    case .rightParen, .rightBracket: return report(.unmatchedCloser(text(token)), place)
    case .equals:
      if case .expression(let target, nil) = kind { return report(.notAssignable, target.range) }
    case .leftBrace:
      if case .expression(let value, _) = kind, case .call(let name, _) = value.kind {
        return foreign(name.text, name.range)
      }
      return report(.bareBlock, place)
    case .word: return leftoverWord()
    default: break
    }
    report(.unexpectedToken(described(token)), place)
  }

  private mutating func leftoverWord() {
    if isAtOutcome { return report(.misplacedOutcome, place) }
    let name = text(token)
    if lastVerb.end == previousEnd, token.word?.role == .clause || token.word == nil, !lastVerb.name.isEmpty {
      if !lastVerb.clauses.isEmpty, token.word != .in, token.word != .of {
        return report(.unknownClause(name, of: lastVerb.name, known: lastVerb.clauses.map(\.rawValue)), place)
      }
    }
    switch token.word {
    case .in, .of: report(.misplacedBinding(name), place)
    case .else, .catch, .finally: report(.strayWord(name, wants: token.word == .else ? "`if`" : "`try`"), place)
    case .some(let word) where word.role == .statement: report(.missingSeparator(next: name), endOfPrevious)
    case .some(let word) where word.role == .clause:
      report(.unknownClause(name, of: text(statementStart), known: []), place)
    case nil where Self.foreignStatements[name.lowercased()] != nil: foreign(name, place)
    default: report(.unexpectedToken(described(token)), place)
    }
  }

  /// Whether a statement that begins with a plain name cannot be one, as an operand or a block follows the name.
  func isStatementOfNoLanguage(_ next: Token) -> Bool {
    switch token.word {
    case nil: break
    case .job: if next.kind.isText { return false }
    case .last: if isLastRuns { return false }
    case .runs: if next.word == .of { return false }
    case .some(let word): if word.role != .clause { return false }
    }
    if next.kind == .leftBrace { return true }
    if next.kind == .word, let role = next.word?.role, role == .statement { return true }
    return next.beginsOperand
  }

  /// Says what a statement that does not exist may be meant for.
  mutating func strangeWord() -> Failure {
    let name = text(token)
    let isTyped = peek().kind.isText
    let isNearStatement = nearest(to: name, among: Word.statements) != nil
    if isTyped, !isNearStatement, nearest(to: name, among: Word.types) != nil {
      report(.unknownType(name), place)
    } else {
      foreign(name, place)
    }
    return Failure()
  }

  private mutating func foreign(_ name: String, _ place: SourceRange) {
    if ["while", "loop", "forever", "until", "do"].contains(name.lowercased()) {
      report(.unboundedLoop(name), place)
    } else if let known = Self.foreignStatements[name.lowercased()] {
      report(.foreignStatement(name, advice: known.advice, replacement: known.replacement), place)
    } else {
      report(.unknownStatement(name), place)
    }
  }

  /// What begins with no word.
  mutating func strangeStatement() throws(Failure) -> Statement.Kind {
    switch token.kind {
    case .leftBrace:
      report(.bareBlock, place)
      skipBlock()
      return .invalid
    case .colon:
      let command = peek().kind == .word && !peek().startsLine ? text(peek()) : ""
      let place = command.isEmpty ? place : place.through(range(peek()))
      advance()
      throw failed(.promptCommand(command), place)
    case .rightParen, .rightBracket: throw failed(.unmatchedCloser(text(token)), place)
    case .dot, .dotDot, .plus, .star, .slash, .percent, .equalEqual, .bangEqual, .less, .lessEqual, .greater,
      .greaterEqual:
      throw failed(.operatorBegins(text(token)), place)
    default:
      let value = try expression()
      return .expression(value, try outcome())
    }
  }

  /// Words that begin statements elsewhere, what to write here, and the word to put in their place.
  private static let foreignStatements: [String: (advice: String, replacement: String?)] = [
    "elif": ("write `else if` on the line of the closing brace", "else if"),
    "elsif": ("write `else if` on the line of the closing brace", "else if"),
    "elseif": ("write `else if` on the line of the closing brace", "else if"),
    "unless": ("write `if not`", "if not"),
    "switch": ("write `if … { } else if … { }`", nil), "case": ("write `if … { } else if … { }`", nil),
    "match": ("write `if … { } else if … { }`", nil),
    "foreach": ("write `for NAME in LIST { }`", "for"),
    "def": ("write `procedure NAME(…) { }`", "procedure"), "func": ("write `procedure NAME(…) { }`", "procedure"),
    "function": ("write `procedure NAME(…) { }`", "procedure"), "fn": ("write `procedure NAME(…) { }`", "procedure"),
    "proc": ("write `procedure NAME(…) { }`", "procedure"), "sub": ("write `procedure NAME(…) { }`", "procedure"),
    "import": ("write `include \"FILE\"`", "include"), "source": ("write `include \"FILE\"`", "include"),
    "const": ("write `let NAME = VALUE`", "let"), "val": ("write `let NAME = VALUE`", "let"),
    "set": ("write `let NAME = VALUE`", nil), "parameter": ("write `param NAME`", "param"),
    "echo": ("write `print`", "print"), "puts": ("write `print`", "print"), "println": ("write `print`", "print"),
    "log": ("write `print`", "print"), "sleep": ("write `wait`", "wait"), "pause": ("write `wait`", "wait"),
    "exit": ("write `stop` to end well, `fail` to end badly", nil),
    "abort": ("write `stop` to end well, `fail` to end badly", nil),
    "die": ("write `fail`", "fail"), "throw": ("write `fail`", "fail"), "raise": ("write `fail`", "fail"),
    "except": ("write `catch`", "catch"), "rescue": ("write `catch`", "catch"),
    "ensure": ("write `finally`", "finally"),
    "assert": ("write `require`", "require"), "ask": ("write `confirm`", "confirm"),
    "start": ("write `launch`", "launch"), "trigger": ("write `launch`", "launch"),
    "relaunch": ("write `launch`; a launch never repeats another", "launch"),
    "stage": ("write `step \"TITLE\" { }`", "step"), "task": ("write `step \"TITLE\" { }`", "step"),
  ]
}
