public import RunbookDiagnostics
public import RunbookSyntax

/// A runbook without an error in it: the only thing that can run. Nobody but the checker makes one.
public struct CheckedRunbook: Sendable {
  public let program: Program
  /// The program and everything it includes.
  public let sources: SourceMap
  /// What each `include` statement brought in, by the range of the statement; an include met twice is listed at its
  /// first place only, and its declarations are evaluated there.
  public let included: [SourceRange: Program]
  /// Every procedure that can be called, the included ones and, at the prompt, the earlier entries' among them.
  public let procedures: [String: Procedure]
  /// The `param` statements in order, the included ones where their include stands.
  public let parameters: [CheckedParameter]
  /// Warnings; never errors.
  public let diagnostics: [Diagnostic]
  /// The accounts and environments that the text works in, as far as reading tells: the ones in force and those of
  /// operations that name their own. For the record of an execution.
  public let accounts: [String]
  public let environments: [String]
  /// What was said of account and environment before the text began.
  let settings: (account: String?, environment: String?)
  /// The names that the text leaves defined, for the prompt's next entry; empty where it is no prompt's.
  public let scope: CheckedScope
}

/// A parameter and the type that its value has to have.
public struct CheckedParameter: Sendable {
  public let syntax: Parameter
  public let type: ValueType
  public let isRequired: Bool

  public init(syntax: Parameter, type: ValueType, isRequired: Bool) {
    self.syntax = syntax
    self.type = type
    self.isRequired = isRequired
  }
}
