public import CivilTime
import Coordination
import RunbookRecord
public import RunbookSyntax
public import TailerAPI

/// What an expression comes to.
public enum Value: Sendable {
  case text(String)
  case number(Number)
  case boolean(Bool)
  case date(CalendarDate)
  case timestamp(Timestamp)
  case duration(TimeSpan)
  case status(RunStatus)
  indirect case operation(DataOperation)
  case run(RunReference)
  case list([Value])
  indirect case error(ErrorValue)
  case none

  /// The type's name for people.
  public var typeName: String {
    switch self {
    case .text: "text"
    case .number: "number"
    case .boolean: "boolean"
    case .date: "date"
    case .timestamp: "timestamp"
    case .duration: "duration"
    case .status: "status"
    case .operation: "data operation"
    case .run: "run"
    case .list: "list"
    case .error: "error"
    case .none: "none"
    }
  }

  /// The most bytes that a text may have.
  static let textLimit = 16 << 20

  /// As `${}` and `print` show it. That of a list is broken off where it grows beyond the limit of texts.
  public var text: String {
    switch self {
    case .text(let text): text
    case .number(let number): number.description
    case .boolean(let value): value ? "true" : "false"
    case .date(let date): date.description
    case .timestamp(let moment): moment.description
    case .duration(let span): span.description
    case .status(let status): status.name.printable
    case .operation(let operation): operation.name
    case .run(let run): run.id
    case .list(let values): Value.text(of: values)
    case .error(let error): error.message
    case .none: "none"
    }
  }

  private static func text(of values: [Value]) -> String {
    var text = "["
    for (index, value) in values.enumerated() where text.utf8.count <= textLimit {
      text += (index == 0 ? "" : ", ") + value.text
    }
    return text + "]"
  }

  /// How many values a list holds, those of the lists in it counted along; `nil` where it is more than `limit`, or where lists
  /// are more than `depth` deep in each other. What goes through a list goes by that.
  static func size(of values: [Value], within limit: Int, depth: Int) -> Int? {
    guard depth > 0 else { return nil }
    var size = values.count
    for case .list(let inner) in values where size <= limit {
      guard let more = Value.size(of: inner, within: limit - size, depth: depth - 1) else { return nil }
      size += more
    }
    return size <= limit ? size : nil
  }
}

/// A run as a runbook holds it: a reference whose fields are what was last seen. Awaiting or checking it through any of
/// its names updates all of them, for the branch that does it.
public final class RunReference: Sendable {
  private let seen: Guarded<Observed<Run>>
  private let first: Run

  var id: String { first.id }
  var operation: DataOperation { first.operation }

  init(_ run: Run, by branch: Branch) {
    first = run
    seen = Guarded(Observed(run, by: branch))
  }

  func lastSeen(by branch: Branch) -> Run { seen.withLock { $0.value(seenBy: branch) } }

  /// As it was last seen, by whichever branch: for showing it.
  public var latest: Run { seen.withLock { $0.latest } }

  func note(_ run: Run, by branch: Branch, at number: RecordNumber?) {
    seen.withLock { $0.note(run, by: branch, at: number) }
  }
}

/// An error as `catch` sees it.
public struct ErrorValue: Sendable {
  public let kind: ErrorKind
  public let message: String
  /// How many times the request was tried; 1 where there was none.
  public let attempts: Int
  public let run: RunReference?

  public init(kind: ErrorKind, message: String, attempts: Int = 1, run: RunReference? = nil) {
    self.kind = kind
    self.message = message
    self.attempts = attempts
    self.run = run
  }
}

extension Value: Equatable {
  /// Runs are equal when they are one run; statuses compare with the texts of their names.
  public static func == (a: Value, b: Value) -> Bool {
    switch (a, b) {
    case (.text(let a), .text(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.boolean(let a), .boolean(let b)): a == b
    case (.date(let a), .date(let b)): a == b
    case (.timestamp(let a), .timestamp(let b)): a == b
    case (.duration(let a), .duration(let b)): a == b
    case (.status(let a), .status(let b)): a == b
    case (.status(let a), .text(let b)), (.text(let b), .status(let a)): a.name == b
    case (.operation(let a), .operation(let b)): a == b
    case (.run(let a), .run(let b)): a.id == b.id && a.operation == b.operation
    case (.list(let a), .list(let b)): a == b
    case (.none, .none): true
    default: false
    }
  }
}
