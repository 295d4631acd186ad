import RunbookDiagnostics

/// Statements in a row, and where each ends.
extension Parser {
  mutating func program() -> [Statement] {
    var statements: [Statement] = []
    while token.kind != .end {
      switch token.kind {
      case .semicolon: advance()
      case .rightBrace:
        report(.unmatchedCloser("}"), place)
        while token.kind == .rightBrace { advance() }
      default:
        reportedDepth = false
        statements.append(statement())
      }
    }
    lastKind = statements.last?.kind
    return statements
  }

  /// How far the text has come, once all of it has been read.
  var completeness: ParseResult.Completeness {
    if isUnfinished { return .unfinished }
    guard previous.kind == .rightBrace else { return .complete }
    switch lastKind {
    case .conditional(_, otherwise: nil): return .mayContinue
    case .attempt(let attempt): return attempt.finally == nil ? .mayContinue : .complete
    default: return .complete
    }
  }

  /// Reads one statement, up to its end or, where it cannot be read, to where the next may begin.
  mutating func statement() -> Statement {
    let start = token
    let before = index
    let outer = (statementStart, depth)
    statementStart = start
    var kind = Statement.Kind.invalid
    do {
      kind = try statementKind()
    } catch {
      recover()
      precedesText = false
    }
    (statementStart, depth) = outer
    let range = index == before ? self.range(start) : range(from: start)
    endStatement(kind)
    if index == before { advance() }
    return Statement(kind, range)
  }

  /// Sees to it that the statement is over, and says what is wrong with what follows it on its line.
  private mutating func endStatement(_ kind: Statement.Kind) {
    if !endsStatement {
      leftover(kind)
      recover()
    }
    if token.kind == .semicolon { advance() }
  }

  /// Reads `{ … }`. Without one, reports that `owner` wants it and gives an empty block.
  mutating func block(of owner: String) -> Block {
    guard findBlock(of: owner) else { return Block([], endOfPrevious) }
    let brace = token
    do {
      try descend(by: 2)
    } catch {
      skipBlock()
      return Block([], range(from: brace))
    }
    blocks += 1
    defer {
      blocks -= 1
      depth -= 2
    }
    advance()
    var statements: [Statement] = []
    while token.kind != .rightBrace, token.kind != .end {
      if token.kind == .semicolon { advance() } else { statements.append(statement()) }
    }
    close(brace)
    return Block(statements, range(from: brace))
  }

  private mutating func findBlock(of owner: String) -> Bool {
    defer { blockIsLost = false }
    if blockIsLost { return false }
    if token.kind == .leftBrace {
      if isOnNewLine { report(.blockOnNextLine(of: owner, moveTo: endOfPrevious), place) }
      return true
    }
    if token.kind != .invalid { report(.missingBlock(of: owner), missingPlace) }
    recover(toBlock: true)
    return token.kind == .leftBrace && !isOnNewLine
  }

  private mutating func close(_ brace: Token) {
    guard token.kind == .rightBrace else {
      isUnfinished = true
      if !reportedUnclosedBlock { report(.unclosedBlock(end: endOfPrevious), suspectBlock ?? range(brace)) }
      reportedUnclosedBlock = true
      return
    }
    if token.startsLine, statementStart.startsLine, suspectBlock == nil,
      indentation(token) < indentation(statementStart)
    {
      suspectBlock = range(brace)
    }
    advance()
  }

  /// How many bytes of its line precede a token that starts one.
  private func indentation(_ token: Token) -> Int {
    var start = Int(token.lower)
    while start > 0, source.bytes[start - 1] == 0x20 || source.bytes[start - 1] == 0x09 { start -= 1 }
    return Int(token.lower) - start
  }
}
