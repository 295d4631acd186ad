public import RunbookDiagnostics

extension SyntaxProblem: Diagnosable {
  public static let allIDs = [
    "source-too-large", "invalid-utf8", "control-character", "hidden-character", "look-alike-character",
    "unexpected-character", "foreign-comment", "non-ascii-name", "foreign-operator",
    "unterminated-text", "unterminated-block-text", "unterminated-interpolation", "quote-in-interpolation",
    "nested-interpolation", "empty-interpolation", "unknown-escape",
    "malformed-date", "impossible-date", "impossible-timestamp", "timestamp-without-zone", "time-of-day",
    "malformed-number", "number-out-of-range", "malformed-duration", "duration-out-of-range",
    "nesting-too-deep", "unclosed-bracket", "unclosed-block", "unmatched-closer", "missing-block",
    "block-on-next-line", "bare-block",
    "missing-expression", "operator-begins-statement", "missing-name", "reserved-name", "missing-word", "missing-text",
    "missing-environment",
    "missing-equals", "missing-comma", "missing-separator", "unexpected-token", "not-callable", "not-assignable",
    "unknown-type",
    "assignment-in-condition", "chained-comparison", "nested-where", "misplaced-not",
    "missing-operand", "unparenthesized-operand", "unknown-statement", "foreign-statement", "unbounded-loop",
    "repeated-clause", "unknown-clause", "misplaced-binding", "misplaced-outcome", "prompt-command", "not-a-step",
    "not-top-level", "unknown-error-kind", "unreachable-catch", "try-without-handler", "stray-word",
    "too-many-errors",
  ]

  public var diagnostic: Diagnostic {
    let words = words
    return Diagnostic(
      id: words.id, severity: words.severity, message: words.message, primary: .init(place, words.label),
      secondary: words.secondary, notes: words.notes, fixes: words.fixes)
  }

  /// What a problem says, beside its place.
  struct Words {
    let id: String
    let message: String
    var label = ""
    var severity = Diagnostic.Severity.error
    var secondary: [Diagnostic.Label] = []
    var notes: [String] = []
    var fixes: [Diagnostic.Fix] = []

    init(
      _ id: String, _ message: String, label: String = "", secondary: [Diagnostic.Label] = [], notes: [String] = [],
      fixes: [Diagnostic.Fix] = []
    ) {
      self.id = id
      self.message = message
      self.label = label
      self.secondary = secondary
      self.notes = notes
      self.fixes = fixes
    }
  }

  private var words: Words {
    switch kind {
    case .sourceTooLarge, .invalidUTF8, .controlCharacter, .hiddenCharacter, .lookAlike, .unexpectedCharacter,
      .foreignComment, .nonASCIIName, .foreignOperator, .unterminatedText, .unterminatedBlockText,
      .unterminatedInterpolation, .quoteInInterpolation, .nestedInterpolation, .emptyInterpolation, .unknownEscape:
      characterWords
    case .malformedDate, .impossibleDate, .impossibleTimestamp, .timestampWithoutZone, .timeOfDay, .malformedNumber,
      .numberOutOfRange, .malformedDuration, .durationOutOfRange:
      literalWords
    case .nestingTooDeep, .unclosedBracket, .unclosedBlock, .unmatchedCloser, .missingBlock, .blockOnNextLine,
      .bareBlock, .missingExpression, .operatorBegins, .missingName, .reservedName, .missingWord, .missingText,
      .missingEnvironment, .missingEquals, .missingComma, .missingSeparator, .unexpectedToken, .notCallable,
      .notAssignable, .unknownType,
      .assignmentInCondition, .chainedComparison, .nestedWhere, .misplacedNot:
      structureWords
    default: statementWords
    }
  }

  /// A fix that puts something in this problem's place.
  func replacing(_ title: String, with replacement: String) -> [Diagnostic.Fix] {
    [Diagnostic.Fix(title, replacing: place, with: replacement)]
  }

  func inserting(_ title: String, _ text: String, at place: SourceRange) -> [Diagnostic.Fix] {
    [Diagnostic.Fix(title, replacing: place, with: text)]
  }

  /// A fix that puts the nearest of the words that are known in this problem's place.
  func suggesting(_ word: String, among known: [String]) -> [Diagnostic.Fix] {
    nearest(to: word, among: known).map { replacing("did you mean `\($0)`?", with: $0) } ?? []
  }
}

/// Words of the source as a message shows them, however long they are.
func quoted(_ text: String) -> String {
  text.utf8.count <= 60 ? "`\(text)`" : "`\(text.prefix(40))…`"
}
