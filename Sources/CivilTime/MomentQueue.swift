/// What is due at moments: a binary heap whose earliest element comes first, ties in the order they were added.
public struct MomentQueue<Element: Sendable>: Sendable {
  private struct Entry {
    let moment: Timestamp
    let sequence: Int
    let element: Element

    func isBefore(_ other: Entry) -> Bool {
      moment == other.moment ? sequence < other.sequence : moment < other.moment
    }
  }

  private var heap: [Entry] = []
  private var sequence = 0

  public init() {}

  public var earliest: Timestamp? { heap.first?.moment }

  public mutating func add(_ element: Element, at moment: Timestamp) {
    sequence += 1
    heap.append(Entry(moment: moment, sequence: sequence, element: element))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].isBefore(heap[parent]) else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  /// Takes out the earliest element, where there is one due by `limit`.
  public mutating func next(by limit: Timestamp = .latest) -> (moment: Timestamp, element: Element)? {
    guard let first = heap.first, first.moment <= limit else { return nil }
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while true {
      var smallest = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
        if heap[child].isBefore(heap[smallest]) { smallest = child }
      }
      guard smallest != parent else { break }
      heap.swapAt(parent, smallest)
      parent = smallest
    }
    return (first.moment, first.element)
  }
}
