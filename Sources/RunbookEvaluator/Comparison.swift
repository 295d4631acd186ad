import Foundation
public import RunbookDiagnostics

/// What a record and a runbook that is to go on with it have to do with each other: found by evaluating the runbook
/// from its top with nothing but the record to answer.
public struct Comparison: Sendable {
  /// Recorded effects that the runbook no longer comes by, or comes by with other words or another meaning.
  public let conflicts: [Diagnostic]
  /// Launches of the record that the runbook does not come by where they stood. Wherever it would launch the same
  /// operation for the same date, these are its runs.
  let movedLaunches: [EffectRecord]

  public var isClean: Bool { conflicts.isEmpty }

  init(conflicts: [Diagnostic], movedLaunches: [EffectRecord]) {
    self.conflicts = conflicts
    self.movedLaunches = movedLaunches
  }
}

/// What a comparison has come by, from whichever branch.
final class ComparisonNotes: @unchecked Sendable {
  // The lock guards `visited`.
  private let lock = NSLock()
  private var visited: Set<String> = []

  func visit(_ key: EffectKey) { _ = lock.withLock { visited.insert(key.path) } }
  func hasVisited(_ key: EffectKey) -> Bool { lock.withLock { visited.contains(key.path) } }
}
