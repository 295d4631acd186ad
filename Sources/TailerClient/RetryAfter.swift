import CivilTime

/// The header's two forms: seconds, or the date of RFC 9110, 5.6.7, in its preferred layout.
enum RetryAfter {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// How long to wait from `now`; `nil` for anything else. A date that has passed is zero.
  static func span(_ value: String?, now: Timestamp) -> TimeSpan? {
    guard let words = value?.split(separator: " "), let first = words.first else { return nil }
    if words.count == 1, let seconds = Double(first), seconds >= 0, first.utf8.allSatisfy({ isDigit($0) || $0 == 46 }) {
      return .seconds(seconds)
    }
    guard let moment = date(words) else { return nil }
    return max(moment.since(now), .zero)
  }

  /// `Wed, 30 Dec 2020 11:28:43 GMT`.
  private static func date(_ words: [Substring]) -> Timestamp? {
    guard words.count == 6, words[0].hasSuffix(","), words[5] == "GMT" || words[5] == "UTC",
      let month = months.firstIndex(of: String(words[2])), let day = number(words[1], width: 1...2),
      let year = number(words[3], width: 4...4), let date = CalendarDate(year: year, month: month + 1, day: day)
    else { return nil }
    return Timestamp("\(date)T\(words[4])Z")
  }

  private static func number(_ text: Substring, width: ClosedRange<Int>) -> Int? {
    guard width.contains(text.utf8.count), text.utf8.allSatisfy(isDigit) else { return nil }
    return Int(text)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}
