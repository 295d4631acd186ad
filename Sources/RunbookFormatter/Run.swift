import RunbookSyntax

/// Pieces that share a line where they fit: a statement, the head of a block, or what closes one and goes on.
struct Run {
  struct Item {
    let kind: SourcePiece.Kind
    let text: String
    /// Whether it stands on a line of its own; only comments are asked.
    let startsLine: Bool
    /// Whether it joins what is before it, as a call's parenthesis does.
    let isTight: Bool
    /// Whether what follows joins it.
    let bindsNext: Bool
  }

  /// A bracket's items, which can stand one a line.
  struct Group {
    let open: Int
    let close: Int
    /// How many brackets are around it.
    let depth: Int
    /// The last item that is not a comment; `nil` where there are comments only.
    let last: Int?
    /// Whether it stands in lines whatever the width: a comma behind its last element asks for it, as does a comment.
    let isForced: Bool
  }

  let items: [Item]
  /// By the item that opens them; those with nothing in them are not among them.
  private(set) var groups: [Int: Group] = [:]
  /// How many brackets are open at each item.
  private(set) var depths: [Int] = []

  init(_ items: [Item]) {
    self.items = items
    var open: [Int] = []
    for (index, item) in items.enumerated() {
      switch item.kind {
      case .openParenthesis, .openBracket:
        depths.append(open.count)
        open.append(index)
      case .closeParenthesis, .closeBracket:
        let start = open.popLast()
        depths.append(open.count)
        if let start { close(start, index, depth: open.count) }
      default: depths.append(open.count)
      }
    }
  }

  private mutating func close(_ start: Int, _ end: Int, depth: Int) {
    // A call's arguments, a procedure's parameters and a list have commas; an index and a mere parenthesis have none.
    let hasElements = items[start].isTight == (items[start].kind == .openParenthesis)
    guard hasElements, start + 1 < end else { return }
    let last = (start + 1..<end).last { items[$0].kind != .comment }
    let hasComment = (start + 1..<end).contains { depths[$0] == depth + 1 && items[$0].kind == .comment }
    groups[start] = Group(
      open: start, close: end, depth: depth, last: last,
      isForced: hasComment || last.map { items[$0].kind == .comma } == true)
  }

  /// Whether a line may end before or behind the item where the whole is too long.
  func mayBreak(before index: Int) -> Bool {
    guard index > 0, items[index - 1].kind != .closeBlock else { return false }
    return isOuterWord(index, among: ["or", "and", "else"]) || isOuterWord(index - 1, among: ["where"])
  }

  private func isOuterWord(_ index: Int, among words: Set<String>) -> Bool {
    items[index].kind == .word && words.contains(items[index].text) && depths[index] == 0
      && (index == 0 || items[index - 1].kind != .dot)
  }

  func needsSpace(before index: Int) -> Bool {
    guard index > 0 else { return false }
    let (previous, item) = (items[index - 1], items[index])
    if item.isTight || previous.bindsNext { return false }
    switch item.kind {
    case .comma, .colon, .dot, .closeParenthesis, .closeBracket: return false
    default: break
    }
    switch previous.kind {
    case .dot, .openParenthesis, .openBracket: return false
    default: return true
    }
  }
}
