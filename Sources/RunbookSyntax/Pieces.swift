import Dispatch
import RunbookDiagnostics
import Synchronization

/// Reads a long source in pieces, on two cores: each piece by itself, as if nothing stood around it.
///
/// Pieces are cut where statements most likely begin. If none of them has a mistake and none is unfinished, each is
/// whole statements, and together they are what the source says; else the source is read again in one, for where it was
/// cut may be what was wrong.
struct Pieces {
  /// What came of it: the statements of all pieces, and how far the last has come.
  struct Reading {
    var statements: [Statement] = []
    var completeness = ParseResult.Completeness.complete
  }

  /// How many bytes a piece has at least. Its tokens are gone through while they are near, and their room is used again.
  static let size = 32 << 10
  /// A source with fewer bytes is not worth a second thread.
  static let threshold = 256 << 10
  /// How many pieces are read at once.
  static let lanes = 2

  private let source: SourceText
  private let ranges: [Range<Int>]

  init(of source: SourceText, size: Int = Self.size) {
    self.source = source
    ranges = Self.ranges(of: source.bytes, size)
  }

  /// The stretches between the places where an empty line is followed by a letter or a comment at the start of a line.
  private static func ranges(of bytes: [UInt8], _ size: Int) -> [Range<Int>] {
    bytes.withUnsafeBufferPointer { bytes in
      var ranges: [Range<Int>] = []
      var start = 0
      while start < bytes.count {
        var end = start + max(size, 2)
        while end < bytes.count, !isCut(bytes, end) { end += 1 }
        ranges.append(start..<min(end, bytes.count))
        start = end
      }
      return ranges
    }
  }

  private static func isCut(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int) -> Bool {
    bytes[place - 1] == 0x0A && bytes[place - 2] == 0x0A
      && (bytes[place].isLetter || bytes[place] == UInt8(ascii: "#"))
  }

  /// The tree, or `nil` where something about it is wrong or it ends too early.
  func read() -> Reading? {
    let lanes = (0..<Self.lanes).map { lane in
      ranges[(ranges.count * lane / Self.lanes)..<(ranges.count * (lane + 1) / Self.lanes)]
    }
    let readings = Mutex<[Reading?]>(Array(repeating: nil, count: lanes.count))
    let isWrong = Atomic(false)
    DispatchQueue.concurrentPerform(iterations: lanes.count) { lane in
      let reading = read(lanes[lane], lane: lane, isWrong)
      readings.withLock { $0[lane] = reading }
    }
    var whole = Reading()
    for reading in readings.withLock({ $0 }) {
      guard let reading else { return nil }
      whole.statements += reading.statements
      if !reading.statements.isEmpty { whole.completeness = reading.completeness }
    }
    return whole
  }

  private func read(_ ranges: ArraySlice<Range<Int>>, lane: Int, _ isWrong: borrowing Atomic<Bool>) -> Reading? {
    source.bytes.withUnsafeBufferPointer { bytes in
      var lexer = Lexer(bytes: bytes, source: source.id)
      var reading = Reading()
      var nameKinds: [Expression.Kind?] = []
      for range in ranges {
        if isWrong.load(ordering: .relaxed) { return nil }
        var stream = lexer.tokens(in: range)
        stream.numbering = SymbolNumbering(parts: Int32(Self.lanes), part: Int32(lane))
        var known: [Expression.Kind?] = []
        swap(&known, &nameKinds)
        var parser = Parser(source, stream, nameKinds: known)
        let statements = parser.program()
        guard parser.hasNoProblem, parser.completeness != .unfinished else {
          isWrong.store(true, ordering: .relaxed)
          return nil
        }
        nameKinds = parser.nameKinds
        reading.statements += statements
        if !statements.isEmpty { reading.completeness = parser.completeness }
      }
      return reading
    }
  }
}
