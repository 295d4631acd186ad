public import RunbookDiagnostics
public import RunbookSyntax

/// What came of checking: everything there is to say, and the runbook where nothing of it is an error.
public struct CheckResult: Sendable {
  /// Errors, warnings and notes in the order of the source, those of included files behind.
  public let diagnostics: [Diagnostic]
  /// The program's source and everything that it includes, for drawing them.
  public let sources: SourceMap
  /// `nil` where there is an error.
  public let runbook: CheckedRunbook?
}

/// Checks names, types, flow and the service's own rules over a whole program and everything that it includes. Pure but
/// for what `context.loader` reads.
///
/// - Parameters:
///   - program: The tree. What could not be read of it has been reported by the parser and is passed over here; whoever
///     has such errors must not run the result.
///   - sources: The program's source, and at the prompt those of earlier entries; included files are added.
public func check(_ program: Program, sources: SourceMap, context: CheckContext) -> CheckResult {
  var checker = Checker(program: program, sources: sources, context: context)
  return checker.check()
}
