import RunbookDiagnostics
import RunbookSyntax

/// What holds at one point of a runbook on every path that reaches it, or, for what is dangerous, on any.
struct FlowState {
  var isReachable = true
  var run: Latest<Fact> = .unset(.never)
  /// The outcomes, one of which `status` is.
  var status: Latest<[OutcomeID]> = .unset(.never)
  /// Operations that some path has disabled or archived and not enabled since.
  var stopped: [OperationID: Stop] = [:]
  /// Outcomes that some path has not read yet.
  var unread: [UnreadOutcome] = []
  /// What flow adds to what a name's declaration says: assigned values and narrowed types.
  var facts = FactMap()
}

/// `run` or `status` at one point.
enum Latest<Value> {
  case unset(Unset)
  case set(Value, at: SourceRange?)

  var isSet: Bool {
    if case .set = self { true } else { false }
  }
}

/// Why `run` or `status` has no value at a point.
enum Unset: Hashable {
  case never
  /// Verbs on a list leave no single run.
  case afterList(SourceRange)
  /// The status of an earlier run says nothing of one launched since.
  case afterLaunch(SourceRange)
  /// Set there, but not on every path.
  case onSomePaths(SourceRange?)
}

struct OutcomeID: Hashable {
  let number: Int
}

/// An operation was taken out of service there.
struct Stop: Hashable {
  let word: ActivationWord
  let range: SourceRange
}

/// The status that an `await`, a `check` or a call gave, until somebody looks at it.
struct UnreadOutcome: Hashable {
  let id: OutcomeID
  let range: SourceRange
  let origin: Origin
  /// The run whose `.status` is the outcome too.
  let run: RunToken?
  /// The name that holds it.
  var name: VariableID?
  /// How many blocks are open where it stands.
  let depth: Int
  /// Whose `status` it is: another frame's next outcome does not replace it.
  let frame: Int

  enum Origin: Hashable {
    case await, check, call
  }
}

extension Checker {
  /// What holds where either of two ways may have led.
  func join(_ a: FlowState, _ b: FlowState) -> FlowState {
    guard a.isReachable else { return b }
    guard b.isReachable else { return a }
    var result = a
    result.run = join(a.run, b.run) { $0.joined($1) }
    result.status = join(a.status, b.status) { ids, others in ids + others.filter { !ids.contains($0) } }
    if !b.stopped.isEmpty { result.stopped.merge(b.stopped) { first, _ in first } }
    for outcome in b.unread where !a.unread.contains(where: { $0.id == outcome.id }) { result.unread.append(outcome) }
    result.facts = join(a.facts, b.facts)
    return result
  }

  func join(_ a: FlowState?, _ b: FlowState) -> FlowState {
    guard let a else { return b }
    return join(a, b)
  }

  func joinAny(_ a: FlowState?, _ b: FlowState?) -> FlowState? {
    guard let b else { return a }
    return join(a, b)
  }

  func join<Value>(_ a: Latest<Value>, _ b: Latest<Value>, _ combine: (Value, Value) -> Value) -> Latest<Value> {
    switch (a, b) {
    case (.set(let one, let at), .set(let other, _)): .set(combine(one, other), at: at)
    case (.set(_, let at), .unset), (.unset, .set(_, let at)): .unset(.onSomePaths(at))
    case (.unset(.never), .unset(let why)): .unset(why)
    case (.unset(let why), .unset): .unset(why)
    }
  }

  private func join(_ a: FactMap, _ b: FactMap) -> FactMap {
    a.joined(b) { id, one, other in
      let variable = variables[id.number]
      // What a comparison said of a field holds only where both ways know it.
      if variable.isPath { return nil }
      return (one ?? variable.fact).joined(other ?? variable.fact)
    }
  }

  /// Whether another round of a loop that begins with `b` instead of `a` could find anything new.
  func isSettled(_ a: FlowState, _ b: FlowState) -> Bool {
    a.run.isSet == b.run.isSet && a.status.isSet == b.status.isSet && a.facts.isSame(as: b.facts)
      && a.stopped.count == b.stopped.count && a.stopped.keys.allSatisfy { b.stopped[$0] != nil }
  }
}
