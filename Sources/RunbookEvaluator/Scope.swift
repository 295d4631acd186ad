/// The names of one block and of the blocks around it, while they are being evaluated. Belongs to one branch.
final class Scope {
  private let parent: Scope?
  /// What a `parallel` saw around it when it began; its branches can read that and assign nothing in it.
  private let outer: [String: Value]
  private var names: [(name: String, value: Value)] = []

  init(parent: Scope? = nil, outer: [String: Value] = [:]) {
    self.parent = parent
    self.outer = outer
  }

  func define(_ name: String, _ value: Value) {
    if let index = names.firstIndex(where: { $0.name == name }) {
      names[index].value = value
    } else {
      names.append((name, value))
    }
  }

  /// Assigns where the name was declared; says whether there was such a place.
  func assign(_ name: String, _ value: Value) -> Bool {
    var scope: Scope? = self
    while let here = scope {
      if let index = here.names.firstIndex(where: { $0.name == name }) {
        here.names[index].value = value
        return true
      }
      scope = here.parent
    }
    return false
  }

  func value(of name: String) -> Value? {
    var scope: Scope? = self
    while let here = scope {
      for entry in here.names where entry.name == name { return entry.value }
      if let value = here.outer[name] { return value }
      scope = here.parent
    }
    return nil
  }

  /// All names that can be read here, inner ones over outer ones.
  func snapshot() -> [String: Value] {
    var result = outer
    if let parent { result.merge(parent.snapshot()) { _, new in new } }
    for entry in names { result[entry.name] = entry.value }
    return result
  }
}
