public import RunbookDiagnostics

/// What can be wrong with a parameter, with its default, and with the value that somebody gives it.
public struct ParameterProblem: Diagnosable, Error {
  enum Kind: Sendable {
    case defaultReads(String)
    case defaultActs(String)
    case defaultType(ValueType)
    case notAnAssignment(String)
    case unknown(String, suggestion: String?, known: [String])
    case givenTwice(String, earlier: SourceRange)
    case value(String, parameter: String, type: ValueType, declared: SourceRange)
    case notUTF8(variable: String)
    /// What is given holds the token.
    case secret(parameter: String)
    case missing([String], others: [SourceRange], variables: [String])
  }
  let kind: Kind
  let range: SourceRange

  init(_ kind: Kind, at range: SourceRange) {
    self.kind = kind
    self.range = range
  }

  static func defaultReads(_ name: String, at range: SourceRange) -> Self { Self(.defaultReads(name), at: range) }
  static func defaultActs(_ word: String, at range: SourceRange) -> Self { Self(.defaultActs(word), at: range) }
  static func defaultType(_ type: ValueType, at range: SourceRange) -> Self { Self(.defaultType(type), at: range) }

  public static let allIDs = [
    "default-reads", "default-acts", "default-type", "not-an-assignment", "unknown-parameter",
    "parameter-given-twice", "parameter-value", "variable-not-utf8", "missing-parameters",
  ]

  public var diagnostic: Diagnostic {
    switch kind {
    case .defaultReads(let name):
      return Diagnostic(
        id: "default-reads", message: "a parameter's default cannot read `\(name)`", primary: .init(range),
        notes: ["it is known before anything else; it may read earlier parameters, `today`, `yesterday` and `now`"])
    case .defaultActs(let word):
      return Diagnostic(
        id: "default-acts", message: "a parameter's default cannot `\(word)`", primary: .init(range),
        notes: ["it is known before anything else; it may read earlier parameters, `today`, `yesterday` and `now`"])
    case .defaultType(let type):
      return Diagnostic(
        id: "default-type", message: "a parameter cannot be \(type.words)", primary: .init(range),
        notes: ["it can be \(parameterTypes.map(\.name).listed("or"))"])
    case .secret(let name):
      return Diagnostic(
        id: "secret-variable", message: "what is given for `\(name)` holds the token, which no runbook gets to see",
        primary: .init(range))
    case .notAnAssignment(let text):
      return Diagnostic(
        id: "not-an-assignment", message: "a parameter is given as `NAME=VALUE`", primary: .init(range),
        notes: text.isEmpty ? [] : ["there is no `=` in `\(text)`"])
    case .unknown(let name, let suggestion, let known):
      return Diagnostic(
        id: "unknown-parameter", message: "the runbook has no parameter `\(name)`", primary: .init(range),
        notes: known.isEmpty ? ["it has none at all"] : ["it has \(known.listed)"],
        fixes: .replacement(suggestion, at: range))
    case .givenTwice(let name, let earlier):
      return Diagnostic(
        id: "parameter-given-twice", message: "`\(name)` is given twice", primary: .init(range),
        secondary: [.init(earlier, "given here already")])
    case .value(let text, let parameter, let type, let declared):
      return Diagnostic(
        id: "parameter-value", message: "`\(parameter)` has to be \(type.words), and `\(text)` is none",
        primary: .init(range), secondary: [.init(declared, "the parameter")], notes: type.forms)
    case .notUTF8(let variable):
      return Diagnostic(
        id: "variable-not-utf8", message: "the environment variable `\(variable)` is not UTF-8",
        primary: .init(range, "this is read from it"),
        notes: ["texts are UTF-8 here; nothing stands in for what is none"])
    case .missing(let names, let others, let variables):
      return Diagnostic(
        id: "missing-parameters",
        message: "\(names.listed) \(names.count == 1 ? "has" : "have") to be given", primary: .init(range),
        secondary: others.map { .init($0, "this one, too") },
        notes: ["write `\(names.map { "\($0)=…" }.joined(separator: " "))` behind the file"]
          + (variables.isEmpty ? [] : ["the environment can give it, too: \(variables.listed)"]))
    }
  }
}

extension ValueType {
  /// How values of the type are written on the command line.
  fileprivate var forms: [String] {
    switch self {
    case .number: ["a number is written `3` or `1.5`"]
    case .boolean: ["write `true` or `false`"]
    case .date: ["a date is written `2020-12-30`, or `today` or `yesterday`"]
    case .timestamp: ["a timestamp is written `2020-12-30T11:28:43Z`"]
    case .duration: ["a duration is written `90s`, `30m` or `1h30m`"]
    default: []
    }
  }
}
