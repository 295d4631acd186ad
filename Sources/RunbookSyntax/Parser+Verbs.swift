import RunbookDiagnostics

/// The clauses that were written behind a verb, each with its value.
struct Clauses {
  private var values: [(word: Word, place: SourceRange, value: Expression?)] = []
  var environment: EnvironmentReference?

  subscript(_ word: Word) -> Expression? { values.first { $0.word == word }?.value }
  func has(_ word: Word) -> Bool { values.contains { $0.word == word } }
  func place(_ word: Word) -> SourceRange? { values.first { $0.word == word }?.place }
  mutating func add(_ word: Word, _ place: SourceRange, _ value: Expression?) {
    if !has(word) { values.append((word, place, value)) }
  }
}

/// Verbs inside expressions, and clauses.
extension Parser {
  private static let awaitClauses: [Word] = [.timeout, .every]
  private static let awaitNextClauses: [Word] = [.since, .timeout, .every]
  private static let lastClauses: [Word] = [.with, .started]
  private static let runsClauses: [Word] = [.in, .of, .with, .started, .limit]

  /// An effect or a look at the service, or `nil` where the word is only a name here.
  mutating func verb() throws(Failure) -> Expression.Kind? {
    switch token.word {
    case .launch:
      advance()
      let (operations, date) = try phrase(of: .launch)
      return .launch(operations, on: date)
    case .await: return try awaiting()
    case .check:
      advance()
      let run = try operand(of: .check, wants: VerbOperand.runs.words)
      lastVerb = ("check", previousEnd, [])
      return .check(run)
    case .confirm:
      advance()
      return .confirm(try operand(of: .confirm, wants: "a text"))
    case .last: return try lastRuns()
    case .runs:
      guard peek().word == .of, !peek().startsLine || brackets > 0 else { return nil }
      return try runsOfType()
    default: return nil
    }
  }

  private mutating func awaiting() throws(Failure) -> Expression.Kind {
    advance()
    guard isWord(.next), peek().word == .run else {
      let run = try operand(of: .await, wants: VerbOperand.runs.words)
      let clauses = try clauses(Self.awaitClauses, of: "await")
      return .await(.runs(run), timeout: clauses[.timeout], every: clauses[.every])
    }
    advance()
    advance()
    try expect(.of, after: "next run")
    let operation = try operand(of: .of, wants: VerbOperand.operations.words)
    let clauses = try clauses(Self.awaitNextClauses, of: "await next run")
    guard let since = clauses[.since] else {
      throw failed(.missingWord("since", after: "await next run of OP"), endOfPrevious)
    }
    return .await(
      .nextRun(of: operation, since: since), timeout: clauses[.timeout], every: clauses[.every])
  }

  /// `last run of OP` or `last N runs of OP`; `nil` where `last` is a name.
  private mutating func lastRuns() throws(Failure) -> Expression.Kind? {
    guard isLastRuns else { return nil }
    var count: Expression?
    var countHeight = 0
    advance()
    if token.word != .run {
      count = try postfix()
      countHeight = height
      guard isWord(.runs) else { throw failed(.missingWord("runs", after: "last N"), missingPlace) }
    }
    advance()
    try expect(.of, after: count == nil ? "last run" : "last N runs")
    let operation = try operand(of: .of, wants: "a data operation")
    countHeight = max(countHeight, height)
    let clauses = try clauses(Self.lastClauses, of: "last run")
    try rise(to: max(countHeight, height) + 1)
    return .lastRuns(
      LastRuns(count: count, operation: operation, started: clauses[.started], status: clauses[.with]))
  }

  /// Whether the word `last` begins `last run of` or `last N runs of` here, and is no name.
  var isLastRuns: Bool {
    let next = peek()
    if next.startsLine, brackets == 0 { return false }
    return next.word == .run || next.kind == .number || next.kind == .unreadable || isCount(next)
  }

  /// Whether what follows `last` is a count, which `runs of` shows: a name with fields, or something in parentheses.
  private func isCount(_ next: Token) -> Bool {
    var distance = 2
    if next.kind == .leftParen {
      var open = 1
      while open > 0, distance < 1000 {
        switch peek(distance).kind {
        case .leftParen: open += 1
        case .rightParen: open -= 1
        default: break
        }
        distance += 1
      }
    } else {
      guard next.kind == .word, next.word?.isReserved != true else { return false }
      while distance < 1000, peek(distance).kind == .dot { distance += 2 }
    }
    return peek(distance).word == .runs && peek(distance + 1).word == .of
  }

  private mutating func runsOfType() throws(Failure) -> Expression.Kind {
    advance()
    advance()
    guard token.kind == .word, !isOnNewLine else { throw failed(.missingName(after: "runs of"), missingPlace) }
    let type = name(token)
    if token.word?.role != .type { report(.unknownType(type.text), type.range) }
    height = 1
    advance()
    let clauses = try clauses(Self.runsClauses, of: "runs")
    return .runsOfType(
      RunsOfType(
        type: type, environment: clauses.environment, account: clauses[.of], status: clauses[.with],
        started: clauses[.started], limit: clauses[.limit]))
  }

  // MARK: Operands

  /// The operand and the clause of a changing verb.
  mutating func phrase(of verb: ChangingVerb) throws(Failure) -> (operand: Expression, clause: Expression?) {
    let description = verb.description
    let operand = try operand(of: description.word, wants: description.operand.words)
    guard let clause = description.clause else { return (operand, nil) }
    switch clause {
    case .executionDate: return (operand, try clauses([clause.word], of: verb.word)[clause.word])
    case .status:
      try expect(clause.word, after: "\(verb.word) \(description.operand.placeholder)")
      return (operand, try clauseValue())
    }
  }

  /// What a verb works on: a postfix expression or a list. Anything looser wants parentheses.
  mutating func operand(of verb: Word, wants: String) throws(Failure) -> Expression {
    if endsStatement || token.kind == .leftBrace || isAtClause {
      throw withoutOperand(verb.rawValue, wants: wants)
    }
    try descend(by: 2)
    let value = isLoose ? try looseOperand(of: verb) : try postfix()
    depth -= 2
    return value
  }

  /// Whether a clause begins here, and not a name that is spelt like one.
  private var isAtClause: Bool {
    switch token.word {
    case .timeout, .every, .on, .since, .started, .with, .limit: peek().beginsOperand && !peek().startsLine
    default: false
    }
  }

  mutating func withoutOperand(_ verb: String, wants: String) -> Failure {
    failed(.verbWithoutOperand(verb, wants: wants), range(previous))
  }

  private var isLoose: Bool {
    switch token.word {
    case .not, .launch, .await, .check, .confirm: true
    case .last: isLastRuns
    case .runs: peek().word == .of
    default: token.kind == .minus
    }
  }

  private mutating func looseOperand(of verb: Word) throws(Failure) -> Expression {
    let start = token
    let value = try binary(token.word == .not ? .not : .sum)
    let range = range(from: start)
    report(.unparenthesizedOperand(verb: verb.rawValue, text: source.text(range)), range)
    return value
  }

  // MARK: Clauses

  /// Reads the clauses that a verb has, in any order, each once.
  mutating func clauses(_ known: [Word], of verb: String) throws(Failure) -> Clauses {
    var clauses = Clauses()
    var highest = height
    while !isOnNewLine, token.kind == .word {
      guard let word = token.word, known.contains(word) else {
        try refuseUnknownClause(known, of: verb)
        break
      }
      try clause(word, into: &clauses)
      highest = max(highest, height)
    }
    lastVerb = (verb, previousEnd, known)
    try rise(to: highest + 1)
    return clauses
  }

  private mutating func clause(_ word: Word, into clauses: inout Clauses) throws(Failure) {
    let place = place
    if let first = clauses.place(word) { report(.repeatedClause(word.rawValue, first: first), place) }
    advance()
    height = 1
    switch word {
    case .keep:
      try expect(.going, after: "keep")
      clauses.add(word, place, nil)
    case .in:
      clauses.environment = try environment(after: .in)
      clauses.add(word, place, nil)
    default:
      if word == .with { try expect(.status, after: "with") }
      if endsStatement || token.kind == .leftBrace { throw missingExpression() }
      try descend(by: 2)
      clauses.add(word, place, try clauseValue())
      depth -= 2
    }
  }

  /// A word behind a verb's operand that is no clause of anything. Clauses of what is around the verb are left to it.
  private mutating func refuseUnknownClause(_ known: [Word], of verb: String) throws(Failure) {
    let isStatusWithoutWith = token.word == .status && known.contains(.with)
    guard token.word == nil || isStatusWithoutWith else { return }
    throw failed(.unknownClause(text(token), of: verb, known: known.map(\.rawValue)), place)
  }
}
