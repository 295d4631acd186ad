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
      try requireActive(operation, at: operand.range)
    }
    let sites = sites(for: operations.count)
    var moved: [DataOperation: Int] = [:]
    let unmoved = zip(operations, sites).filter { operation, _ in
      moved[operation, default: 0] += 1
      return moved[operation] ?? 0 > state.movedLaunches(of: operation, on: date)
    }
    try await guarded(.launch, unmoved.map(\.0), unmoved.map(\.1), at: place)
    let runs = try await each(operations, at: place) { interpreter, operation, index async throws(Unwind) in
      do throws(Unwind) {
        return try await interpreter.launch(operation, on: date, site: sites[index], at: place)
      } catch .failure(var failure) {
        // Where it is launched once more by this statement, that is done all the same.
        if operations.count(where: { $0 == operation }) > 1 { await interpreter.release(&failure) }
        throw .failure(failure)
      }
    }
    latest.status = nil
    latest.awaited = []
    guard value.isList else {
      latest.run = runs.first
      return runs.first.map(Value.run) ?? .none
    }
    latest.run = nil
    return .list(runs.map(Value.run))
  }

  /// Gives the run as nobody has seen it yet: one that had to be looked for is known by more than one whose reply came, and
  /// a runbook that goes by that would go on otherwise behind a lost reply.
  private func launch(
    _ operation: DataOperation, on date: CalendarDate?, site: EffectSite, at place: SourceRange
  ) async throws(Unwind) -> RunReference {
    let intent = EffectIntent.launch(operation, on: date, baseline: [], at: state.effects.clock.now)
    let record = try await recall(intent, at: site, place)
    if case .failed(let error)? = record?.outcome {
      throw failure(problem(.recorded(error), at: place), origins: [record?.ended ?? RecordNumber(0)])
    }
    if case .run(let run, _, _)? = record?.outcome {
      tell(.launched(run), at: place, replayed: true)
      return reference(to: run.unseen)
    }
    // What surely did nothing is launched, and not looked for.
    if record?.isIdleLaunch ?? true {
      try mayGoOn()
      // An edit has moved this launch: it happened, and its record moves along.
      if record == nil, let moved = state.takeMovedLaunch(of: operation, on: date) {
        try await journaling(at: place) { journal async throws(JournalError) in
          try await journal.move(moved.number, to: site.key)
        }
        return try await launch(operation, on: date, site: site, at: place)
      }
      try mayChange(intent.verb, at: place)
      // What keeps it from beginning is not waited for with others for the operation's turn.
      try await journaling(at: place) { journal async throws(JournalError) in try await journal.enter(site) }
    }
    let launch = SafeLaunch(
      operation: operation, date: date, site: site, effects: state.effects, policy: state.policy,
      interruption: state.interruption, isInFinally: context.isInFinally, teller: teller(at: place))
    do throws(SafeLaunch.Refusal) {
      let run =
        if case .launch(_, _, let baseline, let sentAt)? = record?.intent {
          try await launch.recover(baseline: baseline, sentAt: sentAt, settlesAt: record?.settlesAt)
        } else {
          try await launch.launch()
        }
      tell(.launched(run), at: place)
      return reference(to: run.unseen)
    } catch {
      switch error {
      case .interrupted: throw .interrupted
      case .journal(let error):
        return try await journaling(at: place) { _ async throws(JournalError) in throw error }
      case .problem(let kind):
        guard case .failure(var failure) = fail(kind, at: place) else { throw fail(kind, at: place) }
        failure.origins = [
          try await journaling(at: place) { [failure] journal async throws(JournalError) in
            try await journal.finish(record?.intent ?? intent, .failed(failure.error), at: site)
          }
        ]
        failure.turns = [HeldTurn(operation: operation, site: site)]
        throw .failure(failure)
      }
    }
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
      throw fail(.service(error, verb: verb, operation: name), at: place)
    }
  }

  /// Asks what has to be asked before a change. The question has a place apart from the effects that it guards, so that a
  /// guard that is added or lifted between two processes changes nothing that is recorded; and what is recorded was asked
  /// then, and is not asked again.
  func guarded(
    _ verb: ChangingVerb, _ operations: [DataOperation], _ sites: [EffectSite], marking status: RunStatus? = nil,
    at place: SourceRange
  ) async throws(Unwind) {
    let guards = state.policy.guards
    guard case .ask(let whole) = guards.verdict(verb, on: operations, marking: status) else { return }
    let record = try await journaling(at: place) { journal async throws(JournalError) in try await journal.record() }
    let open = zip(operations, sites).filter { record.effect(at: $0.1.key)?.isIdleLaunch ?? true }
    guard let first = open.first else { return }
    // An answer covers what was asked about, also where a part of it has been done since.
    let asked = site(asking: whole, before: sites.first ?? first.1)
    if record.effect(at: asked.key) != nil || open.count == operations.count {
      return try await permission(whole, before: verb.word, at: place, asked, in: record)
    }
    guard case .ask(let rest) = guards.verdict(verb, on: open.map(\.0), marking: status) else { return }
    try await permission(rest, before: verb.word, at: place, site(asking: rest, before: first.1), in: record)
  }

  private func site(asking question: Question, before site: EffectSite) -> EffectSite {
    let words = TextHash(of: question.text)
    return EffectSite(
      EffectKey(path: "\(site.key.path)?\(words)", textHash: site.key.textHash), in: site.span, place: site.place)
  }

  private func permission(
    _ question: Question, before verb: String, at place: SourceRange, _ site: EffectSite, in record: Record
  ) async throws(Unwind) {
    if record.effect(at: site.key)?.outcome == nil { try mayChange(verb, at: place) }
    let answer = try await ask(question, for: .permission, at: place, site: site)
    guard answer.isYes else { throw .over(.declined, problem(.saidNo(question, answer), at: place).diagnostic) }
  }

  func ask(
    _ question: Question, for purpose: QuestionPurpose, at place: SourceRange, site: EffectSite? = nil
  ) async throws(Unwind) -> PersonAnswer {
    let site = site ?? nextSite()
    let asking = Asking(of: state.effects, at: site)
    var isFromElsewhere = false
    let answer = try await perform(.ask(question, for: purpose), at: place, site: site) { _ async throws(Unwind) in
      let known = try await journaling(at: place) { journal async throws(JournalError) in
        try await journal.answer(to: site)
      }
      if let known {
        isFromElsewhere = true
        return known
      }
      tell(.asked(question), at: place)
      let from = state.asksFrom
      let answered = try await waiting { () async throws(PeopleError) in try await asking.answer(question, from: from) }
      switch answered {
      case .success(let answer):
        isFromElsewhere = answer.isFromElsewhere
        if isFromElsewhere { state.questionWasTaken(at: state.effects.clock.now) }
        return answer.said
      case .failure(.cancelled): throw .interrupted
      case .failure(.nobodyThere):
        throw .over(.unanswered, problem(.nobodyToAsk(question: question.text), at: place).diagnostic)
      }
    }
    // Somebody may have said something else first.
    let record = try await journaling(at: place) { journal async throws(JournalError) in try await journal.record() }
    let stands = if case .answer(let said)? = record.effect(at: site.key)?.outcome { said } else { answer.outcome }
    let isElsewhere = isFromElsewhere || stands != answer.outcome
    tell(.answered(question, stands, elsewhere: isElsewhere), at: place, replayed: answer.isReplayed)
    return stands
  }
}
