/// A moment in UTC, in whole microseconds, years 1 to 9999: what `2020-12-30T11:28:43Z` says.
///
/// Arithmetic never traps: whatever would leave the range is `nil`.
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Microseconds since 1970-01-01T00:00:00Z, negative before it.
  public let microsecondsSinceEpoch: Int64

  private static let day: Int64 = 86_400_000_000
  public static let earliest = Timestamp(startOf: .earliest)
  public static let latest = Timestamp(unchecked: Int64(CalendarDate.latest.daysSinceEpoch + 1) * day - 1)

  private init(unchecked microseconds: Int64) { microsecondsSinceEpoch = microseconds }

  init(startOf date: CalendarDate) { microsecondsSinceEpoch = Int64(date.daysSinceEpoch) * Self.day }

  public init?(microsecondsSinceEpoch microseconds: Int64) {
    guard microseconds >= Self.earliest.microsecondsSinceEpoch, microseconds <= Self.latest.microsecondsSinceEpoch
    else { return nil }
    microsecondsSinceEpoch = microseconds
  }

  /// Reads an ISO 8601 moment with a zone: `2020-12-30T11:28:43Z`, `…43.861340+00:00`, `…+0100`. The seconds may be
  /// left out. `nil` without a zone or for a moment that does not exist.
  public init?(_ text: some StringProtocol) {
    self.init(text, assumingUTC: false)
  }

  /// The same; with `assumingUTC` a missing zone means UTC, as tolerated in the service's replies.
  public init?(_ text: some StringProtocol, assumingUTC: Bool) {
    var scanner = DigitScanner(text)
    guard let year = scanner.digits(exactly: 4), scanner.take("-"), let month = scanner.digits(exactly: 2),
      scanner.take("-"), let day = scanner.digits(exactly: 2),
      let date = CalendarDate(year: year, month: month, day: day),
      scanner.take("T") || scanner.take("t") || scanner.take(" "),
      let hour = scanner.digits(exactly: 2), hour < 24, scanner.take(":"),
      let minute = scanner.digits(exactly: 2), minute < 60
    else { return nil }
    var second = 0
    var fraction = 0
    if scanner.take(":") {
      guard let value = scanner.digits(exactly: 2), value < 60 else { return nil }
      second = value
      if scanner.take(".") {
        guard let digits = scanner.microseconds() else { return nil }
        fraction = digits
      }
    }
    var offset = 0
    if scanner.isAtEnd {
      guard assumingUTC else { return nil }
    } else if !(scanner.take("Z") || scanner.take("z")) {
      let west = scanner.take("-")
      guard west || scanner.take("+"), let hours = scanner.digits(exactly: 2), hours < 24 else { return nil }
      _ = scanner.take(":")
      guard let minutes = scanner.digits(exactly: 2), minutes < 60 else { return nil }
      offset = (hours * 60 + minutes) * (west ? -1 : 1)
    }
    guard scanner.isAtEnd else { return nil }
    let seconds = Int64(hour * 3600 + minute * 60 + second - offset * 60)
    self.init(
      microsecondsSinceEpoch: Int64(date.daysSinceEpoch) * Self.day + seconds * 1_000_000 + Int64(fraction))
  }

  /// The UTC day on which the moment falls.
  public var date: CalendarDate {
    let day = Self.day
    let days = microsecondsSinceEpoch / day - (microsecondsSinceEpoch % day < 0 ? 1 : 0)
    return CalendarDate(daysSinceEpoch: Int(days)) ?? .earliest
  }

  public func adding(_ span: TimeSpan) -> Timestamp? {
    Timestamp(microsecondsSinceEpoch: microsecondsSinceEpoch + span.microseconds)
  }

  /// The moment that much later, or the last one there is; for deadlines, which only have to be far enough.
  public func advanced(by span: TimeSpan) -> Timestamp {
    adding(span) ?? (span.microseconds < 0 ? .earliest : .latest)
  }

  /// The time from `earlier` to here.
  public func since(_ earlier: Timestamp) -> TimeSpan {
    TimeSpan(microseconds: microsecondsSinceEpoch - earlier.microsecondsSinceEpoch) ?? .longest
  }

  public static func < (a: Timestamp, b: Timestamp) -> Bool { a.microsecondsSinceEpoch < b.microsecondsSinceEpoch }

  /// `2020-12-30T11:28:43Z`, with a fraction only where there is one.
  public var description: String {
    let inDay = microsecondsSinceEpoch - date.midnight.microsecondsSinceEpoch
    let fraction = Int(inDay % 1_000_000)
    var text = "\(date)T\(clock)"
    if fraction != 0 {
      var digits = padded(fraction, to: 6)
      while digits.hasSuffix("0") { digits.removeLast() }
      text += ".\(digits)"
    }
    return text + "Z"
  }

  /// To the second, for a sentence.
  public var plainMoment: String { "\(columnMoment) UTC" }
  /// To the second, for a column whose heading says that it is UTC.
  public var columnMoment: String { "\(date) \(clock)" }

  /// The time of day in whole seconds, `11:28:43`.
  public var clock: String {
    let seconds = Int((microsecondsSinceEpoch - date.midnight.microsecondsSinceEpoch) / 1_000_000)
    return "\(padded(seconds / 3600, to: 2)):\(padded(seconds / 60 % 60, to: 2)):\(padded(seconds % 60, to: 2))"
  }

  /// As the service writes moments: `2020-12-30T11:28:43.861340+00:00`, the fraction left out when it is zero.
  public var serviceForm: String {
    let fraction = Int((microsecondsSinceEpoch - date.midnight.microsecondsSinceEpoch) % 1_000_000)
    return "\(date)T\(clock)" + (fraction == 0 ? "" : ".\(padded(fraction, to: 6))") + "+00:00"
  }
}

extension Timestamp: Codable {
  /// From its printed form.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = Timestamp(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a timestamp: \(text)")
    }
    self = value
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
