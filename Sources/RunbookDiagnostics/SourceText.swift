/// One source as it was read: its name for people, its bytes, and where its lines begin.
public final class SourceText: Sendable {
  public let id: SourceID
  /// As people know it: a path as it was given, `-c`, `standard input`, `prompt:3`.
  public let name: String
  public let bytes: [UInt8]
  private let lineStarts: [Int32]

  /// The largest source that is read, in bytes. A longer one is refused by whoever reads it.
  public static let sizeLimit = 64 << 20

  public init(id: SourceID, name: String, bytes: [UInt8]) {
    self.id = id
    self.name = name
    self.bytes = bytes
    var starts: [Int32] = [0]
    var offset = 0
    while offset < bytes.count {
      if bytes[offset] == 0x0A { starts.append(Int32(clamping: offset + 1)) }
      offset += 1
    }
    lineStarts = starts
  }

  public convenience init(id: SourceID, name: String, text: String) {
    self.init(id: id, name: name, bytes: Array(text.utf8))
  }

  public var lineCount: Int { lineStarts.count }

  /// The number of the line, from 0, that holds the offset.
  public func line(at offset: Int) -> Int {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if Int(lineStarts[middle]) <= offset { low = middle } else { high = middle }
    }
    return low
  }

  /// The offsets of a line, from 0, without its line end; empty for a line that does not exist.
  public func offsets(ofLine line: Int) -> Range<Int> {
    guard lineStarts.indices.contains(line) else { return bytes.count..<bytes.count }
    let start = Int(lineStarts[line])
    var end = line + 1 < lineStarts.count ? Int(lineStarts[line + 1]) - 1 : bytes.count
    if end > start, bytes[end - 1] == 0x0D { end -= 1 }
    return start..<max(start, end)
  }

  /// The text between two offsets, which are clamped to the source; invalid bytes show as U+FFFD.
  public func text(_ range: Range<Int>) -> String {
    let clamped = range.clamped(to: 0..<bytes.count)
    return String(decoding: bytes[clamped], as: UTF8.self)
  }

  public func text(_ range: SourceRange) -> String { text(Int(range.lower)..<Int(range.upper)) }

  /// Line and column, both from 1, of an offset; the column counts characters as a person does.
  public func position(of offset: Int) -> (line: Int, column: Int) {
    let line = line(at: offset)
    let start = offsets(ofLine: line).lowerBound
    let end = max(start, min(offset, bytes.count))
    let isPlain = bytes[start..<end].allSatisfy { $0 < 0x80 }
    return (line + 1, (isPlain ? end - start : text(start..<end).count) + 1)
  }
}

/// All sources of one checking or execution, by id.
public struct SourceMap: Sendable {
  private var sources: [SourceID: SourceText] = [:]
  /// An id that no source here has yet.
  public private(set) var nextID = SourceID(0)

  public init(_ sources: [SourceText] = []) {
    for source in sources { add(source) }
  }

  public mutating func add(_ source: SourceText) {
    sources[source.id] = source
    if source.id.number >= nextID.number { nextID = SourceID(source.id.number + 1) }
  }
  public subscript(id: SourceID) -> SourceText? { sources[id] }
  public var all: [SourceText] { sources.values.sorted { $0.id.number < $1.id.number } }
}
