import Coordination

/// A request's body that knows whether it was read, which the client library does when it is about to write it to a
/// connection and not before.
struct WitnessedBody: Collection, Sendable {
  private let bytes: [UInt8]
  private let asked = Guarded(false)

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var wasAskedFor: Bool { asked.withLock { $0 } }

  var startIndex: Int { bytes.startIndex }
  var endIndex: Int { bytes.endIndex }
  func index(after index: Int) -> Int { bytes.index(after: index) }

  subscript(position: Int) -> UInt8 {
    witness()
    return bytes[position]
  }

  func makeIterator() -> IndexingIterator<[UInt8]> {
    witness()
    return bytes.makeIterator()
  }

  func withContiguousStorageIfAvailable<Result>(
    _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result? {
    witness()
    return try bytes.withContiguousStorageIfAvailable(body)
  }

  private func witness() { asked.withLock { $0 = true } }
}
