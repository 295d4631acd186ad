/// A length of time in whole microseconds, at most ten thousand years either way: what `1h30m` says.
///
/// Arithmetic never traps: whatever would leave the range is `nil`.
public struct TimeSpan: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let microseconds: Int64

  static let bound: Int64 = 3_660_000 * 86_400_000_000

  public static let zero = TimeSpan(unchecked: 0)
  /// The longest span that can be said.
  public static let longest = TimeSpan(unchecked: bound)

  private init(unchecked microseconds: Int64) { self.microseconds = microseconds }

  public init?(microseconds: Int64) {
    guard microseconds >= -Self.bound, microseconds <= Self.bound else { return nil }
    self.microseconds = microseconds
  }

  /// That many units, clamped to the range; for constants and settings, where no one can be told of an overflow.
  private init(clamping count: Int, unit: Int64) {
    let (product, overflow) = Int64(count).multipliedReportingOverflow(by: unit)
    let limited = overflow ? (count < 0 ? -Self.bound : Self.bound) : product
    microseconds = min(max(limited, -Self.bound), Self.bound)
  }

  public static func milliseconds(_ n: Int) -> TimeSpan { TimeSpan(clamping: n, unit: 1_000) }
  public static func seconds(_ n: Int) -> TimeSpan { TimeSpan(clamping: n, unit: 1_000_000) }
  public static func minutes(_ n: Int) -> TimeSpan { TimeSpan(clamping: n, unit: 60_000_000) }
  public static func hours(_ n: Int) -> TimeSpan { TimeSpan(clamping: n, unit: 3_600_000_000) }
  public static func days(_ n: Int) -> TimeSpan { TimeSpan(clamping: n, unit: 86_400_000_000) }

  /// That many seconds, clamped to the range; not-a-number is zero.
  public static func seconds(_ n: Double) -> TimeSpan {
    guard !n.isNaN else { return .zero }
    let limit = Double(bound)
    return TimeSpan(unchecked: Int64(min(max(n * 1_000_000, -limit), limit)))
  }

  public var inSeconds: Double { Double(microseconds) / 1_000_000 }

  public func adding(_ other: TimeSpan) -> TimeSpan? { TimeSpan(microseconds: microseconds + other.microseconds) }
  public func subtracting(_ other: TimeSpan) -> TimeSpan? { TimeSpan(microseconds: microseconds - other.microseconds) }
  public var negated: TimeSpan { TimeSpan(unchecked: -microseconds) }

  /// The span stretched by a factor, clamped to the range; for pacing, never for a runbook's own arithmetic.
  public func scaled(by factor: Double) -> TimeSpan { .seconds(inSeconds * factor) }

  public static func < (a: TimeSpan, b: TimeSpan) -> Bool { a.microseconds < b.microseconds }

  /// As the language writes it, largest unit first, empty units left out: `1h30m`, `1m24.002s`, `250ms`, `0s`.
  public var description: String {
    guard microseconds != 0 else { return "0s" }
    var rest = microseconds.magnitude
    var text = microseconds < 0 ? "-" : ""
    for (unit, name) in [(86_400_000_000, "d"), (3_600_000_000, "h"), (60_000_000, "m")] as [(UInt64, String)] {
      if rest >= unit { text += "\(rest / unit)\(name)" }
      rest %= unit
    }
    guard rest > 0 else { return text }
    if rest < 1_000_000, rest % 1000 == 0, text.isEmpty || text == "-" { return text + "\(rest / 1000)ms" }
    text += String(rest / 1_000_000)
    var fraction = padded(Int(rest % 1_000_000), to: 6)
    while fraction.hasSuffix("0") { fraction.removeLast() }
    return text + (fraction.isEmpty ? "" : ".\(fraction)") + "s"
  }

  /// Reads the language's form: units in falling order, each once (`2d`, `1h30m`, `1.5s`, `500ms`). `nil` for
  /// anything else or outside the range.
  public init?(_ text: some StringProtocol) {
    var scanner = DigitScanner(text)
    var total: Int64 = 0
    var lastUnit = Int64.max
    repeat {
      guard let whole = scanner.digits() else { return nil }
      var fraction = 0
      if scanner.take(".") {
        guard let digits = scanner.microseconds() else { return nil }
        fraction = digits
      }
      let unit: Int64
      if scanner.take(text: "ms") {
        unit = 1_000
      } else if scanner.take("s") {
        unit = 1_000_000
      } else if scanner.take("m") {
        unit = 60_000_000
      } else if scanner.take("h") {
        unit = 3_600_000_000
      } else if scanner.take("d") {
        unit = 86_400_000_000
      } else {
        return nil
      }
      guard unit < lastUnit else { return nil }
      lastUnit = unit
      let (product, overflow) = Int64(whole).multipliedReportingOverflow(by: unit)
      guard !overflow, product <= Self.bound else { return nil }
      total += product + Int64(fraction) * unit / 1_000_000
      guard total <= Self.bound else { return nil }
    } while !scanner.isAtEnd
    microseconds = total
  }

  /// Reads a printed Python timedelta, as the service writes durations: `0:01:24.002519`, `1 day, 2:03:04.5`,
  /// `-1 day, 23:59:59`. `nil` for anything else.
  public init?(pythonTimedelta text: some StringProtocol) {
    var scanner = DigitScanner(text)
    let negativeDays = scanner.take("-")
    guard var head = scanner.digits() else { return nil }
    var days = 0
    if scanner.take(text: " day") {
      _ = scanner.take("s")
      guard scanner.take(text: ", "), let hours = scanner.digits() else { return nil }
      days = negativeDays ? -head : head
      head = hours
    } else if negativeDays {
      return nil
    }
    guard head < 24 || days == 0, scanner.take(":"), let minutes = scanner.digits(exactly: 2), minutes < 60,
      scanner.take(":"), let seconds = scanner.digits(exactly: 2), seconds < 60
    else { return nil }
    var fraction = 0
    if scanner.take(".") {
      guard let digits = scanner.microseconds() else { return nil }
      fraction = digits
    }
    guard scanner.isAtEnd, abs(days) <= 3_660_000, head <= 87_840_000 else { return nil }
    let clock = Int64(head * 3600 + minutes * 60 + seconds) * 1_000_000 + Int64(fraction)
    self.init(microseconds: Int64(days) * 86_400_000_000 + clock)
  }

  /// The printed Python timedelta: `0:01:24.002519`.
  public var pythonTimedelta: String {
    let day: Int64 = 86_400_000_000
    var days = microseconds / day
    var rest = microseconds % day
    if rest < 0 {
      rest += day
      days -= 1
    }
    let seconds = Int(rest / 1_000_000)
    let clock = "\(seconds / 3600):\(padded(seconds / 60 % 60, to: 2)):\(padded(seconds % 60, to: 2))"
    let fraction = rest % 1_000_000 == 0 ? "" : ".\(padded(Int(rest % 1_000_000), to: 6))"
    return (days == 0 ? "" : "\(days) day\(abs(days) == 1 ? "" : "s"), ") + clock + fraction
  }
}

extension TimeSpan: Codable {
  /// From whole microseconds.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let value = TimeSpan(microseconds: try container.decode(Int64.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "a time span out of range")
    }
    self = value
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(microseconds)
  }
}
