import CivilTime
import TailerAPI
import Yams

extension Fault {
  /// Reads a fault as it describes itself, such as `reply lost` or `503 after the effect`; `nil` for anything else.
  public init?(_ text: String) {
    var words = text.split(whereSeparator: \.isWhitespace)[...]
    func take(_ phrase: String) -> Bool {
      let wanted = phrase.split(separator: " ")
      guard words.starts(with: wanted) else { return false }
      words = words.dropFirst(wanted.count)
      return true
    }
    func span() -> TimeSpan? { words.popFirst().flatMap { TimeSpan($0) } }

    let fault: Fault?
    if take("unreachable") {
      fault = .unreachable
    } else if take("request lost") {
      fault = .requestLost
    } else if take("reply lost") {
      fault = .replyLost
    } else if take("effect after") {
      fault = span().map { .lateEffect($0) }
    } else if take("slow by") {
      fault = span().map { .slow($0) }
    } else if take("hidden for") {
      fault = span().map { .lateListing($0) }
    } else if take("truncated") {
      fault = .truncated
    } else if take("html") {
      fault = .html
    } else if take("empty") {
      fault = .empty
    } else if let word = words.popFirst(), word.utf8.count == 3, let code = Int(word), (400...599).contains(code) {
      var retryAfter: TimeSpan?
      if take("retry after") {
        guard let span = span() else { return nil }
        retryAfter = span
      }
      fault = .status(code, afterEffect: take("after the effect"), retryAfter: retryAfter)
    } else {
      fault = nil
    }
    guard let fault, words.isEmpty else { return nil }
    self = fault
  }
}

extension ScenarioReading {
  /// One entry of `faults`: which requests, and what befalls them.
  mutating func faultRules(_ node: Node) -> [FaultRule] {
    entries(of: node, what: "a fault").compactMap { key, value in
      let place = self.key(key, of: node)
      let words = Self.words(of: key).map(\.text)
      let counters = RequestReading.actions.keys.sorted() + ["request"]
      guard let counter = words.first, counters.contains(counter) else {
        let hint = Spelling.hint(for: words.first ?? "", among: counters)
        report(
          "a fault befalls \"request\" or one of the actions \(counters.dropLast().joined(separator: ", "))\(hint)",
          at: place)
        return nil
      }
      var occurrences: ClosedRange<Int>?
      if words.count > 1 {
        guard words.count == 2, let range = Self.range(words[1]) else {
          report("after \"\(counter)\" comes the number of a request, 2, or several, 2..4", at: place)
          return nil
        }
        occurrences = range
      }
      guard let text = value.scalar?.string, let fault = Fault(text) else {
        report(
          "\(quoted(value)) is not a fault; they are unreachable, request lost, reply lost, effect after 5m,"
            + " slow by 5m, hidden for 5m, truncated, html, empty, or a status code (503, 503 after the effect,"
            + " 429 retry after 7s)", at: value)
        return nil
      }
      return FaultRule(fault, action: counter == "request" ? nil : counter, occurrences: occurrences)
    }
  }

  private static func range(_ text: String) -> ClosedRange<Int>? {
    let numbers = text.components(separatedBy: "..").map(Int.init)
    guard numbers.count <= 2, let first = numbers.first ?? nil, let last = numbers.last ?? nil, first >= 1,
      first <= last
    else { return nil }
    return first...last
  }
}

extension String {
  fileprivate func components(separatedBy mark: String) -> [String] {
    guard let range = firstRange(of: mark) else { return [self] }
    return [String(self[..<range.lowerBound]), String(self[range.upperBound...])]
  }
}
