import TailerAPI
public import VisibleText

/// Text in columns, as wide as what is in them; the last one is cut where the width is known.
public struct Table {
  private let columns: [String]
  private var rows: [[String]] = []

  public init(columns: [String]) { self.columns = columns }

  /// Cells are made printable; missing ones are empty, further ones are dropped.
  public mutating func add(_ cells: [String]) {
    rows.append(columns.indices.map { cells.indices.contains($0) ? cells[$0].printable : "" })
  }

  public var isEmpty: Bool { rows.isEmpty }

  /// - Parameter width: Columns to fit into, or `nil` for as wide as it gets.
  public func text(width: Int?) -> ScreenText {
    let lines = [columns] + rows
    let widths = columns.indices.map { column in lines.map { $0[column].columns }.max() ?? 0 }
    return lines.map { line -> ScreenText in
      var text = ""
      for (column, cell) in line.enumerated() {
        text += cell
        if column < line.count - 1 { text += String(repeating: " ", count: widths[column] - cell.columns + 2) }
      }
      while text.last == " " { text.removeLast() }
      if let width, text.count > width, width > 1 { text = text.prefix(width - 1) + "…" }
      return "\(text)\n"
    }.joined()
  }
}
