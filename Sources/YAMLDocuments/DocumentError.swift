public import RunbookDiagnostics

/// What is wrong with a YAML file: every mistake that was found, in the order of the file.
public struct DocumentError: Error, Sendable, CustomStringConvertible {
  public struct Issue: Hashable, Sendable {
    public let message: String
    public let range: SourceRange
    /// Another place that it is about, and what stands there.
    public let other: Diagnostic.Label?
    /// From 1, as people count.
    public let line: Int
    public let column: Int

    public init(_ message: String, at range: SourceRange, in source: SourceText, other: Diagnostic.Label? = nil) {
      self.message = message
      self.range = range
      self.other = other
      (line, column) = source.position(of: Int(range.lower))
    }
  }

  public let source: SourceText
  public let issues: [Issue]

  public init(_ source: SourceText, _ issues: [Issue]) {
    self.source = source
    self.issues = issues
  }

  /// One line for each.
  public var description: String {
    issues.map { "\(source.name):\($0.line):\($0.column): \($0.message)" }.joined(separator: "\n")
  }

  /// For people, drawn as those of a runbook are.
  ///
  /// - Parameter id: What kind of file it is.
  public func diagnostics(id: String) -> [Diagnostic] {
    issues.map { issue in
      Diagnostic(
        id: id, message: issue.message, primary: Diagnostic.Label(issue.range),
        secondary: issue.other.map { [$0] } ?? [])
    }
  }
}
