import RunbookDiagnostics

/// Texts of all three kinds.
extension Lexer {
  private static let quote = UInt8(ascii: "\"")
  private static let backslash = UInt8(ascii: "\\")

  /// `'…'`: nothing in it is special, and it ends on its line.
  mutating func rawText() {
    let start = at
    var end = start + 1
    while end < limit, bytes[end] != 0x0A {
      let next = bytes[end]
      if next == UInt8(ascii: "'") { return emit(.text, start, end + 1) }
      if next == 0x0D, byte(end + 1) == 0x0A { break }
      end = (0x20..<0x7F).contains(next) ? end + 1 : checked(end)
    }
    emit(.unreadable, start, unterminated(start, end, quote: "'"))
  }

  /// Reports a text that does not end and gives where it most likely should have: before the `{` of a block.
  private mutating func unterminated(_ start: Int, _ end: Int, quote: String) -> Int {
    var close = end
    while close > start + 1, [0x20, 0x09, UInt8(ascii: "{")].contains(bytes[close - 1]) { close -= 1 }
    let place = SourceRange(source, close, close)
    report(.unterminatedText(quote: quote, closeAt: place), start, end)
    return close
  }

  /// `"…"`, or the block that `"""` opens.
  mutating func escapedText() {
    let start = at
    if followed(by: "\""), followed(by: "\"", at: 2) { return blockText() }
    var end = start + 1
    while end < limit {
      let next = bytes[end]
      if next == Self.quote { return emit(.text, start, end + 1) }
      if next == Self.backslash || (next == UInt8(ascii: "$") && byte(end + 1) == UInt8(ascii: "{")) { break }
      if next == 0x0A || (next == 0x0D && byte(end + 1) == 0x0A) {
        return emit(.unreadable, start, unterminated(start, end, quote: "\""))
      }
      end = (0x20..<0x7F).contains(next) ? end + 1 : checked(end)
    }
    guard end < limit else {
      return emit(.unreadable, start, unterminated(start, end, quote: "\""))
    }
    emit(.textBegin, start, start + 1)
    endsInInterpolation = false
    var chunk = Chunk(start + 1)
    chunk.bytes.append(contentsOf: bytes[(start + 1)..<end])
    let stop = contents(from: end, to: limit, closing: true, into: &chunk)
    flush(&chunk, upTo: stop)
    if byte(stop) == Self.quote {
      emit(.textEnd, stop, stop + 1)
    } else {
      if !endsInInterpolation { _ = unterminated(start, stop, quote: "\"") }
      emit(.textEnd, stop, stop)
    }
  }

  /// Literal words of a text as they are gathered, and where they began.
  struct Chunk {
    var start: Int
    var bytes: [UInt8] = []
    init(_ start: Int) { self.start = start }
  }

  private mutating func flush(_ chunk: inout Chunk, upTo end: Int) {
    guard !chunk.bytes.isEmpty else { return }
    emit(.textChunk, chunk.start, end, value: .text(String(decoding: chunk.bytes, as: UTF8.self)))
    chunk.bytes.removeAll(keepingCapacity: true)
  }

  /// Reads escapes, interpolations and plain characters of one line and gives the offset where it stopped: at `to`, at
  /// the line's end, or, when `closing`, at the quote that closes the text.
  private mutating func contents(from start: Int, to stop: Int, closing: Bool, into chunk: inout Chunk) -> Int {
    var offset = start
    while offset < stop {
      let next = bytes[offset]
      switch next {
      case Self.quote where closing: return offset
      case 0x0A: return offset
      case 0x0D where byte(offset + 1) == 0x0A: return offset
      case Self.backslash: offset = escape(offset, into: &chunk)
      case UInt8(ascii: "$") where byte(offset + 1) == UInt8(ascii: "{"):
        flush(&chunk, upTo: offset)
        offset = interpolation(offset, to: stop)
        chunk.start = offset
      case 0x20..<0x7F:
        chunk.bytes.append(next)
        offset += 1
      default:
        let end = checked(offset)
        chunk.bytes.append(contentsOf: bytes[offset..<end])
        offset = end
      }
    }
    return offset
  }

  // MARK: Escapes

  private mutating func escape(_ offset: Int, into chunk: inout Chunk) -> Int {
    switch byte(offset + 1) {
    case UInt8(ascii: "n"): chunk.bytes.append(0x0A)
    case UInt8(ascii: "t"): chunk.bytes.append(0x09)
    case Self.quote, Self.backslash, UInt8(ascii: "$"): chunk.bytes.append(bytes[offset + 1])
    case UInt8(ascii: "u"): return unicodeEscape(offset, into: &chunk)
    default: return unknownEscape(offset)
    }
    return offset + 2
  }

  private mutating func unicodeEscape(_ offset: Int, into chunk: inout Chunk) -> Int {
    var end = offset + 2
    if byte(end) == UInt8(ascii: "{") {
      end += 1
      while byte(end).isLetter || byte(end).isDigit { end += 1 }
      if byte(end) == UInt8(ascii: "}") {
        let digits = text(offset + 3, end)
        end += 1
        if digits.utf8.count <= 6, let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value) {
          chunk.bytes.append(contentsOf: String(scalar).utf8)
          return end
        }
      }
    }
    report(.unknownEscape(text(offset, end), meant: nil), offset, end)
    return end
  }

  private mutating func unknownEscape(_ offset: Int) -> Int {
    let end = byte(offset + 1) < 0x20 ? offset + 1 : scalar(at: offset + 1)?.end ?? offset + 1
    let meant: String? =
      switch byte(offset + 1) {
      case UInt8(ascii: "'"): "'"
      case UInt8(ascii: "r"): "\\u{D}"
      case UInt8(ascii: "e"): "\\u{1B}"
      case UInt8(ascii: "0"): "\\u{0}"
      default: "\\" + text(offset, end)
      }
    report(.unknownEscape(text(offset, end), meant: meant), offset, end)
    return end
  }

  // MARK: Interpolations

  /// Reads `${…}` and gives the offset behind it.
  private mutating func interpolation(_ start: Int, to stop: Int) -> Int {
    let (close, quoted) = interpolationClose(start + 2, to: stop)
    if let quoted {
      report(.quoteInInterpolation, quoted.lowerBound, quoted.upperBound)
      emit(.interpolationBegin, start, start + 2)
      emit(.unreadable, start + 2, close)
      emit(.interpolationEnd, close, min(close + 1, limit))
      return min(close + 1, limit)
    }
    guard byte(close) == UInt8(ascii: "}"), close < stop else {
      report(.unterminatedInterpolation, start, close)
      endsInInterpolation = true
      return close
    }
    emit(.interpolationBegin, start, start + 2)
    let outer = (limit, startsLine, isInInterpolation)
    (limit, startsLine, isInInterpolation) = (close, false, true)
    let before = stream.tokens.count
    scan()
    (limit, startsLine, isInInterpolation) = outer
    if stream.tokens.count == before {
      report(.emptyInterpolation, start, close + 1)
      emit(.unreadable, close, close)
    }
    emit(.interpolationEnd, close, close + 1)
    return close + 1
  }

  /// Where an interpolation's `}` stands, or where the search for it ended; and the text in `"` that it wrongly holds.
  private func interpolationClose(_ start: Int, to stop: Int) -> (Int, quoted: Range<Int>?) {
    var offset = start
    var quoted: Range<Int>?
    var depth = 0
    var looksForRaw = true
    while offset < stop, bytes[offset] != 0x0A {
      switch bytes[offset] {
      case UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "}"):
        if depth == 0 { return (offset, quoted) }
        depth -= 1
      case UInt8(ascii: "'") where looksForRaw:
        var end = offset + 1
        while end < stop, bytes[end] != 0x0A, bytes[end] != Self.quote, bytes[end] != UInt8(ascii: "'") { end += 1 }
        if byte(end) == UInt8(ascii: "'") { offset = end } else { looksForRaw = false }
      case Self.quote:
        guard let end = nestedQuoteEnd(offset, to: stop) else { return (offset, nil) }
        quoted = quoted ?? offset..<(end + 1)
        offset = end
      default: break
      }
      offset += 1
    }
    return (offset, nil)
  }

  /// Where a text that was wrongly begun inside an interpolation closes, if `}` and the outer quote follow it. Looks a
  /// short way only, so that a line of quotes costs no more than its length.
  private func nestedQuoteEnd(_ start: Int, to stop: Int) -> Int? {
    let stop = min(stop, start + 200)
    var quotes: [Int] = []
    var brace: Int?
    var offset = start + 1
    while offset < stop, bytes[offset] != 0x0A {
      if bytes[offset] == UInt8(ascii: "}"), !quotes.isEmpty, brace == nil { brace = offset }
      if bytes[offset] == Self.quote {
        if brace != nil { return quotes.first }
        quotes.append(offset)
      }
      offset += 1
    }
    return nil
  }

  // MARK: Blocks

  private mutating func blockText() {
    let start = at
    let close = blockClose(start + 3)
    if close == nil {
      report(.unterminatedBlockText, start, start + 3)
      stream.isUnfinished = true
    }
    let end = close ?? limit
    emit(.textBegin, start, start + 3)
    let lines = blockLines(start + 3, end)
    let indentation = commonIndentation(lines, firstOnOpeningLine: lines.first?.lowerBound == start + 3)
    var chunk = Chunk(start + 3)
    for (index, line) in lines.enumerated() {
      if index > 0 { chunk.bytes.append(0x0A) }
      let isBlank = line.allSatisfy { bytes[$0] == 0x20 || bytes[$0] == 0x09 }
      let isOpening = index == 0 && line.lowerBound == start + 3
      let skipped = isOpening ? 0 : isBlank ? line.count : min(indentation, line.count)
      if chunk.bytes.isEmpty { chunk.start = line.lowerBound + skipped }
      _ = contents(from: line.lowerBound + skipped, to: line.upperBound, closing: false, into: &chunk)
    }
    flush(&chunk, upTo: max(chunk.start, min(end, lines.last?.upperBound ?? end)))
    emit(.textEnd, end, close == nil ? end : end + 3)
  }

  /// Where the closing `"""` stands: the last three of a row of quotes, so that a text may end in one.
  private func blockClose(_ start: Int) -> Int? {
    var offset = start
    while offset < limit {
      if bytes[offset] == Self.backslash {
        offset += 2
      } else if bytes[offset] == Self.quote, byte(offset + 1) == Self.quote, byte(offset + 2) == Self.quote {
        while byte(offset + 3) == Self.quote { offset += 1 }
        return offset
      } else {
        offset += 1
      }
    }
    return nil
  }

  /// The lines of a block without their ends; an empty first and a blank last one are not part of it.
  private func blockLines(_ start: Int, _ end: Int) -> [Range<Int>] {
    var lines: [Range<Int>] = []
    var begin = start
    for offset in start..<max(start, end) where bytes[offset] == 0x0A {
      lines.append(begin..<(offset > begin && bytes[offset - 1] == 0x0D ? offset - 1 : offset))
      begin = offset + 1
    }
    lines.append(begin..<max(begin, end))
    func isBlank(_ line: Range<Int>) -> Bool { line.allSatisfy { bytes[$0] == 0x20 || bytes[$0] == 0x09 } }
    if lines.count > 1, let first = lines.first, isBlank(first) { lines.removeFirst() }
    if let last = lines.last, last.lowerBound != start, isBlank(last) { lines.removeLast() }
    return lines
  }

  private func commonIndentation(_ lines: [Range<Int>], firstOnOpeningLine: Bool) -> Int {
    var common: Range<Int>?
    for line in lines.dropFirst(firstOnOpeningLine ? 1 : 0) {
      let text = line.firstIndex { bytes[$0] != 0x20 && bytes[$0] != 0x09 }
      guard let text else { continue }
      let indentation = line.lowerBound..<text
      guard let known = common else {
        common = indentation
        continue
      }
      var count = 0
      while count < min(known.count, indentation.count),
        bytes[known.lowerBound + count] == bytes[indentation.lowerBound + count]
      { count += 1 }
      common = known.lowerBound..<(known.lowerBound + count)
    }
    return common?.count ?? 0
  }
}
