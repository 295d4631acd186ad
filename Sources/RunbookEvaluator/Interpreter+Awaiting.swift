import CivilTime
import RunbookDiagnostics
import RunbookRecord
import RunbookSyntax
import TailerAPI

/// One of those whose end a statement awaits.
struct Awaited: Sendable {
  let target: WatchTarget
  /// `nil` for a run that is still to come.
  let run: RunReference?
  let site: EffectSite

  func intent(from moment: Timestamp) -> EffectIntent {
    switch target {
    case .end(let run): .await(runID: run.id, operation: run.operation, from: moment)
    case .nextRun(let operation, let since): .awaitNext(operation, since: since, from: moment)
    }
  }

  /// What is awaited, in words.
  var subject: String {
    switch target {
    case .end(let run): "run \(run.id)"
    case .nextRun(let operation, _): "the next run of \(operation.name)"
    }
  }
}

extension Interpreter {
  func awaitRuns(
    _ target: AwaitTarget, timeout: Expression?, every: Expression?, at place: SourceRange
  ) async throws(Unwind) -> Value {
    let value: Value
    var since: Timestamp?
    let operand: Expression
    switch target {
    case .runs(let expression):
      operand = expression
      value = try await evaluate(expression)
    case .nextRun(let expression, let moment):
      operand = expression
      value = try await evaluate(expression)
      let start = try await evaluate(moment)
      guard case .timestamp(let timestamp) = start else {
        throw fail(.typeMismatch(wanted: "timestamp", found: start.typeName), at: moment.range)
      }
      since = timestamp
    }
    let timeout = try await optionalDuration(timeout) ?? state.policy.defaultTimeout
    let every = try await optionalDuration(every)
    // A deadline leaves `status` unset; what was awaited is set before it can pass.
    latest.status = nil
    let awaited: [Awaited]
    if let since {
      let operations = try operations(in: value, at: operand.range)
      for operation in operations {
        guard operation.type.hasRuns else { throw fail(.workflowHasNoRuns(operation), at: operand.range) }
        try requireActive(operation, at: operand.range)
      }
      let sites = sites(for: operations.count)
      awaited = zip(operations, sites).map { Awaited(target: .nextRun(of: $0, since: since), run: nil, site: $1) }
    } else {
      let references = try runs(in: value, at: operand.range)
      if case .run(let run) = value {
        latest.run = run
        latest.awaited = [run]
      } else {
        latest.run = nil
        latest.awaited = references
      }
      let sites = sites(for: references.count)
      awaited = zip(references, sites).map { Awaited(target: .end(of: seen($0)), run: $0, site: $1) }
    }
    let runs = try await ends(of: awaited, timeout: timeout, every: every, at: place)
    return conclude(runs, isList: value.isList)
  }

  /// Awaits one or many, each to its own end, in one task: however many they are, they cost little more than what is known
  /// of them. What comes together is recorded together. As elsewhere, an error in one does not keep the rest from being
  /// waited for. What does not wait itself is done in functions of its own that are not inlined, since thousands may hold
  /// this one's frame.
  private func ends(
    of awaited: [Awaited], timeout: TimeSpan, every: TimeSpan?, at place: SourceRange
  ) async throws(Unwind) -> [RunReference] {
    var endings = Endings<RunReference>()
    let open = await begun(awaited, timeout: timeout, at: place, &endings)
    let tell = teller(at: place)
    for wait in open { tell(wait.beginning, wait.awaited.site) }
    if !open.isEmpty, !endings.isBroken {
      let waited = open.map(\.awaited)
      let inbox = WatchInbox { news, index in
        let target = waited[index].target
        switch news {
        case .usual(let usual): tell(.expecting(target, usual), waited[index].site)
        case .appeared(let run): tell(.appeared(run), waited[index].site)
        case .unseen(let since, let error):
          tell(.unseen(target, since: since, reason: error.words), waited[index].site)
        case .seen: tell(.seen(target), waited[index].site)
        }
      }
      let waits = open.map { RunWait(for: $0.awaited.target, by: $0.deadline, every: every) }
      let giveUp = await state.effects.watcher.begin(waits, telling: inbox)
      let listening = state.interruption.listen(inFinally: context.isInFinally) { inbox.close() }
      defer { state.interruption.forget(listening) }
      var left = open.count
      // Without a journal nothing is waited for.
      while left > 0, !endings.isBroken {
        let arrivals = await inbox.next()
        if arrivals.isEmpty { await giveUp() }
        left -= arrivals.count
        await record(arrivals, of: open, timeout: timeout, at: place, &endings)
      }
      if left > 0 { await giveUp() }
    }
    return try await gathered(endings, of: awaited.count, at: place)
  }

  /// A wait that goes on.
  private struct OpenAwait {
    let index: Int
    let awaited: Awaited
    /// As recorded, which knows when the wait began.
    let intent: EffectIntent
    let deadline: Timestamp

    var beginning: Event.Kind {
      switch awaited.target {
      case .end(let run): .awaiting(run, deadline: deadline)
      case .nextRun(let operation, let since): .awaitingNext(operation, since: since, deadline: deadline)
      }
    }
  }

  /// Takes what the record answers, and records that the others are begun.
  private func begun(
    _ awaited: [Awaited], timeout: TimeSpan, at place: SourceRange, _ endings: inout Endings<RunReference>
  ) async -> [OpenAwait] {
    let now = state.effects.clock.now
    var open: [OpenAwait] = []
    open.reserveCapacity(awaited.count)
    var new: [(intent: EffectIntent, site: EffectSite)] = []
    var newIndices: Set<Int> = []
    for (index, one) in awaited.enumerated() {
      do throws(Unwind) {
        var intent = one.intent(from: now)
        let record = try await recall(intent, at: one.site, place)
        if let record, let outcome = record.outcome {
          state.note(outcome.cost)
          let number = record.ended ?? record.number
          if case .failed(let error) = outcome {
            noteLast(error, of: one, at: number)
            throw failure(problem(.recorded(error), at: place), origins: [number])
          }
          endings.results[index] = try ended(one, outcome, number, isReplayed: true, at: place)
          continue
        }
        if let record {
          intent = record.intent
        } else {
          try mayGoOn()
          new.append((intent, one.site))
          newIndices.insert(index)
        }
        let deadline = (intent.waitBegan ?? now).advanced(by: timeout)
        open.append(OpenAwait(index: index, awaited: one, intent: intent, deadline: deadline))
      } catch {
        endings.unwinds[index] = error
      }
    }
    do throws(Unwind) {
      try await journaling(at: place) { journal async throws(JournalError) in try await journal.intend(new) }
    } catch {
      for index in newIndices { endings.unwinds[index] = error }
      open.removeAll { newIndices.contains($0.index) }
    }
    return open
  }

  /// Records how waits came out, and tells it.
  private func record(
    _ arrivals: [WatchInbox.Arrival], of open: [OpenAwait], timeout: TimeSpan, at place: SourceRange,
    _ endings: inout Endings<RunReference>
  ) async {
    let concluded = conclusions(of: arrivals, open, timeout: timeout, at: place, &endings)
    guard !concluded.isEmpty else { return }
    defer { state.noteEffect(at: state.effects.clock.now) }
    let effects = concluded.map { FinishedEffect($0.wait.intent, $0.outcome, at: $0.wait.awaited.site) }
    do throws(Unwind) {
      let numbers = try await journaling(at: place) { journal async throws(JournalError) in
        try await journal.finish(effects)
      }
      take(concluded, numbers, at: place, &endings)
    } catch {
      for conclusion in concluded { endings.unwinds[conclusion.wait.index] = error }
    }
  }

  /// A wait that is over.
  private struct Conclusion {
    let wait: OpenAwait
    let outcome: EffectOutcome
    let failure: Failure?
  }

  /// What waits came to; those that were given up leave nothing to record.
  private func conclusions(
    of arrivals: [WatchInbox.Arrival], _ open: [OpenAwait], timeout: TimeSpan, at place: SourceRange,
    _ endings: inout Endings<RunReference>
  ) -> [Conclusion] {
    var concluded: [Conclusion] = []
    concluded.reserveCapacity(arrivals.count)
    for arrival in arrivals {
      let wait = open[arrival.index]
      switch outcome(of: wait, arrival.outcome, timeout: timeout, at: place) {
      case .success(let outcome):
        concluded.append(Conclusion(wait: wait, outcome: outcome, failure: nil))
      case .failure(.failure(let failure)):
        concluded.append(Conclusion(wait: wait, outcome: .failed(failure.error), failure: failure))
      case .failure(let unwind):
        endings.unwinds[wait.index] = unwind
      }
    }
    for conclusion in concluded { state.note(conclusion.outcome.cost) }
    return concluded
  }

  /// - Parameter numbers: Where in the log they ended.
  private func take(
    _ concluded: [Conclusion], _ numbers: [RecordNumber], at place: SourceRange,
    _ endings: inout Endings<RunReference>
  ) {
    for (conclusion, number) in zip(concluded, numbers) {
      let wait = conclusion.wait
      do throws(Unwind) {
        if var failure = conclusion.failure {
          noteLast(failure.error, of: wait.awaited, at: number)
          failure.origins.append(number)
          throw .failure(failure)
        }
        endings.results[wait.index] = try ended(wait.awaited, conclusion.outcome, number, isReplayed: false, at: place)
      } catch {
        endings.unwinds[wait.index] = error
      }
    }
  }

  /// Takes over what is recorded of an await, and tells it.
  private func ended(
    _ awaited: Awaited, _ outcome: EffectOutcome, _ number: RecordNumber, isReplayed: Bool, at place: SourceRange
  ) throws(Unwind) -> RunReference {
    guard case .ended(let run, let cost) = outcome else { throw unfitting("await", outcome, at: place) }
    let reference = awaited.run ?? reference(to: run)
    note(run, of: reference, at: number)
    tell(.ended(run, cost), at: place, replayed: isReplayed)
    return reference
  }

  /// What was last seen of a run that did not end.
  private func noteLast(_ error: RecordedError, of awaited: Awaited, at number: RecordNumber) {
    if let run = error.run, let reference = awaited.run { note(run, of: reference, at: number) }
  }

  /// The run that a wait gave, or the error that it ended in.
  private func outcome(
    of wait: OpenAwait, _ outcome: WatchOutcome, timeout: TimeSpan, at place: SourceRange
  ) -> Result<EffectOutcome, Unwind> {
    let (awaited, subject) = (wait.awaited, wait.awaited.subject)
    switch outcome.result {
    case .success(let run): return .success(.ended(run, outcome.cost))
    case .failure(.cancelled): return .failure(.interrupted)
    case .failure(.service(let error)):
      let problem = problem(.service(error, verb: "await", operation: subject), at: place)
      return .failure(failure(problem, cost: outcome.cost))
    case .failure(.unseen(let since, let lastSeen, let error)):
      let problem = problem(
        .unseen(subject, since: since, reason: error.words, lastSeen: lastSeen?.status?.name), at: place)
      let run = lastSeen ?? awaited.run.map(seen)
      return .failure(failure(problem, attempts: error.attempts, run: run, cost: outcome.cost))
    case .failure(.deadline(let lastSeen, let isShown)):
      let problem = problem(
        .deadlinePassed(
          awaited.target, timeout: timeout, lastSeen: lastSeen, isShown: isShown,
          clockDifference: state.effects.service.clockDifference), at: place)
      return .failure(failure(problem, run: lastSeen ?? awaited.run.map(seen), cost: outcome.cost))
    }
  }
}
