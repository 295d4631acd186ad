import CivilTime
import RunbookDiagnostics

/// Numbers, durations, dates and timestamps: whatever begins with a digit. The longest form wins, and an impossible
/// one is an error and never a subtraction.
extension Lexer {
  mutating func number() {
    let start = at
    var end = digits(from: start)
    if end - start == 4, byte(end) == UInt8(ascii: "-"), byte(end + 1).isDigit, date(start) { return }
    if byte(end) == UInt8(ascii: ":"), byte(end + 1).isDigit { return timeOfDay(start) }
    if byte(end) == UInt8(ascii: "."), byte(end + 1).isDigit { end = digits(from: end + 1) }
    if byte(end).isNamePart { return duration(start) }
    guard let value = Number(text(start, end)) else {
      report(.numberOutOfRange, start, end)
      return emit(.unreadable, start, end)
    }
    emit(.number, start, end, value: .number(value))
  }

  private func digits(from start: Int) -> Int {
    var end = start
    while byte(end).isDigit { end += 1 }
    return end
  }

  /// Letters, digits and `_`, and a point with a digit behind it.
  private func lump(from start: Int) -> Int {
    var end = start
    while byte(end).isNamePart || (byte(end) == UInt8(ascii: ".") && byte(end + 1).isDigit) { end += 1 }
    return end
  }

  // MARK: Dates and timestamps

  /// Reads a date or timestamp if the digits have its layout. One with single digits (`2020-1-5`) is a mistyped date.
  private mutating func date(_ start: Int) -> Bool {
    let monthEnd = digits(from: start + 5)
    guard byte(monthEnd) == UInt8(ascii: "-"), byte(monthEnd + 1).isDigit else { return false }
    let dayEnd = digits(from: monthEnd + 1)
    guard monthEnd - start <= 7, dayEnd - monthEnd <= 3 else { return badDate(start, lump(from: dayEnd)) }
    guard monthEnd - start == 7, dayEnd - monthEnd == 3 else {
      let month = padded(text(start + 5, monthEnd))
      return badDate(
        start, lump(from: dayEnd), meant: "\(text(start, start + 4))-\(month)-\(padded(text(monthEnd + 1, dayEnd)))")
    }
    if byte(dayEnd) == UInt8(ascii: "T") || byte(dayEnd) == UInt8(ascii: "t"), byte(dayEnd + 1).isDigit {
      timestamp(start, dayEnd)
      return true
    }
    if byte(dayEnd).isNamePart { return badDate(start, lump(from: dayEnd)) }
    if let value = CalendarDate(text(start, dayEnd)) {
      emit(.date, start, dayEnd, value: .date(value))
    } else {
      report(.impossibleDate(text(start, dayEnd)), start, dayEnd)
      emit(.unreadable, start, dayEnd)
    }
    return true
  }

  private mutating func badDate(_ start: Int, _ end: Int, meant: String? = nil) -> Bool {
    report(.malformedDate(meant: meant.flatMap { CalendarDate($0) == nil ? nil : $0 }), start, end)
    emit(.unreadable, start, end)
    return true
  }

  private func padded(_ digits: String) -> String { digits.utf8.count == 1 ? "0" + digits : digits }

  private mutating func timestamp(_ start: Int, _ dateEnd: Int) {
    var end = dateEnd + 1
    while byte(end).isNamePart
      || ((byte(end) == UInt8(ascii: ":") || byte(end) == UInt8(ascii: ".")) && byte(end + 1).isDigit)
    {
      end += 1
    }
    let clockEnd = end
    let hasZulu = byte(end - 1) | 0x20 == UInt8(ascii: "z")
    if !hasZulu, byte(end) == UInt8(ascii: "+") || byte(end) == UInt8(ascii: "-"), byte(end + 1).isDigit {
      end = digits(from: end + 1)
      if byte(end) == UInt8(ascii: ":"), byte(end + 1).isDigit { end = digits(from: end + 1) }
    }
    let written = text(start, end)
    if let value = Timestamp(written) { return emit(.timestamp, start, end, value: .timestamp(value)) }
    if end == clockEnd, !hasZulu, Timestamp(written + "Z") != nil {
      report(.timestampWithoutZone, start, end)
    } else {
      report(.impossibleTimestamp(written), start, end)
    }
    emit(.unreadable, start, end)
  }

  private mutating func timeOfDay(_ start: Int) {
    var end = start
    while byte(end).isDigit || (byte(end) == UInt8(ascii: ":") && byte(end + 1).isDigit) { end += 1 }
    report(.timeOfDay, start, end)
    emit(.unreadable, start, end)
  }

  // MARK: Durations

  /// Reads what has letters behind its digits: a duration, or a number that is written as nowhere here.
  private mutating func duration(_ start: Int) {
    let end = lump(from: start)
    let written = text(start, end)
    if let value = TimeSpan(written) { return emit(.duration, start, end, value: .duration(value)) }
    defer { emit(.unreadable, start, end) }
    let plain = written.filter { $0 != "_" }
    if plain != written, Number(plain) != nil { return report(.malformedNumber(meant: plain), start, end) }
    let parts = Self.parts(of: written)
    guard let parts, parts.allSatisfy({ Self.units[$0.unit] != nil }) else {
      return report(.malformedNumber(meant: nil), start, end)
    }
    let mended = Self.mended(parts)
    if mended == written {
      report(.durationOutOfRange, start, end)
    } else {
      report(.malformedDuration(meant: TimeSpan(mended) == nil ? nil : mended), start, end)
    }
  }

  /// The numbers and units of `10min30secs`, or `nil` for another layout.
  private static func parts(of written: String) -> [(number: String, unit: String)]? {
    var parts: [(number: String, unit: String)] = []
    for letter in written.utf8 {
      if letter.isDigit || letter == UInt8(ascii: ".") {
        if parts.last?.unit.isEmpty != true { parts.append(("", "")) }
        guard let last = parts.indices.last else { return nil }
        parts[last].number.unicodeScalars.append(Unicode.Scalar(letter))
      } else {
        guard let last = parts.indices.last else { return nil }
        parts[last].unit.unicodeScalars.append(Unicode.Scalar(letter | 0x20))
      }
    }
    return parts.allSatisfy { !$0.unit.isEmpty } ? parts : nil
  }

  private static func mended(_ parts: [(number: String, unit: String)]) -> String {
    let known = parts.compactMap { part in units[part.unit].map { (part.number, $0) } }
    let order = ["d", "h", "m", "s", "ms"]
    let sorted = known.sorted { (order.firstIndex(of: $0.1) ?? 0) < (order.firstIndex(of: $1.1) ?? 0) }
    return sorted.map { $0.0 + $0.1 }.joined()
  }

  private static let units: [String: String] = [
    "ms": "ms", "msec": "ms", "msecs": "ms", "millis": "ms", "s": "s", "sec": "s", "secs": "s", "second": "s",
    "seconds": "s", "m": "m", "mn": "m", "min": "m", "mins": "m", "minute": "m", "minutes": "m", "h": "h", "hr": "h",
    "hrs": "h", "hour": "h", "hours": "h", "d": "d", "day": "d", "days": "d", "j": "d",
  ]
}
