import RunbookDiagnostics
import RunbookRecord

/// Spans, on the way of all that happens in them.
extension Interpreter {
  /// Evaluates something in a span. One in which nothing is recorded, and that does not fail, leaves no trace.
  func within<T>(_ site: SpanSite, at place: SourceRange, _ body: () async throws(Unwind) -> T) async throws(Unwind)
    -> T
  {
    let (outer, before) = (context.span, comings)
    context.span = site
    defer { context.span = outer }
    do {
      let result = try await body()
      if comings > before { try await close(site, .completed, at: place) }
      return result
    } catch {
      throw try await closing(site, over: error, at: place)
    }
  }

  /// The span of a name in the path here.
  func span(_ kind: Span.Kind, _ component: Path.Component, title: String = "") -> SpanSite {
    SpanSite(kind, at: context.path.appending(component), title: title, in: context.span)
  }

  @discardableResult
  func close(
    _ site: SpanSite, _ ending: Span.Ending, halting: Bool = false, at place: SourceRange
  ) async throws(Unwind) -> RecordNumber {
    try await journaling(at: place) { journal async throws(JournalError) in
      try await journal.close(site, ending, halting: halting)
    }
  }

  /// Closes a span that is left by a failure or by `stop`; whatever else leaves one, it may be gone on with.
  ///
  /// - Returns: What leaves it, with the failure of the span among where it came from.
  func closing(
    _ site: SpanSite, over unwind: Unwind, halting: Bool = false, at place: SourceRange
  ) async throws(Unwind) -> Unwind {
    switch unwind {
    case .failure(var failure):
      comings += 1
      let ending = Span.Ending.failed(failure.error, causes: failure.origins)
      failure.origins.append(try await close(site, ending, halting: halting, at: place))
      return .failure(failure)
    case .stopped:
      try await close(site, .completed, at: place)
      return unwind
    case .over, .interrupted, .recordEnds, .halted:
      return unwind
    }
  }

  /// Begins a span that others may not begin behind: its begin is on record before anything in it is.
  func open(_ site: SpanSite, over causes: [RecordNumber] = [], at place: SourceRange) async throws(Unwind) {
    comings += 1
    if state.interruption.isRaised(inFinally: context.isInFinally) {
      // What is on record was begun before, and is gone through to where the record ends.
      let record = try await journaling(at: place) { journal async throws(JournalError) in try await journal.record() }
      if record.span(at: site) == nil, site.kind != .finally { throw .interrupted }
    }
    try await journaling(at: place) { journal async throws(JournalError) in try await journal.open(site, causes: causes)
    }
  }

  /// The same for one that is there for a failure, whose turns are given back whether it begins or not.
  func open(_ site: SpanSite, over failure: Failure?, at place: SourceRange) async throws(Unwind) {
    guard var failure else { return try await open(site, at: place) }
    do throws(Unwind) {
      try await open(site, over: failure.origins, at: place)
    } catch {
      await release(&failure)
      throw error
    }
    await release(&failure)
  }

  /// Gives back the turns that a failure has kept: it has been taken, or has kept others from beginning.
  func release(_ failure: inout Failure) async {
    for turn in failure.turns { await state.effects.journal.unlockLaunches(of: turn.operation, for: turn.site) }
    failure.turns = []
  }
}
