import RunbookRecord
import RunbookSyntax
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

  /// What stands before a change of these operations, as the verb's description has it.
  func verdict(
    _ verb: ChangingVerb, on operations: [DataOperation], marking status: RunStatus? = nil
  ) -> Verdict {
    let guarded = operations.filter { protectedEnvironments.contains($0.environment) || doubt(about: $0) != nil }
    let others = operations.filter { !guarded.contains($0) }
    let object =
      guarded.isEmpty
      ? operations.map(\.name).joined(separator: ", ")
      : (places(guarded) + places(others)).joined(separator: ", and ")
    let change = "\(verb.description.heading) \(object)\(status.map { " as \($0.name)" } ?? "")"
    switch verb.description.guarding {
    case .yesAnywhere(status?.name, let reason): return .ask(.confirm("\(change)? \(reason)"))
    case .yes, .yesAnywhere: return guarded.isEmpty ? .go : .ask(.confirm("\(change)?"))
    case .ids:
      let ids = guarded.map(\.name).joined(separator: " ")
      return guarded.isEmpty ? .go : .ask(.typed("\(change). Type \(ids) to go on", word: ids))
    }
  }

  /// Whether a recorded question reads as one that stood before a change, and not as one of the runbook's own.
  public static func asks(_ words: String) -> Bool {
    ChangingVerb.allCases.contains { words.hasPrefix("\($0.description.heading) ") }
  }

  /// The operations of each environment with its name behind them, in the order of the environments' names.
  private func places(_ operations: [DataOperation]) -> [String] {
    Dictionary(grouping: operations, by: \.environment).sorted { $0.key < $1.key }.map { environment, those in
      let names = those.map { operation in
        operation.name + (doubt(about: operation).map { " (whose id names \($0))" } ?? "")
      }
      return "\(names.joined(separator: ", ")) in \(environment)"
    }
  }

  /// The protected environment to which an operation may belong, by its id, though another one is stated: of the two, the
  /// stricter one's guard stands.
  private func doubt(about operation: DataOperation) -> String? {
    guard !protectedEnvironments.contains(operation.environment) else { return nil }
    return protectedEnvironments.sorted().first { operation.mayBelong(to: $0) }
  }
}
