import RunbookRecord
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
  }

  /// What stands before a change of these operations. In a protected environment `archive` wants the ids typed; marking
  /// a run SUCCESS asks anywhere, for it can fire workflows.
  func verdict(verb: String, on operations: [DataOperation], marking status: RunStatus? = nil) -> Verdict {
    let guarded = operations.filter { protectedEnvironments.contains($0.environment) }
    let hint = status == .success ? " It can fire workflows." : ""
    if guarded.isEmpty {
      guard status == .success else { return .go }
      return .ask(.confirm("Mark \(operations.map(\.name).joined(separator: ", ")) as SUCCESS?\(hint)"))
    }
    let objects = Self.places(guarded) + Self.places(operations.filter { !guarded.contains($0) })
    let object = objects.joined(separator: ", and ")
    if verb == "archive" {
      let ids = guarded.map(\.name).joined(separator: " ")
      return .ask(.typed("Archive \(object). Type \(ids) to go on", word: ids))
    }
    let detail = status.map { " as \($0.name)" } ?? ""
    return .ask(.confirm("\(verb.capitalizedFirst) \(object)\(detail)?\(hint)"))
  }

  /// Whether a recorded question reads as one that stood before a change, and not as one of the runbook's own.
  public static func asks(_ words: String) -> Bool {
    ["Launch", "Mark", "Reset", "Disable", "Enable", "Archive"].contains { words.hasPrefix("\($0) ") }
  }

  /// The operations of each environment with its name behind them, in the order of the environments' names.
  private static func places(_ operations: [DataOperation]) -> [String] {
    Dictionary(grouping: operations, by: \.environment).sorted { $0.key < $1.key }.map { environment, those in
      "\(those.map(\.name).joined(separator: ", ")) in \(environment)"
    }
  }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
