import CivilTime
import Foundation
import RunbookRecord
import RunbookSyntax
import TailerAPI

/// What all branches of an execution share.
final class SharedState: @unchecked Sendable {
  let effects: Effects
  let policy: EvaluationPolicy
  let interruption: Interruption
  let today: CalendarDate
  let isAtPrompt: Bool

  // The lock guards what follows.
  private let lock = NSLock()
  private var stoppedOperations: [DataOperation: Activation] = [:]
  private var finallyEndedIt = false
  private var movedLaunches: [RecordedEffect]
  private var awaitCosts: [WatchCost] = []
  private var lastEffectEnded = Timestamp.earliest
  /// What is being found out where a record is only compared; `nil` where effects are carried out.
  let comparing: ComparisonNotes?

  /// Whether a statement whose words were edited goes on with its record, as long as it means the same.
  let acceptsChanges: Bool

  init(
    effects: Effects, policy: EvaluationPolicy, interruption: Interruption, today: CalendarDate,
    accepting changes: Comparison? = nil, comparing: ComparisonNotes? = nil,
    stopped: [DataOperation: Activation] = [:], isAtPrompt: Bool = false
  ) {
    self.isAtPrompt = isAtPrompt
    stoppedOperations = stopped
    acceptsChanges = changes != nil
    movedLaunches = changes?.movedLaunches ?? []
    self.comparing = comparing
    self.effects = effects
    self.policy = policy
    self.interruption = interruption
    self.today = today
  }

  var stopped: [DataOperation: Activation] { lock.withLock { stoppedOperations } }

  func activation(of operation: DataOperation) -> Activation? { lock.withLock { stoppedOperations[operation] } }

  func note(_ operation: DataOperation, _ activation: Activation) {
    lock.withLock { stoppedOperations[operation] = activation == .enabled ? nil : activation }
  }

  /// What the awaits that are over have cost.
  var costs: [WatchCost] { lock.withLock { awaitCosts } }

  func note(_ cost: WatchCost?) {
    guard let cost else { return }
    lock.withLock { awaitCosts.append(cost) }
  }

  /// When the last effect ended that changed the platform or waited. What is read after it has to show what was then.
  var lastEffect: Timestamp { lock.withLock { lastEffectEnded } }

  func noteEffect(at moment: Timestamp) { lock.withLock { lastEffectEnded = max(lastEffectEnded, moment) } }

  /// The recorded launch of the operation for the date that stood elsewhere before an edit; each is given out once.
  func takeMovedLaunch(of operation: DataOperation, on date: CalendarDate?) -> RecordedEffect? {
    lock.withLock {
      let index = movedLaunches.firstIndex { record in
        if case .launch(operation, date, _, _) = record.intent { true } else { false }
      }
      return index.map { movedLaunches.remove(at: $0) }
    }
  }

  /// Whether a `finally` has begun after the interruption, which ends the execution for good.
  var isEndedByFinally: Bool {
    get { lock.withLock { finallyEndedIt } }
    set { lock.withLock { finallyEndedIt = newValue } }
  }
}

/// Keeps the branches of one `parallel` from starting anything new once one of them has failed.
final class BranchStop: @unchecked Sendable {
  private let lock = NSLock()
  private var raised = false
  private let parent: BranchStop?

  init(parent: BranchStop?) { self.parent = parent }

  var isRaised: Bool { lock.withLock { raised } || parent?.isRaised == true }

  /// Raises it; whether this was the first time.
  func raise() -> Bool {
    lock.withLock {
      defer { raised = true }
      return !raised
    }
  }
}
