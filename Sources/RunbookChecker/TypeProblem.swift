import RunbookDiagnostics
import RunbookSyntax

/// What can be wrong with the type of a value in its place.
enum TypeProblem: Sendable {
  /// `role` says what the place is: "`timeout`", "the title of a step".
  case mismatch(role: String, wanted: ValueType, found: ValueType, at: SourceRange, hint: Hint?)
  case condition(found: ValueType, at: SourceRange)
  case operands(BinaryOperator, ValueType, ValueType, at: SourceRange, left: SourceRange, right: SourceRange)
  case operand(UnaryOperator, ValueType, at: SourceRange)
  case incomparable(ValueType, ValueType, at: SourceRange, left: SourceRange, right: SourceRange)
  /// Compared with `none`, which the value never is; a warning.
  case neverNone(ValueType, at: SourceRange)
  case maybeNone(ValueType, at: SourceRange, source: String?)
  case unknownField(String, of: ValueType, at: SourceRange, suggestion: String?)
  case notIndexable(ValueType, at: SourceRange)
  case mixedList(ValueType, ValueType, first: SourceRange, at: SourceRange)
  case assignment(String, holds: ValueType, found: ValueType, at: SourceRange, declared: SourceRange?)
  case mixedReturns(ValueType, ValueType, first: SourceRange, at: SourceRange)
  case unknownStatus(String, at: SourceRange, suggestion: String?)
  case unusedValue(ValueType, at: SourceRange)
  case unknownParameterType(String, at: SourceRange, suggestion: String?)
  case conversion(to: String, found: ValueType, at: SourceRange)

  /// What may have been meant instead.
  enum Hint: Sendable {
    /// Writing the value inside a text.
    case interpolate(source: String)
    /// Waiting for an operation's next run, or launching it.
    case operationForRun
    /// A run stands where its operation is wanted.
    case runForOperation
    case convert(String)
  }
}
