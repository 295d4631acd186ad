import RunbookDiagnostics
import RunbookSyntax

/// The types that a `param` can have, by their words.
let parameterTypes: [(name: String, type: ValueType)] = [
  ("text", .text), ("number", .number), ("boolean", .boolean), ("date", .date), ("timestamp", .timestamp),
  ("duration", .duration), ("status", .status),
]

extension Checker {
  /// Environment variables that hold the token.
  private static let secretVariables: Set = ["TAILER_API_JWT"]

  mutating func checkParameter(_ parameter: Parameter) {
    var written: ValueType?
    if let word = parameter.type {
      written = parameterTypes.first { $0.name == word.text }?.type ?? .unknown
      if written == .unknown {
        report(
          TypeProblem.unknownParameterType(
            word.text, at: word.range, suggestion: suggestion(for: word.text, among: parameterTypes.map(\.name))))
      }
    }
    var type = written ?? .text
    if let value = parameter.defaultValue {
      let outer = surroundings
      surroundings.isParameterDefault = true
      let errors = diagnostics.count
      var fact = infer(value)
      if diagnostics.count > errors { fact = .unknown }
      surroundings = outer
      if let written {
        _ = demand(fact, written, "the default of `\(parameter.name.text)`", at: value)
      } else {
        type = fact.type
        if !type.isUnknown, !parameterTypes.contains(where: { $0.type == type }) {
          report(ParameterProblem.defaultType(type, at: value.range))
          type = .unknown
        }
      }
    }
    if let name = parameter.environmentVariable, !name.isInvalid, name.literalText?.isEmpty ?? true {
      report(ValueProblem.notSpelledOut(role: "the name of an environment variable", at: name.range))
    }
    if let name = parameter.environmentVariable, let text = name.literalText, Self.secretVariables.contains(text) {
      report(ValueProblem.secretVariable(text, at: name.range))
    }
    if let summary = parameter.summary, !summary.isInvalid, summary.literalText == nil {
      report(ValueProblem.notSpelledOut(role: "what a parameter is about", at: summary.range))
    }
    guard let id = declare(parameter.name, Fact(type)) else { return }
    variables[id.number].isParameter = true
    parameters.append(
      CheckedParameter(syntax: parameter, type: type, isRequired: parameter.defaultValue == nil))
  }
}

extension Expression {
  var isInvalid: Bool { if case .invalid = kind { true } else { false } }
}
