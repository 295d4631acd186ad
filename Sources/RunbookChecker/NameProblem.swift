import RunbookDiagnostics

/// What can be wrong with a name.
enum NameProblem {
  case unknown(String, at: SourceRange, suggestion: String?)
  case usedBeforeDeclaration(String, at: SourceRange, declared: SourceRange)
  /// A procedure reads a name of the file, and is called where that name has no value yet.
  case notSetAtCall(String, at: SourceRange, declared: SourceRange)
  /// An included file means a name of the file that includes it.
  case declaredElsewhere(String, at: SourceRange, declared: SourceRange?, file: String)
  case alreadyDeclared(String, at: SourceRange, earlier: SourceRange?)
  /// Only at the prompt, and only a note.
  case replacesEarlier(String, at: SourceRange)
  case assignedLet(String, at: SourceRange, declared: SourceRange?)
  case assignedInParallel(String, at: SourceRange, declared: SourceRange?, parallel: SourceRange)
  case itOutsideWhere(at: SourceRange)
  case errorOutsideCatch(at: SourceRange)
}

extension NameProblem: Diagnosable {
  static let allIDs = [
    "unknown-name", "used-before-declaration", "not-set-at-call", "declared-elsewhere", "already-declared",
    "replaces-earlier",
    "assigned-let", "assigned-in-parallel", "it-outside-where",
    "error-outside-catch",
  ]

  var diagnostic: Diagnostic {
    switch self {
    case .unknown(let name, let range, let suggestion):
      return Diagnostic(
        id: "unknown-name", message: "nothing here is called `\(name)`", primary: .init(range),
        fixes: .replacement(suggestion, at: range))
    case .usedBeforeDeclaration(let name, let range, let declared):
      return Diagnostic(
        id: "used-before-declaration", message: "`\(name)` is used before it is declared", primary: .init(range),
        secondary: [.init(declared, "declared only here")])
    case .notSetAtCall(let name, let range, let declared):
      return Diagnostic(
        id: "not-set-at-call",
        message: "`\(name)` has no value yet where this procedure is called",
        primary: .init(range), secondary: [.init(declared, "it gets its value here, after the call")],
        notes: ["call the procedure further down, or hand the value over as an argument"])
    case .declaredElsewhere(let name, let range, let declared, let file):
      return Diagnostic(
        id: "declared-elsewhere", message: "`\(name)` belongs to `\(file)`, which this file does not include",
        primary: .init(range), secondary: declared.map { [.init($0, "declared here")] } ?? [],
        notes: ["an included file sees its own names only; hand the value over as an argument"])
    case .alreadyDeclared(let name, let range, let earlier):
      return Diagnostic(
        id: "already-declared", message: "`\(name)` is already declared",
        primary: .init(range, "a name means one thing"),
        secondary: earlier.map { [.init($0, "first declared here")] } ?? [])
    case .replacesEarlier(let name, let range):
      return Diagnostic(
        id: "replaces-earlier", severity: .note, message: "`\(name)` replaces the one declared earlier",
        primary: .init(range))
    case .assignedLet(let name, let range, let declared):
      return Diagnostic(
        id: "assigned-let", message: "`\(name)` is not a `var` and cannot be assigned", primary: .init(range),
        secondary: declared.map { [.init($0, "declared here")] } ?? [],
        notes: ["only what `var` declares can be assigned again"])
    case .assignedInParallel(let name, let range, let declared, let parallel):
      return Diagnostic(
        id: "assigned-in-parallel",
        message: "`\(name)` belongs to the outside of this `parallel` and cannot be assigned inside it",
        primary: .init(range),
        secondary: [.init(parallel, "its branches run at the same time")]
          + (declared.map { [.init($0, "declared here")] } ?? []))
    case .itOutsideWhere(let range):
      return Diagnostic(
        id: "it-outside-where", message: "`it` has a meaning only behind `where`", primary: .init(range))
    case .errorOutsideCatch(let range):
      return Diagnostic(
        id: "error-outside-catch", message: "`error` has a meaning only inside `catch`", primary: .init(range))
    }
  }
}
