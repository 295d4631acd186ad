/// The names of one block and of the blocks around it, while they are being evaluated. Belongs to one branch.
final class Scope {
  private let parent: Scope?
  /// What a `parallel` saw around it when it began; its branches can read that and assign nothing in it.
  private let outer: [String: Value]
  private var names: [(name: String, value: Value)] = []
  /// Where each name stands in `names`, once they are too many to be gone through.
  private var places: [String: Int] = [:]
  private static let fewNames = 16

  init(parent: Scope? = nil, outer: [String: Value] = [:]) {
    self.parent = parent
    self.outer = outer
  }

  func define(_ name: String, _ value: Value) {
    if let place = place(of: name) {
      names[place].value = value
      return
    }
    names.append((name, value))
    guard names.count > Self.fewNames else { return }
    if places.isEmpty {
      for (place, entry) in names.enumerated() { places[entry.name] = place }
    } else {
      places[name] = names.count - 1
    }
  }

  private func place(of name: String) -> Int? {
    places.isEmpty ? names.firstIndex { $0.name == name } : places[name]
  }

  /// Assigns where the name was declared; says whether there was such a place.
  func assign(_ name: String, _ value: Value) -> Bool {
    var scope: Scope? = self
    while let here = scope {
      if let place = here.place(of: name) {
        here.names[place].value = value
        return true
      }
      scope = here.parent
    }
    return false
  }

  func value(of name: String) -> Value? {
    var scope: Scope? = self
    while let here = scope {
      if let place = here.place(of: name) { return here.names[place].value }
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
