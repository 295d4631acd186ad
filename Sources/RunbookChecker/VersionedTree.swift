/// Values by number as a tree of which versions share what they have in common: a change costs the way to it, and comparing
/// two versions what differs between them.
struct VersionedTree<Value: Equatable> {
  private var root: Node?
  private var height = 0
  private(set) var count = 0

  private static var bits: Int { 4 }
  private static var width: Int { 1 << bits }

  private final class Node {
    var children: [Node?]
    var values: [Value?]

    init(children: [Node?], values: [Value?]) {
      self.children = children
      self.values = values
    }

    static func inner() -> Node { Node(children: Array(repeating: nil, count: width), values: []) }
    static func leaf() -> Node { Node(children: [], values: Array(repeating: nil, count: width)) }
    func copy() -> Node { Node(children: children, values: values) }
  }

  /// Tells versions apart for as long as both are kept.
  var identity: UnsafeRawPointer? { root.map { UnsafeRawPointer(Unmanaged.passUnretained($0).toOpaque()) } }

  subscript(key: Int) -> Value? {
    get {
      guard var node = root, covers(key) else { return nil }
      var level = height
      while level > 0 {
        guard let next = node.children[Self.slot(key, level)] else { return nil }
        node = next
        level -= 1
      }
      return node.values[Self.slot(key, 0)]
    }
    set {
      let old = self[key]
      if newValue == nil, old == nil { return }
      count += (newValue == nil ? 0 : 1) - (old == nil ? 0 : 1)
      while !covers(key) { grow() }
      Self.set(newValue, at: key, in: &root, level: height)
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

  private static func set(_ value: Value?, at key: Int, in node: inout Node?, level: Int) {
    if node == nil {
      node = level == 0 ? .leaf() : .inner()
    } else if !isKnownUniquelyReferenced(&node) {
      node = node?.copy()
    }
    guard let node else { return }
    let slot = slot(key, level)
    if level == 0 {
      node.values[slot] = value
    } else {
      set(value, at: key, in: &node.children[slot], level: level - 1)
    }
  }

  /// Calls `body` for all values whose keys are greater than `mark`, in their order.
  func visit(above mark: Int, _ body: (Int, Value) -> Void) {
    Self.walk(root, height, 0, mark, body)
  }

  private static func walk(_ node: Node?, _ level: Int, _ base: Int, _ mark: Int, _ body: (Int, Value) -> Void) {
    guard let node else { return }
    for slot in 0..<width {
      let key = base | slot << (bits * level)
      if key + (1 << (bits * level)) - 1 <= mark { continue }
      if level > 0 {
        walk(node.children[slot], level - 1, key, mark, body)
      } else if let value = node.values[slot] {
        body(key, value)
      }
    }
  }

  /// Calls `body` for all keys whose values differ between two versions, in their order.
  static func differences(_ a: Self, _ b: Self, _ body: (Int, Value?, Value?) -> Void) {
    if a.root === b.root { return }
    var (a, b) = (a, b)
    while a.height < b.height { a.grow() }
    while b.height < a.height { b.grow() }
    differences(a.root, b.root, a.height, 0, body)
  }

  private static func differences(
    _ a: Node?, _ b: Node?, _ level: Int, _ base: Int, _ body: (Int, Value?, Value?) -> Void
  ) {
    if a === b { return }
    for slot in 0..<width {
      let key = base | slot << (bits * level)
      if level > 0 {
        differences(a?.children[slot], b?.children[slot], level - 1, key, body)
      } else {
        let (old, new) = (a?.values[slot], b?.values[slot])
        if old != new { body(key, old, new) }
      }
    }
  }
}
