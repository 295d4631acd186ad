import CivilTime
import RunbookDiagnostics
import RunbookRecord
import RunbookSyntax
import TailerAPI

extension Interpreter {
  // MARK: Launching

  func launch(_ operand: Expression, on dateExpression: Expression?, at place: SourceRange) async throws(Unwind)
    -> Value
  {
    let value = try await evaluate(operand)
    let date: CalendarDate?
    if let dateExpression { date = try await self.date(dateExpression) } else { date = nil }
    let operations = try operations(in: value, at: operand.range)
    for operation in operations {
      guard operation.type.canBeLaunched else { throw fail(.notLaunchable(operation), at: operand.range) }
      if let activation = state.activation(of: operation) {
        throw fail(.operationIsStopped(operation, activation), at: operand.range)
      }
    }
    try await guarded(.launch, operations, at: place)
    let keys = keys(for: operations.count)
    let isList = if case .list = value { true } else { false }
    let runs = try await each(operations, at: place) { interpreter, operation, index async throws(Unwind) in
      try await interpreter.launch(operation, on: date, key: keys[index], at: place)
    }
    latest.status = nil
    latest.awaited = []
    guard isList else {
      latest.run = runs.first
      return runs.first.map(Value.run) ?? .none
    }
    latest.run = nil
    return .list(runs.map(Value.run))
  }

  private func launch(
    _ operation: DataOperation, on date: CalendarDate?, key: EffectKey, at place: SourceRange
  ) async throws(Unwind) -> RunReference {
    let intent = EffectIntent.launch(operation, on: date, baseline: [], at: state.effects.clock.now)
    let record = try await recorded(key, like: intent, at: place)
    if case .failed(let error)? = record?.outcome {
      throw failure(problem(.recorded(error), at: place), origins: [key])
    }
    if case .run(let run, _, _)? = record?.outcome {
      tell(.launched(run), at: place, replayed: true)
      return RunReference(run)
    }
    if record == nil {
      try mayGoOn()
      // An edit has moved this launch: it happened, and its record moves along.
      if let moved = state.takeMovedLaunch(of: operation, on: date) {
        return try await takeOver(moved, key: key, at: place)
      }
      try mayChange(intent.verb, at: place)
    }
    let launch = SafeLaunch(
      operation: operation, date: date, key: key, effects: state.effects, policy: state.policy,
      interruption: context.finallyDepth == 0 ? state.interruption : nil, tell: teller(at: place))
    do throws(SafeLaunch.Refusal) {
      let run =
        if case .launch(_, _, let baseline, let sentAt)? = record?.intent {
          try await launch.recover(baseline: baseline, sentAt: sentAt, settlesAt: record?.settlesAt)
        } else {
          try await launch.launch()
        }
      tell(.launched(run), at: place)
      return RunReference(run)
    } catch {
      switch error {
      case .interrupted: throw .interrupted
      case .journal(let error):
        return try await journaling(at: place) { _ async throws(JournalError) in throw error }
      case .problem(let kind):
        let unwind = failure(problem(kind, at: place), origins: [key])
        guard case .failure(let failure) = unwind else { throw unwind }
        try await journaling(at: place) { journal async throws(JournalError) in
          try await journal.finish(record?.intent ?? intent, .failed(failure.error), at: key, isLight: false)
        }
        throw unwind
      }
    }
  }

  private func takeOver(
    _ moved: RecordedEffect, key: EffectKey, at place: SourceRange
  ) async throws(Unwind) -> RunReference {
    try await journaling(at: place) { journal async throws(JournalError) in
      try await journal.move(moved.number, to: key)
    }
    guard case .launch(let operation, let date, _, _) = moved.intent else {
      throw unfitting(moved.intent.words, moved.outcome ?? .done, at: place)
    }
    return try await launch(operation, on: date, key: key, at: place)
  }

  // MARK: Calls and guards

  func calling<T: Sendable>(
    _ verb: String, on name: String, at place: SourceRange, changes: Bool = false,
    _ body: @escaping @Sendable (any TailerService) async throws(ServiceError) -> T
  ) async throws(Unwind) -> T {
    let service = context.look.map { reads(for: $0) } ?? state.effects.service
    let answer = try await waiting(changes: changes) { () async throws(ServiceError) in try await body(service) }
    switch answer {
    case .success(let value): return value
    case .failure(let error) where error.kind == .cancelled: throw .interrupted
    case .failure(let error):
      throw failure(problem(.service(error, verb: verb, operation: name), at: place), origins: [])
    }
  }

  /// Throws where nothing may be changed.
  func mayChange(_ verb: String, at place: SourceRange) throws(Unwind) {
    guard state.policy.guards.isReadOnly else { return }
    throw .refused(problem(.readOnly(verb: verb), at: place).diagnostic, isReadOnly: true)
  }

  /// Asks what has to be asked before a change. What is recorded was asked then, and is not forbidden any more.
  func guarded(
    _ verb: ChangingVerb, _ operations: [DataOperation], marking status: RunStatus? = nil, at place: SourceRange
  ) async throws(Unwind) {
    switch state.policy.guards.verdict(verb, on: operations, marking: status) {
    case .go: return
    case .ask(let question):
      let answer = try await ask(question, before: verb.word, at: place)
      guard answer.isYes else {
        throw .declined(problem(.saidNo(question, answer), at: place).diagnostic)
      }
    }
  }

  /// - Parameter verb: The change that the question stands before, if any.
  func ask(
    _ question: Question, before verb: String? = nil, at place: SourceRange
  ) async throws(Unwind) -> PersonAnswer {
    let people = state.effects.people
    let (outcome, isReplayed) = try await perform(.ask(question.text), at: place) { _ async throws(Unwind) in
      if let verb { try mayChange(verb, at: place) }
      tell(.asked(question), at: place)
      let answered = try await waiting { () async throws(PeopleError) in
        try await people.answer(question)
      }
      switch answered {
      case .success(let answer): return .answer(answer)
      case .failure(.cancelled): throw .interrupted
      case .failure(.nobodyThere):
        throw .refused(problem(.nobodyToAsk(question: question.text), at: place).diagnostic, isReadOnly: false)
      }
    }
    guard case .answer(let answer) = outcome else { throw unfitting(question.text, outcome, at: place) }
    tell(.answered(question, answer), at: place, replayed: isReplayed)
    return answer
  }

  func teller(at place: SourceRange) -> @Sendable (Event.Kind) -> Void {
    let (effects, steps) = (state.effects, context.steps)
    return { kind in
      effects.listener.hear(Event(at: effects.clock.now, place: place, isReplayed: false, steps: steps, kind: kind))
    }
  }
}
