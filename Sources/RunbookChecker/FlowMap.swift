import HashTreeCollections

/// What flow knows by key, in many versions at once that share what they have in common: a way through the text costs
/// what it changes, and joining two ways costs what differs between them, however many names the text has.
struct FlowMap<Key: Hashable, Value: Hashable>: Equatable {
  private struct Entry: Hashable {
    let key: Key
    let value: Value
  }

  private var values: TreeDictionary<Key, Value> = [:]
  /// The same once more, for only of sets the library finds what differs without looking at what is shared.
  private var entries: TreeSet<Entry> = []

  var count: Int { values.count }
  var isEmpty: Bool { values.isEmpty }
  var keys: some Sequence<Key> { values.keys }

  subscript(key: Key) -> Value? {
    get { values[key] }
    set {
      let old = values[key]
      if old == newValue { return }
      values[key] = newValue
      if let old { entries.remove(Entry(key: key, value: old)) }
      if let newValue { entries.insert(Entry(key: key, value: newValue)) }
    }
  }

  static func == (a: Self, b: Self) -> Bool { a.entries == b.entries }

  /// The keys whose values are not the same in another version.
  func differences(from other: Self) -> Set<Key> { Set(entries.symmetricDifference(other.entries).map(\.key)) }

  /// The values that hold on either of two ways. `combine` is asked only where the two differ.
  func joined(_ other: Self, _ combine: (Key, Value?, Value?) -> Value?) -> Self {
    var result = self
    result.absorb(other, since: self, combine)
    return result
  }

  /// Takes in another way on which this version is joined with `new`, having been joined with `old` before: only what
  /// differs between those two can be news.
  mutating func absorb(_ new: Self, since old: Self, _ combine: (Key, Value?, Value?) -> Value?) {
    for key in new.differences(from: old) { self[key] = combine(key, self[key], new[key]) }
  }
}
