import CivilTime
import RunbookReference
import TailerAPI

/// Holds JSON against the reference's table of it, and keeps what of the table it has seen.
struct JSONSchema {
  private(set) var problems: Set<String> = []
  private(set) var seen: Set<String> = []

  private static let lines = Dictionary(uniqueKeysWithValues: Reference.jsonLines.map { ($0.name, $0) })
  private static let parts = Dictionary(uniqueKeysWithValues: Reference.jsonParts.map { ($0.name, $0) })

  /// Every member and word of the table, as `seen` would have it.
  static var all: Set<String> {
    var all: Set<String> = []
    for object in Reference.jsonLines + Reference.jsonParts {
      let variants =
        [("", object.members)]
        + object.variants.flatMap { variant in
          variant.values.map { ("/\($0)", variant.members) }
        }
      for (variant, members) in variants {
        all.insert(object.name + variant)
        for member in members {
          let name = "\(object.name)\(variant).\(member.name)"
          all.insert(name)
          if case .word(let words) = member.shape { all.formUnion(words.map { "\(name)=\($0)" }) }
        }
      }
    }
    return all
  }

  mutating func check(lines text: String) {
    for line in text.split(separator: "\n") {
      guard let value = JSONValue(Array(line.utf8)), case .object(var members) = value else {
        problems.insert("no object: \(line)")
        continue
      }
      guard let kind = members.removeValue(forKey: "kind")?.text, let object = Self.lines[kind] else {
        problems.insert("no kind: \(line)")
        continue
      }
      if members.removeValue(forKey: "version")?.integer != 1 { problems.insert("\(kind): another version") }
      if let time = members.removeValue(forKey: "time") { check(time, .moment, "\(kind).time") }
      check(members, as: object)
    }
  }

  private mutating func check(_ members: [String: JSONValue], as object: JSONObject) {
    seen.insert(object.name)
    var known = object.members.map { (object.name, $0) }
    if let choice = object.choice {
      let value = members[choice]?.text ?? ""
      if let variant = object.variants.first(where: { $0.values.contains(value) }) {
        let name = "\(object.name)/\(value)"
        seen.insert(name)
        known += variant.members.map { (name, $0) }
      } else {
        problems.insert("\(object.name): there is no \(choice) “\(value)”")
      }
    }
    let names = known.map(\.1.name) + (object.choice.map { [$0] } ?? [])
    for name in members.keys where !names.contains(name) { problems.insert("\(object.name) has a member \(name)") }
    let state = members["state"]?.text
    for (owner, member) in known {
      let name = "\(owner).\(member.name)"
      guard let value = members[member.name] else {
        if member.presence.isRequired(in: state) { problems.insert("\(name) is missing") }
        continue
      }
      seen.insert(name)
      if !member.presence.isAllowed(in: state) { problems.insert("\(name) is there in the state \(state ?? "")") }
      if value == .null {
        if member.null == nil { problems.insert("\(name) is null") }
      } else {
        check(value, member.shape, name)
      }
    }
  }

  private mutating func check(_ value: JSONValue, _ shape: JSONObject.Shape, _ name: String) {
    let fits: Bool
    switch (shape, value) {
    case (.text, .text), (.boolean, .boolean), (.seconds, .number): fits = true
    case (.number, .number): fits = value.integer != nil
    case (.moment, .text(let text)): fits = Timestamp(text) != nil
    case (.date, .text(let text)): fits = CalendarDate(text) != nil
    case (.word(let words), .text(let text)):
      fits = words.contains(text)
      seen.insert("\(name)=\(text)")
    case (.list(let inner), .array(let values)):
      fits = true
      for value in values { check(value, inner, name) }
    case (.map(let inner), .object(let members)):
      fits = true
      for value in members.values { check(value, inner, name) }
    case (.part(let part), .object(let members)):
      fits = Self.parts[part] != nil
      if let object = Self.parts[part] { check(members, as: object) }
    default: fits = false
    }
    if !fits { problems.insert("\(name) is \(value)") }
  }
}

extension JSONObject.Presence {
  fileprivate func isRequired(in state: String?) -> Bool {
    switch self {
    case .always: true
    case .over: state == "ended" || state == "failed"
    case .ended: state == "ended"
    case .failed: state == "failed"
    case .sometimes: false
    }
  }

  fileprivate func isAllowed(in state: String?) -> Bool {
    switch self {
    case .always, .sometimes: true
    case .over, .ended, .failed: isRequired(in: state)
    }
  }
}
