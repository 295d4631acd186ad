import CivilTime
import RunbookDiagnostics
import RunbookRecord
import RunbookSyntax
import TailerAPI

extension Interpreter {
  /// Goes through a list, or through a range without making a list of it.
  func loop(_ name: Name, over collection: Expression, _ body: Block) async throws(Unwind) -> Completion {
    let elements = try await elements(of: collection)
    for index in 0..<elements.count {
      try mayGoOn()
      let completion = try await execute(body, as: "for", iteration: index, defining: [(name.text, elements[index])])
      switch completion {
      case .normal, .continueLoop: continue
      case .breakLoop: return .normal
      case .returned: return completion
      }
    }
    return .normal
  }

  /// What a loop goes through: counted, and made one by one.
  struct Elements: Sendable {
    let count: Int
    private let element: @Sendable (Int) -> Value

    init(_ values: [Value]) {
      count = values.count
      element = { values[$0] }
    }

    init(count: Int, element: @escaping @Sendable (Int) -> Value) {
      self.count = count
      self.element = element
    }

    subscript(index: Int) -> Value { element(index) }
    var list: [Value] { (0..<count).map(element) }
  }

  func elements(of collection: Expression) async throws(Unwind) -> Elements {
    switch collection.kind {
    case .parenthesized(let inner):
      return try await elements(of: inner)
    case .binary(.range, _, let low, let high):
      return try range(try await evaluate(low), try await evaluate(high), at: collection.range)
    default:
      let value = try await evaluate(collection)
      guard case .list(let values) = value else {
        throw fail(.typeMismatch(wanted: "list", found: value.typeName), at: collection.range)
      }
      return Elements(values)
    }
  }

  /// The inclusive range; empty where the bounds are the wrong way round.
  func range(_ low: Value, _ high: Value, at place: SourceRange) throws(Unwind) -> Elements {
    switch (low, high) {
    case (.date(let first), .date(let last)):
      let count = max(0, last.daysSinceEpoch - first.daysSinceEpoch + 1)
      return Elements(count: count) { first.adding(days: $0).map(Value.date) ?? .none }
    case (.number(let first), .number(let last)):
      guard let low = first.whole, let high = last.whole else {
        throw fail(.typeMismatch(wanted: "whole number", found: "number with a fraction"), at: place)
      }
      return Elements(count: max(0, high - low + 1)) { .number(Number(low + $0)) }
    default:
      throw fail(.typeMismatch(wanted: "range of dates or of whole numbers", found: low.typeName), at: place)
    }
  }

  func execute(_ retry: Retry) async throws(Unwind) -> Completion {
    let times = try await wholeNumber(retry.times, atLeast: 1, what: "the number of attempts")
    var pause = try await optionalDuration(retry.every) ?? .zero
    let backoff = try await optional(retry.backoff)
    for attempt in 1...times {
      try mayGoOn()
      do {
        return try await execute(retry.body, as: "retry", iteration: attempt - 1)
      } catch .failure(let failure) where failure.error.kind.isRetried && attempt < times {
        tell(
          .retrying(attempt: attempt + 1, of: times, after: pause, reason: failure.error.message),
          at: failure.diagnostic.primary.range)
        if pause > .zero { try await sleep(for: pause, at: retry.body.range) }
        if case .number(let factor)? = backoff { pause = try stretched(pause, by: factor, at: retry.body.range) }
      }
    }
    return .normal
  }

  private func stretched(_ span: TimeSpan, by factor: Number, at place: SourceRange) throws(Unwind) -> TimeSpan {
    let result = try arithmetic(.multiply, .duration(span), .number(factor), at: place)
    guard case .duration(let stretched) = result else { return span }
    return stretched
  }

  func execute(_ attempt: Attempt) async throws(Unwind) -> Completion {
    // `catch` and `finally` know only what was set before.
    let before = latest
    var ending: Result<Completion, Unwind>
    do {
      ending = .success(try await execute(attempt.body, as: "try"))
    } catch .failure(let failure) {
      latest = before
      ending = await handle(failure, attempt.catches)
    } catch {
      ending = .failure(error)
    }
    guard let block = attempt.finally else { return try ending.get() }
    switch ending {
    case .failure(.broken), .failure(.recordEnds), .failure(.refused(_, isReadOnly: true)): return try ending.get()
    default: break
    }

    switch ending {
    case .failure(.interrupted), .failure(.refused):
      try await journaling(at: block.range) { journal async throws(JournalError) in try await journal.endForGood() }
      state.isEndedByFinally = true
    case .failure(.failure(var failure)):
      failure.finallyRan = true
      ending = .failure(.failure(failure))
    case .failure(.branchStopped):
      ending = .failure(.branchStopped(finallyRan: true))
    default:
      break
    }
    context.finallyDepth += 1
    let after = latest
    latest = before
    defer {
      context.finallyDepth -= 1
      latest = after
    }
    do {
      _ = try await execute(block, as: "finally")
    } catch {
      guard case .failure = ending else { throw error }
      if case .failure(let failure) = error { tell(.alsoFailed(failure.diagnostic), at: block.range) }
    }
    return try ending.get()
  }

  private func handle(_ failure: Failure, _ catches: [Attempt.Catch]) async -> Result<Completion, Unwind> {
    for (index, clause) in catches.enumerated() {
      let isTaken = clause.kind.map { $0.text == failure.error.kind.rawValue } ?? failure.error.kind.isTakenByBareCatch
      guard isTaken else { continue }
      let error = ErrorValue(
        kind: failure.error.kind, message: failure.error.message, attempts: failure.error.attempts,
        run: failure.error.run.map(RunReference.init))
      tell(.caught(error), at: failure.diagnostic.primary.range)
      do {
        return .success(try await execute(clause.body, as: "catch\(index)", defining: [("error", .error(error))]))
      } catch {
        return .failure(error)
      }
    }
    return .failure(.failure(failure))
  }

  // MARK: Waiting

  func wait(_ expression: Expression) async throws(Unwind) {
    let span = try await duration(expression, what: "the wait")
    try await sleep(for: span, at: expression.range)
  }

  /// Waits, counted from when it first began, also where that was another process.
  func sleep(for span: TimeSpan, at place: SourceRange) async throws(Unwind) {
    let clock = state.effects.clock
    _ = try await perform(.wait(span, from: clock.now), at: place) { intent async throws(Unwind) in
      guard case .wait(let span, let from) = intent else { return .done }
      tell(.waiting(span), at: place)
      let end = from.advanced(by: span)
      let slept = try await waiting { () async throws(CancellationError) in
        try await clock.sleep(until: end)
      }
      guard case .success = slept else { throw .interrupted }
      return .done
    }
  }

  /// The moment, recorded, so that a resumed execution sees the same one.
  func now(at place: SourceRange) async throws(Unwind) -> Timestamp { try await recordedNow(at: place).moment }

  func recordedNow(at place: SourceRange) async throws(Unwind) -> (moment: Timestamp, isReplayed: Bool) {
    let clock = state.effects.clock
    let (outcome, isReplayed) = try await perform(.now, at: place, isLight: true) { _ in .moment(clock.now) }
    guard case .moment(let moment) = outcome else { return (clock.now, isReplayed) }
    return (moment, isReplayed)
  }
}
