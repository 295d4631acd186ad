import TailerAPI

extension ValueType {
  var isUnknown: Bool { self == .unknown }

  /// The type of what is this or that, or `nil` where the two do not go together.
  func joined(_ other: ValueType) -> ValueType? {
    switch (self, other) {
    case _ where self == other: self
    case (.unknown, _), (_, .unknown): .unknown
    case (.operation, .operation): .operation(nil)
    case (.list(let a), .list(let b)): a.joined(b).map { .list($0) }
    case (.none, .optional), (.optional, .none): self == .none ? other : self
    case (.none, let type), (let type, .none): .optional(type)
    case (.optional(let a), .optional(let b)), (.optional(let a), let b), (let a, .optional(let b)):
      a.joined(b).map { .optional($0) }
    default: nil
    }
  }

  /// What a `var` that begins with this may hold: any operation where it begins with one.
  var general: ValueType {
    switch self {
    case .operation: .operation(nil)
    case .list(let element): .list(element.general)
    case .optional(let type): .optional(type.general)
    case .none: .optional(.unknown)
    default: self
    }
  }

  /// Whether a place of this type takes such a value.
  func accepts(_ value: ValueType) -> Bool {
    switch (self, value) {
    case (.unknown, _), (_, .unknown): true
    case (.optional, .none): true
    case (.optional(let a), .optional(let b)), (.optional(let a), let b): a.accepts(b)
    case (.operation(nil), .operation): true
    case (.list(let a), .list(let b)): a.accepts(b)
    default: self == value
    }
  }

  /// Whether two values can be asked to be equal.
  func isComparable(to other: ValueType) -> Bool {
    switch (self, other) {
    case (.unknown, _), (_, .unknown): true
    case (.none, _), (_, .none): true
    case (.optional(let a), .optional(let b)), (.optional(let a), let b), (let a, .optional(let b)):
      a.isComparable(to: b)
    case (.status, .text), (.text, .status): true
    case (.operation, .operation): true
    case (.list(let a), .list(let b)): a.isComparable(to: b)
    case (.error, _), (_, .error): false
    default: self == other
    }
  }

  /// Whether `<` and its like have a meaning.
  var isOrdered: Bool {
    switch self {
    case .number, .date, .timestamp, .duration, .text, .unknown: true
    default: false
    }
  }

  /// The type less `none`.
  var unwrapped: ValueType {
    if case .optional(let type) = self { type } else { self }
  }

  /// With its article, for messages: `a date`, `a list of runs`.
  var words: String {
    switch self {
    case .text: "a text"
    case .number: "a number"
    case .boolean: "true or false"
    case .date: "a date"
    case .timestamp: "a timestamp"
    case .duration: "a duration"
    case .status: "a status"
    case .operation(nil): "a data operation"
    case .operation(let type?): "a \(type.rawValue)"
    case .run: "a run"
    case .error: "an error"
    case .list(.unknown): "a list"
    case .list(let element): "a list of \(element.plural)"
    case .none: "none"
    case .optional(let type): "\(type.words) or none"
    case .unknown: "something that is not known"
    }
  }

  var plural: String {
    switch self {
    case .text: "texts"
    case .number: "numbers"
    case .boolean: "truth values"
    case .date: "dates"
    case .timestamp: "timestamps"
    case .duration: "durations"
    case .status: "statuses"
    case .operation(nil): "data operations"
    case .operation(let type?): "\(type.rawValue)s"
    case .run: "runs"
    case .error: "errors"
    case .list: "lists"
    case .none: "nones"
    case .optional(let type): "\(type.plural) or none"
    case .unknown: "values"
    }
  }

  private static let fieldsOfRun: [(name: String, type: ValueType)] = [
    ("id", .text), ("status", .status), ("operation", .operation(nil)), ("started", .timestamp),
    ("duration", .duration), ("job", .text),
  ]
  private static let fieldsOfOperation: [(name: String, type: ValueType)] = [
    ("id", .text), ("name", .text), ("type", .text), ("account", .text), ("environment", .text),
  ]
  private static let fieldsOfError: [(name: String, type: ValueType)] = [
    ("kind", .text), ("message", .text), ("attempts", .number), ("run", .optional(.run)),
  ]

  /// The fields that a value has, with their types.
  var fields: [(name: String, type: ValueType)] {
    switch self {
    case .run: Self.fieldsOfRun
    case .operation: Self.fieldsOfOperation
    case .error: Self.fieldsOfError
    case .list(let element):
      [("count", .number), ("first", .optional(element.unwrapped)), ("last", .optional(element.unwrapped))]
    default: []
    }
  }
}
