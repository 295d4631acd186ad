import SeedSupport

/// Makes sentences of a grammar, preferring what it has made least so far, and knows which parts were never made.
struct SentenceGenerator {
  private let grammar: Grammar
  private var random: Dice
  /// How often each production and each of its alternatives and optional parts was made, by their path.
  private(set) var made: [String: Int] = [:]
  private var least: [String: Int] = [:]
  private var banned: [String] = []
  private var known: [Set<String>: [String: Int]] = [:]
  private var isInText = false
  private var tokens: [Piece] = []

  /// A token, and whether it is a word that was made up, which means nothing even where it is spelt like one that does.
  private struct Piece {
    let text: String
    var isMadeUp = false
  }

  init(_ grammar: Grammar, seed: UInt64) {
    self.grammar = grammar
    random = Dice(seed)
    measure()
  }

  /// Every production and alternative there is.
  var everything: Set<String> {
    var paths: Set<String> = []
    func visit(_ part: Grammar.Part, _ path: String) {
      switch part {
      case .reference, .literal, .characters: break
      case .sequence(let parts), .anyOrder(let parts):
        for (index, part) in parts.enumerated() { visit(part, "\(path).\(index)") }
      case .choice(let parts):
        for (index, part) in parts.enumerated() {
          paths.insert("\(path)|\(index)")
          visit(part, "\(path)|\(index)")
        }
      case .optional(let part):
        paths.formUnion(["\(path)?", "\(path)!"])
        visit(part, "\(path)?")
      case .many(let part, _):
        paths.insert("\(path)*")
        visit(part, "\(path)*")
      case .except(let part, _), .without(let part, _): visit(part, path)
      }
    }
    for (name, part) in grammar.productions where name != "RESERVED" {
      paths.insert(name)
      visit(part, name)
    }
    return paths
  }

  /// One sentence, from a budget that bounds how deep it gets.
  mutating func sentence(_ start: String, depth: Int) -> String {
    tokens = []
    banned = []
    isInText = false
    made[start, default: 0] += 1
    if let part = grammar.productions[start] { make(part, start, depth) }
    return joined()
  }

  // MARK: Depth

  private static let endless = 1_000

  private func depth(_ part: Grammar.Part) -> Int {
    switch part {
    case .reference(let name): (least[name] ?? Self.endless) + 1
    case .literal(let text): isBanned(text) ? Self.endless : 0
    case .characters, .optional, .many(_, atLeast: 0): 0
    case .sequence(let parts), .anyOrder(let parts): parts.map { depth($0) }.max() ?? 0
    case .choice(let parts): parts.map { depth($0) }.min() ?? Self.endless
    case .many(let part, _), .except(let part, _), .without(let part, _): depth(part)
    }
  }

  private mutating func measure() {
    let key = Set(banned)
    defer { known[key] = least }
    if let known = known[key] {
      least = known
      return
    }
    least = [:]
    var changed = true
    while changed {
      changed = false
      for (name, part) in grammar.productions {
        let depth = depth(part)
        if depth < least[name] ?? Self.endless {
          least[name] = depth
          changed = true
        }
      }
    }
  }

  private func isBanned(_ text: String) -> Bool {
    banned.contains { $0 == text || (!$0.allSatisfy(\.isLetter) && text.contains($0)) }
  }

  // MARK: Making

  private mutating func reference(_ name: String, _ depth: Int) {
    made[name, default: 0] += 1
    guard let part = grammar.productions[name] else { return }
    // Expressions are most of a grammar; kept small, they leave the budget to statements.
    let isExpression = name == "expression" || name == "value"
    let slack = isExpression ? random.next(below: random.next(below: 10) == 0 ? 22 : 6) : 0
    let depth = isExpression ? min(depth, (least[name] ?? 0) + slack) : depth
    let isWord = name == name.uppercased()
    guard isWord != isInText else { return make(part, name, depth - 1) }
    // A word's parts stand side by side; what stands inside a text has its own spaces, and no newline.
    let before = tokens
    tokens = []
    isInText = isWord
    make(part, name, depth - 1)
    isInText = !isWord
    let text = tokens.map(\.text).joined(separator: isWord ? "" : " ")
    tokens = before + [Piece(text: text, isMadeUp: name == "WORD" || name == "NAME")]
  }

  private mutating func make(_ part: Grammar.Part, _ path: String, _ depth: Int) {
    switch part {
    case .reference(let name): reference(name, depth)
    case .literal(let text): tokens.append(Piece(text: text))
    case .characters(let set, let isNegated): tokens.append(Piece(text: String(character(set, isNegated))))
    case .sequence(let parts):
      for (index, part) in parts.enumerated() { make(part, "\(path).\(index)", depth) }
    case .choice(let parts):
      let fitting = parts.indices.filter { self.depth(parts[$0]) <= max(depth, 0) }
      let cheapest = parts.indices.min { self.depth(parts[$0]) < self.depth(parts[$1]) } ?? 0
      let index = rarest(fitting.isEmpty ? [cheapest] : fitting) { "\(path)|\($0)" }
      make(parts[index], "\(path)|\(index)", depth)
    case .anyOrder(let parts):
      for index in parts.indices.shuffled(using: &random) { make(parts[index], "\(path).\(index)", depth) }
    case .optional(let part):
      let isNew = made["\(path)?"] == nil
      let takes = self.depth(part) <= depth && (isNew || random.next(below: 2) == 0)
      made[takes ? "\(path)?" : "\(path)!", default: 0] += 1
      if takes { make(part, "\(path)?", depth) }
    case .many(let part, let atLeast):
      let most = self.depth(part) <= depth ? 3 : atLeast
      let isNew = most > 0 && made["\(path)*"] == nil
      let count = max(atLeast, isNew ? 1 : random.next(below: most + 1))
      if count > 0 { made["\(path)*", default: 0] += 1 }
      for _ in 0..<count { make(part, "\(path)*", depth) }
    case .except(let part, let other): make(part, path, depth, except: grammar.literals(of: other))
    case .without(let part, let word):
      banned.append(word)
      let outer = least
      measure()
      make(part, path, depth)
      banned.removeLast()
      least = outer
    }
  }

  private mutating func make(_ part: Grammar.Part, _ path: String, _ depth: Int, except words: Set<String>) {
    let before = tokens
    for _ in 0..<20 {
      tokens = []
      make(part, path, depth)
      let made = tokens.map(\.text).joined()
      if !words.contains(made) { break }
    }
    tokens = before + tokens
  }

  /// One of the choices, mostly one that was made least.
  private mutating func rarest(_ indices: [Int], _ path: (Int) -> String) -> Int {
    let index: Int
    if random.next(below: 3) == 0 {
      index = indices[random.next(below: indices.count)]
    } else {
      let fewest = indices.map { made[path($0)] ?? 0 }.min() ?? 0
      let candidates = indices.filter { made[path($0)] ?? 0 == fewest }
      index = candidates[random.next(below: candidates.count)]
    }
    made[path(index), default: 0] += 1
    return index
  }

  private static let alphabet = Array(
    "abcxyzABZ0159 _-+*/%.,:;=!<>()[]{}#$'\"@&|?~^`\\\téß日本🚀".map { $0 })

  private mutating func character(_ set: Set<Character>, _ isNegated: Bool) -> Character {
    let allowed =
      isNegated ? Self.alphabet.filter { !set.contains($0) } : set.sorted()
    let fitting = allowed.filter { !isBanned(String($0)) }
    return fitting[random.next(below: fitting.count)]
  }

  // MARK: Joining

  private static let opening: Set<String> = ["(", "["]
  private static let closing: Set<String> = [")", "]"]
  private static let goesOn: Set<String> = [
    ",", "=", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "..", "and", "or", "not", "where", "contains",
  ]
  private static let carriesOn: Set<String> = ["or", "and", "else", "catch", "finally"]

  /// The tokens with space between them: sometimes a newline where one is space.
  private mutating func joined() -> String {
    var text = ""
    var open = 0
    var previous = ""
    for piece in tokens {
      let token = piece.text
      let mayBreak =
        open > 0 || Self.goesOn.contains(previous) || (Self.carriesOn.contains(token) && !piece.isMadeUp)
      if !text.isEmpty, token != "\n", previous != "\n" {
        if mayBreak, random.next(below: 4) == 0 {
          text += random.next(below: 3) == 0 ? " # said\n  " : "\n  "
        } else {
          text += " "
        }
      }
      text += token
      if Self.opening.contains(token) { open += 1 }
      if Self.closing.contains(token) { open -= 1 }
      previous = piece.isMadeUp ? "" : token
    }
    return text
  }
}
