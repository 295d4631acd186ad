import CivilTime
public import RunbookDiagnostics

/// Reads a source: the tree of what could be read, every independent error once, and whether more has to come. Takes
/// time in proportion to the source and bounded stack, whatever the bytes are.
public func parse(_ source: SourceText) -> ParseResult {
  var parser = Parser(source, Lexer.tokens(of: source))
  let statements = parser.program()
  return ParseResult(
    program: Program(source: source, statements: statements),
    diagnostics: parser.problems.diagnostics(with: parser.lexicalProblems), completeness: parser.completeness)
}

/// How high a tree can be: blocks within blocks, brackets, and terms in a row count alike. It keeps every walk over a
/// tree, in this room and the next, within the smallest stack that a thread has.
public let nestingLimit = 100

/// Recursive descent over the tokens. An error is reported where it is met and thrown as `Failure` to the nearest
/// place that knows where to go on.
struct Parser {
  /// Something was wrong and has been reported.
  struct Failure: Error {}

  /// How many levels reading goes down: a bracket is two, as is a block.
  static let depthLimit = 64

  let source: SourceText
  private let tokens: [Token]
  let literals: [Literal]
  let lexicalProblems: ProblemList
  var problems = ProblemList()
  private(set) var index = 0
  private(set) var token: Token
  /// Where the token before this one ended.
  private(set) var previousEnd: Int32 = 0

  /// How many `(`, `[` and `${` are open; inside of them newlines are space.
  var brackets = 0
  var depth = 0
  /// How high the tree of the expression read last is.
  var height = 0
  var blocks = 0
  /// The `where` whose condition is being read.
  var outerWhere: SourceRange?
  /// The verb whose clauses were read last, for a clause that it does not have.
  var lastVerb: (name: String, end: Int32, clauses: [Word]) = ("", -1, [])
  /// A block whose closing brace stands further left than its first line: likely the one that was left open.
  var suspectBlock: SourceRange?
  var isUnfinished: Bool
  var reportedUnclosedBlock = false
  /// Whether a header that could not be read has no block to go on at.
  var blockIsLost = false
  var reportedDepth = false
  /// Whether the value being read may be followed by a text, as a parameter's is.
  var precedesText = false
  /// The first token of the statement being read.
  var statementStart: Token
  /// The last statement of the text.
  var lastKind: Statement.Kind?

  init(_ source: SourceText, _ stream: TokenStream) {
    self.source = source
    tokens = stream.tokens
    literals = stream.literals
    lexicalProblems = stream.problems
    isUnfinished = stream.isUnfinished
    token = tokens[0]
    statementStart = token
  }

  // MARK: Tokens

  mutating func advance() {
    previousEnd = token.upper
    guard index + 1 < tokens.count else { return }
    index += 1
    token = tokens[index]
  }

  func peek(_ distance: Int = 1) -> Token { tokens[min(index + distance, tokens.count - 1)] }
  var previous: Token { tokens[max(index - 1, 0)] }

  /// The token before one that was read a while ago.
  func previous(to token: Token) -> Token {
    var low = 0
    var high = tokens.count
    while low < high {
      let middle = (low + high) / 2
      if tokens[middle].lower < token.lower { low = middle + 1 } else { high = middle }
    }
    return tokens[max(low - 1, 0)]
  }

  /// Whether the token is the first on its line and the newline before it means something.
  var isOnNewLine: Bool { token.startsLine && brackets == 0 }

  /// Whether the statement is over here.
  var endsStatement: Bool {
    switch token.kind {
    case .end, .semicolon, .rightBrace: true
    default: isOnNewLine
    }
  }

  /// Whether the token is that word and on the statement's line.
  func isWord(_ word: Word) -> Bool { token.word == word && !isOnNewLine }

  mutating func take(_ word: Word) -> Bool {
    guard isWord(word) else { return false }
    advance()
    return true
  }

  func range(_ token: Token) -> SourceRange { SourceRange(source.id, Int(token.lower), Int(token.upper)) }
  var place: SourceRange { range(token) }
  /// From a token to the last one read.
  func range(from start: Token) -> SourceRange { SourceRange(source.id, Int(start.lower), Int(previousEnd)) }
  var endOfPrevious: SourceRange { SourceRange(source.id, Int(previousEnd), Int(previousEnd)) }
  func text(_ token: Token) -> String { source.text(Int(token.lower)..<Int(token.upper)) }

  /// A word as the name that it is.
  func name(_ token: Token) -> Name { Name(text(token), range(token)) }

  /// The token in words for an error.
  func described(_ token: Token) -> String {
    switch token.kind {
    case .end: return "the end of the text"
    case .text, .textBegin: return "a text"
    default:
      if token.startsLine, brackets == 0 { return "the end of the line" }
      let text = text(token)
      return text.utf8.count <= 40 ? "`\(text)`" : "`\(text.prefix(40))…`"
    }
  }

  // MARK: Errors

  mutating func report(_ kind: SyntaxProblem.Kind, _ place: SourceRange) { problems.append(kind, place) }

  /// Reports, unless the lexer has already spoken about this token, and gives what to throw. Where the text ends too
  /// early for an operator or a bracket, more may come.
  mutating func failed(_ kind: SyntaxProblem.Kind, _ place: SourceRange) -> Failure {
    if token.kind != .invalid { report(kind, place) }
    let expectsMore = brackets > 0 || previous.kind.wantsMore || previous.word?.role == .operator
    if token.kind == .end, index > 0, expectsMore { isUnfinished = true }
    return Failure()
  }

  /// Where something is missing: at the token, or behind the line that ended too early.
  var missingPlace: SourceRange { token.kind == .end || isOnNewLine ? endOfPrevious : place }

  /// Goes down by as many levels as the stack that is needed is worth; `depth` is set back by the caller, or by
  /// whoever catches the failure.
  mutating func descend(by levels: Int = 1) throws(Failure) {
    guard depth + levels <= Self.depthLimit else { throw tooDeep() }
    depth += levels
  }

  /// Notes that a tree as high as this was built here.
  mutating func rise(to newHeight: Int) throws(Failure) {
    guard newHeight + blocks <= nestingLimit else { throw tooDeep() }
    height = newHeight
  }

  /// One report for each statement at the top is enough.
  private mutating func tooDeep() -> Failure {
    if !reportedDepth { report(.nestingTooDeep, place) }
    reportedDepth = true
    return Failure()
  }

  /// Skips to where the statement ends, over brackets and blocks; with `toBlock`, to the `{` on its line.
  mutating func recover(toBlock: Bool = false) {
    var open = brackets
    brackets = 0
    while token.kind != .end, token.kind != .rightBrace {
      if token.startsLine, token.lower != statementStart.lower {
        if open == 0 { return }
        if let role = token.word?.role, role == .statement, !previous.kind.wantsMore { return }
      }
      switch token.kind {
      case .semicolon: return
      case .leftBrace:
        if toBlock { return }
        _ = block(of: "")
        while token.word?.role == .continuation { advance() }
        continue
      case .leftParen, .leftBracket: open += 1
      case .rightParen, .rightBracket: open = max(0, open - 1)
      default: break
      }
      advance()
    }
    if token.kind == .end, open > 0 { isUnfinished = true }
  }

  /// Reads what stands between a word and its block. Where that cannot be read, goes on at the block.
  mutating func header<T>(_ fallback: T, _ read: (inout Parser) throws(Failure) -> T) -> T {
    let outer = depth
    do {
      return try read(&self)
    } catch {
      depth = outer
      recover(toBlock: true)
      blockIsLost = token.kind != .leftBrace || isOnNewLine
      return fallback
    }
  }

  /// Skips a block and all in it without looking.
  mutating func skipBlock() {
    var open = 0
    while token.kind != .end {
      if token.kind == .leftBrace { open += 1 }
      if token.kind == .rightBrace { open -= 1 }
      advance()
      if open <= 0 { return }
    }
    isUnfinished = true
    reportedUnclosedBlock = true
  }
}

extension Token.Kind {
  /// Whether a line that ends in it goes on.
  var wantsMore: Bool {
    switch self {
    case .comma, .leftParen, .leftBracket, .equals, .equalEqual, .bangEqual, .less, .lessEqual, .greater,
      .greaterEqual, .plus, .minus, .star, .slash, .percent, .dotDot:
      true
    default: false
    }
  }
}
