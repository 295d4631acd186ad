import RunbookDiagnostics
import Yams

/// Where the marks of the YAML parser, which count lines and Unicode scalars by rules of their own, lie in a source.
struct YAMLPlaces {
  private let source: SourceText
  let scalars: [Unicode.Scalar]
  /// Of each scalar, and of the end.
  private let offsets: [Int]
  /// The index of the first scalar of each line.
  private let lines: [Int]

  init(_ source: SourceText) {
    self.source = source
    scalars = Array(String(decoding: source.bytes, as: UTF8.self).unicodeScalars)
    var (offsets, lines, offset) = ([0], [0], 0)
    offsets.reserveCapacity(scalars.count + 1)
    for (index, scalar) in scalars.enumerated() {
      offset += UTF8.width(scalar)
      offsets.append(offset)
      let next = index + 1 < scalars.count ? scalars[index + 1] : nil
      if Self.breaks.contains(scalar), !(scalar == "\r" && next == "\n") { lines.append(index + 1) }
    }
    self.offsets = offsets
    self.lines = lines
  }

  private static let breaks: Set<Unicode.Scalar> = ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"]

  /// The first word of the file, or its beginning.
  var start: SourceRange { stretch(at: nil) }

  /// The index of the scalar at a mark; the beginning where there is none.
  func index(of mark: Mark?) -> Int {
    guard let mark else { return 0 }
    // The end of the text counts as a line of its own.
    guard mark.line <= lines.count else { return scalars.count }
    let line = lines[max(0, mark.line - 1)]
    return min(line + max(0, mark.column - 1), scalars.count)
  }

  func character(at mark: Mark?) -> Unicode.Scalar? {
    let index = index(of: mark)
    return index < scalars.count ? scalars[index] : nil
  }

  /// What stands at a mark, or so many characters behind it: a text in quotes, a bracket, or a word.
  func stretch(at mark: Mark?, offset: Int = 0) -> SourceRange {
    stretch(from: min(index(of: mark) + max(0, offset), scalars.count))
  }

  /// The same at what is so many characters, as Swift counts them, from the beginning.
  func stretch(atCharacter count: Int) -> SourceRange {
    stretch(
      from: min(String(String.UnicodeScalarView(scalars)).prefix(max(0, count)).unicodeScalars.count, scalars.count))
  }

  private func stretch(from index: Int) -> SourceRange {
    var end = index
    if index < scalars.count {
      let first = scalars[index]
      if first == "\"" || first == "'" {
        end = scalars[(index + 1)...].firstIndex { $0 == first || Self.breaks.contains($0) } ?? scalars.count
        if end < scalars.count, scalars[end] == first { end += 1 }
      } else {
        end =
          scalars[index...].firstIndex {
            $0 == " " || $0 == "\t" || ",[]{}:".unicodeScalars.contains($0) || Self.breaks.contains($0)
          } ?? scalars.count
        if end == index, !Self.breaks.contains(first) { end += 1 }
      }
    }
    return SourceRange(source.id, offsets[index], offsets[end])
  }
}
