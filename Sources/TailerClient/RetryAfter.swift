import CivilTime

/// The header's two forms: seconds, or a date in one of the three layouts of RFC 9110, 5.6.7.
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
    guard let moment = date(words) ?? obsoleteDate(words, now: now) ?? asctime(words) else { return nil }
    return max(moment.since(now), .zero)
  }

  /// `Wed, 30 Dec 2020 11:28:43 GMT`.
  private static func date(_ words: [Substring]) -> Timestamp? {
    guard words.count == 6, words[0].hasSuffix(","), words[5] == "GMT" || words[5] == "UTC",
      let year = number(words[3], width: 4...4)
    else { return nil }
    return moment(year, words[2], words[1], words[4])
  }

  /// `Wednesday, 30-Dec-20 11:28:53 GMT`: a year that would be more than 50 years ahead is the latest one before that ends so.
  private static func obsoleteDate(_ words: [Substring], now: Timestamp) -> Timestamp? {
    guard words.count == 4, words[0].hasSuffix(","), words[3] == "GMT" else { return nil }
    let parts = words[1].split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, let short = number(parts[2], width: 2...2) else { return nil }
    let limit = now.date.yearMonthDay.year + 50
    let century = limit / 100 * 100
    return moment(century + short > limit ? century + short - 100 : century + short, parts[1], parts[0], words[2])
  }

  /// `Wed Dec 30 11:28:53 2020`.
  private static func asctime(_ words: [Substring]) -> Timestamp? {
    guard words.count == 5, let year = number(words[4], width: 4...4) else { return nil }
    return moment(year, words[1], words[2], words[3])
  }

  private static func moment(_ year: Int, _ name: Substring, _ day: Substring, _ clock: Substring) -> Timestamp? {
    guard let month = months.firstIndex(of: String(name)), let day = number(day, width: 1...2),
      let date = CalendarDate(year: year, month: month + 1, day: day)
    else { return nil }
    return Timestamp("\(date)T\(clock)Z")
  }

  private static func number(_ text: Substring, width: ClosedRange<Int>) -> Int? {
    guard width.contains(text.utf8.count), text.utf8.allSatisfy(isDigit) else { return nil }
    return Int(text)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}
