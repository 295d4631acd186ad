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
    var asksFrom = Timestamp.earliest
    /// Those that are open, by the order in which they came to be.
    var finallies: [Int: OpenFinally] = [:]
    var lastFinally = 0
    /// Whether a person who has interrupted it wants them; `nil` where nobody has been asked.
    var wantsFinallies: Bool?
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
  private let asking = AsyncSemaphore(1)

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

  /// When somebody who is here may be asked something next: not just after a question was taken from them, for what they type then
  /// is meant for that one.
  var asksFrom: Timestamp { changing.withLock { $0.asksFrom } }

  func questionWasTaken(at moment: Timestamp) {
    changing.withLock { $0.asksFrom = moment.advanced(by: .seconds(2)) }
  }

  /// Notes that a `finally` is to be carried out, until `close`.
  func open(_ finally: OpenFinally) -> Int {
    changing.withLock { changing in
      changing.lastFinally += 1
      changing.finallies[changing.lastFinally] = finally
      return changing.lastFinally
    }
  }

  var hasOpenFinally: Bool { changing.withLock { !$0.finallies.isEmpty } }

  func close(_ finally: Int) { changing.withLock { $0.finallies[finally] = nil } }

  /// Whether what is still to be undone begins over an interruption. A person is asked, once for all branches; a second
  /// Ctrl-C leaves it.
  func wantsFinallies() async -> Bool {
    if interruption.stopsFinally { return false }
    // It was interrupted in another process, which has begun with that.
    guard interruption.isRaised else { return true }
    return await asking.inside {
      if let known = changing.withLock({ $0.wantsFinallies }) { return known }
      let open = changing.withLock { $0.finallies }.sorted { $0.key > $1.key }.map(\.value)
      let people = effects.people
      let answer = await interruption.racing(inFinally: true, on: effects.clock) { () async throws(PeopleError) in
        try await people.wantEnd(with: open)
      }
      let isWanted = if case .success(true)? = answer { true } else { false }
      changing.withLock { $0.wantsFinallies = isWanted }
      if !isWanted { interruption.raise() }
      return isWanted
    } ?? false
  }

  /// How many such launches there are, which have been asked for and done.
  func movedLaunches(of operation: DataOperation, on date: CalendarDate?) -> Int {
    changing.withLock { $0.movedLaunches.count { $0.intent.launches(operation, on: date) } }
  }

  /// The recorded launch of the operation for the date that stood elsewhere before an edit; each is given out once.
  func takeMovedLaunch(of operation: DataOperation, on date: CalendarDate?) -> RecordedEffect? {
    changing.withLock { changing in
      let index = changing.movedLaunches.firstIndex { $0.intent.launches(operation, on: date) }
      return index.map { changing.movedLaunches.remove(at: $0) }
    }
  }
}

extension EffectIntent {
  fileprivate func launches(_ operation: DataOperation, on date: CalendarDate?) -> Bool {
    if case .launch(operation, date, _, _) = self { true } else { false }
  }
}
