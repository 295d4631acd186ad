/// What holds where many ways meet. Of each further way only what differs from the one before is looked at: the rest has
/// been joined already.
struct Confluence {
  private(set) var state: FlowState?
  /// The way that came last.
  private var last = FlowState()

  /// Another way that leads here.
  mutating func add(_ next: FlowState, _ joinFacts: (Int, Fact?, Fact?) -> Fact?) {
    if state?.isReachable == true, !next.isReachable { return }
    guard var joined = begun(by: next) else { return }
    joined.run = joined.run.joined(next.run) { $0.joined($1) }
    joined.status = joined.status.joined(next.status) { $0.union($1) }
    joined.latest = joined.latest.union(next.latest)
    add(next, to: joined, joinFacts)
  }

  /// Another place at which an error is raised. Whoever takes it knows of `run` and `status` only whether they are set.
  mutating func addRaised(_ next: FlowState, _ joinFacts: (Int, Fact?, Fact?) -> Fact?) {
    guard var joined = begun(by: next) else { return }
    if !next.run.isSet { joined.run = next.run }
    if !next.status.isSet { joined.status = next.status }
    add(next, to: joined, joinFacts)
  }

  /// What the ways before have in common, or `nil` where this is the first that counts.
  private mutating func begun(by next: FlowState) -> FlowState? {
    if let state, state.isReachable { return state }
    (state, last) = (next, next)
    return nil
  }

  private mutating func add(
    _ next: FlowState, to joined: FlowState, _ joinFacts: (Int, Fact?, Fact?) -> Fact?
  ) {
    var joined = joined
    joined.facts.absorb(next.facts, since: last.facts, joinFacts)
    joined.stopped.absorb(next.stopped, since: last.stopped) { $1 ?? $2 }
    joined.unread.absorb(next.unread, since: last.unread) { $1 ?? $2 }
    (state, last) = (joined, next)
  }
}
