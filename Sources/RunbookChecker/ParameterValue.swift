public import CivilTime
public import RunbookDiagnostics
public import RunbookSyntax
public import TailerAPI
import VisibleText

/// The value of a parameter, read from what was written on the command line, in the environment or at a terminal.
public enum ParameterValue: Hashable, Sendable {
  case text(String)
  case number(Number)
  case boolean(Bool)
  case date(CalendarDate)
  /// The days that are fixed when the execution starts.
  case today
  case yesterday
  case timestamp(Timestamp)
  case duration(TimeSpan)
  case status(RunStatus)

  /// Reads a value of a type; `nil` for a text that is none. Blanks around anything but a text do not count.
  public init?(_ text: String, of type: ValueType) {
    let word = text.trimmed
    let value: ParameterValue? =
      switch type {
      case .text, .unknown: .text(text)
      case .number: Number(word).map { .number($0) }
      case .boolean: word == "true" ? .boolean(true) : word == "false" ? .boolean(false) : nil
      case .date:
        word == "today" ? .today : word == "yesterday" ? .yesterday : CalendarDate(word).map { .date($0) }
      case .timestamp: Timestamp(word).map { .timestamp($0) }
      case .duration: TimeSpan(word).map { .duration($0) }
      case .status: word.isEmpty || word != word.printable ? nil : .status(RunStatus(word))
      default: nil
      }
    guard let value else { return nil }
    self = value
  }
}

extension CheckedParameter {
  /// Reads a value for this parameter. `range` is where it was written, for the message.
  public func value(_ text: String, at range: SourceRange) -> Result<ParameterValue, ParameterProblem> {
    if Secrets.occur(in: text) { return .failure(ParameterProblem(.secret(parameter: syntax.name.text), at: range)) }
    if let value = ParameterValue(text, of: type) { return .success(value) }
    return .failure(
      ParameterProblem(
        .value(text.printable, parameter: syntax.name.text, type: type, declared: syntax.name.range), at: range))
  }
}

/// What the arguments behind a file come to.
public struct ParameterValues: Sendable {
  public var values: [String: ParameterValue] = [:]
  public var problems: [ParameterProblem] = []
  /// The required parameters that nothing has given, in their order: asked for on a terminal, an error elsewhere.
  public var missing: [CheckedParameter] = []

  /// The error for `missing`, which names all at once; `nil` where there is none.
  public var missingProblem: ParameterProblem? {
    guard let first = missing.first else { return nil }
    return ParameterProblem(
      .missing(
        missing.map(\.syntax.name.text), others: missing.dropFirst().map(\.syntax.name.range),
        variables: missing.compactMap(\.syntax.environmentVariable?.literalText)),
      at: first.syntax.name.range)
  }
}

extension CheckedRunbook {
  /// Reads the values of the parameters.
  ///
  /// - Parameters:
  ///   - arguments: What was written behind the file, each `NAME=VALUE` a source of its own, so that messages can point
  ///     into it.
  ///   - environment: The environment variables, for `from env`; an argument wins over one.
  public func parameterValues(_ arguments: [SourceText], environment: [String: String] = [:]) -> ParameterValues {
    var result = ParameterValues()
    let known = Dictionary(parameters.map { ($0.syntax.name.text, $0) }) { first, _ in first }
    var given: [String: SourceRange] = [:]
    for argument in arguments {
      let text = String(decoding: argument.bytes, as: UTF8.self)
      let whole = SourceRange(argument.id, 0, argument.bytes.count)
      guard let equals = argument.bytes.firstIndex(of: UInt8(ascii: "=")), equals > 0 else {
        result.problems.append(ParameterProblem(.notAnAssignment(text.printable), at: whole))
        continue
      }
      let name = String(decoding: argument.bytes[..<equals], as: UTF8.self)
      let nameRange = SourceRange(argument.id, 0, equals)
      guard let parameter = known[name] else {
        let names = parameters.map(\.syntax.name.text)
        result.problems.append(
          ParameterProblem(
            .unknown(name.printable, suggestion: nearest(to: name, among: names), known: names), at: nameRange))
        continue
      }
      if let earlier = given[name] {
        result.problems.append(ParameterProblem(.givenTwice(name, earlier: earlier), at: nameRange))
        continue
      }
      given[name] = nameRange
      let value = String(decoding: argument.bytes[(equals + 1)...], as: UTF8.self)
      result.take(
        parameter.value(value, at: SourceRange(argument.id, equals + 1, argument.bytes.count)), for: name)
    }
    for parameter in parameters where given[parameter.syntax.name.text] == nil {
      let name = parameter.syntax.name.text
      if let variable = parameter.syntax.environmentVariable, let key = variable.literalText,
        let value = environment[key]
      {
        // Bytes that are no text come as this.
        result.take(
          value.unicodeScalars.contains("\u{FFFD}")
            ? .failure(ParameterProblem(.notUTF8(variable: key), at: variable.range))
            : parameter.value(value, at: variable.range), for: name)
      } else if parameter.isRequired {
        result.missing.append(parameter)
      }
    }
    return result
  }
}

extension ParameterValues {
  fileprivate mutating func take(_ result: Result<ParameterValue, ParameterProblem>, for name: String) {
    switch result {
    case .success(let value): values[name] = value
    case .failure(let problem): problems.append(problem)
    }
  }
}

extension String {
  fileprivate var trimmed: String {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r" }
    var text = self[...]
    while let first = text.first, isBlank(first) { text.removeFirst() }
    while let last = text.last, isBlank(last) { text.removeLast() }
    return String(text)
  }
}
