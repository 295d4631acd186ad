public import VisibleText

/// Draws diagnostics for people: what is wrong, where, the lines themselves with a mark under the exact words, notes,
/// what to write instead, and the way that led there.
///
/// ```
/// error[unknown-name]: there is no name `preprae`
///   --> morning.runbook:3:8
///    |
///  3 | launch preprae
///    |        ^^^^^^^
///    |
/// help: did you mean `prepare`?
///    |
///  3 | launch prepare
///    |        +++++++
/// ```
public struct DiagnosticRenderer: Sendable {
  let sources: SourceMap
  let hasColour: Bool
  let width: Int

  /// - Parameters:
  ///   - hasColour: whether to colour with terminal escapes.
  ///   - width: the columns that there are; longer source lines are cut around their marks.
  public init(sources: SourceMap, hasColour: Bool = false, width: Int = 100) {
    self.sources = sources
    self.hasColour = hasColour
    self.width = max(40, width)
  }

  /// Everything about one diagnostic, over several lines, without a newline at its end.
  public func render(_ diagnostic: Diagnostic) -> ScreenText {
    var page = Page(palette: Palette(hasColour: hasColour), gutter: gutterWidth(diagnostic))
    let palette = page.palette
    let style = Palette.Style(diagnostic.severity)
    let title = palette.paint("\(diagnostic.severity.rawValue)[\(diagnostic.id)]", style)
    page.lines.append(title + palette.paint(": \(diagnostic.message)", .strong))

    let marks =
      [Mark(diagnostic.primary, .primary(diagnostic.severity))]
      + diagnostic.secondary.map { Mark($0, .secondary) }
    draw(marks, on: &page, arrow: "-->")
    for label in diagnostic.trace {
      let words = label.text.isEmpty ? "called from here" : label.text
      page.bar()
      draw([Mark(Diagnostic.Label(label.range), .secondary)], on: &page, arrow: "::: \(words):")
    }
    if !diagnostic.notes.isEmpty || !diagnostic.fixes.isEmpty { page.bar() }
    for note in diagnostic.notes { page.note("note", note) }
    for fix in diagnostic.fixes { draw(fix, on: &page) }
    return page.lines.joined(separator: "\n")
  }

  /// Several diagnostics with a blank line between them, in the order given.
  public func render(_ diagnostics: [Diagnostic]) -> ScreenText {
    diagnostics.map(render).joined(separator: "\n\n")
  }

  /// `2 errors, 1 warning`; `nothing to report` where there is neither.
  public static func summary(_ diagnostics: some Sequence<Diagnostic>) -> String {
    var errors = 0
    var warnings = 0
    for diagnostic in diagnostics {
      if diagnostic.severity == .error { errors += 1 }
      if diagnostic.severity == .warning { warnings += 1 }
    }
    let parts = [(errors, "error"), (warnings, "warning")].filter { $0.0 > 0 }
    return parts.isEmpty
      ? "nothing to report" : parts.map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }.joined(separator: ", ")
  }

  /// How wide the line numbers are, over all places that are shown.
  private func gutterWidth(_ diagnostic: Diagnostic) -> Int {
    let ranges =
      [diagnostic.primary.range] + diagnostic.secondary.map(\.range) + diagnostic.trace.map(\.range)
      + diagnostic.fixes.map(\.range)
    let lines = ranges.map { range in (sources[range.source]?.line(at: Int(range.upper)) ?? 0) + 1 }
    return String(lines.max() ?? 1).count
  }

  // MARK: Places

  /// Draws marks, those of one source together, the first mark's source first.
  private func draw(_ marks: [Mark], on page: inout Page, arrow: ScreenText) {
    var rest = marks
    var arrow = arrow
    while let first = rest.first {
      let here = rest.filter { $0.range.source == first.range.source }
      rest.removeAll { $0.range.source == first.range.source }
      draw(here, of: sources[first.range.source], on: &page, arrow: arrow)
      if !rest.isEmpty { page.bar() }
      arrow = ":::"
    }
  }

  private func draw(_ marks: [Mark], of source: SourceText?, on page: inout Page, arrow: ScreenText) {
    guard let source, let first = marks.first else {
      return page.arrow(arrow, "a source that is not at hand")
    }
    let (line, column) = source.position(of: Int(first.range.lower))
    page.arrow(arrow, "\(source.name):\(line):\(column)")
    page.bar()
    var segments: [Int: [LineSegment]] = [:]
    for mark in marks {
      for (line, segment) in mark.segments(in: source) { segments[line, default: []].append(segment) }
    }
    let lines = segments.keys.sorted()
    for (index, line) in lines.enumerated() {
      if index > 0, line > lines[index - 1] + 1 {
        if line == lines[index - 1] + 2 {
          draw(line - 1, of: source, [], on: &page)
        } else {
          page.gap()
        }
      }
      draw(line, of: source, segments[line] ?? [], on: &page)
    }
  }

  private func draw(_ line: Int, of source: SourceText, _ segments: [LineSegment], on page: inout Page) {
    let offsets = source.offsets(ofLine: line)
    page.draw(DrawnLine(source.bytes, offsets, around: segments, width: width - page.gutter - 3), line + 1, segments)
  }

  // MARK: Fixes

  private func draw(_ fix: Diagnostic.Fix, on page: inout Page) {
    page.help(fix.title)
    guard let source = sources[fix.range.source] else { return }
    let line = source.line(at: Int(fix.range.lower))
    let offsets = source.offsets(ofLine: line)
    let lower = min(max(Int(fix.range.lower), offsets.lowerBound), offsets.upperBound)
    let replacement = Array(fix.replacement.utf8)
    guard Int(fix.range.upper) <= offsets.upperBound, !replacement.contains(0x0A) else {
      let lines = fix.replacement.split(separator: "\n", omittingEmptySubsequences: false)
      for line in lines.prefix(12) { page.added(String(line)) }
      return
    }
    let upper = max(lower, Int(fix.range.upper))
    // Only what can be seen of a long line is put together.
    let from = max(offsets.lowerBound, lower - 4 * width)
    let to = min(offsets.upperBound, upper + 4 * width)
    let mended = Array(source.bytes[from..<lower]) + replacement + Array(source.bytes[upper..<max(upper, to)])
    let segment = LineSegment(
      lower: lower - from, upper: lower - from + replacement.count, style: .fix, label: "", isEmpty: replacement.isEmpty
    )
    let segments = replacement.isEmpty ? [] : [segment]
    page.bar()
    page.draw(
      DrawnLine(mended, 0..<mended.count, around: [segment], width: width - page.gutter - 3), line + 1, segments)
  }
}

/// A range of a diagnostic and how it is marked.
struct Mark {
  let range: SourceRange
  let text: String
  let style: Palette.Style

  init(_ label: Diagnostic.Label, _ style: Palette.Style) {
    range = label.range
    text = label.text
    self.style = style
  }

  /// The stretches to mark, by line from 0: all of a range on one line, the first and the last line of a longer one,
  /// which bears the label.
  func segments(in source: SourceText) -> [(Int, LineSegment)] {
    let count = source.bytes.count
    let lower = min(Int(range.lower), count)
    let upper = min(max(Int(range.upper), lower), count)
    let first = source.line(at: lower)
    let last = source.line(at: max(lower, upper - 1))
    let firstLine = source.offsets(ofLine: first)
    guard last > first else {
      let end = min(upper, max(firstLine.upperBound, lower))
      return [(first, segment(lower, end, text))]
    }
    let lastLine = source.offsets(ofLine: last)
    let indented = lastLine.first { source.bytes[$0] != 0x20 && source.bytes[$0] != 0x09 } ?? lastLine.lowerBound
    return [
      (first, segment(lower, max(lower, firstLine.upperBound), "")),
      (last, segment(min(indented, upper), min(upper, lastLine.upperBound), text)),
    ]
  }

  private func segment(_ lower: Int, _ upper: Int, _ text: String) -> LineSegment {
    LineSegment(lower: lower, upper: upper, style: style, label: text.visible, isEmpty: upper <= lower)
  }
}
