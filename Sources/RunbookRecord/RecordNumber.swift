/// A position in the log of one execution, from 1 on. Whatever is recorded takes the next one when it is appended, so the
/// numbers tell what came first. An effect is known for good by the number at which it began: owners of runs, tickets,
/// adoptions and answers refer to it, and an edit of the text does not change it.
public struct RecordNumber: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
  public let value: Int64

  public init(_ value: Int64) { self.value = value }

  public init(from decoder: any Decoder) throws { value = try decoder.singleValueContainer().decode(Int64.self) }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(value)
  }

  /// The one behind it. Numbers end where 64 bits do, which no execution reaches.
  public var next: RecordNumber { RecordNumber(value < .max ? value + 1 : value) }

  public static func < (a: RecordNumber, b: RecordNumber) -> Bool { a.value < b.value }

  /// As people write it: `#12`.
  public var description: String { "#\(value)" }
}
