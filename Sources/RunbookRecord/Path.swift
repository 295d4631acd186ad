/// Where an evaluation stands in the tree, as a chain that is written out only when an effect or a span needs its identity.
public final class Path: Sendable {
  public enum Component: Sendable {
    /// A statement's position in its block.
    case statement(Int)
    /// A step of a `parallel`, a look of a `wait until`.
    case iteration(Int)
    /// A loop's iteration, a retry's attempt, a branch for an element.
    case round(String, Int)
    /// A branch, a `catch`, a `finally`, a call, by a name that is unique where it stands.
    case named(String)
  }

  private let parent: Path?
  private let component: Component

  public init(_ component: Component, in parent: Path? = nil) {
    self.parent = parent
    self.component = component
  }

  public func appending(_ component: Component) -> Path { Path(component, in: self) }

  public var text: String { text(from: nil, "") }

  /// The same where the text of a path that it begins with is known.
  func text(from known: Path?, _ beginning: String) -> String {
    var chain: [Component] = []
    var here: Path? = self
    while let path = here, path !== known {
      chain.append(path.component)
      here = path.parent
    }
    var text = here == nil ? "" : beginning
    for component in chain.reversed() {
      switch component {
      case .statement(let index):
        text += "."
        text += String(index)
      case .iteration(let index):
        text += "["
        text += String(index)
        text += "]"
      case .round(let name, let index):
        text += "/"
        text += name
        text += "["
        text += String(index)
        text += "]"
      case .named(let name):
        text += "/"
        text += name
      }
    }
    return text
  }
}
