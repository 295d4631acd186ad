import VisibleText

/// The lines of a rendering as they are put together.
struct Page {
  let palette: Palette
  /// The columns of the line numbers.
  let gutter: Int
  var lines: [ScreenText] = []

  init(palette: Palette, gutter: Int) {
    self.palette = palette
    self.gutter = gutter
  }

  private var blank: ScreenText { "\(String(repeating: " ", count: gutter))" }

  mutating func arrow(_ arrow: ScreenText, _ place: ScreenText) {
    lines.append(blank + palette.paint(arrow, .gutter) + " " + place)
  }

  /// An empty line with the gutter's bar, unless there is one already.
  mutating func bar() {
    let bar = blank + palette.paint(" |", .gutter)
    if lines.last != bar { lines.append(bar) }
  }

  mutating func gap() { lines.append(blank + palette.paint(" …", .gutter)) }

  mutating func note(_ kind: String, _ text: String) {
    lines.append(blank + palette.paint(" = ", .gutter) + palette.paint("\(kind)", .strong) + ": \(text)")
  }

  mutating func help(_ text: String) { lines.append(palette.paint("help", .fix) + ": \(text)") }

  mutating func added(_ text: String) {
    lines.append(blank + palette.paint(" | ", .gutter) + palette.paint("+ \(text)", .fix))
  }

  /// A source line with its number, the marks under it, and their labels: the last one beside its mark, the others on
  /// lines of their own below.
  mutating func draw(_ line: DrawnLine, _ number: Int, _ segments: [LineSegment]) {
    let digits = String(number)
    let padding = String(repeating: " ", count: max(0, gutter - digits.count))
    let text: ScreenText = line.text.isEmpty ? "" : " \(line.text)"
    lines.append(palette.paint("\(padding)\(digits) |", .gutter) + text)
    guard !segments.isEmpty else { return }
    let placed = segments.map { segment in (columns: line.columns(of: segment), segment: segment) }
      .sorted { ($0.columns.lowerBound, $0.columns.upperBound) < ($1.columns.lowerBound, $1.columns.upperBound) }
    var row = Row()
    // The primary mark is drawn last and so over all others.
    for (columns, segment) in placed.sorted(by: { $0.segment.style.weight < $1.segment.style.weight }) {
      row.fill(columns, with: segment.style.mark, segment.style)
    }
    var labelled = placed.filter { !$0.segment.label.isEmpty }
    let end = placed.map(\.columns.upperBound).max() ?? 0
    if let index = labelled.lastIndex(where: { $0.columns.upperBound == end }) {
      let beside = labelled.remove(at: index).segment
      row.put(" " + beside.label, at: end, beside.style)
    }
    append(row)
    while let last = labelled.popLast() {
      var connectors = Row()
      for (columns, segment) in labelled + [last] { connectors.put("|", at: columns.lowerBound, segment.style) }
      append(connectors)
      var words = Row()
      for (columns, segment) in labelled where columns.lowerBound < last.columns.lowerBound {
        words.put("|", at: columns.lowerBound, segment.style)
      }
      words.put(last.segment.label, at: last.columns.lowerBound, last.segment.style)
      append(words)
    }
  }

  private mutating func append(_ row: Row) {
    lines.append(blank + palette.paint(" |", .gutter) + " " + row.text(palette))
  }
}

/// A line of marks: characters by column, each with its style.
struct Row {
  private var cells: [(text: String, style: Palette.Style?)] = []

  private mutating func reach(_ column: Int) {
    while cells.count < column { cells.append((" ", nil)) }
  }

  mutating func fill(_ columns: Range<Int>, with mark: String, _ style: Palette.Style) {
    reach(columns.upperBound)
    for column in columns { cells[column] = (mark, style) }
  }

  /// Words that begin at a column and end the row there.
  mutating func put(_ text: String, at column: Int, _ style: Palette.Style) {
    reach(column)
    if column < cells.count { cells[column] = (text, style) } else { cells.append((text, style)) }
  }

  func text(_ palette: Palette) -> ScreenText {
    var result: ScreenText = ""
    var index = 0
    while index < cells.count {
      let style = cells[index].style
      var run = ""
      while index < cells.count, cells[index].style == style {
        run += cells[index].text
        index += 1
      }
      result += style.map { palette.paint("\(run)", $0) } ?? "\(run)"
    }
    return result
  }
}

/// The colours and marks of a rendering.
struct Palette {
  enum Style: Hashable {
    case primary(Diagnostic.Severity)
    case secondary, gutter, strong, fix

    init(_ severity: Diagnostic.Severity) { self = .primary(severity) }

    var mark: String {
      switch self {
      case .primary: "^"
      case .fix: "+"
      case .secondary, .gutter, .strong: "-"
      }
    }

    var weight: Int { if case .primary = self { 1 } else { 0 } }

    fileprivate var colour: Colour {
      switch self {
      case .primary(.error): .brightRed
      case .primary(.warning): .brightYellow
      case .primary(.note): .brightCyan
      case .secondary, .gutter: .brightBlue
      case .strong: .bold
      case .fix: .brightGreen
      }
    }
  }

  let hasColour: Bool

  func paint(_ text: ScreenText, _ style: Style) -> ScreenText { hasColour ? text.painted(style.colour) : text }
}
