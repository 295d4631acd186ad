/// Which lines of a text stand in another one, and which do not.
public struct TextDifference: Hashable, Sendable {
  public enum Line: Hashable, Sendable {
    case kept(String)
    case gone(String)
    case new(String)
  }

  /// The lines of both, in their order; where some are gone and others new, those that are gone first.
  public let lines: [Line]

  public init(from old: String, to new: String) {
    let (old, new) = (Self.split(old), Self.split(new))
    let head = zip(old, new).prefix { $0 == $1 }.count
    let tail = zip(old.dropFirst(head).reversed(), new.dropFirst(head).reversed()).prefix { $0 == $1 }.count
    let (before, after) = (old[head..<(old.count - tail)], new[head..<(new.count - tail)])
    lines =
      old[..<head].map { .kept($0) } + Self.middle(Array(before), Array(after))
      + old[(old.count - tail)...].map { .kept($0) }
  }

  /// How many lines are others: of those that stand in one place the gone ones or the new ones, whichever are more.
  public var count: Int {
    var (count, gone, new) = (0, 0, 0)
    for line in lines + [.kept("")] {
      switch line {
      case .gone: gone += 1
      case .new: new += 1
      case .kept:
        count += max(gone, new)
        (gone, new) = (0, 0)
      }
    }
    return count
  }

  /// The lines that differ, each behind a sign, with some of those around them; `…` stands for others.
  public func excerpt(around context: Int = 2) -> [String] {
    let shown = lines.indices.filter { index in
      let near = max(0, index - context)...min(lines.count - 1, index + context)
      return lines[near].contains { if case .kept = $0 { false } else { true } }
    }
    var result: [String] = []
    var last = -1
    for index in shown {
      if index > last + 1 { result.append("…") }
      last = index
      switch lines[index] {
      case .kept(let text): result.append("  " + text)
      case .gone(let text): result.append("- " + text)
      case .new(let text): result.append("+ " + text)
      }
    }
    return last < lines.count - 1 && !result.isEmpty ? result + ["…"] : result
  }

  private static func split(_ text: String) -> [String] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    return lines
  }

  /// How many comparisons of lines are made at most; texts that are that long and that different have no line in common for
  /// whoever reads it.
  private static let limit = 4_000_000

  private static func middle(_ old: [String], _ new: [String]) -> [Line] {
    guard old.count.multipliedReportingOverflow(by: max(1, new.count)).partialValue <= limit else {
      return old.map { .gone($0) } + new.map { .new($0) }
    }
    let difference = new.difference(from: old)
    let gone = Set(difference.removals.map(\.place))
    let added = Set(difference.insertions.map(\.place))
    var result: [Line] = []
    var next = 0
    for (index, line) in old.enumerated() {
      if gone.contains(index) {
        result.append(.gone(line))
        continue
      }
      while added.contains(next) {
        result.append(.new(new[next]))
        next += 1
      }
      result.append(.kept(line))
      next += 1
    }
    return result + new[min(next, new.count)...].map { .new($0) }
  }
}

extension CollectionDifference.Change {
  fileprivate var place: Int {
    switch self {
    case .insert(let offset, _, _), .remove(let offset, _, _): offset
    }
  }
}
