/// A decimal number with nine places behind the point and a magnitude of at most 10¹⁵: exact for money, counts and
/// minutes, so `0.1 + 0.2` is `0.3`. Arithmetic never traps: what leaves the range is `nil`.
public struct Number: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Billionths.
  private let units: Int128

  private static let scale: Int128 = 1_000_000_000
  private static let bound: Int128 = 1_000_000_000_000_000 * scale

  private init?(units: Int128) {
    guard units.magnitude <= Self.bound.magnitude else { return nil }
    self.units = units
  }

  public static let zero = Number(0)

  /// A whole number; beyond the range the nearest bound, which no count in a process reaches.
  public init(_ whole: Int) {
    units = min(max(Int128(whole) * Self.scale, -Self.bound), Self.bound)
  }

  /// Reads `3`, `1.5`, `-2`; `nil` for anything else, out of range, or with more than nine places.
  public init?(_ text: some StringProtocol) {
    var digits = Array(text.utf8)[...]
    let negative = digits.first == 0x2D
    if negative { digits = digits.dropFirst() }
    var units: Int128 = 0
    var places = -1
    var count = 0
    for byte in digits {
      if byte == 0x2E {
        guard places < 0, count > 0 else { return nil }
        places = 0
        continue
      }
      guard (48...57).contains(byte) else { return nil }
      if places >= 0 { places += 1 }
      guard places <= 9 else { return nil }
      units = units * 10 + Int128(byte - 48)
      count += 1
      guard units <= Self.bound else { return nil }
    }
    guard count > 0, places != 0 else { return nil }
    for _ in max(places, 0)..<9 { units *= 10 }
    self.init(units: negative ? -units : units)
  }

  /// The whole number this is, or `nil` for one with a fraction.
  public var whole: Int? { units % Self.scale == 0 ? Int(units / Self.scale) : nil }
  /// What stands before the decimal point.
  public var integerPart: Int { Int(units / Self.scale) }
  public var magnitude: Number { units < 0 ? negated : self }
  public var approximate: Double { Double(units / Self.scale) + Double(units % Self.scale) / 1e9 }

  public func adding(_ other: Number) -> Number? { Number(units: units + other.units) }
  public func subtracting(_ other: Number) -> Number? { Number(units: units - other.units) }

  /// The product, its last place rounded half away from zero.
  public func multiplied(by other: Number) -> Number? {
    let (product, overflow) = units.multipliedReportingOverflow(by: other.units)
    return overflow ? nil : Number(units: Self.rounded(product, over: Self.scale))
  }

  /// The quotient, its last place rounded half away from zero; `nil` also for a division by zero.
  public func divided(by other: Number) -> Number? {
    guard other.units != 0 else { return nil }
    let (scaled, overflow) = units.multipliedReportingOverflow(by: Self.scale)
    return overflow ? nil : Number(units: Self.rounded(scaled, over: other.units))
  }

  /// What is left of a division towards zero, with the sign of the dividend; `nil` for a division by zero.
  public func remainder(by other: Number) -> Number? {
    other.units == 0 ? nil : Number(units: units % other.units)
  }

  public var negated: Number { Number(units: -units) ?? .zero }

  private static func rounded(_ value: Int128, over divisor: Int128) -> Int128 {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    guard remainder.magnitude * 2 >= divisor.magnitude else { return quotient }
    return quotient + ((value < 0) == (divisor < 0) ? 1 : -1)
  }

  public static func < (a: Number, b: Number) -> Bool { a.units < b.units }

  /// Without an exponent and without trailing zeros.
  public var description: String {
    let magnitude = units.magnitude
    let whole = magnitude / Self.scale.magnitude
    let fraction = magnitude % Self.scale.magnitude
    var text = (units < 0 ? "-" : "") + String(whole)
    guard fraction > 0 else { return text }
    var digits = String(fraction)
    digits = String(repeating: "0", count: 9 - digits.count) + digits
    while digits.hasSuffix("0") { digits.removeLast() }
    text += ".\(digits)"
    return text
  }
}
