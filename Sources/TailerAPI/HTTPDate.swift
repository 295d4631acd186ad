public import CivilTime

/// A moment as HTTP headers write it, RFC 9110, 5.6.7.
public enum HTTPDate {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
  /// 1970 began on a Thursday.
  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]

  /// `Wed, 30 Dec 2020 11:28:43 GMT`, to the second.
  public static func text(of moment: Timestamp) -> String {
    let (date, number) = (moment.date, moment.date.yearMonthDay)
    let day = days[(Int(date.daysSinceEpoch) % 7 + 7) % 7]
    let (text, month) = ("\(date)", months[number.month - 1])
    return "\(day), \(text.suffix(2)) \(month) \(text.prefix(4)) \(moment.clock) GMT"
  }

  /// Reads each of the three layouts.
  ///
  /// - Parameter now: By which the year of two digits is known.
  public static func moment(_ text: some StringProtocol, now: Timestamp) -> Timestamp? {
    let words = String(text).split(separator: " ")
    return date(words) ?? obsoleteDate(words, now: now) ?? asctime(words)
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
    guard width.contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int(text)
  }
}
