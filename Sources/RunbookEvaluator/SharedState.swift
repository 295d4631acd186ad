import CivilTime
import Coordination
import RunbookRecord
import TailerAPI

/// What all branches of an execution share.
final class SharedState: Sendable {
  private struct Changing {
    var movedLaunches: [RecordedEffect]
    var costs: [WatchCost] = []
    var lastEffect = Timestamp.earliest
  }

  let effects: Effects
  let policy: EvaluationPolicy
  let interruption: Interruption
  let today: CalendarDate
  let isAtPrompt: Bool
  let activations: Activations
  /// How recorded statements read, for words about what does not fit.
  let recorded: RecordedStatements
  private let changing: Guarded<Changing>

  init(
    effects: Effects, policy: EvaluationPolicy, interruption: Interruption, today: CalendarDate,
    accepting changes: Comparison? = nil, recorded: RecordedStatements = RecordedStatements(),
    activations: Activations = Activations(), isAtPrompt: Bool = false
  ) {
    self.effects = effects
    self.policy = policy
    self.interruption = interruption
    self.today = today
    self.isAtPrompt = isAtPrompt
    self.activations = activations
    self.recorded = recorded
    changing = Guarded(Changing(movedLaunches: changes?.movedLaunches ?? []))
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

  /// How many such launches there are, which have been asked for and done.
  func movedLaunches(of operation: DataOperation, on date: CalendarDate?) -> Int {
    changing.withLock { changing in
      changing.movedLaunches.count { record in
        if case .launch(operation, date, _, _) = record.intent { true } else { false }
      }
    }
  }

  /// The recorded launch of the operation for the date that stood elsewhere before an edit; each is given out once.
  func takeMovedLaunch(of operation: DataOperation, on date: CalendarDate?) -> RecordedEffect? {
    changing.withLock { changing in
      let index = changing.movedLaunches.firstIndex { record in
        if case .launch(operation, date, _, _) = record.intent { true } else { false }
      }
      return index.map { changing.movedLaunches.remove(at: $0) }
    }
  }
}
