import CivilTime
import RunbookChecker
import RunbookDiagnostics
import RunbookEvaluator
import RunbookRecord
import RunbookSyntax
import TailerAPI

extension Value {
  /// A parameter's value, on a day.
  init(_ value: ParameterValue, today: CalendarDate) {
    self =
      switch value {
      case .text(let text): .text(text)
      case .number(let number): .number(number)
      case .boolean(let boolean): .boolean(boolean)
      case .date(let date): .date(date)
      case .today: .date(today)
      case .yesterday: today.adding(days: -1).map { .date($0) } ?? .date(today)
      case .timestamp(let moment): .timestamp(moment)
      case .duration(let span): .duration(span)
      case .status(let status): .status(status)
      }
  }
}

extension ValueType {
  /// What is known of a value that is there.
  init(of value: Value) {
    self =
      switch value {
      case .text: .text
      case .number: .number
      case .boolean: .boolean
      case .date: .date
      case .timestamp: .timestamp
      case .duration: .duration
      case .status: .status
      case .operation(let operation): .operation(operation.type)
      case .run: .run
      case .error: .error
      case .none: .none
      case .list(let values):
        values.first.map { first in
          let type = ValueType(of: first)
          return .list(values.allSatisfy { ValueType(of: $0) == type } ? type : .unknown)
        } ?? .list(.unknown)
      }
  }

  /// Whether a value is of this type.
  func isOf(_ value: Value) -> Bool {
    switch (self, value) {
    case (.unknown, _), (.optional, .none): true
    case (.optional(let type), _): type.isOf(value)
    case (.operation(nil), .operation): true
    case (.list(let element), .list(let values)): values.allSatisfy(element.isOf)
    default: self == ValueType(of: value)
    }
  }

  /// For `:vars`.
  var name: String {
    switch self {
    case .text: "text"
    case .number: "number"
    case .boolean: "boolean"
    case .date: "date"
    case .timestamp: "timestamp"
    case .duration: "duration"
    case .status: "status"
    case .operation(let type): type?.rawValue ?? "data operation"
    case .run: "run"
    case .error: "error"
    case .list(let element): "list of \(element.name)"
    case .none: "none"
    case .optional(let type): "\(type.name) or none"
    case .unknown: "unknown"
    }
  }
}

/// Why an entry cannot go on behind the prompt.
struct BackgroundProblem: Diagnosable {
  enum Kind {
    /// It would change what the entries in front stand on, at some time or other.
    case declares(String)
    case assigns(String)
    case sets
  }
  let kind: Kind
  let place: SourceRange

  static let allIDs = ["background-declares", "background-assigns", "background-sets"]

  /// - Parameter outer: The names of the session.
  init?(_ facts: StatementFacts, outer: Set<String>) {
    if let name = facts.declared.first {
      (kind, place) = (.declares(name.text), name.range)
    } else if let name = facts.assigned.first(where: { outer.contains($0.text) }) {
      (kind, place) = (.assigns(name.text), name.range)
    } else if let range = facts.settings.first {
      (kind, place) = (.sets, range)
    } else {
      return nil
    }
  }

  var diagnostic: Diagnostic {
    switch kind {
    case .declares(let name):
      Diagnostic(
        id: "background-declares", message: "`\(name)` would be declared behind the prompt, where nobody could use it",
        primary: .init(place), notes: ["declare it first, and use it with `&` then"])
    case .assigns(let name):
      Diagnostic(
        id: "background-assigns", message: "`\(name)` cannot be assigned from behind the prompt", primary: .init(place))
    case .sets:
      Diagnostic(
        id: "background-sets", message: "this sets something for later entries and cannot go on behind the prompt",
        primary: .init(place), notes: ["leave the `&` out"])
    }
  }
}
