import CivilTime
import RunbookChecker
import RunbookDiagnostics
import RunbookRecord
import RunbookSyntax
import TailerAPI

extension Interpreter {
  /// Goes through a list, or through a range without making a list of it.
  func loop(
    _ name: Name, over collection: Expression, _ body: Block, at place: SourceRange
  ) async throws(Unwind) -> Completion {
    let elements = try await elements(of: collection)
    for index in 0..<elements.count {
      // What the record has more of is gone through, unless nothing more is done.
      if state.interruption.stopsFinally { throw .interrupted }
      let element = elements[index]
      let round = span(.round, .round("for", index), title: Self.label(name, element))
      let completion = try await within(round, at: place) { () async throws(Unwind) in
        try await execute(body, as: "for", iteration: index, defining: [(name.text, element)])
      }
      switch completion {
      case .normal, .continueLoop: continue
      case .breakLoop: return .normal
      case .returned: return completion
      }
    }
    return .normal
  }

  /// What a round or a branch is of: `day = 2020-12-30`, cut where a value is long.
  static func label(_ name: Name, _ element: Value) -> String {
    let text = element.text
    return "\(name.text) = " + (text.count > 200 ? text.prefix(199) + "…" : text)
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

  func execute(_ retry: Retry, at place: SourceRange) async throws(Unwind) -> Completion {
    let times = try await wholeNumber(retry.times, atLeast: 1, what: "the number of attempts")
    var pause = try await optionalDuration(retry.every) ?? .zero
    let backoff = try await optional(retry.backoff)
    var last: Failure?
    for attempt in 1...times {
      let site = span(.attempt, .round("retry", attempt - 1), title: "attempt \(attempt) of \(times)")
      try await open(site, over: last, at: place)
      if let failure = last {
        tell(
          .retrying(attempt: attempt, of: times, after: pause, reason: failure.error.message),
          at: failure.diagnostic.primary.range)
        if pause > .zero { try await sleep(for: pause, at: retry.body.range) }
        if case .number(let factor)? = backoff { pause = try stretched(pause, by: factor, at: retry.body.range) }
      }
      do {
        return try await within(site, at: place) { () async throws(Unwind) in
          try await execute(retry.body, as: "retry", iteration: attempt - 1)
        }
      } catch .failure(let failure) where failure.error.kind.isRetried && attempt < times {
        last = failure
      }
    }
    return .normal
  }

  private func stretched(_ span: TimeSpan, by factor: Number, at place: SourceRange) throws(Unwind) -> TimeSpan {
    let result = try arithmetic(.multiply, .duration(span), .number(factor), at: place)
    guard case .duration(let stretched) = result else { return span }
    return stretched
  }

  func execute(_ attempt: Attempt, at place: SourceRange) async throws(Unwind) -> Completion {
    // `catch` and `finally` know only what was set before.
    let before = latest
    let finally = attempt.finally.flatMap(words).map(state.open)
    defer { if let finally { state.close(finally) } }
    var ending: Result<Completion, Unwind>
    do {
      ending = .success(try await execute(attempt.body, as: "try"))
    } catch .failure(let failure) {
      latest = before
      ending = await handle(failure, attempt.catches, at: place)
    } catch {
      ending = .failure(error)
    }
    guard let block = attempt.finally, await mayUndo(after: ending) else { return try ending.get() }
    if let finally { state.close(finally) }
    let after = latest
    latest = before
    defer { latest = after }
    do {
      try await undo(block, after: ending)
    } catch {
      guard case .failure(let first) = ending else { throw error }
      throw await standing([first, error])
    }
    return try ending.get()
  }

  /// Whether a `finally` begins: not where somebody else may go on from there, and not behind a lost journal.
  private func mayUndo(after ending: Result<Completion, Unwind>) async -> Bool {
    guard case .failure(let unwind) = ending else { return true }
    return switch unwind {
    case .recordEnds: false
    case .over(let verdict, _): verdict == .declined
    case .interrupted: await state.wantsFinallies()
    case .failure, .stopped, .halted: true
    }
  }

  /// How a `finally` reads.
  private func words(for block: Block) -> OpenFinally? {
    guard let source = context.runbook.sources[block.range.source] else { return nil }
    let statements = block.statements.flatMap { statement in
      source.text(Int(statement.range.lower)..<Int(statement.range.upper)).split(separator: "\n").map(String.init)
    }
    return OpenFinally(line: source.line(at: Int(block.range.lower)) + 1, statements: statements)
  }

  /// Evaluates a `finally`. What it follows is on record, and stands, before anything in it is.
  private func undo(_ block: Block, after ending: Result<Completion, Unwind>) async throws(Unwind) {
    let title = words(for: block).map { "`finally` on line \($0.line)" } ?? "`finally`"
    let site = span(.finally, .named("finally"), title: title)
    switch ending {
    case .failure(.failure(let failure)):
      try await open(site, over: failure, at: block.range)
    case .failure(.halted(let halt)):
      try await open(site, over: [halt.number], at: block.range)
    case .failure(.interrupted):
      let here = context.span
      try await journaling(at: block.range) { journal async throws(JournalError) in try await journal.interrupt(here) }
      try await open(site, at: block.range)
    case .success, .failure:
      try await open(site, at: block.range)
    }
    let outer = context.isInFinally
    context.isInFinally = true
    defer { context.isInFinally = outer }
    _ = try await within(site, at: block.range) { () async throws(Unwind) in try await execute(block, as: "finally") }
  }

  private func handle(
    _ failure: Failure, _ catches: [Attempt.Catch], at place: SourceRange
  ) async -> Result<Completion, Unwind> {
    for (index, clause) in catches.enumerated() {
      let isTaken = clause.kind.map { $0.text == failure.error.kind.rawValue } ?? failure.error.kind.isTakenByBareCatch
      guard isTaken else { continue }
      let error = ErrorValue(
        kind: failure.error.kind, message: failure.error.message, attempts: failure.error.attempts,
        run: failure.error.run.map(reference))
      do throws(Unwind) {
        let site = span(.handler, .named("catch\(index)"), title: failure.error.kind.rawValue)
        try await open(site, over: failure, at: place)
        tell(.caught(error), at: failure.diagnostic.primary.range)
        return .success(
          try await within(site, at: place) { () async throws(Unwind) in
            try await execute(clause.body, as: "catch\(index)", defining: [("error", .error(error))])
          })
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
      guard case .wait(let span, let from) = intent else { return }
      tell(.waiting(span), at: place)
      let end = from.advanced(by: span)
      let slept = try await waiting { () async throws(CancellationError) in
        try await clock.sleep(until: end)
      }
      guard case .success = slept else { throw .interrupted }
    }
  }

  /// The moment, recorded, so that a resumed execution sees the same one.
  func now(at place: SourceRange) async throws(Unwind) -> Timestamp {
    let clock = state.effects.clock
    return try await perform(.now, at: place) { _ in clock.now }.outcome
  }
}
