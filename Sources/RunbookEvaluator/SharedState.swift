import CivilTime
import Coordination
import RunbookRecord
import RunbookSyntax
import TailerAPI

/// What all branches of an execution share.
final class SharedState: Sendable {
  private struct Changing {
    var stopped: [DataOperation: Activation]
    var isEndedByFinally = false
    var movedLaunches: [RecordedEffect]
    var costs: [WatchCost] = []
    var lastEffect = Timestamp.earliest
  }

  let effects: Effects
  let policy: EvaluationPolicy
  let interruption: Interruption
  let today: CalendarDate
  let isAtPrompt: Bool
  private let changing: Guarded<Changing>
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
    changing = Guarded(Changing(stopped: stopped, movedLaunches: changes?.movedLaunches ?? []))
    acceptsChanges = changes != nil
    self.comparing = comparing
    self.effects = effects
    self.policy = policy
    self.interruption = interruption
    self.today = today
  }

  var stopped: [DataOperation: Activation] { changing.withLock { $0.stopped } }

  func activation(of operation: DataOperation) -> Activation? { changing.withLock { $0.stopped[operation] } }

  func note(_ operation: DataOperation, _ activation: Activation) {
    changing.withLock { $0.stopped[operation] = activation == .enabled ? nil : activation }
  }

  /// What the awaits that are over have cost.
  var costs: [WatchCost] { changing.withLock { $0.costs } }

  func note(_ cost: WatchCost?) {
    guard let cost else { return }
    changing.withLock { $0.costs.append(cost) }
  }

  /// When the last effect ended that changed the platform or waited. What is read after it has to show what was then.
  var lastEffect: Timestamp { changing.withLock { $0.lastEffect } }

  func noteEffect(at moment: Timestamp) { changing.withLock { $0.lastEffect = max($0.lastEffect, moment) } }

  /// The recorded launch of the operation for the date that stood elsewhere before an edit; each is given out once.
  func takeMovedLaunch(of operation: DataOperation, on date: CalendarDate?) -> RecordedEffect? {
    changing.withLock { changing in
      let index = changing.movedLaunches.firstIndex { record in
        if case .launch(operation, date, _, _) = record.intent { true } else { false }
      }
      return index.map { changing.movedLaunches.remove(at: $0) }
    }
  }

  /// Whether a `finally` has begun after the interruption, which ends the execution for good.
  var isEndedByFinally: Bool {
    get { changing.withLock { $0.isEndedByFinally } }
    set { changing.withLock { $0.isEndedByFinally = newValue } }
  }
}

/// Keeps the branches of one `parallel` from starting anything new once one of them has failed.
final class BranchStop: Sendable {
  private let raised = Guarded(false)
  private let parent: BranchStop?

  init(parent: BranchStop?) { self.parent = parent }

  var isRaised: Bool { raised.withLock { $0 } || parent?.isRaised == true }

  /// Raises it; whether this was the first time.
  func raise() -> Bool {
    raised.withLock { raised in
      defer { raised = true }
      return !raised
    }
  }
}
