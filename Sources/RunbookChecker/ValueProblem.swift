import RunbookDiagnostics

/// What can be wrong with a value that the text spells out.
enum ValueProblem {
  case unreadable(text: String, as: String, at: SourceRange)
  case divisionByZero(at: SourceRange, divisor: SourceRange)
  case notWholeDays(at: SourceRange)
  case notWhole(role: String, at: SourceRange)
  case tooSmall(role: String, least: Int, at: SourceRange)
  case notPositive(role: String, at: SourceRange)
  /// A warning.
  case emptyRange(at: SourceRange)
  case rangeTooLong(count: Int, limit: Int, at: SourceRange)
  case noSuchElement(index: String, count: Int, at: SourceRange)
  case notSpelledOut(role: String, at: SourceRange)
  case secretVariable(String, at: SourceRange)
}

extension ValueProblem: Diagnosable {
  static let allIDs = [
    "unreadable-value", "division-by-zero", "not-whole-days", "not-a-whole-number", "too-small", "not-positive",
    "empty-range", "range-too-long", "no-such-element", "not-spelled-out", "secret-variable",
  ]

  var diagnostic: Diagnostic {
    switch self {
    case .unreadable(let text, let type, let range):
      return Diagnostic(
        id: "unreadable-value", message: "`\(text)` cannot be read as a \(type)", primary: .init(range),
        notes: type == "date"
          ? ["a date is written `2020-12-30`"]
          : type == "timestamp"
            ? ["a timestamp is written `2020-12-30T11:28:43Z`"] : [])
    case .divisionByZero(let range, let divisor):
      return Diagnostic(
        id: "division-by-zero", message: "nothing can be divided by zero", primary: .init(range),
        secondary: [.init(divisor, "this is zero")])
    case .notWholeDays(let range):
      return Diagnostic(
        id: "not-whole-days", message: "a date moves by whole days only", primary: .init(range),
        notes: ["`timestamp(…)` makes a moment of a date, which moves by any duration"])
    case .notWhole(let role, let range):
      return Diagnostic(
        id: "not-a-whole-number", message: "\(role) has to be a whole number", primary: .init(range))
    case .tooSmall(let role, let least, let range):
      return Diagnostic(id: "too-small", message: "\(role) has to be at least \(least)", primary: .init(range))
    case .notPositive(let role, let range):
      return Diagnostic(
        id: "not-positive", message: "\(role) has to be longer than nothing", primary: .init(range))
    case .emptyRange(let range):
      return Diagnostic(
        id: "empty-range", severity: .warning, message: "this range is empty: it ends before it begins",
        primary: .init(range))
    case .rangeTooLong(let count, let limit, let range):
      return Diagnostic(
        id: "range-too-long", message: "this range is too long", primary: .init(range, "\(count) elements"),
        notes: ["a range has at most \(limit) elements"])
    case .noSuchElement(let index, let count, let range):
      return Diagnostic(
        id: "no-such-element", message: "the list has no element \(index)", primary: .init(range),
        notes: ["it has \(counted(count, "element")), counted from 0"])
    case .notSpelledOut(let role, let range):
      return Diagnostic(
        id: "not-spelled-out", message: "\(role) has to be a text without `${…}`", primary: .init(range))
    case .secretVariable(let name, let range):
      return Diagnostic(
        id: "secret-variable", message: "`\(name)` holds the token, which no runbook gets to see", primary: .init(range)
      )
    }
  }
}
