/// A few things by their numbers, each once, in the order in which they came. Nearly always there is one or none, which
/// costs no storage.
enum IDSet<ID: Hashable & Sendable>: Hashable, Sendable {
  case none
  case one(ID)
  /// Two or more.
  case several([ID])

  init(_ ids: [ID]) {
    switch ids.count {
    case 0: self = .none
    case 1: self = .one(ids[0])
    default: self = .several(ids)
    }
  }

  /// Adds what is not in it yet, which the caller knows.
  mutating func add(_ id: ID) {
    switch self {
    case .none: self = .one(id)
    case .one(let first): self = .several([first, id])
    case .several(var ids):
      self = .none
      ids.append(id)
      self = .several(ids)
    }
  }

  func union(_ other: Self) -> Self {
    switch (self, other) {
    case (_, .none): return self
    case (.none, _): return other
    case (.one(let a), .one(let b)): return a == b ? self : .several([a, b])
    default:
      let new = other.filter { !contains($0) }
      return new.isEmpty ? self : .several(self + new)
    }
  }
}

extension IDSet: RandomAccessCollection {
  var startIndex: Int { 0 }

  var endIndex: Int {
    switch self {
    case .none: 0
    case .one: 1
    case .several(let ids): ids.count
    }
  }

  subscript(index: Int) -> ID {
    switch self {
    case .one(let id) where index == 0: return id
    case .several(let ids): return ids[index]
    default: preconditionFailure("no such element")
    }
  }
}
