import VisibleText

/// A stretch of one line to mark, in offsets of the bytes that the line is drawn from.
struct LineSegment {
  let lower: Int
  let upper: Int
  let style: Palette.Style
  let label: String
  let isEmpty: Bool
}

/// A source line as a terminal shows it: tabs expanded, nothing in it that a terminal obeys, cut to a width around
/// what is marked; and which column each of its bytes has come to.
struct DrawnLine {
  let text: String
  private let starts: [(offset: Int, column: Int)]
  private let end: (offset: Int, column: Int)
  private let first: Int
  private let last: Int
  private let isCut: Bool

  private struct Cell {
    let offset: Int
    let column: Int
    let width: Int
    var text: String
  }

  init(_ bytes: [UInt8], _ offsets: Range<Int>, around segments: [LineSegment], width: Int) {
    let width = max(20, width)
    let focus = segments.first { $0.style.weight > 0 } ?? segments.first
    // Of a very long line only the neighbourhood of the mark is looked at.
    var range = offsets
    let reach = 8 * width
    if let focus, offsets.count > 4 * reach {
      var lower = max(offsets.lowerBound, min(focus.lower, offsets.upperBound) - reach)
      while lower < offsets.upperBound, lower > offsets.lowerBound, bytes[lower] & 0xC0 == 0x80 { lower += 1 }
      range = lower..<min(offsets.upperBound, lower + 3 * reach)
    } else if offsets.count > 4 * reach {
      range = offsets.lowerBound..<(offsets.lowerBound + 3 * reach)
    }
    let (cells, total) = Self.cells(bytes, range)
    let starts = cells.map { (offset: $0.offset, column: $0.column) }
    let end = (offset: range.upperBound, column: total)
    self.starts = starts
    self.end = end

    var from = 0
    var to = total
    let whole = range == offsets
    if total > width {
      let focusStart = focus.map { Self.column(of: $0.lower, starts, end) } ?? 0
      let focusEnd = focus.map { Self.column(of: $0.upper, starts, end) } ?? 0
      let room = width - 2
      from = focusEnd <= room && range.lowerBound == offsets.lowerBound ? 0 : max(0, focusStart - room / 3)
      if total - from < room { from = max(0, total - room) }
      to = min(total, from + room)
    }
    let visible = cells.filter { $0.column >= from && $0.column + $0.width <= to }
    let cutsLeft = from > 0 || range.lowerBound > offsets.lowerBound
    let cutsRight = to < total || (!whole && range.upperBound < offsets.upperBound)
    let start = visible.first?.column ?? from
    first = start - (cutsLeft ? 1 : 0)
    last = (visible.last.map { $0.column + $0.width } ?? start) + (cutsRight ? 1 : 0)
    isCut = cutsLeft || cutsRight
    let words = visible.map(\.text).joined()
    text = (cutsLeft ? "…" : "") + (cutsRight ? words : Self.trimmed(words)) + (cutsRight ? "…" : "")
  }

  private static func trimmed(_ text: String) -> String {
    var text = Substring(text)
    while text.last == " " { text.removeLast() }
    return String(text)
  }

  /// The columns under which a mark goes; an empty stretch takes one.
  func columns(of segment: LineSegment) -> Range<Int> {
    let lower = Self.column(of: segment.lower, starts, end) - first
    let upper = segment.isEmpty ? lower + 1 : Self.column(of: segment.upper, starts, end) - first
    guard isCut else { return lower..<max(lower + 1, upper) }
    let limit = max(1, last - first)
    let clipped = min(max(0, lower), limit - 1)
    return clipped..<min(max(clipped + 1, upper), max(limit, clipped + 1))
  }

  /// The column of the character that holds an offset; behind the line one for each byte.
  private static func column(
    of offset: Int, _ starts: [(offset: Int, column: Int)], _ end: (offset: Int, column: Int)
  ) -> Int {
    if offset >= end.offset { return end.column + (offset > end.offset ? 1 : 0) }
    var low = 0
    var high = starts.count
    while low < high {
      let middle = (low + high) / 2
      if starts[middle].offset <= offset { low = middle + 1 } else { high = middle }
    }
    // Inside a character: a mark that ends there covers it.
    return low > 0 ? starts[low - 1].column : 0
  }

  /// The characters of a line with their columns. Marks and joined emoji go with the character before them.
  private static func cells(_ bytes: [UInt8], _ range: Range<Int>) -> ([Cell], Int) {
    var cells: [Cell] = []
    var column = 0
    var offset = range.lowerBound
    var joins = false
    var flagIsOpen = false
    while offset < range.upperBound {
      let (scalar, length) = decoded(bytes, offset, range.upperBound)
      defer { offset += length }
      guard let scalar else {
        cells.append(Cell(offset: offset, column: column, width: 1, text: "\u{FFFD}"))
        (column, joins, flagIsOpen) = (column + 1, false, false)
        continue
      }
      if scalar == "\t" {
        let width = 4 - column % 4
        cells.append(
          Cell(offset: offset, column: column, width: width, text: String(repeating: " ", count: width)))
        (column, joins, flagIsOpen) = (column + width, false, false)
        continue
      }
      let isFlag = (0x1F1E6...0x1F1FF).contains(scalar.value)
      let attaches = joins || displayWidth(scalar) == 0 || (isFlag && flagIsOpen)
      joins = scalar.value == 0x200D
      flagIsOpen = isFlag && !flagIsOpen
      if attaches, let last = cells.indices.last, cells[last].text != "\u{FFFD}" || displayWidth(scalar) == 0 {
        cells[last].text.unicodeScalars.append(scalar)
        continue
      }
      let width = isFlag ? 2 : max(1, displayWidth(scalar))
      cells.append(Cell(offset: offset, column: column, width: width, text: String(scalar.visible)))
      column += width
    }
    return (cells, column)
  }

  private static func decoded(_ bytes: [UInt8], _ offset: Int, _ limit: Int) -> (Unicode.Scalar?, Int) {
    let first = bytes[offset]
    if first < 0x80 { return (Unicode.Scalar(first), 1) }
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    guard first >= 0xC2, first <= 0xF4, offset + length <= limit else { return (nil, 1) }
    let text = String(decoding: bytes[offset..<(offset + length)], as: UTF8.self)
    guard let scalar = text.unicodeScalars.first, text.utf8.count == length, text.utf8.first == first else {
      return (nil, 1)
    }
    return (scalar, length)
  }
}
