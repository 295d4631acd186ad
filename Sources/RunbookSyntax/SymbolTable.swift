/// Numbers the names of one source, each spelling once. The words of the language come first and have the same numbers
/// in every source.
struct SymbolTable {
  private struct Slot {
    var hash: UInt32 = 0
    var symbol: Int32 = -1
  }

  private struct Spelling {
    let start: Int32
    let count: Int32
  }

  /// The words of the language, by their symbols.
  let words = Word.allCases
  private var slots: [Slot]
  /// Where in the letters each word stands, and where in the source each other name stands first.
  private var spellings: [Spelling] = []
  /// All names by their letters, once too many share a place, as only names made for it do.
  private var crowded: [String: Int32]?
  private var count: Int { spellings.count }
  /// The names as texts, as far as they were asked for.
  private var texts: [String]

  private static let mostSteps = 32
  /// The words, one behind the other.
  private let letters = Word.allCases.flatMap(\.rawValue.utf8)

  init() {
    texts = words.map(\.rawValue)
    slots = Array(repeating: Slot(), count: 2048)
    spellings.reserveCapacity(slots.count / 2)
    var start = 0
    for word in words {
      let hash = word.rawValue.utf8.reduce(0, Self.mixed)
      let symbol = added(start..<(start + word.rawValue.utf8.count))
      insert(Slot(hash: hash, symbol: symbol))
      start += word.rawValue.utf8.count
    }
  }

  @inline(__always)
  static func mixed(_ hash: UInt32, _ letter: UInt8) -> UInt32 { (hash &* 33) ^ UInt32(letter) }

  /// Where to look for a name first: names that are alike do not stand side by side.
  @inline(__always)
  private func place(_ hash: UInt32) -> Int { Int(Self.spread(hash) >> UInt32(slots.count.leadingZeroBitCount - 31)) }

  @inline(__always)
  static func spread(_ hash: UInt32) -> UInt32 { hash &* 0x9E37_79B1 }

  /// The word that a symbol is.
  @inline(__always)
  func word(_ symbol: Int32) -> Word? { Int(symbol) < words.count ? words[Int(symbol)] : nil }

  /// The number of the name that stands in the range and has the hash that mixing its letters gives.
  @inline(__always)
  mutating func symbol(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, hash: UInt32) -> Int32 {
    if crowded != nil { return crowdedSymbol(bytes, range) }
    var index = place(hash)
    var steps = 0
    while slots[index].symbol >= 0 {
      if slots[index].hash == hash, isSpelt(slots[index].symbol, bytes, range) { return slots[index].symbol }
      index = (index + 1) & (slots.count - 1)
      steps += 1
      if steps > Self.mostSteps {
        crowded = Dictionary(uniqueKeysWithValues: zip(names(bytes), 0...))
        return crowdedSymbol(bytes, range)
      }
    }
    let symbol = added(range)
    if count * 2 > slots.count { grow() }
    insert(Slot(hash: hash, symbol: symbol))
    return symbol
  }

  private mutating func added(_ range: Range<Int>) -> Int32 {
    spellings.append(
      Spelling(start: Int32(truncatingIfNeeded: range.lowerBound), count: Int32(truncatingIfNeeded: range.count)))
    return Int32(truncatingIfNeeded: count - 1)
  }

  private mutating func crowdedSymbol(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int32 {
    let name = String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    if let symbol = crowded?[name] { return symbol }
    let symbol = added(range)
    crowded?[name] = symbol
    return symbol
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: Slot(), count: old.count * 2)
    for slot in old where slot.symbol >= 0 { insert(slot) }
  }

  private mutating func insert(_ slot: Slot) {
    var index = place(slot.hash)
    while slots[index].symbol >= 0 { index = (index + 1) & (slots.count - 1) }
    slots[index] = slot
  }

  private func isSpelt(_ symbol: Int32, _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
    let spelling = spellings[Int(symbol)]
    guard Int(spelling.count) == range.count else { return false }
    return letters.withUnsafeBufferPointer { letters in
      let known = Int(symbol) < words.count ? letters : bytes
      var (one, other) = (Int(spelling.start), range.lowerBound)
      while other < range.upperBound {
        if known[one] != bytes[other] { return false }
        one += 1
        other += 1
      }
      return true
    }
  }

  /// The names, by their symbols.
  mutating func names(_ bytes: UnsafeBufferPointer<UInt8>) -> [String] {
    for spelling in spellings.dropFirst(texts.count) {
      let range = Int(spelling.start)..<Int(spelling.start + spelling.count)
      texts.append(String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self))
    }
    return texts
  }
}

/// How names are numbered in a tree some of whose parts number them by themselves: by turns, so that the numbers stay
/// small and none stands for two names.
struct SymbolNumbering {
  var parts: Int32 = 1
  var part: Int32 = 0

  /// The number in the tree of what has this one in the part; -1 for what has none.
  @inline(__always)
  func number(_ symbol: Int32) -> Int32 { symbol < 0 ? -1 : symbol * parts + part }
}

/// The words of the language in the order of their symbols, for whoever numbers names from several sources.
package let wordSpellings = Word.allCases.map(\.rawValue)
