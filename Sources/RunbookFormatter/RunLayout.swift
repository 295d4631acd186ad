import RunbookSyntax

/// A line of the result.
struct Line {
  var indentation: Int
  var text = ""
  /// What stands behind the text, from its `#`.
  var comment: String?
  /// The brackets that open on it, by their items.
  var openings: [Int] = []

  var isTooLong: Bool {
    let rows = text.split(separator: "\n", omittingEmptySubsequences: false)
    return indentation + (rows.first?.count ?? 0) > Layout.width
      || (rows.count > 1 && rows[rows.count - 1].count > Layout.width)
  }
}

/// Puts a run into lines: one where it fits, else with the elements of its brackets one a line, and in the end with a
/// line for each condition that `and` or `or` joins.
struct RunLayout {
  private let run: Run
  private let indentation: Int
  private var broken: Set<Int>
  private var breaksConditions = false

  init(_ run: Run, indentation: Int) {
    self.run = run
    self.indentation = indentation
    broken = Set(run.groups.values.filter(\.isForced).map(\.open))
  }

  mutating func lines() -> [Line] {
    while true {
      let lines = rendered()
      let groups = breakable(in: lines)
      if !groups.isEmpty {
        broken.formUnion(groups)
      } else if !breaksConditions, lines.contains(where: \.isTooLong) {
        breaksConditions = true
      } else {
        return lines
      }
    }
  }

  /// Of each line that is too long the last of the outermost brackets that open on it.
  private func breakable(in lines: [Line]) -> [Int] {
    lines.filter(\.isTooLong).compactMap { line in
      let found = line.openings.compactMap { run.groups[$0] }.filter { !broken.contains($0.open) }
      let depth = found.map(\.depth).min()
      return found.last { $0.depth == depth }?.open
    }
  }

  private func rendered() -> [Line] {
    var page = Lines(indentation: indentation)
    let lasts = Set(run.groups.values.filter { broken.contains($0.open) }.compactMap(\.last))
    let closings = Dictionary(uniqueKeysWithValues: run.groups.values.map { ($0.close, $0.open) })
    var open: [Int] = []
    for (index, item) in run.items.enumerated() {
      if breaksConditions, run.mayBreak(before: index) { page.end(continued: true) }
      switch item.kind {
      case .comment:
        page.comment(item.text, isApart: item.startsLine, continues: !isHead(index))
        continue
      case .closeParenthesis, .closeBracket:
        if let start = closings[index], broken.contains(start) {
          open.removeLast()
          page.depth = open.count
          page.end(continued: false)
        }
      default: break
      }
      page.add(item.text, withSpace: run.needsSpace(before: index), continues: index > 0 && !isHead(index))
      // What follows the last element is a comma, even where none was written.
      if lasts.contains(index), item.kind != .comma { page.add(",", withSpace: false, continues: true) }
      switch item.kind {
      case .openParenthesis, .openBracket:
        page.noteOpening(index)
        guard broken.contains(index) else { continue }
        open.append(index)
        page.depth = open.count
        page.end(continued: false)
      case .comma:
        if let start = open.last, run.depths[index] == run.depths[start] + 1 { page.end(continued: false) }
      default:
        if lasts.contains(index) { page.end(continued: false) }
      }
    }
    return page.finished
  }

  /// Whether only what closes a block stands before the item.
  private func isHead(_ index: Int) -> Bool {
    run.items[..<index].allSatisfy { $0.kind == .closeBlock || $0.kind == .comment }
  }
}

/// Lines as they fill.
private struct Lines {
  let indentation: Int
  /// How many brackets are open whose elements stand one a line.
  var depth = 0
  private var lines: [Line] = []
  /// Whether the next thing begins a line, and whether that line carries on what is before it.
  private var isAtEnd = true
  private var isContinued = false

  init(indentation: Int) { self.indentation = indentation }

  mutating func end(continued: Bool) {
    guard !isAtEnd else { return }
    isAtEnd = true
    isContinued = continued
  }

  mutating func add(_ text: String, withSpace: Bool, continues: Bool) {
    if isAtEnd {
      let extra = isContinued && continues ? Layout.step : 0
      lines.append(Line(indentation: indentation + depth * Layout.step + extra, text: text))
      isAtEnd = false
    } else {
      lines[lines.count - 1].text += (withSpace ? " " : "") + text
    }
  }

  mutating func noteOpening(_ index: Int) { lines[lines.count - 1].openings.append(index) }

  mutating func comment(_ text: String, isApart: Bool, continues: Bool) {
    // What follows an element begins another; anything else carries on.
    if !isAtEnd { isContinued = true }
    isAtEnd = true
    if !isApart, let last = lines.indices.last, lines[last].comment == nil {
      lines[last].comment = text
    } else {
      let extra = isContinued && continues ? Layout.step : 0
      lines.append(Line(indentation: indentation + depth * Layout.step + extra, comment: text))
    }
  }

  var finished: [Line] { lines }
}
