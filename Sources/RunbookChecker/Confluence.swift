/// What holds where many ways meet. Of each further way only what differs from the one before is looked at: the rest has
/// been joined already.
struct Confluence {
  typealias FactJoin = (VariableID, Fact?, Fact?) -> Fact?

  private(set) var state: FlowState?
  /// The way that came last.
  private var last = FlowState()

  /// Another way that leads here.
  mutating func add(_ next: FlowState, _ joinFacts: FactJoin) {
    join(next, joinFacts) { joined in
      joined.run = joined.run.joined(next.run) { $0.joined($1) }
      joined.status = joined.status.joined(next.status) { $0.union($1) }
      joined.latest = joined.latest.union(next.latest)
    }
  }

  /// Another place at which an error is raised. Whoever takes it knows of `run` and `status` only whether they are set.
  mutating func addRaised(_ next: FlowState, _ joinFacts: FactJoin) {
    join(next, joinFacts) { joined in
      if !next.run.isSet { joined.run = next.run }
      if !next.status.isSet { joined.status = next.status }
    }
  }

  private mutating func join(_ next: FlowState, _ joinFacts: FactJoin, _ joinLatest: (inout FlowState) -> Void) {
    guard state?.isReachable == true, var joined = state.take() else {
      (state, last) = (next, next)
      return
    }
    if next.isReachable {
      joinLatest(&joined)
      joined.facts.absorb(next.facts, since: last.facts, joinFacts)
      joined.stopped.absorb(next.stopped, since: last.stopped) { $1 ?? $2 }
      joined.unread.absorb(next.unread, since: last.unread) { $1 ?? $2 }
      last = next
    }
    state = joined
  }
}
