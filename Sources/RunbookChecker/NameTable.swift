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
  /// What the numbers stand for that names have in the source where one was met last; -1 for what has not been met.
  private var symbols: [Int32] = []
  private var source: SourceID?
  /// The same of the other sources.
  private var others: [SourceID: [Int32]] = [:]

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
    if self.source != source { enter(source) }
    guard Int(symbol) < symbols.count, symbols[Int(symbol)] >= 0 else { return nil }
    return NameID(number: symbols[Int(symbol)])
  }

  private mutating func enter(_ next: SourceID) {
    if let source { others[source] = symbols }
    symbols = others.removeValue(forKey: next) ?? []
    source = next
  }

  /// Numbers a name that was not met in this source before, which is the current one where the name has a number there.
  private mutating func learned(_ text: String, _ symbol: Int32) -> NameID {
    let id = id(of: text)
    guard symbol >= 0 else { return id }
    let missing = Int(symbol) + 1 - symbols.count
    if missing > 0 { symbols.append(contentsOf: repeatElement(-1, count: missing)) }
    symbols[Int(symbol)] = id.number
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
