import CivilTime
import TailerAPI
import YAMLDocuments
import Yams

/// Reads nodes of a scenario file and collects what is wrong with them; where one is wrong a default goes on in its
/// place, so that the rest is read too.
struct ScenarioReading {
  private let document: YAMLDocument
  private var issues: [DocumentError.Issue] = []

  init(_ document: YAMLDocument) { self.document = document }

  /// Everything that is wrong, each thing once.
  var error: DocumentError? {
    guard !issues.isEmpty else { return nil }
    var seen: Set<DocumentError.Issue> = []
    let once = issues.filter { seen.insert($0).inserted }
    return DocumentError(document.source, once.sorted { ($0.line, $0.column) < ($1.line, $1.column) })
  }

  mutating func report(_ message: String, at node: Node, offset: Int = 0) {
    issues.append(.init(message, at: document.range(of: node, offset: offset), in: document.source))
  }

  /// The members of a mapping in their order.
  mutating func entries(of node: Node, what: String) -> [(key: String, node: Node)] {
    guard let mapping = node.mapping else {
      if !isNothing(node) { report("\(what) must be a mapping, \"key: value\"", at: node) }
      return []
    }
    var result: [(key: String, node: Node)] = []
    for (key, value) in mapping {
      if let name = key.scalar?.string {
        result.append((name, value))
      } else {
        report("a key must be a word", at: key)
      }
    }
    return result
  }

  /// The members of a mapping that may have certain keys only.
  mutating func members(of node: Node, what: String, keys: [String]) -> [String: Node] {
    var result: [String: Node] = [:]
    for (key, value) in entries(of: node, what: what) {
      if keys.contains(key) {
        result[key] = value
      } else {
        let hint = Spelling.hint(for: key, among: keys)
        report("unknown key \"\(key.printable)\" in \(what)\(hint)", at: self.key(key, of: node))
      }
    }
    return result
  }

  /// A key of a mapping, for its place.
  func key(_ name: String, of node: Node) -> Node { node.mapping?.keys.first { $0.scalar?.string == name } ?? node }

  /// The items of a list; one that is no list stands for a list of one.
  func items(of node: Node?) -> [Node] {
    guard let node, !isNothing(node) else { return [] }
    return node.sequence.map(Array.init) ?? [node]
  }

  mutating func text(_ node: Node, what: String) -> String? {
    guard let text = node.scalar?.string, !isNothing(node) else {
      report("\(what) must be text", at: node)
      return nil
    }
    return text
  }

  /// Reads a scalar, or says what it must be.
  mutating func value<Value>(_ node: Node?, _ what: String, _ read: (String) -> Value?) -> Value? {
    guard let node else { return nil }
    guard let text = node.scalar?.string, let value = read(text) else {
      report("\(quoted(node)) is not \(what)", at: node)
      return nil
    }
    return value
  }

  mutating func duration(_ node: Node?) -> TimeSpan? {
    value(node, "a duration such as 90s, 5m or 1h30m") { TimeSpan($0) }
  }

  mutating func boolean(_ node: Node?) -> Bool? { value(node, "true or false") { Bool($0) } }

  /// One word out of a list of them.
  mutating func word(_ node: Node?, among words: [String]) -> String? {
    guard let node else { return nil }
    guard let text = node.scalar?.string, words.contains(text) else {
      let hint = Spelling.hint(for: node.scalar?.string ?? "", among: words)
      report("\(quoted(node)) is not one of \(words.joined(separator: ", "))\(hint)", at: node)
      return nil
    }
    return text
  }

  mutating func moment(_ node: Node?, from start: Timestamp) -> Timestamp? {
    value(node, "a moment such as 2020-12-30T05:00:00Z, 05:00 or +5m") { Self.moment($0, from: start) }
  }

  /// A timestamp, a time of the first day, or a distance from the beginning.
  static func moment(_ text: some StringProtocol, from start: Timestamp) -> Timestamp? {
    if let moment = Timestamp(text) { return moment }
    if let sign = text.first, sign == "+" || sign == "-" {
      guard let span = TimeSpan(text.dropFirst()) else { return nil }
      return start.adding(sign == "-" ? span.negated : span)
    }
    return Timestamp("\(start.date)T\(text)Z")
  }

  func quoted(_ node: Node) -> String {
    guard let text = node.scalar?.string else { return node.mapping == nil ? "a list" : "a mapping" }
    return "\"\(text.prefix(80).description.printable)\""
  }

  private func isNothing(_ node: Node) -> Bool {
    guard let scalar = node.scalar, scalar.style == .plain else { return false }
    return scalar.string.isEmpty || scalar.string == "~" || scalar.string == "null"
  }
}
