import CivilTime
import Coordination
import RunbookDiagnostics
import RunbookRecord
import RunbookSyntax
import TailerAPI

/// A look at a condition that is waited for. What it reads is kept, for the record has the last look's reads, and answers
/// with them.
final class ConditionLook: Sendable {
  /// What it sees has to be at least what was then.
  let since: Timestamp
  let deadline: Timestamp
  /// The position in the log of the wait that it answers for; `nil` for a look that leaves no trace but what it reads.
  let number: RecordNumber?
  private let known: Guarded<[String: RecordedRead]>

  init(since: Timestamp, deadline: Timestamp, answering reads: [RecordedRead] = [], at number: RecordNumber? = nil) {
    self.since = since
    self.deadline = deadline
    self.number = number
    known = Guarded(Dictionary(reads.map { ($0.path, $0) }) { first, _ in first })
  }

  func read(at path: String) -> RecordedRead? { known.withLock { $0[path] } }
  func note(_ read: RecordedRead) { known.withLock { $0[read.path] = read } }

  /// What it has read, in an order that does not depend on which read came first.
  var reads: [RecordedRead] { known.withLock { $0.values.sorted { $0.path < $1.path } } }
}

extension Interpreter {
  /// Looks at a condition until it holds: one effect, however many looks it takes. When to look again is the watcher's to
  /// say; a look that fails in passing is borne as it is for an await.
  func waitUntil(
    _ condition: Expression, every: Expression?, timeout: Expression?, at place: SourceRange
  ) async throws(Unwind) {
    let every = try await optionalDuration(every)
    let timeout = try await optionalDuration(timeout) ?? state.policy.defaultTimeout
    let site = nextSite()
    let held = try await perform(.waitUntil(from: state.effects.clock.now), at: place, site: site) {
      intent async throws(Unwind) -> HeldCondition in
      guard case .waitUntil(let began) = intent else { return HeldCondition(reads: [], looks: 0) }
      let deadline = began.advanced(by: timeout)
      tell(.waitingUntil(deadline: deadline), at: place, of: site)
      return try await looks(
        at: condition, from: began, by: deadline, every: every, timeout: timeout, at: place, site)
    }
    // What the last look has set is set by what the record has of it, now as in every later process.
    let answer = ConditionLook(
      since: state.effects.clock.now, deadline: .latest, answering: held.outcome.reads, at: held.number)
    guard try await look(at: condition, answer) else {
      throw unfitting("wait until", .held(held.outcome.reads, looks: held.outcome.looks), at: place)
    }
    tell(.conditionHeld(looks: held.outcome.looks), at: place, replayed: held.isReplayed)
  }

  private func looks(
    at condition: Expression, from began: Timestamp, by deadline: Timestamp, every: TimeSpan?, timeout: TimeSpan,
    at place: SourceRange, _ site: EffectSite
  ) async throws(Unwind) -> HeldCondition {
    let (outerBranch, outerLatest) = (context.branch, latest)
    defer { (context.branch, latest) = (outerBranch, outerLatest) }
    var moment = state.effects.clock.now
    var count = 0
    var lastSight = began
    var failing: (since: Timestamp, error: RecordedError)?
    while true {
      try mayGoOn()
      count += 1
      // A look sees nothing of those before it: what the record has of the last one answers for it alone.
      (context.branch, latest) = (Branch(in: outerBranch), outerLatest)
      do {
        let look = ConditionLook(since: moment, deadline: deadline)
        if try await self.look(at: condition, look) { return HeldCondition(reads: look.reads, looks: count) }
        if failing != nil { tell(.seen(nil), at: place, of: site) }
        (failing, lastSight) = (nil, moment)
      } catch .failure(let failure) where failure.error.kind == .unreachable {
        if failing == nil {
          tell(.unseen(nil, since: lastSight, reason: failure.error.message), at: place, of: site)
        }
        failing = (failing?.since ?? moment, failure.error)
      }
      // A look that failed behind the deadline was the last one, whenever it began.
      if let failing,
        state.effects.clock.now >= deadline || moment.since(failing.since) >= state.effects.watcher.patience
      {
        throw fail(
          .unseen("the condition", since: lastSight, reason: failing.error.message, lastSeen: nil), at: condition.range)
      }
      guard moment < deadline else { throw fail(.conditionNeverHeld(timeout: timeout), at: condition.range) }
      moment = try await turn(since: began, by: deadline, every: every, isFailing: failing != nil)
    }
  }

  /// Whether the condition holds in one look at it.
  private func look(at condition: Expression, _ look: ConditionLook) async throws(Unwind) -> Bool {
    let outer = (path: context.path, look: context.look, ordinal: ordinal)
    defer { (context.path, context.look, ordinal) = (outer.path, outer.look, outer.ordinal) }
    context.path = context.path.appending(.named("until"))
    context.look = look
    ordinal = 0
    return try await self.condition(condition)
  }

  /// Waits for the next look at a condition, and gives its moment.
  private func turn(
    since began: Timestamp, by deadline: Timestamp, every: TimeSpan?, isFailing: Bool
  ) async throws(Unwind) -> Timestamp {
    let watcher = state.effects.watcher
    let waited = try await waiting { () async throws(CancellationError) in
      try await watcher.turn(since: began, by: deadline, every: every, isFailing: isFailing)
    }
    guard case .success(let moment) = waited else { throw .interrupted }
    return moment
  }

  /// One read of a look: what the look knows of it, else what the service says.
  @inline(never)
  func read<Outcome: Sendable>(
    _ effect: IntendedEffect<Outcome>, of look: ConditionLook, at place: SourceRange, _ site: EffectSite,
    _ live: (EffectIntent) async throws(Unwind) -> Outcome
  ) async throws(Unwind) -> Performed<Outcome> {
    if let known = look.read(at: site.key.path) {
      guard effect.intent.agrees(with: known.intent), let outcome = effect.outcome(known.outcome) else {
        throw unfitting(effect.intent.words, known.outcome, at: place)
      }
      return Performed(outcome: outcome, number: look.number, isReplayed: true)
    }
    if look.number != nil {
      throw contradiction("“\(effect.intent.words)” was not read by the look that held", at: place)
    }
    defer { if effect.intent.outdatesReads { state.noteEffect(at: state.effects.clock.now) } }
    let outcome = try await live(effect.intent)
    look.note(RecordedRead(site.key.path, effect.intent, effect.recorded(outcome)))
    return Performed(outcome: outcome, number: look.number, isReplayed: false)
  }

  /// The service as the look sees it: what other conditions and awaits ask for in the same moment is asked once. What this
  /// execution has done meanwhile has to show in it.
  func reads(for look: ConditionLook) -> any TailerService {
    let since = max(look.since, state.lastEffect.advanced(by: .milliseconds(1)))
    return state.effects.watcher.reads(since: since, by: look.deadline)
  }
}
