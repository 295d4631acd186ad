import RunbookDiagnostics
import RunbookSyntax

/// A spelling, by its number in the checker's table of names.
struct NameID: Hashable, Sendable {
  let number: Int32
}

/// A word that means something wherever a value can stand.
enum BuiltIn: String {
  case run, status, it, error, today, yesterday, now
}

/// Numbers the names of all sources, so that what a name means is found without comparing letters.
struct NameTable {
  private var spellings: [String] = []
  private var ids: [String: NameID] = [:]
  /// For each source that has been met, what the numbers that its names have there stand for.
  private var symbols: [[NameID?]] = []
  private var places: [SourceID: Int] = [:]
  private var current: (source: SourceID, place: Int)?

  let error: NameID

  init() {
    error = NameID(number: Int32(truncatingIfNeeded: wordSpellings.firstIndex(of: "error") ?? 0))
    for word in wordSpellings { _ = id(of: word) }
  }

  /// What a name means that nobody has declared.
  func builtIn(_ id: NameID) -> BuiltIn? {
    Int(id.number) < Self.builtIns.count ? Self.builtIns[Int(id.number)] : nil
  }

  /// By the numbers of the language's words, which are the first.
  private static let builtIns = wordSpellings.map { BuiltIn(rawValue: $0) }

  subscript(id: NameID) -> String { spellings[Int(id.number)] }

  mutating func id(of name: Name) -> NameID {
    id(name.symbol, in: name.range.source) ?? learned(name.text, name.symbol)
  }

  /// The name that an expression is, or `nil` for any other expression.
  mutating func id(of expression: Expression) -> NameID? {
    if let id = id(expression.symbol, in: expression.range.source) { return id }
    guard case .name(let text) = expression.kind else { return nil }
    return learned(text, expression.symbol)
  }

  @inline(__always)
  private mutating func id(_ symbol: Int32, in source: SourceID) -> NameID? {
    if symbol < 0 { return nil }
    if current?.source != source { enter(source) }
    guard let place = current?.place, symbols[place].count > Int(symbol) else { return nil }
    return symbols[place][Int(symbol)]
  }

  private mutating func enter(_ source: SourceID) {
    let place = places[source] ?? symbols.count
    if place == symbols.count {
      places[source] = place
      symbols.append([])
    }
    current = (source, place)
  }

  /// Numbers a name that was not met in this source before, which is the current one where the name has a number there.
  private mutating func learned(_ text: String, _ symbol: Int32) -> NameID {
    let id = id(of: text)
    guard symbol >= 0, let place = current?.place else { return id }
    let missing = Int(symbol) + 1 - symbols[place].count
    if missing > 0 { symbols[place].append(contentsOf: repeatElement(nil, count: missing)) }
    symbols[place][Int(symbol)] = id
    return id
  }

  /// The number of a spelling, wherever it stands.
  mutating func id(of text: String) -> NameID {
    if let id = ids[text] { return id }
    let id = NameID(number: Int32(truncatingIfNeeded: spellings.count))
    spellings.append(text)
    ids[text] = id
    return id
  }
}

/// What is known by name, of those names of which something is.
struct NameMap<Value> {
  private var values: [Value?] = []

  subscript(name: NameID) -> Value? {
    get { Int(name.number) < values.count ? values[Int(name.number)] : nil }
    set {
      let missing = Int(name.number) + 1 - values.count
      if missing > 0 {
        if newValue == nil { return }
        values.append(contentsOf: repeatElement(nil, count: missing))
      }
      values[Int(name.number)] = newValue
    }
  }

  /// All of them, in the order in which their names were first met.
  var all: [(name: NameID, value: Value)] {
    values.enumerated().compactMap { number, value in
      value.map { (NameID(number: Int32(truncatingIfNeeded: number)), $0) }
    }
  }
}
