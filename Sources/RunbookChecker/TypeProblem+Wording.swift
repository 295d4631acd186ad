import RunbookDiagnostics
import RunbookSyntax

extension TypeProblem: Diagnosable {
  static let allIDs = [
    "type-mismatch", "condition-not-boolean", "operator-types", "incomparable", "never-none", "maybe-none",
    "unknown-field", "not-indexable", "mixed-list", "assigned-other-type", "mixed-returns", "unknown-status",
    "unused-value", "unknown-parameter-type", "cannot-convert",
  ]

  var diagnostic: Diagnostic {
    switch self {
    case .mismatch(let role, let wanted, let found, let range, let hint):
      return Diagnostic(
        id: "type-mismatch", message: "\(role) has to be \(wanted.words)",
        primary: .init(range, "this is \(found.words)"),
        notes: hint?.notes ?? [], fixes: hint?.fixes(at: range) ?? [])
    case .condition(let found, let range):
      return Diagnostic(
        id: "condition-not-boolean", message: "a condition has to be true or false",
        primary: .init(range, "this is \(found.words)"),
        notes: found == .status ? ["compare it: `status == SUCCESS`"] : [])
    case .operands(let op, let left, let right, let range, let leftRange, let rightRange):
      return Diagnostic(
        id: "operator-types", message: "`\(op.rawValue)` has no meaning between \(left.words) and \(right.words)",
        primary: .init(range), secondary: [.init(leftRange, left.words), .init(rightRange, right.words)],
        notes: op.notes(left, right))
    case .operand(let op, let found, let range):
      return Diagnostic(
        id: "operator-types", message: "`\(op.rawValue)` has no meaning for \(found.words)", primary: .init(range))
    case .incomparable(let left, let right, let range, let leftRange, let rightRange):
      return Diagnostic(
        id: "incomparable", message: "\(left.words) cannot be compared with \(right.words)", primary: .init(range),
        secondary: [.init(leftRange, left.words), .init(rightRange, right.words)],
        notes: comparisonNotes(left, right))
    case .neverNone(let type, let range):
      return Diagnostic(
        id: "never-none", severity: .warning, message: "this is never `none`",
        primary: .init(range, "it is \(type.words)"))
    case .maybeNone(let type, let range, let source):
      let name = source ?? "it"
      return Diagnostic(
        id: "maybe-none",
        message: type == .none ? "this is `none` here" : "this may be `none`",
        primary: .init(range, "it is \(type.words)"),
        notes: ["make sure first: `if \(name) != none { … }`, or `require \(name) != none else \"…\"`"])
    case .unknownField(let name, let type, let range, let suggestion):
      let fields = type.fields.map(\.name)
      return Diagnostic(
        id: "unknown-field", message: "\(type.words) has no field `\(name)`", primary: .init(range),
        notes: fields.isEmpty ? [] : ["it has \(fields.listed)"], fixes: .replacement(suggestion, at: range))
    case .notIndexable(let type, let range):
      return Diagnostic(
        id: "not-indexable", message: "only a list has elements to pick", primary: .init(range, "this is \(type.words)")
      )
    case .mixedList(let one, let other, let first, let range):
      return Diagnostic(
        id: "mixed-list", message: "the elements of a list have to be of one type",
        primary: .init(range, other.words), secondary: [.init(first, one.words)])
    case .assignment(let name, let holds, let found, let range, let declared):
      return Diagnostic(
        id: "assigned-other-type", message: "`\(name)` holds \(holds.words)",
        primary: .init(range, "this is \(found.words)"),
        secondary: declared.map { [.init($0, "declared here")] } ?? [])
    case .mixedReturns(let one, let other, let first, let range):
      return Diagnostic(
        id: "mixed-returns", message: "a procedure has to return one type of value",
        primary: .init(range, "here it is \(other.words)"), secondary: [.init(first, "here it is \(one.words)")])
    case .unknownStatus(let word, let range, let suggestion):
      return Diagnostic(
        id: "unknown-status", message: "`\(word)` is not a status", primary: .init(range),
        notes: [
          "a status that the service has and the language does not know is compared as a text: `status == \"…\"`"
        ],
        fixes: .replacement(suggestion, at: range))
    case .unusedValue(let type, let range):
      return Diagnostic(
        id: "unused-value", message: "nothing is done with this value", primary: .init(range, "it is \(type.words)"),
        fixes: [.init("print it", replacing: range.start, with: "print ")])
    case .unknownParameterType(let word, let range, let suggestion):
      return Diagnostic(
        id: "unknown-parameter-type", message: "a parameter cannot be of type `\(word)`", primary: .init(range),
        notes: ["it can be \(parameterTypes.map(\.name).listed("or"))"], fixes: .replacement(suggestion, at: range))
    case .conversion(let type, let found, let range):
      return Diagnostic(
        id: "cannot-convert", message: "`\(type)` cannot make anything of \(found.words)", primary: .init(range))
    }
  }

  private func comparisonNotes(_ left: ValueType, _ right: ValueType) -> [String] {
    switch (left.unwrapped, right.unwrapped) {
    case (.date, .timestamp), (.timestamp, .date): ["`date(…)` gives the day of a timestamp"]
    case (.text, .number), (.number, .text): ["`number(…)` reads a number from a text"]
    case (.text, .date), (.date, .text): ["`date(…)` reads a date from a text"]
    case (.run, .status), (.status, .run): ["a run's status is its field `status`"]
    default: []
    }
  }
}

extension BinaryOperator {
  fileprivate func notes(_ left: ValueType, _ right: ValueType) -> [String] {
    switch (self, left, right) {
    case (.add, .text, _), (.add, _, .text): ["write values into a text with `${…}`"]
    case (.add, .date, .number), (.subtract, .date, .number): ["days are written with their unit: `1d`"]
    case (.add, .timestamp, .number), (.subtract, .timestamp, .number), (.add, .duration, .number),
      (.subtract, .duration, .number):
      ["durations are written with their unit: `10m`"]
    case (.range, _, _): ["a range goes from date to date or from number to number"]
    case (.contains, _, _): ["a list contains its elements, a text contains texts"]
    default: []
    }
  }
}

extension TypeProblem.Hint {
  fileprivate var notes: [String] {
    switch self {
    case .interpolate: []
    case .operationForRun:
      ["`launch` starts a run of an operation, `await next run of … since …` waits for one that something else starts"]
    case .runForOperation: ["a run's operation is its field `operation`"]
    case .convert(let function): ["`\(function)(…)` converts"]
    }
  }

  fileprivate func fixes(at range: SourceRange) -> [Diagnostic.Fix] {
    guard case .interpolate(let source) = self else { return [] }
    return [.init("write it into a text", replacing: range, with: "\"${\(source)}\"")]
  }
}
