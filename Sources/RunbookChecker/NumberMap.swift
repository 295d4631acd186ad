/// Values by numbers that are not negative, without what a dictionary pays to withstand keys chosen against it: nobody
/// chooses these.
struct NumberMap<Value> {
  private var keys: [Int] = []
  private var values: [Value?] = []
  private(set) var count = 0

  private static var free: Int { -1 }

  subscript(key: Int) -> Value? {
    get { count == 0 ? nil : values[place(key)] }
    set {
      if let newValue {
        self[key, default: newValue] = newValue
      } else if count > 0 {
        values[place(key)] = nil
      }
    }
  }

  subscript(key: Int, default value: @autoclosure () -> Value) -> Value {
    get { self[key] ?? value() }
    _modify {
      let place = occupied(key)
      var element = values[place].take() ?? value()
      defer { values[place] = element }
      yield &element
    }
  }

  /// All values, in no certain order.
  var all: some Sequence<Value> { values.lazy.compactMap(\.self) }

  /// Where a key stands, or where it would.
  private func place(_ key: Int) -> Int {
    let mask = keys.count - 1
    var place = Int(truncatingIfNeeded: (UInt64(truncatingIfNeeded: key) &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    while keys[place] != key, keys[place] != Self.free { place = (place + 1) & mask }
    return place
  }

  private mutating func occupied(_ key: Int) -> Int {
    if count * 2 >= keys.count { grow() }
    let place = place(key)
    if keys[place] == Self.free {
      keys[place] = key
      count += 1
    }
    return place
  }

  private mutating func grow() {
    let old = zip(keys, values)
    let size = max(16, keys.count * 2)
    keys = Array(repeating: Self.free, count: size)
    values = Array(repeating: nil, count: size)
    for (key, value) in old where key != Self.free {
      let place = place(key)
      keys[place] = key
      values[place] = value
    }
  }
}
