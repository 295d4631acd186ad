public import RunbookChecker
public import RunbookDiagnostics
public import RunbookSyntax

/// A text that has been read and checked, ready to run or with all that is wrong with it.
public struct Preparation: Sendable {
  public let source: SourceText
  public let sources: SourceMap
  /// In the order of the sources; errors and warnings.
  public let diagnostics: [Diagnostic]
  /// `nil` where there is an error.
  public let runbook: CheckedRunbook?
  public let completeness: ParseResult.Completeness

  /// Reads and checks a text. What can be read of a text with errors is checked as well, so that all are told at once.
  public init(of source: SourceText, in context: CheckContext, among known: SourceMap = SourceMap()) {
    let parsed = parse(source)
    var sources = known
    sources.add(source)
    let checked = check(parsed.program, sources: sources, context: context)
    self.source = source
    self.sources = checked.sources
    completeness = parsed.completeness
    diagnostics = parsed.diagnostics + checked.diagnostics
    runbook = diagnostics.containsError ? nil : checked.runbook
  }
}
