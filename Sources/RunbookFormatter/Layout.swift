import RunbookDiagnostics
public import RunbookSyntax

/// The one layout of a runbook, whatever was typed: a statement a line, blocks indented by two, single spaces, at most
/// one blank line in a row, comments where they were. A list or call stands one element a line where a comma ends it, or
/// where it would be wider than a hundred columns. Texts and words stay as they are; laid out twice is as once.
///
/// - Returns: `nil` where the source has errors, which `parsed` names.
public func formatted(_ parsed: ParseResult) -> String? {
  guard !parsed.diagnostics.containsError else { return nil }
  var layout = Layout(parsed.program)
  return layout.text()
}

struct Layout {
  static let width = 100
  static let step = 2
  /// Comments behind lines up to this width stand in a column.
  static let alignedWidth = 60

  private let source: SourceText
  private let marks: TreeMarks
  private let pieces: [SourcePiece]
  /// `nil` is a blank line.
  private var lines: [Line?] = []
  private var depth = 0
  private var items: [Run.Item] = []
  private var itemsDepth = 0
  /// The piece before, that is no comment.
  private var previous: SourcePiece?
  private var isBlockStart = true

  init(_ program: Program) {
    source = program.source
    marks = TreeMarks(program)
    pieces = program.source.pieces.filter { $0.kind != .semicolon }
  }

  mutating func text() -> String {
    for (index, piece) in pieces.enumerated() { place(piece, index) }
    flush()
    return joined()
  }

  // MARK: Pieces

  private mutating func place(_ piece: SourcePiece, _ index: Int) {
    switch piece.kind {
    case .comment where isBetweenStatements(index): comment(piece)
    case .comment: append(piece)
    case .openBlock:
      append(piece)
      if pieces.indices.contains(index + 1), pieces[index + 1].kind == .closeBlock {
        previous = piece
        return
      }
      flush()
      depth += 1
      isBlockStart = true
    case .closeBlock:
      if previous?.kind == .openBlock, !items.isEmpty {
        append(piece)
      } else {
        flush()
        depth = max(0, depth - 1)
        isBlockStart = true
        append(piece)
      }
    default:
      if marks.statementStarts.contains(piece.range.lower) {
        flush()
        blank(before: piece)
      }
      append(piece)
    }
    if piece.kind != .comment { previous = piece }
  }

  /// Whether a comment stands where a statement could.
  private func isBetweenStatements(_ index: Int) -> Bool {
    guard let next = pieces[index...].first(where: { $0.kind != .comment }) else { return true }
    switch next.kind {
    case .closeBlock: return true
    default: return marks.statementStarts.contains(next.range.lower)
    }
  }

  private mutating func append(_ piece: SourcePiece) {
    if items.isEmpty { itemsDepth = depth }
    let isOpening = piece.kind == .openParenthesis || piece.kind == .openBracket
    items.append(
      Run.Item(
        kind: piece.kind, text: words(of: piece), startsLine: piece.newlinesBefore > 0,
        isTight: isOpening && previous.map { marks.endsBeforeOpening.contains($0.range.upper) } == true,
        bindsNext: piece.kind == .minus && marks.unaryMinuses.contains(piece.range.lower)))
  }

  private func words(of piece: SourcePiece) -> String {
    var text = source.text(piece.range).unicodeScalars[...]
    // A space with a mark on it is no space that could go, though it is one character with it.
    if piece.kind == .comment { while text.last?.properties.isWhitespace == true { text.removeLast() } }
    return String(text)
  }

  private mutating func comment(_ piece: SourcePiece) {
    flush()
    let text = words(of: piece)
    if piece.newlinesBefore == 0, let last = lines.indices.last, lines[last]?.comment == nil, lines[last] != nil {
      lines[last]?.comment = text
    } else {
      blank(before: piece)
      lines.append(Line(indentation: depth * Self.step, comment: text))
      isBlockStart = false
    }
  }

  // MARK: Lines

  private mutating func flush() {
    guard !items.isEmpty else { return }
    var layout = RunLayout(Run(items), indentation: itemsDepth * Self.step)
    lines += layout.lines()
    items = []
    isBlockStart = false
  }

  private mutating func blank(before piece: SourcePiece) {
    if piece.newlinesBefore > 1, !isBlockStart, lines.last.map({ $0 != nil }) == true { lines.append(nil) }
  }

  private func joined() -> String {
    var text = ""
    var index = 0
    while index < lines.count {
      guard let line = lines[index] else {
        text += "\n"
        index += 1
        continue
      }
      let end = (index..<lines.count).first { !isAligned(lines[$0], with: line) } ?? lines.count
      let width = lines[index..<max(end, index + 1)].compactMap { $0?.text.count }.max() ?? 0
      for line in lines[index..<max(end, index + 1)].compactMap({ $0 }) {
        text +=
          String(repeating: " ", count: line.text.isEmpty && line.comment == nil ? 0 : line.indentation) + line.text
        if let comment = line.comment {
          let isAlone = line.text.isEmpty
          let gap = isAligned(line, with: line) ? width - line.text.count + 2 : 2
          text += (isAlone ? "" : String(repeating: " ", count: gap)) + comment
        }
        text += "\n"
      }
      index = max(end, index + 1)
    }
    return text
  }

  /// Whether the comments of two lines stand in one column.
  private func isAligned(_ line: Line?, with other: Line) -> Bool {
    guard let line, line.comment != nil, other.comment != nil, line.indentation == other.indentation else {
      return false
    }
    return [line, other].allSatisfy { (1...Self.alignedWidth).contains($0.text.count) && !$0.text.contains("\n") }
  }
}
