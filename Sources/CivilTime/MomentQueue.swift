import HeapModule

/// What is due at moments: the earliest comes first, ties in the order in which they were added.
public struct MomentQueue<Element: Sendable>: Sendable {
  private struct Entry: Comparable {
    let moment: Timestamp
    /// The library's heap does not keep the order of what is equal.
    let sequence: Int
    let element: Element

    static func < (a: Self, b: Self) -> Bool { (a.moment, a.sequence) < (b.moment, b.sequence) }
    static func == (a: Self, b: Self) -> Bool { a.sequence == b.sequence }
  }

  private var heap: Heap<Entry> = []
  private var sequence = 0

  public init() {}

  public var earliest: Timestamp? { heap.min?.moment }

  public mutating func add(_ element: Element, at moment: Timestamp) {
    sequence += 1
    heap.insert(Entry(moment: moment, sequence: sequence, element: element))
  }

  /// Takes out the earliest element, where there is one due by `limit`.
  public mutating func next(by limit: Timestamp = .latest) -> (moment: Timestamp, element: Element)? {
    guard let first = heap.min, first.moment <= limit else { return nil }
    heap.removeMin()
    return (first.moment, first.element)
  }
}
