/// What a terminal shows: as much of a VT100 as readline needs, so that tests look at the screen and not at the bytes.
public struct Screen {
  public private(set) var width: Int
  public let height: Int
  private var cells: [[Character]]
  /// What has scrolled off the top.
  private var gone: [[Character]] = []
  private var row = 0
  private var column = 0
  private var wrapsNext = false
  private var pending: [UInt8] = []
  /// Whether anything was ever written in another way than plainly.
  public private(set) var hasColour = false

  private static let blank: Character = " "
  /// The second half of a wide character.
  private static let half: Character = "\u{0}"

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    cells = Array(repeating: Array(repeating: Self.blank, count: width), count: height)
  }

  /// All lines from the first that was written to the last with something on it, without the space at their ends.
  public var lines: [String] {
    var all = (gone + cells).map { line in
      var text = String(line.filter { $0 != Self.half })
      while text.last == " " { text.removeLast() }
      return text
    }
    while all.last == "" { all.removeLast() }
    return all
  }
  public var text: String { lines.joined(separator: "\n") }
  /// The line that the cursor is in.
  public var cursorLine: String {
    let line = String(cells[row].filter { $0 != Self.half })
    return String(line.reversed().drop { $0 == " " }.reversed())
  }

  mutating func resize(width: Int) {
    cells = cells.map { Array(($0 + Array(repeating: Self.blank, count: max(0, width - $0.count))).prefix(width)) }
    self.width = width
    column = min(column, width - 1)
    wrapsNext = false
  }

  mutating func feed(_ bytes: [UInt8]) {
    pending += bytes
    while !pending.isEmpty, let used = step() { pending.removeFirst(used) }
  }

  /// Takes one character or sequence; how many bytes it had, or `nil` where more have to come.
  private mutating func step() -> Int? {
    switch pending[0] {
    case 0x1B: return escape()
    case 0x0D:
      (column, wrapsNext) = (0, false)
      return 1
    case 0x0A:
      newLine()
      return 1
    case 0x08:
      (column, wrapsNext) = (max(0, column - 1), false)
      return 1
    case 0x00..<0x20, 0x7F: return 1
    case let byte:
      let length = byte < 0x80 ? 1 : byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
      guard pending.count >= length else { return nil }
      for character in String(decoding: pending[..<length], as: UTF8.self) { put(character) }
      return length
    }
  }

  private mutating func put(_ character: Character) {
    let scalar = character.unicodeScalars.first?.value ?? 0
    if (0x300...0x36F).contains(scalar) { return }
    let columns = (0x1100...0x115F).contains(scalar) || (0x2E80...0xFFE0).contains(scalar) || scalar >= 0x1F300 ? 2 : 1
    if wrapsNext || column + columns > width {
      column = 0
      newLine()
    }
    cells[row][column] = character
    if columns == 2, column + 1 < width { cells[row][column + 1] = Self.half }
    column += columns
    wrapsNext = column >= width
    if wrapsNext { column = width - 1 }
  }

  private mutating func newLine() {
    wrapsNext = false
    if row < height - 1 {
      row += 1
    } else {
      gone.append(cells.removeFirst())
      cells.append(Array(repeating: Self.blank, count: width))
    }
  }

  private mutating func escape() -> Int? {
    guard pending.count > 1 else { return nil }
    guard pending[1] == UInt8(ascii: "[") else {
      return pending[1] == UInt8(ascii: "(") ? (pending.count > 2 ? 3 : nil) : 2
    }
    guard let end = pending[2...].firstIndex(where: { (0x40...0x7E).contains($0) }) else { return nil }
    let body = String(decoding: pending[2..<end], as: UTF8.self)
    if !body.hasPrefix("?") {
      let numbers = body.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
      control(Character(UnicodeScalar(pending[end])), numbers)
    }
    return end + 1
  }

  private mutating func control(_ final: Character, _ numbers: [Int]) {
    let first = numbers.first ?? 0
    let count = max(1, first)
    if "ABCDGHJKP@".contains(final) { wrapsNext = false }
    switch final {
    case "A": row = max(0, row - count)
    case "B": row = min(height - 1, row + count)
    case "C": column = min(width - 1, column + count)
    case "D": column = max(0, column - count)
    case "G": column = min(width - 1, count - 1)
    case "H":
      row = min(height - 1, count - 1)
      column = min(width - 1, max(1, numbers.count > 1 ? numbers[1] : 1) - 1)
    case "J":
      if first == 2 { for index in cells.indices { cells[index] = Array(repeating: Self.blank, count: width) } }
      if first == 0 {
        erase(from: column)
        for index in cells.indices where index > row { cells[index] = Array(repeating: Self.blank, count: width) }
      }
    case "K": erase(from: first == 0 ? column : 0)
    case "m": if numbers.contains(where: { $0 != 0 }) { hasColour = true }
    case "P":
      cells[row].removeSubrange(column..<min(width, column + count))
      cells[row] += Array(repeating: Self.blank, count: width - cells[row].count)
    case "@":
      cells[row].insert(contentsOf: Array(repeating: Self.blank, count: count), at: column)
      cells[row] = Array(cells[row].prefix(width))
    default: break
    }
  }

  private mutating func erase(from start: Int) {
    for index in start..<width { cells[row][index] = Self.blank }
  }
}
