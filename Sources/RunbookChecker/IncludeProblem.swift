import RunbookDiagnostics

/// What can be wrong with an `include`.
enum IncludeProblem {
  case unreadable(String, reason: String, at: SourceRange)
  /// The files in the order in which each includes the next, the first one repeated at the end.
  case cycle([String], at: SourceRange)
  /// `statement` is the first that is no declaration.
  case notDeclarations(String, statement: SourceRange, at: SourceRange)
  /// A warning.
  case twice(String, at: SourceRange, earlier: SourceRange)
  case tooDeep(limit: Int, at: SourceRange)
}

extension IncludeProblem: Diagnosable {
  static let allIDs = [
    "include-unreadable", "include-cycle", "include-not-declarations", "included-twice", "include-too-deep",
  ]

  var diagnostic: Diagnostic {
    switch self {
    case .unreadable(let path, let reason, let range):
      return Diagnostic(
        id: "include-unreadable",
        message: path.isEmpty ? "no file is named here" : "`\(path)` cannot be included: \(reason)",
        primary: .init(range))
    case .cycle(let names, let range):
      return Diagnostic(
        id: "include-cycle", message: "this file includes itself", primary: .init(range),
        notes: names.count > 2 ? [names.joined(separator: " → ")] : [])
    case .notDeclarations(let path, let statement, let range):
      return Diagnostic(
        id: "include-not-declarations", message: "an included file may only declare, and `\(path)` does more",
        primary: .init(range), secondary: [.init(statement, "this is no declaration")],
        notes: ["an included file holds `let`, `var`, `param`, `procedure`, `include`, `account`, `environment`"])
    case .twice(let path, let range, let earlier):
      return Diagnostic(
        id: "included-twice", severity: .warning, message: "`\(path)` is included already", primary: .init(range),
        secondary: [.init(earlier, "included here")])
    case .tooDeep(let limit, let range):
      return Diagnostic(
        id: "include-too-deep", message: "includes are nested deeper than \(limit) files", primary: .init(range))
    }
  }
}
