public import RunbookDiagnostics

/// What came of reading a source: the tree of what could be read, all errors at once, and whether the text simply has
/// not ended yet, which the prompt wants to know.
public struct ParseResult: Sendable {
  /// How far an entry has come.
  public enum Completeness: Hashable, Sendable {
    case complete
    /// Complete, but `else`, `catch` or `finally` could still follow on the next line.
    case mayContinue
    /// More has to come: an open bracket, text or block, a trailing operator or comma.
    case unfinished
  }

  public let program: Program
  public let diagnostics: [Diagnostic]
  public let completeness: Completeness

  public init(program: Program, diagnostics: [Diagnostic], completeness: Completeness) {
    self.program = program
    self.diagnostics = diagnostics
    self.completeness = completeness
  }
}
