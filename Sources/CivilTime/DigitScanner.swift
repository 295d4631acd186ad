/// Reads fixed layouts of ASCII digits and marks off a text, refusing what would overflow.
struct DigitScanner {
  private let bytes: [UInt8]
  private var position = 0

  init(_ text: some StringProtocol) { bytes = Array(text.utf8) }

  var isAtEnd: Bool { position == bytes.count }
  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func take(_ mark: Unicode.Scalar) -> Bool {
    guard let next, UInt32(next) == mark.value else { return false }
    position += 1
    return true
  }

  mutating func take(text: String) -> Bool {
    let wanted = Array(text.utf8)
    guard bytes[position...].starts(with: wanted) else { return false }
    position += wanted.count
    return true
  }

  /// The next digits, as many as that and no more; those that follow are left.
  mutating func digits(exactly count: Int) -> Int? {
    var value = 0
    for _ in 0..<count {
      guard let digit = nextDigit else { return nil }
      value = value * 10 + digit
      position += 1
    }
    return value
  }

  /// All digits that follow, at most 15.
  mutating func digits() -> Int? {
    var value = 0
    var length = 0
    while let digit = nextDigit {
      guard length < 15 else { return nil }
      value = value * 10 + digit
      length += 1
      position += 1
    }
    return length > 0 ? value : nil
  }

  /// Digits after a decimal point as microseconds; digits past the sixth are dropped.
  mutating func microseconds() -> Int? {
    var value = 0
    var count = 0
    while let digit = nextDigit {
      if count < 6 { value = value * 10 + digit }
      count += 1
      position += 1
    }
    guard count > 0 else { return nil }
    for _ in min(count, 6)..<6 { value *= 10 }
    return value
  }

  private var nextDigit: Int? {
    guard let next, (48...57).contains(next) else { return nil }
    return Int(next - 48)
  }
}
