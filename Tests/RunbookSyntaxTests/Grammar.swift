import FoundationEssentials

/// `grammar/runbook.ebnf`, read.
struct Grammar {
  indirect enum Part {
    case reference(String)
    case literal(String)
    case characters(Set<Character>, isNegated: Bool)
    case sequence([Part])
    case choice([Part])
    case anyOrder([Part])
    case optional(Part)
    case many(Part, atLeast: Int)
    case except(Part, Part)
    case without(Part, String)
  }

  var productions: [String: Part] = [:]
  var order: [String] = []

  static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "grammar").appending(path: "runbook.ebnf")

  static func project() throws -> Grammar {
    try Grammar(String(decoding: try Data(contentsOf: file), as: UTF8.self))
  }

  struct Unreadable: Error {
    let near: String
  }

  init(_ text: String) throws {
    var reader = Reader(text)
    while let name = try reader.definition() {
      productions[name] = try reader.choice()
      order.append(name)
    }
    guard reader.isAtEnd else { throw Unreadable(near: reader.near) }
  }

  /// Names that are used and not defined.
  var undefined: Set<String> {
    var names: Set<String> = []
    func visit(_ part: Part) {
      switch part {
      case .reference(let name): if productions[name] == nil { names.insert(name) }
      case .literal, .characters: break
      case .sequence(let parts), .choice(let parts), .anyOrder(let parts): parts.forEach(visit)
      case .optional(let part), .many(let part, _), .without(let part, _): visit(part)
      case .except(let part, let other):
        visit(part)
        visit(other)
      }
    }
    productions.values.forEach(visit)
    return names
  }

  /// The literal alternatives that a production comes down to.
  func literals(of part: Part) -> Set<String> {
    switch part {
    case .literal(let text): [text]
    case .choice(let parts): Set(parts.flatMap { literals(of: $0) })
    case .reference(let name): productions[name].map { literals(of: $0) } ?? []
    default: []
    }
  }

  private struct Reader {
    let text: [Character]
    var at = 0

    init(_ source: String) { text = Array(source) }

    var isAtEnd: Bool { at >= text.count }
    var near: String { String(text[min(at, text.count)..<min(at + 40, text.count)]) }

    mutating func space() {
      while at < text.count {
        if text[at].isWhitespace {
          at += 1
        } else if text[at] == "/", at + 1 < text.count, text[at + 1] == "*" {
          while at + 1 < text.count, !(text[at] == "*" && text[at + 1] == "/") { at += 1 }
          at += 2
        } else {
          return
        }
      }
    }

    mutating func take(_ mark: String) -> Bool {
      space()
      let wanted = Array(mark)
      guard text[min(at, text.count)...].starts(with: wanted) else { return false }
      at += wanted.count
      return true
    }

    func name(from start: Int) -> String? {
      var end = start
      while end < text.count, text[end].isLetter || (end > start && (text[end] == "-" || text[end].isNumber)) {
        end += 1
      }
      return end > start ? String(text[start..<end]) : nil
    }

    /// `name ::=`, or `nil` where none follows.
    mutating func definition() throws -> String? {
      space()
      guard let name = name(from: at) else { return nil }
      at += name.count
      guard take("::=") else { throw Unreadable(near: near) }
      return name
    }

    private var startsDefinition: Bool {
      guard let name = name(from: at) else { return false }
      var copy = self
      copy.at += name.count
      return copy.take("::=")
    }

    mutating func choice() throws -> Part {
      var parts = [try unordered()]
      while take("|") { parts.append(try unordered()) }
      return parts.count == 1 ? parts[0] : .choice(parts)
    }

    mutating func unordered() throws -> Part {
      var parts = [try sequence()]
      while take("&") { parts.append(try sequence()) }
      return parts.count == 1 ? parts[0] : .anyOrder(parts)
    }

    mutating func sequence() throws -> Part {
      var parts: [Part] = []
      while true {
        space()
        if at >= text.count || "|&)".contains(text[at]) || startsDefinition { break }
        parts.append(try item())
      }
      guard !parts.isEmpty else { throw Unreadable(near: near) }
      return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    mutating func item() throws -> Part {
      var part = try atom()
      while at < text.count {
        switch text[at] {
        case "?": part = .optional(part)
        case "*": part = .many(part, atLeast: 0)
        case "+": part = .many(part, atLeast: 1)
        default:
          if take("- ") { return .except(part, try atom()) }
          if take("without ") {
            guard case .literal(let banned) = try atom() else { throw Unreadable(near: near) }
            return .without(part, banned)
          }
          return part
        }
        at += 1
      }
      return part
    }

    mutating func atom() throws -> Part {
      space()
      guard at < text.count else { throw Unreadable(near: near) }
      let first = text[at]
      if first == "\"" || first == "'" {
        guard let end = text[(at + 1)...].firstIndex(of: first) else { throw Unreadable(near: near) }
        defer { at = end + 1 }
        return .literal(String(text[(at + 1)..<end]))
      }
      if take("#xA") { return .literal("\n") }
      if first == "[" { return try characters() }
      if first == "(" {
        at += 1
        let part = try choice()
        guard take(")") else { throw Unreadable(near: near) }
        return part
      }
      guard let name = name(from: at) else { throw Unreadable(near: near) }
      at += name.count
      return .reference(name)
    }

    mutating func characters() throws -> Part {
      at += 1
      let isNegated = at < text.count && text[at] == "^"
      if isNegated { at += 1 }
      var set: Set<Character> = []
      while at < text.count, text[at] != "]" {
        if take("#xA") {
          set.insert("\n")
        } else if at + 2 < text.count, text[at + 1] == "-", text[at + 2] != "]",
          let low = text[at].asciiValue, let high = text[at + 2].asciiValue, low <= high
        {
          for value in low...high { set.insert(Character(Unicode.Scalar(value))) }
          at += 3
        } else {
          set.insert(text[at])
          at += 1
        }
      }
      guard at < text.count else { throw Unreadable(near: near) }
      at += 1
      return .characters(set, isNegated: isNegated)
    }
  }
}
