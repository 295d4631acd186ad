import RunbookDiagnostics

/// What can be wrong with a call and its arguments.
enum CallProblem {
  case unknown(String, at: SourceRange, suggestion: String?)
  case notAProcedure(String, at: SourceRange, declared: SourceRange?)
  case procedureNotCalled(String, at: SourceRange, declared: SourceRange)
  case unknownArgument(String, at: SourceRange, procedure: String, suggestion: String?)
  case duplicateArgument(String, at: SourceRange, earlier: SourceRange)
  case positionalAfterNamed(at: SourceRange, named: SourceRange)
  case tooManyArguments(at: SourceRange, procedure: String, takes: Int, declared: SourceRange?)
  case missingArguments([String], at: SourceRange, procedure: String, declared: SourceRange?)
}

extension CallProblem: Diagnosable {
  static let allIDs = [
    "unknown-procedure", "not-a-procedure", "procedure-not-called", "unknown-argument",
    "duplicate-argument", "positional-after-named", "too-many-arguments", "missing-arguments",
  ]

  var diagnostic: Diagnostic {
    switch self {
    case .unknown(let name, let range, let suggestion):
      return Diagnostic(
        id: "unknown-procedure", message: "no procedure is called `\(name)`", primary: .init(range),
        fixes: .replacement(suggestion, at: range))
    case .notAProcedure(let name, let range, let declared):
      return Diagnostic(
        id: "not-a-procedure", message: "`\(name)` is a value, not a procedure, and cannot be called",
        primary: .init(range), secondary: declared.map { [.init($0, "declared here")] } ?? [])
    case .procedureNotCalled(let name, let range, let declared):
      return Diagnostic(
        id: "procedure-not-called", message: "`\(name)` is a procedure and has to be called", primary: .init(range),
        secondary: [.init(declared, "declared here")],
        fixes: [.init("call it", replacing: range, with: "\(name)()")])
    case .unknownArgument(let label, let range, let procedure, let suggestion):
      return Diagnostic(
        id: "unknown-argument", message: "`\(procedure)` has no parameter `\(label)`", primary: .init(range),
        fixes: .replacement(suggestion, at: range))
    case .duplicateArgument(let label, let range, let earlier):
      return Diagnostic(
        id: "duplicate-argument", message: "`\(label)` is given twice", primary: .init(range),
        secondary: [.init(earlier, "given here already")])
    case .positionalAfterNamed(let range, let named):
      return Diagnostic(
        id: "positional-after-named", message: "an argument without a name cannot follow one with a name",
        primary: .init(range), secondary: [.init(named, "this one has a name")])
    case .tooManyArguments(let range, let procedure, let takes, let declared):
      return Diagnostic(
        id: "too-many-arguments", message: "`\(procedure)` takes no more than \(counted(takes, "argument"))",
        primary: .init(range), secondary: declared.map { [.init($0, "declared here")] } ?? [])
    case .missingArguments(let names, let range, let procedure, let declared):
      return Diagnostic(
        id: "missing-arguments", message: "`\(procedure)` also needs \(names.listed)", primary: .init(range),
        secondary: declared.map { [.init($0, "declared here")] } ?? [])
    }
  }
}
