public import RunbookDiagnostics

/// What can be wrong with the words of a runbook and their order, and where.
public struct SyntaxProblem: Hashable, Sendable {
  public let kind: Kind
  public let place: SourceRange

  public init(_ kind: Kind, _ place: SourceRange) {
    self.kind = kind
    self.place = place
  }

  public enum Kind: Hashable, Sendable {
    // Bytes and characters.
    case sourceTooLarge(limit: Int)
    case invalidUTF8
    case controlCharacter(UInt32)
    case hiddenCharacter(UInt32)
    case lookAlike(found: String, meant: String)
    case unexpectedCharacter(String)
    case foreignComment(String)
    case nonASCIIName
    case foreignOperator(String, meant: String?)

    // Texts.
    case unterminatedText(quote: String, closeAt: SourceRange)
    case unterminatedBlockText
    case unterminatedInterpolation
    case quoteInInterpolation
    case nestedInterpolation
    case emptyInterpolation
    case unknownEscape(String, meant: String?)

    // Literals.
    case malformedDate(meant: String?)
    case impossibleDate(String)
    case impossibleTimestamp(String)
    case timestampWithoutZone
    case timeOfDay
    case malformedNumber(meant: String?)
    case numberOutOfRange
    case malformedDuration(meant: String?)
    case durationOutOfRange

    // Brackets and blocks.
    case nestingTooDeep
    case unclosedBracket(String, missingAt: SourceRange)
    case unclosedBlock(end: SourceRange)
    case unmatchedCloser(String)
    case missingBlock(of: String)
    case blockOnNextLine(of: String, moveTo: SourceRange)
    case bareBlock

    // Names and values.
    case missingExpression(after: String?, found: String)
    case operatorBegins(String)
    case missingName(after: String)
    case reservedName(String)
    case missingWord(String, after: String)
    case missingText(after: String)
    case missingEnvironment(after: String)
    case missingEquals(name: String)
    case missingComma
    case missingSeparator(next: String)
    case unexpectedToken(String)
    case notCallable
    case notAssignable
    case unknownType(String)

    // Operators.
    case assignmentInCondition(SourceRange)
    case chainedComparison(String, first: SourceRange)
    case nestedWhere(outer: SourceRange)
    case misplacedNot(String)

    // Statements and clauses.
    case verbWithoutOperand(String, wants: String)
    case unparenthesizedOperand(verb: String, text: String)
    case unknownStatement(String)
    case foreignStatement(String, advice: String, replacement: String?)
    case unboundedLoop(String)
    case repeatedClause(String, first: SourceRange)
    case unknownClause(String, of: String, known: [String])
    case misplacedBinding(String)
    case misplacedOutcome
    case promptCommand(String)
    case notAStep
    case notTopLevel(String)
    case unknownErrorKind(String)
    case unreachableCatch(String?, first: SourceRange)
    case attemptWithoutHandler
    case strayWord(String, wants: String)

    case tooManyErrors(more: Int)
  }
}
