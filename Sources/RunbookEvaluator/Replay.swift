import CivilTime
import RunbookChecker
import RunbookDiagnostics
import RunbookRecord
import RunbookSyntax
import TailerAPI

/// A record that answers by itself: whoever evaluates over it comes to where it ends, and changes nothing. It notes what it
/// was asked for.
actor Replay: Journal {
  /// How recorded statements read.
  nonisolated let recorded: RecordedStatements
  private var held: Record
  private var visited: [RecordNumber: EffectKey] = [:]
  /// Recorded statements that are worded otherwise now, with where they stand.
  private var reworded: [RecordNumber: SourceRange] = [:]
  /// Where the record has nothing more to say; of several branches, the first in the source.
  private var end: SourceRange?

  init(of record: Record, recorded: RecordedStatements = RecordedStatements()) {
    held = record
    self.recorded = recorded
  }

  // MARK: What it came to

  /// - Parameter diverged: What was found where the runbook means something else than what is recorded.
  func comparison(with runbook: CheckedRunbook, _ diverged: Diagnostic?) -> Comparison {
    let missed = held.effects { $0.standing != .lapsed && visited[$0.number] == nil && !$0.isAnsweredOnlyOnce }
    let changed = reworded.sorted { ($0.value.lower, $0.key) < ($1.value.lower, $1.key) }.compactMap { number, place in
      held.effect(number).map {
        RuntimeProblem(.recordedTextChanged(recorded: recorded.words(for: $0)), at: place).diagnostic
      }
    }
    var conflicts = changed.reduce(into: [Diagnostic]()) { if !$0.contains($1) { $0.append($1) } }
    if let diverged { conflicts.append(diverged) }
    let unexpected = missed.filter { $0.standing == .current }
    if diverged == nil, !unexpected.isEmpty {
      let last = runbook.program.statements.last?.range
      let place = end ?? last ?? SourceRange(runbook.program.source.id, 0, 0)
      let words = unexpected.map { recorded.words(for: $0) }
      conflicts.append(
        RuntimeProblem(.recordNotReached(recorded: words, isAtEnd: end == nil), at: place).diagnostic)
    }
    let launches = missed.filter { if case .launch = $0.intent { true } else { false } }
    return Comparison(
      conflicts: conflicts, hasDiverged: diverged != nil, reached: visited, missed: missed.map(\.number),
      movedLaunches: launches)
  }

  // MARK: What it answers

  func record() -> Record { held }
  func reopened() -> Record { held }

  func recall(_ intent: EffectIntent, at site: EffectSite) throws(JournalError) -> RecordedEffect? {
    let place = site.place.map { SourceRange(SourceID($0.source), Int($0.lower), Int($0.upper)) }
    let found: RecordedEffect?
    do throws(JournalError) {
      found = try held.recall(intent, at: site)
    } catch .wordedOtherwise(let effect) {
      if let place { reworded[effect.number] = place }
      found = effect
    } catch {
      if let effect = held.effect(at: site.key) { visited[effect.number] = site.key }
      throw error
    }
    if let found { visited[found.number] = site.key }
    if let found, found.outcome != nil { return found }
    // What surely did nothing begins anew, where it may.
    if found?.isIdleLaunch ?? true, let span = site.span, let halt = held.halt(over: span) { throw .halted(halt) }
    if let place, end.map({ place.lower < $0.lower }) ?? true { end = place }
    throw .recordEnds
  }

  func open(_ span: SpanSite, causes: [RecordNumber]) throws(JournalError) {
    do throws(RecordContradiction) {
      try held.begin(span, causes: causes, now: .earliest)
    } catch {
      if case .halted(let halt) = error { throw .halted(halt) }
      throw .contradiction("\(error)")
    }
  }

  func close(_ span: SpanSite, _ ending: Span.Ending, halting: Bool) -> RecordNumber {
    held.close(span, ending, halting: halting, now: .earliest)
  }

  func interrupt(_ span: SpanSite) { held.interrupt(span, now: .earliest) }

  // MARK: What it does not do

  func enter(_ site: EffectSite) throws(JournalError) { throw .recordEnds }
  func intend(_ intent: EffectIntent, at site: EffectSite, settlesAt: Timestamp?) throws(JournalError) {
    throw .recordEnds
  }
  func finish(_ intent: EffectIntent, _ outcome: EffectOutcome, at site: EffectSite) throws(JournalError)
    -> RecordNumber
  {
    throw .recordEnds
  }
  func move(_ number: RecordNumber, to key: EffectKey) throws(JournalError) { throw .recordEnds }
  func claim(_ run: Run, for number: RecordNumber, by adopter: Adopter?) throws(JournalError) -> Bool {
    throw .recordEnds
  }
  func owner(of run: Run) throws(JournalError) -> RunOwner? { throw .recordEnds }
  func rivals(for run: Run, of key: EffectKey) throws(JournalError) -> Int { throw .recordEnds }
  func ownedRuns(of operation: DataOperation) throws(JournalError) -> Set<String> { throw .recordEnds }
  func lockLaunches(
    of operation: DataOperation, for site: EffectSite, telling tell: @Sendable (TurnWait) -> Void
  ) throws(JournalError) {
    throw .recordEnds
  }
  func unlockLaunches(of operation: DataOperation, for site: EffectSite) {}
}

extension RecordedEffect {
  /// Whether a runbook that means the same need not come by it: a guard's question, and what earlier versions recorded besides
  /// effects.
  fileprivate var isAnsweredOnlyOnce: Bool {
    switch intent {
    case .ask(_, let purpose, _): purpose == .permission
    case .turn, .parallel: true
    case .launch, .await, .awaitNext, .check, .list, .mark, .reset, .activation, .wait, .now, .waitUntil, .print: false
    }
  }
}
