import RunbookDiagnostics

/// What can be wrong with loops, procedures, `try` and `parallel`.
enum ControlProblem {
  case outsideLoop(String, at: SourceRange)
  case returnOutsideProcedure(at: SourceRange)
  case leaves(String, Barrier, at: SourceRange)
  case failsFinally(String, at: SourceRange, finally: SourceRange)
  /// The cycle's procedures in the order of their calls, the first one repeated at the end.
  case recursion([String], at: SourceRange, calls: [SourceRange])
  case callsTooDeep(limit: Int, at: SourceRange)
  /// A warning.
  case emptyTry(at: SourceRange)
}

/// What control cannot leave from within.
struct Barrier: Hashable {
  enum Kind: Hashable {
    case parallel, finally
  }
  let kind: Kind
  let range: SourceRange
}

extension ControlProblem: Diagnosable {
  static let allIDs = [
    "outside-loop", "return-outside-procedure", "leaves-parallel", "leaves-finally", "fails-finally", "recursion",
    "calls-too-deep", "empty-try",
  ]

  var diagnostic: Diagnostic {
    switch self {
    case .outsideLoop(let word, let range):
      return Diagnostic(
        id: "outside-loop", message: "`\(word)` stands in no loop", primary: .init(range))
    case .returnOutsideProcedure(let range):
      return Diagnostic(
        id: "return-outside-procedure", message: "`return` stands in no procedure", primary: .init(range),
        notes: ["`stop` ends the runbook well"])
    case .leaves(let word, let barrier, let range):
      let name = barrier.kind == .parallel ? "parallel" : "finally"
      return Diagnostic(
        id: "leaves-\(name)", message: "`\(word)` cannot leave a `\(name)`", primary: .init(range),
        secondary: [.init(barrier.range, "this one")])
    case .failsFinally(let word, let range, let finally):
      return Diagnostic(
        id: "fails-finally", message: "`\(word)` cannot end a `finally`", primary: .init(range),
        secondary: [.init(finally, "which always runs to its end")],
        notes: ["inside it, a `try` with a `catch` may fail"])
    case .recursion(let names, let range, let calls):
      return Diagnostic(
        id: "recursion",
        message: names.count <= 2
          ? "`\(names.first ?? "")` calls itself" : "`\(names.first ?? "")` calls itself around a corner",
        primary: .init(range), secondary: calls.map { .init($0, "and this calls on") },
        notes: (names.count > 2 ? [names.joined(separator: " → ")] : []) + ["every runbook has to end; use a loop"])
    case .callsTooDeep(let limit, let range):
      return Diagnostic(
        id: "calls-too-deep", message: "calls and blocks are nested deeper than \(limit) levels here",
        primary: .init(range))
    case .emptyTry(let range):
      return Diagnostic(
        id: "empty-try", severity: .warning, message: "there is nothing to try here", primary: .init(range))
    }
  }
}
