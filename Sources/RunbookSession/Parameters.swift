public import CivilTime
public import RunbookChecker
public import RunbookDiagnostics
public import RunbookEvaluator
import RunbookRecord
import RunbookSyntax

/// A parameter's value, and the text that it was given as, which the journal keeps.
public struct GivenParameter: Sendable {
  public let text: String
  public let value: Value

  public init(text: String, value: Value) {
    self.text = text
    self.value = value
  }
}

/// A parameter that somebody has to be asked for.
public struct MissingParameter: Sendable {
  private let parameter: CheckedParameter

  init(_ parameter: CheckedParameter) { self.parameter = parameter }

  public var name: String { parameter.syntax.name.text }
  /// What the parameter is about.
  public var summary: String? { parameter.syntax.summary?.plainText }

  /// What is wrong with an answer, in words; `nil` for a value.
  public func problem(with answer: String) -> String? {
    guard !answer.isEmpty else { return "`\(name)` has to be given" }
    guard case .failure(let problem) = parameter.value(answer, at: parameter.syntax.name.range) else { return nil }
    return ([problem.diagnostic.message] + problem.diagnostic.notes).joined(separator: "; ")
  }
}

/// What the words behind a file come to: values for the runbook's parameters, or what is wrong with them.
public struct Parameters: Sendable {
  public private(set) var given: [String: GivenParameter] = [:]
  /// Errors in what was given, pointing into `sources`.
  public private(set) var diagnostics: [Diagnostic] = []
  /// The error that names all that is missing; `nil` where nothing is.
  public private(set) var missingDiagnostic: Diagnostic?
  /// The runbook's sources and each argument as one of its own.
  public private(set) var sources: SourceMap
  /// Required ones that nothing has given.
  public private(set) var missing: [MissingParameter] = []

  /// - Parameters:
  ///   - arguments: `NAME=VALUE`, in order.
  ///   - environment: The environment's variables, for `from env`.
  ///   - today: What the words `today` and `yesterday` go by.
  public init(
    of runbook: CheckedRunbook, arguments: [String], environment: [String: String], today: CalendarDate
  ) {
    sources = runbook.sources
    var texts: [String: String] = [:]
    var read: [SourceText] = []
    for argument in arguments {
      let source = SourceText(id: sources.nextID, name: "argument", text: argument)
      sources.add(source)
      read.append(source)
      if let equals = argument.firstIndex(of: "=") {
        texts[String(argument[..<equals])] = String(argument[argument.index(after: equals)...])
      }
    }
    let result = runbook.parameterValues(read, environment: environment)
    diagnostics = result.problems.map(\.diagnostic)
    missingDiagnostic = result.missingProblem?.diagnostic
    missing = result.missing.map(MissingParameter.init)
    for parameter in runbook.parameters {
      let name = parameter.syntax.name.text
      guard let value = result.values[name] else { continue }
      let text = texts[name] ?? parameter.syntax.environmentVariable?.plainText.flatMap { environment[$0] } ?? ""
      given[name] = GivenParameter(text: text, value: Value(value, today: today))
    }
  }
}

extension Value {
  init(_ value: ParameterValue, today: CalendarDate) {
    switch value {
    case .text(let text): self = .text(text)
    case .number(let number): self = .number(number)
    case .boolean(let value): self = .boolean(value)
    case .date(let date): self = .date(date)
    case .today: self = .date(today)
    case .yesterday: self = .date(today.adding(days: -1) ?? today)
    case .timestamp(let moment): self = .timestamp(moment)
    case .duration(let span): self = .duration(span)
    case .status(let status): self = .status(status)
    }
  }
}

extension Expression {
  /// The text that a literal without interpolation says.
  fileprivate var plainText: String? {
    guard case .text(let parts) = kind else { return nil }
    var text = ""
    for part in parts {
      guard case .literal(let piece) = part else { return nil }
      text += piece
    }
    return text
  }
}
