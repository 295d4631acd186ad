import CivilTime
import RunbookChecker
import RunbookDiagnostics
import RunbookRecord
import RunbookSyntax
import TailerAPI

/// What an effect came to.
struct Performed<Outcome: Sendable>: Sendable {
  let outcome: Outcome
  /// The position in the log at which it did; `nil` for a read of a condition that is looked at.
  let number: RecordNumber?
  let isReplayed: Bool
}

/// The one path by which anything happens: the record answers where it can; else, where nothing keeps it from beginning, its
/// intent is written, it is carried out, and its outcome is written before anything depends on it.
///
/// What few effects come by is not inlined: it would take room in the frame of each one under way, of which there are thousands
/// where thousands of runs are awaited.
extension Interpreter {
  /// - Parameter live: Carries it out. It gets the intent as it is recorded, which knows when a wait began.
  func perform<Outcome: Sendable>(
    _ effect: IntendedEffect<Outcome>, at place: SourceRange, site given: EffectSite? = nil,
    live: (EffectIntent) async throws(Unwind) -> Outcome
  ) async throws(Unwind) -> Performed<Outcome> {
    let site = given ?? nextSite()
    if let look = context.look { return try await read(effect, of: look, at: place, site, live) }
    let recorded = try await recall(effect.intent, at: site, place)
    if let recorded, let outcome = recorded.outcome {
      state.note(outcome.cost)
      return try answered(effect, outcome, recorded, at: place)
    }
    if recorded == nil { try mayGoOn() }
    if effect.intent.changesPlatform { try mayChange(effect.intent.verb, at: place) }
    if recorded == nil { try await begin(effect.intent, at: site, place) }
    let known = recorded?.intent ?? effect.intent
    defer { if known.outdatesReads { state.noteEffect(at: state.effects.clock.now) } }
    do {
      let outcome = try await live(known)
      let number = try await finish(known, effect.recorded(outcome), at: site, place)
      return Performed(outcome: outcome, number: number, isReplayed: false)
    } catch .failure(var failure) {
      failure.origins.append(try await finish(known, .failed(failure.error), at: site, place))
      throw .failure(failure)
    }
  }

  private func begin(_ intent: EffectIntent, at site: EffectSite, _ place: SourceRange) async throws(Unwind) {
    try await journaling(at: place) { journal async throws(JournalError) in
      if intent.precedesEffect {
        try await journal.intend(intent, at: site, settlesAt: nil)
      } else {
        try await journal.enter(site)
      }
    }
  }

  private func finish(
    _ intent: EffectIntent, _ outcome: EffectOutcome, at site: EffectSite, _ place: SourceRange
  ) async throws(Unwind) -> RecordNumber {
    state.note(outcome.cost)
    return try await journaling(at: place) { journal async throws(JournalError) in
      try await journal.finish(intent, outcome, at: site)
    }
  }

  /// What the record says of an effect; `nil` where it says nothing.
  func recall(
    _ intent: EffectIntent, at site: EffectSite, _ place: SourceRange
  ) async throws(Unwind) -> RecordedEffect? {
    do throws(JournalError) {
      return try await state.effects.journal.recall(intent, at: site)
    } catch .diverged(let effect) {
      let words = state.recorded.words(for: effect)
      throw .over(.broken, problem(.diverged(recorded: words, found: intent.words), at: place).diagnostic)
    } catch {
      throw unwind(over: error, at: place)
    }
  }

  /// What the record answers in place of the effect: its outcome, or the error that it ended in.
  @inline(never)
  func answered<Outcome: Sendable>(
    _ effect: IntendedEffect<Outcome>, _ outcome: EffectOutcome, _ recorded: RecordedEffect, at place: SourceRange
  ) throws(Unwind) -> Performed<Outcome> {
    let number = recorded.ended ?? recorded.number
    if case .failed(let error) = outcome {
      throw failure(problem(.recorded(error), at: place), origins: [number])
    }
    guard let answer = effect.outcome(outcome) else { throw unfitting(effect.intent.words, outcome, at: place) }
    return Performed(outcome: answer, number: number, isReplayed: true)
  }

  /// Throws where nothing new may be started.
  func mayGoOn() throws(Unwind) {
    if state.interruption.isRaised(inFinally: context.isInFinally) { throw .interrupted }
  }

  /// Throws where nothing may be changed.
  func mayChange(_ verb: String, at place: SourceRange) throws(Unwind) {
    guard state.policy.guards.isReadOnly else { return }
    throw .over(.forbidden, problem(.readOnly(verb: verb), at: place).diagnostic)
  }

  // MARK: Identity

  /// Where the next effect of the statement being evaluated stands.
  func nextSite() -> EffectSite {
    defer { ordinal += 1 }
    comings += 1
    let key = EffectKey(path: "\(context.span.text(of: context.path))#\(ordinal)", textHash: statementHash)
    return EffectSite(key, in: context.span, place: statementPlace)
  }

  private var statementHash: TextHash {
    guard let statement = context.statement, let source = context.runbook.sources[statement.range.source] else {
      return TextHash(of: [])
    }
    let bounds = (Int(statement.range.lower)..<Int(statement.range.upper)).clamped(to: 0..<source.bytes.count)
    return TextHash(of: source.bytes[bounds])
  }

  private var statementPlace: SourcePlace? {
    guard let range = context.statement?.range, let source = context.runbook.sources[range.source] else { return nil }
    return SourcePlace(
      source: range.source.number, line: Int32(clamping: source.line(at: Int(range.lower)) + 1), lower: range.lower,
      upper: range.upper)
  }

  // MARK: The journal

  func journaling<T>(
    at place: SourceRange, _ body: (any Journal) async throws(JournalError) -> T
  ) async throws(Unwind) -> T {
    do {
      return try await body(state.effects.journal)
    } catch {
      throw unwind(over: error, at: place)
    }
  }

  /// What no record and no outcome can be: they are held against their intents where they come from.
  func unfitting(_ intent: String, _ outcome: EffectOutcome, at place: SourceRange) -> Unwind {
    contradiction("“\(intent)” came to “\(outcome.words)”", at: place)
  }

  func contradiction(_ words: String, at place: SourceRange) -> Unwind {
    unwind(over: .contradiction(words), at: place)
  }

  @inline(never)
  private func unwind(over error: JournalError, at place: SourceRange) -> Unwind {
    func broken(_ kind: RuntimeProblem.Kind) -> Unwind { .over(.broken, problem(kind, at: place).diagnostic) }
    switch error {
    case .unavailable(let reason): return broken(.journalUnavailable(reason))
    case .leaseLost(let holder): return .over(.takenOver, problem(.leaseLost(holder: holder), at: place).diagnostic)
    case .contradiction(let words): return broken(.recordContradicted(words))
    case .diverged(let effect):
      return broken(.diverged(recorded: state.recorded.words(for: effect), found: "something else"))
    case .wordedOtherwise(let effect):
      return broken(.recordedTextChanged(recorded: state.recorded.words(for: effect)))
    case .cancelled: return .interrupted
    case .halted(let halt): return halt.reason == .interruption ? .interrupted : .halted(halt)
    case .recordEnds: return .recordEnds
    case .isAnswered: return broken(.recordContradicted(error.words))
    case .launchIsOpen(let number): return fail(.launchHeldBack(behind: number), at: place)
    case .runIsTaken(let run, let owner): return fail(.runIsTaken(run, owner: owner.words), at: place)
    }
  }

  /// Something that waits: given up as soon as the execution is interrupted, unless a `finally` waits.
  ///
  /// - Parameter changes: Whether it changes the platform, and its answer is worth a moment more.
  func waiting<T: Sendable, E: Error>(
    changes: Bool = false, _ body: @escaping @Sendable () async throws(E) -> T
  ) async throws(Unwind) -> Result<T, E> {
    let always: @Sendable () -> Bool = { true }
    let result = await state.interruption.racing(
      inFinally: context.isInFinally, on: state.effects.clock, farewellIf: changes ? always : nil, body)
    guard let result else { throw .interrupted }
    return result
  }
}
