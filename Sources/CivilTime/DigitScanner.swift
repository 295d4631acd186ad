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

  mutating func digits(exactly count: Int) -> Int? {
    guard let (value, length) = run(atMost: count), length == count else { return nil }
    return value
  }

  mutating func digits() -> Int? { run(atMost: 15)?.value }

  /// Digits after a decimal point as microseconds; digits past the sixth are dropped.
  mutating func microseconds() -> Int? {
    var value = 0
    var count = 0
    while let byte = next, (48...57).contains(byte) {
      if count < 6 { value = value * 10 + Int(byte - 48) }
      count += 1
      position += 1
    }
    guard count > 0 else { return nil }
    for _ in min(count, 6)..<6 { value *= 10 }
    return value
  }

  private mutating func run(atMost limit: Int) -> (value: Int, length: Int)? {
    var value = 0
    var length = 0
    while let byte = next, (48...57).contains(byte) {
      guard length < limit else { return nil }
      value = value * 10 + Int(byte - 48)
      length += 1
      position += 1
    }
    return length > 0 ? (value, length) : nil
  }
}
