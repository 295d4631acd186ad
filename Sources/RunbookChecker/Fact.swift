import CivilTime
import RunbookSyntax

/// What the checker knows of one value: its type, and what it is as far as the text says.
struct Fact: Hashable, Sendable {
  var type: ValueType
  var detail: Detail

  init(_ type: ValueType, _ detail: Detail = .nothing) {
    self.type = type
    self.detail = detail
  }

  static let unknown = Fact(.unknown)

  indirect enum Detail: Hashable, Sendable {
    case nothing
    case constant(Constant)
    /// One of these operations.
    case operations([OperationID])
    /// This run, where it is one run on every path, of one of these operations.
    case run(RunToken?, of: [OperationID])
    /// A list written out, with at least one element.
    case elements([Fact])
    /// A list of some of these, perhaps of none.
    case some(of: [Fact])
    /// A list with at least one element.
    case nonEmpty
  }

  /// How many identities or elements are followed before they count as not known.
  static let followed = 64

  var constant: Constant? {
    if case .constant(let value) = detail { value } else { nil }
  }

  var constantText: String? {
    if case .text(let text)? = constant { text } else { nil }
  }

  /// The operations that the value may be, contain, or be runs of.
  var operations: [OperationID] {
    switch detail {
    case .operations(let ids), .run(_, let ids): ids
    case .elements(let facts), .some(let facts): facts.flatMap(\.operations)
    case .nothing, .constant, .nonEmpty: []
    }
  }

  var run: RunToken? {
    if case .run(let token, _) = detail { token } else { nil }
  }

  var isNonEmptyList: Bool {
    switch detail {
    case .elements, .nonEmpty: true
    default: false
    }
  }

  /// What is known where either of two facts may hold; its type is unknown where the two do not go together.
  func joined(_ other: Fact) -> Fact {
    if self == other { return self }
    return Fact(type.joined(other.type) ?? .unknown, detail.joined(other.detail))
  }
}

extension Fact.Detail {
  fileprivate func joined(_ other: Self) -> Self {
    if self == other { return self }
    switch (self, other) {
    case (.operations(let a), .operations(let b)): return .operations(Self.union(a, b))
    case (.run(let a, let aOf), .run(let b, let bOf)): return .run(a == b ? a : nil, of: Self.union(aOf, bOf))
    case (.elements(let a), .elements(let b)): return a.count + b.count <= Fact.followed ? .some(of: a + b) : .nonEmpty
    case (.elements(let a), .some(let b)), (.some(let a), .elements(let b)), (.some(let a), .some(let b)):
      return a.count + b.count <= Fact.followed ? .some(of: a + b) : .nothing
    case (.elements, .nonEmpty), (.nonEmpty, .elements): return .nonEmpty
    // `none` says nothing against what the other way knows; its type stays optional.
    case (.run(_, let of), .nothing), (.nothing, .run(_, let of)): return .run(nil, of: of)
    default: return .nothing
    }
  }

  private static func union(_ a: [OperationID], _ b: [OperationID]) -> [OperationID] {
    if a.isEmpty || b.isEmpty { return [] }
    let result = a + b.filter { !a.contains($0) }
    return result.count <= Fact.followed ? result : []
  }
}

/// A value that the text spells out.
enum Constant: Hashable, Sendable {
  case text(String)
  case number(Number)
  case boolean(Bool)
  case date(CalendarDate)
  case timestamp(Timestamp)
  case duration(TimeSpan)
  case status(String)
}

extension [TextPart] {
  /// The text that these spell out, or `nil` where there is interpolation in it.
  var literalText: String? {
    var text = ""
    for part in self {
      guard case .literal(let literal) = part else { return nil }
      text += literal
    }
    return text
  }
}

/// An operation as the flow rules see it: an identity that the text spells out, or an unknown one that is at least
/// the same wherever the same value is named.
struct OperationID: Hashable, Sendable {
  let number: Int
}

/// One run, from the place where it came into being.
struct RunToken: Hashable, Sendable {
  let number: Int
}

/// An entry in the table of what names stand for.
struct VariableID: Hashable, Sendable {
  let number: Int
}
