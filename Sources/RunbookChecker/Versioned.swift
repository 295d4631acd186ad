/// Facts by variable, as a tree whose versions share what they have in common: a branch costs what it changes, and
/// joining two branches costs what they changed.
struct FactMap {
  private var root: Node?
  private var height = 0

  private static let bits = 4
  private static let width = 1 << bits

  private final class Node {
    var children: [Node?]
    var facts: [Fact?]

    init(children: [Node?], facts: [Fact?]) {
      self.children = children
      self.facts = facts
    }

    static func inner() -> Node { Node(children: Array(repeating: nil, count: FactMap.width), facts: []) }
    static func leaf() -> Node { Node(children: [], facts: Array(repeating: nil, count: FactMap.width)) }
    func copy() -> Node { Node(children: children, facts: facts) }
  }

  subscript(id: VariableID) -> Fact? {
    get {
      guard var node = root, covers(id.number) else { return nil }
      var level = height
      while level > 0 {
        guard let next = node.children[Self.slot(id.number, level)] else { return nil }
        node = next
        level -= 1
      }
      return node.facts[Self.slot(id.number, 0)]
    }
    set {
      if newValue == nil, self[id] == nil { return }
      while !covers(id.number) { grow() }
      if root == nil { root = height == 0 ? .leaf() : .inner() }
      Self.set(newValue, at: id.number, in: &root, level: height)
    }
  }

  private func covers(_ key: Int) -> Bool { key >> (Self.bits * (height + 1)) == 0 }
  private static func slot(_ key: Int, _ level: Int) -> Int { (key >> (bits * level)) & (width - 1) }

  private mutating func grow() {
    if let old = root {
      let new = Node.inner()
      new.children[0] = old
      root = new
    }
    height += 1
  }

  private static func set(_ fact: Fact?, at key: Int, in node: inout Node?, level: Int) {
    if node == nil {
      node = level == 0 ? .leaf() : .inner()
    } else if !isKnownUniquelyReferenced(&node) {
      node = node?.copy()
    }
    guard let node else { return }
    let slot = slot(key, level)
    if level == 0 {
      node.facts[slot] = fact
    } else {
      set(fact, at: key, in: &node.children[slot], level: level - 1)
    }
  }

  func isSame(as other: FactMap) -> Bool { root === other.root }

  /// The facts that hold on either of two ways. `combine` is asked only for variables on which the two differ.
  func joined(_ other: FactMap, _ combine: (VariableID, Fact?, Fact?) -> Fact?) -> FactMap {
    if isSame(as: other) { return self }
    var a = self
    var b = other
    while a.height < b.height { a.grow() }
    while b.height < a.height { b.grow() }
    a.root = Self.join(a.root, b.root, a.height, 0, combine)
    return a.root === root ? self : a
  }

  private static func join(
    _ a: Node?, _ b: Node?, _ level: Int, _ base: Int, _ combine: (VariableID, Fact?, Fact?) -> Fact?
  ) -> Node? {
    if a === b { return a }
    var result = a
    for slot in 0..<width {
      let key = base | slot << (bits * level)
      if level == 0 {
        let (old, new) = (a?.facts[slot], b?.facts[slot])
        if old == new { continue }
        let fact = combine(VariableID(number: key), old, new)
        if fact == old { continue }
        if result === a { result = a?.copy() ?? .leaf() }
        result?.facts[slot] = fact
      } else {
        let old = a?.children[slot]
        let child = join(old, b?.children[slot], level - 1, key, combine)
        if child === old { continue }
        if result === a { result = a?.copy() ?? .inner() }
        result?.children[slot] = child
      }
    }
    return result
  }
}
