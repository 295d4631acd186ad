import TailerAPI

/// What has to be asked, or is forbidden, before a changing verb.
public struct Guards: Sendable {
  /// Environments where every changing verb asks first.
  public var protectedEnvironments: Set<String>
  public var isReadOnly: Bool

  public init(protectedEnvironments: Set<String> = ["PROD"], isReadOnly: Bool = false) {
    self.protectedEnvironments = protectedEnvironments
    self.isReadOnly = isReadOnly
  }

  enum Verdict: Equatable {
    case go
    case ask(Question)
    case forbidden
  }

  /// What stands before a change of these operations. In a protected environment `archive` wants the ids typed; marking
  /// a run SUCCESS asks anywhere, for it can fire workflows.
  func verdict(verb: String, on operations: [DataOperation], marking status: RunStatus? = nil) -> Verdict {
    if isReadOnly { return .forbidden }
    let guarded = operations.filter { protectedEnvironments.contains($0.environment) }
    let object = operations.map(\.name).joined(separator: ", ")
    if guarded.isEmpty {
      guard status == .success else { return .go }
      return .ask(.confirm("Mark \(object) as SUCCESS? It can fire workflows."))
    }
    let places = Set(guarded.map(\.environment)).sorted().joined(separator: ", ")
    if verb == "archive" {
      let ids = guarded.map(\.name).joined(separator: " ")
      return .ask(.typed("Archive \(object) in \(places). Type \(ids) to go on", word: ids))
    }
    let detail = status.map { " as \($0.name)" } ?? ""
    return .ask(.confirm("\(verb.capitalizedFirst) \(object)\(detail) in \(places)?"))
  }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
