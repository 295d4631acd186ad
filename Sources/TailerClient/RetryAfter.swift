import CivilTime
import TailerAPI

/// The header's two forms: seconds, or a date.
enum RetryAfter {
  /// How long to wait from `now`; `nil` for anything else. A date that has passed is zero.
  static func span(_ value: String?, now: Timestamp) -> TimeSpan? {
    guard let words = value?.split(separator: " "), let value, let first = words.first else { return nil }
    let isNumber = first.utf8.allSatisfy { (48...57).contains($0) || $0 == 46 }
    if words.count == 1, isNumber, let seconds = Double(first), seconds >= 0 { return .seconds(seconds) }
    return HTTPDate.moment(value, now: now).map { max($0.since(now), .zero) }
  }
}
