public import CivilTime

/// Spans: when they begin and end, what keeps effects in them from beginning, and which failures stand.
extension Record {
  // MARK: Beginning and ending

  public func span(at site: SpanSite) -> Span? { spanNumbers[site.path].flatMap { spans[$0] } }

  /// All spans in the order of their numbers.
  public var allSpans: [Span] { spans.values.sorted { $0.number < $1.number } }

  /// Records that a span begins, and those around it before it; one that has begun already goes on.
  ///
  /// - Parameter causes: The positions of the failures that it is there for. From here on they stand.
  @discardableResult
  public mutating func open(_ site: SpanSite, causes: [RecordNumber] = [], now: Timestamp) -> RecordNumber {
    if let number = spanNumbers[site.path] { return number }
    let parent = site.parent.map { open($0, now: now) }
    let number = reserve()
    put(
      Span(
        number: number, parent: parent, path: site.path, kind: site.kind, title: site.title, beganAt: now,
        causes: causes)
    )
    return number
  }

  /// The same for a span that the evaluator comes to: where nothing new may begin, a branch or a round of a `retry` does not,
  /// unless it had begun before.
  public mutating func begin(
    _ site: SpanSite, causes: [RecordNumber], now: Timestamp
  ) throws(RecordContradiction) {
    if span(at: site) == nil, site.kind == .branch || site.kind == .attempt, let halt = halt(over: site) {
      throw .halted(halt)
    }
    open(site, causes: causes, now: now)
  }

  /// Records how a span ended; the first ending stands. Gives the position at which it did.
  ///
  /// - Parameter halting: Whether its failure keeps the others in the span around it from beginning anything new: the first
  ///   one that does.
  @discardableResult
  public mutating func close(
    _ site: SpanSite, _ ending: Span.Ending, halting: Bool = false, now: Timestamp
  ) -> RecordNumber {
    // One in which nothing is recorded leaves no trace when it has come to its end.
    if span(at: site) == nil, ending == .completed { return last }
    let number = open(site, now: now)
    guard var span = spans[number] else { return number }
    if let ended = span.ended { return ended }
    let ended = reserve()
    (span.ended, span.endedAt, span.ending) = (ended, now, ending)
    put(span)
    if halting, let parent = span.parent { halt(parent, .failure, at: ended) }
    return ended
  }

  /// Records that the execution was interrupted, and that what has to be undone is: nothing else begins any more.
  public mutating func interrupt(_ site: SpanSite, now: Timestamp) {
    var execution = site
    while let parent = execution.parent { execution = parent }
    let number = open(execution, now: now)
    if spans[number]?.halt == nil { halt(number, .interruption, at: reserve()) }
  }

  private mutating func halt(_ number: RecordNumber, _ reason: Span.Halt.Reason, at moment: RecordNumber) {
    guard var span = spans[number], span.halt == nil else { return }
    span.halt = Span.Halt(reason: reason, number: moment)
    put(span)
  }

  /// A person said no: the execution ends, with each `finally` that it was said in.
  mutating func haltForNo(in span: RecordNumber?, at moment: RecordNumber) {
    var around = span
    while let here = around.flatMap({ spans[$0] }) {
      if here.kind == .finally || here.parent == nil { halt(here.number, .no, at: moment) }
      around = here.parent
    }
  }

  mutating func withdrawNo(at moment: RecordNumber) {
    for var span in spans.values where span.halt?.number == moment {
      span.halt = nil
      put(span)
    }
  }

  private mutating func put(_ span: Span) {
    spans[span.number] = span
    spanNumbers[span.path] = span.number
    unwritten.insert(span.number)
  }

  /// The rows of spans that have changed since they were last taken from here, in the order of their numbers.
  public mutating func takeUnwritten() -> [Span] {
    defer { unwritten = [] }
    return unwritten.sorted().compactMap { spans[$0] }
  }

  /// Notes that these could not be written.
  public mutating func putBack(_ unwritten: [Span]) { self.unwritten.formUnion(unwritten.map(\.number)) }

  // MARK: What may begin

  /// Opens the spans that an effect is in, unless something keeps it from beginning.
  public mutating func enter(_ site: EffectSite, now: Timestamp) throws(RecordContradiction) -> RecordNumber? {
    guard let span = site.span else { return nil }
    if let halt = halt(over: span) { throw .halted(halt) }
    return open(span, now: now)
  }

  /// What keeps new effects in a span from beginning; `nil` where nothing does. A `finally` begins whatever there was
  /// outside of it.
  public func halt(over site: SpanSite) -> Span.Halt? {
    var around: SpanSite? = site
    while let here = around {
      if let halt = span(at: here)?.halt { return halt }
      if here.kind == .finally { return nil }
      around = here.parent
    }
    return nil
  }

  /// The same by the span's number, as the record alone has it.
  public func halt(over number: RecordNumber?) -> Span.Halt? {
    var around = number
    while let span = around.flatMap({ spans[$0] }) {
      if let halt = span.halt { return halt }
      if span.kind == .finally { return nil }
      around = span.parent
    }
    return nil
  }

  // MARK: Which failures stand

  /// The positions of all failures that something has begun over, with those that they came from.
  func standingFailures() -> Set<RecordNumber> {
    var causes: [RecordNumber: [RecordNumber]] = [:]
    for span in spans.values {
      if let ended = span.ended, case .failed(_, let from)? = span.ending { causes[ended] = from }
    }
    var found: Set<RecordNumber> = []
    var left = spans.values.flatMap(\.causes)
    while let next = left.popLast() {
      if found.insert(next).inserted { left += causes[next] ?? [] }
    }
    return found
  }

  /// Lets spans go on that failed over nothing that stands, with whatever they kept from beginning.
  mutating func withdrawFailures(besides stands: Set<RecordNumber>) {
    for span in spans.values {
      var withdrawn = span
      if let ended = span.ended, case .failed? = span.ending, !stands.contains(ended) {
        (withdrawn.ended, withdrawn.endedAt, withdrawn.ending) = (nil, nil, nil)
      }
      if let halt = span.halt, halt.reason == .failure, !stands.contains(halt.number) { withdrawn.halt = nil }
      if withdrawn.ended != span.ended || withdrawn.halt != span.halt { put(withdrawn) }
    }
  }
}
