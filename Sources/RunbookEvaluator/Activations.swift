import Coordination
import RunbookRecord
import TailerAPI

/// What an execution, or a session at the prompt, has switched: as each branch sees it.
final class Activations: Sendable {
  private let observed = Guarded<[DataOperation: Observed<Activation>]>([:])

  init() {}

  func activation(of operation: DataOperation, seenBy branch: Branch) -> Activation {
    observed.withLock { $0[operation]?.value(seenBy: branch) } ?? .enabled
  }

  func note(_ operation: DataOperation, _ activation: Activation, by branch: Branch, at number: RecordNumber) {
    observed.withLock { observed in
      // Whoever has seen nothing of it takes it for enabled.
      var operations = observed[operation] ?? Observed(.enabled, by: Branch())
      operations.note(activation, by: branch, at: number)
      observed[operation] = operations
    }
  }

  /// What has been disabled or archived, and not enabled since.
  func stopped(seenBy branch: Branch) -> [DataOperation: Activation] {
    observed.withLock { $0.mapValues { $0.value(seenBy: branch) } }.filter { $0.value != .enabled }
  }
}
