/// Values by number, in many versions at once. While they are few, each version is a list of its own; more are a tree
/// whose versions share what they have in common: a branch costs what it changes, and joining two branches costs what
/// they changed.
struct Versioned<Value: Equatable> {
  private struct Entry {
    let key: Int32
    var value: Value
  }

  private enum Storage {
    /// In the order of their keys.
    case few([Entry])
    indirect case many(VersionedTree<Value>)
  }

  private var storage = Storage.few([])

  private static var most: Int { 8 }

  var count: Int {
    switch storage {
    case .few(let entries): entries.count
    case .many(let tree): tree.count
    }
  }

  var isEmpty: Bool { count == 0 }

  /// Whether two versions are one; for what was not changed since they parted.
  func isSame(as other: Self) -> Bool { identity == other.identity }

  /// Tells versions apart for as long as both are kept; `nil` for an empty one.
  var identity: UnsafeRawPointer? {
    switch storage {
    case .few(let entries): entries.isEmpty ? nil : entries.withUnsafeBytes { $0.baseAddress }
    case .many(let tree): tree.identity
    }
  }

  subscript(key: Int) -> Value? {
    get {
      switch storage {
      case .few(let entries):
        for entry in entries where entry.key >= key { return entry.key == key ? entry.value : nil }
        return nil
      case .many(let tree): return tree[key]
      }
    }
    set {
      switch storage {
      case .few(var entries):
        if entries.isEmpty, newValue == nil { return }
        storage = .few([])
        Self.set(newValue, at: Int32(truncatingIfNeeded: key), in: &entries)
        storage = entries.count <= Self.most ? .few(entries) : .many(Self.tree(entries))
      case .many(var tree):
        storage = .few([])
        tree[key] = newValue
        storage = tree.count == 0 ? .few([]) : .many(tree)
      }
    }
  }

  private static func set(_ value: Value?, at key: Int32, in entries: inout [Entry]) {
    var index = entries.count
    while index > 0, entries[index - 1].key >= key { index -= 1 }
    let isKnown = index < entries.count && entries[index].key == key
    if let value {
      if isKnown { entries[index].value = value } else { entries.insert(Entry(key: key, value: value), at: index) }
    } else if isKnown {
      entries.remove(at: index)
    }
  }

  private static func tree(_ entries: [Entry]) -> VersionedTree<Value> {
    var tree = VersionedTree<Value>()
    for entry in entries { tree[Int(entry.key)] = entry.value }
    return tree
  }

  private var tree: VersionedTree<Value> {
    switch storage {
    case .few(let entries): Self.tree(entries)
    case .many(let tree): tree
    }
  }

  // MARK: Going through

  /// Calls `body` for all values whose keys are greater than `mark`, in their order.
  func visit(above mark: Int = -1, _ body: (Int, Value) -> Void) {
    switch storage {
    case .few(let entries):
      for entry in entries where entry.key > mark { body(Int(entry.key), entry.value) }
    case .many(let tree): tree.visit(above: mark, body)
    }
  }

  func keys(above mark: Int = -1) -> [Int] {
    var result: [Int] = []
    visit(above: mark) { key, _ in result.append(key) }
    return result
  }

  func hasKeys(above mark: Int) -> Bool {
    switch storage {
    case .few(let entries): entries.last.map { $0.key > mark } ?? false
    case .many: true
    }
  }

  mutating func removeAll(above mark: Int) {
    if isEmpty { return }
    for key in keys(above: mark) { self[key] = nil }
  }

  /// What a later version has where the two differ.
  func changes(in later: Self) -> [(key: Int, Value?)] {
    if isSame(as: later) { return [] }
    var result: [(key: Int, Value?)] = []
    Self.differences(self, later) { key, _, value in result.append((key, value)) }
    return result
  }

  // MARK: Joining

  /// The values that hold on either of two ways. `combine` is asked only where the two differ.
  func joined(_ other: Self, _ combine: (Int, Value?, Value?) -> Value?) -> Self {
    if isSame(as: other) { return self }
    var result = self
    Self.differences(self, other) { key, old, new in
      let value = combine(key, old, new)
      if value != old { result[key] = value }
    }
    return result
  }

  /// Takes in another way on which this version is joined with `new`, having been joined with `old` before: only what
  /// differs between those two can be news.
  mutating func absorb(_ new: Self, since old: Self, _ combine: (Int, Value?, Value?) -> Value?) {
    if old.isSame(as: new) { return }
    Self.differences(old, new) { key, _, value in
      let before = self[key]
      let after = combine(key, before, value)
      if after != before { self[key] = after }
    }
  }

  private static func differences(_ a: Self, _ b: Self, _ body: (Int, Value?, Value?) -> Void) {
    guard case .few(let old) = a.storage, case .few(let new) = b.storage else {
      return VersionedTree.differences(a.tree, b.tree, body)
    }
    var (i, j) = (0, 0)
    while i < old.count || j < new.count {
      if j == new.count || i < old.count && old[i].key < new[j].key {
        body(Int(old[i].key), old[i].value, nil)
        i += 1
      } else if i == old.count || new[j].key < old[i].key {
        body(Int(new[j].key), nil, new[j].value)
        j += 1
      } else {
        if old[i].value != new[j].value { body(Int(old[i].key), old[i].value, new[j].value) }
        i += 1
        j += 1
      }
    }
  }
}

/// What flow knows of variables.
typealias FactMap = Versioned<Fact>

extension Versioned {
  subscript(id: VariableID) -> Value? {
    get { self[id.number] }
    set { self[id.number] = newValue }
  }

  subscript(id: OperationID) -> Value? {
    get { self[Int(id.number)] }
    set { self[Int(id.number)] = newValue }
  }

  subscript(id: OutcomeID) -> Value? {
    get { self[Int(id.number)] }
    set { self[Int(id.number)] = newValue }
  }
}
