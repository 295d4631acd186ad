/// Which source a range lies in: the file that was named, an included one, the text of `-c`, an entry at the prompt.
public struct SourceID: Hashable, Sendable {
  public let number: Int32
  public init(_ number: Int32) { self.number = number }
}

/// A half-open stretch of UTF-8 offsets of one source. Lines and columns come into being only when it is printed.
public struct SourceRange: Hashable, Sendable {
  public let source: SourceID
  public let lower: Int32
  public let upper: Int32

  /// A range whose bounds are put in order; sources are bounded well below `Int32.max` bytes when they are read.
  public init(_ source: SourceID, _ lower: Int, _ upper: Int) {
    self.source = source
    self.lower = Int32(clamping: max(0, lower))
    self.upper = Int32(clamping: max(0, lower, upper))
  }

  public var isEmpty: Bool { lower == upper }

  /// From the start of this range to the end of the other, which lies in the same source.
  public func through(_ other: SourceRange) -> SourceRange {
    guard source == other.source else { return self }
    return SourceRange(source, Int(min(lower, other.lower)), Int(max(upper, other.upper)))
  }

  /// Its first bytes, as many of them as it has.
  public func first(_ count: Int) -> SourceRange {
    SourceRange(source, Int(lower), min(Int(lower) + count, Int(upper)))
  }
  /// Its last bytes, as many of them as it has.
  public func last(_ count: Int) -> SourceRange { SourceRange(source, max(Int(upper) - count, Int(lower)), Int(upper)) }

  /// The empty range just behind this one, where something is missing.
  public var end: SourceRange { SourceRange(source, Int(upper), Int(upper)) }
  /// The empty range at this one's start.
  public var start: SourceRange { SourceRange(source, Int(lower), Int(lower)) }
}
