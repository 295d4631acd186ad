import RunbookDiagnostics
import RunbookSyntax

/// What holds at one point of a runbook on every path that reaches it, or, for what is dangerous, on any.
///
/// A value that is kept beside the stack, and shared until it is changed: the walk has many of them at once in each of its
/// levels, and deep nesting has to fit the smallest stack that a thread has.
@dynamicMemberLookup
struct FlowState {
  struct Content {
    var isReachable = true
    var run: Latest<Fact> = .unset(.never)
    /// The outcomes, one of which `status` is.
    var status: Latest<Set<OutcomeID>> = .unset(.never)
    /// Operations that some path has disabled or archived and not enabled since.
    var stopped = FlowMap<OperationID, Stop>()
    /// Outcomes that some path has not read yet.
    var unread = FlowMap<OutcomeID, UnreadOutcome>()
    /// Those of them that the next outcome replaces, for they have no name.
    var latest: Set<OutcomeID> = []
    /// What flow adds to what a name's declaration says: assigned values and narrowed types.
    var facts = FlowMap<VariableID, Fact>()
  }

  private final class Box {
    var content: Content
    init(_ content: Content) { self.content = content }
  }

  private var box: Box

  init(_ content: Content = Content()) { box = Box(content) }

  subscript<Value>(dynamicMember path: WritableKeyPath<Content, Value>) -> Value {
    get { box.content[keyPath: path] }
    _modify {
      if !isKnownUniquelyReferenced(&box) { box = Box(box.content) }
      yield &box.content[keyPath: path]
    }
  }
}

/// `run` or `status` at one point.
enum Latest<Value> {
  case unset(Unset)
  case set(Value, at: SourceRange?)

  var isSet: Bool {
    if case .set = self { true } else { false }
  }

  /// What it is where either of two ways may have led.
  func joined(_ other: Self, _ combine: (Value, Value) -> Value) -> Self {
    switch (self, other) {
    case (.set(let one, let at), .set(let other, _)): .set(combine(one, other), at: at)
    case (.set(_, let at), .unset), (.unset, .set(_, let at)): .unset(.onSomePaths(at))
    case (.unset(.never), .unset(let why)): .unset(why)
    case (.unset(let why), .unset): .unset(why)
    }
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

/// Numbered in the order of the walk: an outcome whose number is greater than a mark came into being behind it.
struct OutcomeID: Hashable, Sendable {
  let number: Int
}

/// An operation was taken out of service there.
struct Stop: Hashable {
  let verb: ChangingVerb
  let range: SourceRange
}

/// The status that an `await`, a `check` or a call gave, until somebody looks at it.
struct UnreadOutcome: Hashable {
  let range: SourceRange
  let origin: Origin

  enum Origin: Hashable {
    case await, check, call
  }
}

extension FlowState {
  /// What holds where either of two ways may have led.
  func joined(_ other: FlowState, _ variables: [Variable]) -> FlowState {
    guard self.isReachable else { return other }
    guard other.isReachable else { return self }
    return FlowState(
      Content(
        run: self.run.joined(other.run) { $0.joined($1) }, status: self.status.joined(other.status) { $0.union($1) },
        stopped: self.stopped.joined(other.stopped) { $1 ?? $2 }, unread: self.unread.joined(other.unread) { $1 ?? $2 },
        latest: self.latest.union(other.latest), facts: self.facts.joined(other.facts, variables.joined)))
  }
}

extension FlowState? {
  func joined(_ other: FlowState, _ variables: [Variable]) -> FlowState {
    self.map { $0.joined(other, variables) } ?? other
  }
}

extension Checker {
  func join(_ a: FlowState, _ b: FlowState) -> FlowState { a.joined(b, variables) }
  func join(_ a: FlowState?, _ b: FlowState) -> FlowState { a.joined(b, variables) }

  func joinAny(_ a: FlowState?, _ b: FlowState?) -> FlowState? {
    guard let b else { return a }
    return join(a, b)
  }

  /// Whether another round of a loop that begins with `b` instead of `a` could find anything new.
  func isSettled(_ a: FlowState, _ b: FlowState) -> Bool {
    a.run.isSet == b.run.isSet && a.status.isSet == b.status.isSet && a.facts == b.facts && a.stopped == b.stopped
  }
}

extension [Variable] {
  /// What flow knows of a variable where either of two facts may hold; `nil` where that is no more than its declaration
  /// says.
  func joined(_ id: VariableID, _ one: Fact?, _ other: Fact?) -> Fact? {
    let variable = self[id.number]
    // What a comparison said of a field holds only where both ways know it.
    if variable.isPath { return nil }
    let fact = (one ?? variable.fact).joined(other ?? variable.fact)
    return fact == variable.fact ? nil : fact
  }
}
