/// What holds where many ways meet. Of each further way only what differs from the one before is looked at: the rest has
/// been joined already.
struct Confluence {
  private(set) var state: FlowState?
  /// What of the way that came last may differ from the next.
  private var last = Way()

  private struct Way {
    var facts = FactMap()
    var stopped = Versioned<Stop>()
    var unread = Versioned<UnreadOutcome>()
  }

  /// Another way that leads here.
  mutating func add(_ next: FlowState, _ joinFacts: (Int, Fact?, Fact?) -> Fact?) {
    guard var joined = begun(by: next) else { return }
    if next.isReachable {
      joined.run = joined.run.joined(next.run) { $0.joined($1) }
      joined.status = joined.status.joined(next.status) { $0.union($1) }
      joined.latest = joined.latest.union(next.latest)
      absorb(next, into: &joined, joinFacts)
    }
    state = joined
  }

  /// Another place at which an error is raised. Whoever takes it knows of `run` and `status` only whether they are set.
  mutating func addRaised(_ next: FlowState, _ joinFacts: (Int, Fact?, Fact?) -> Fact?) {
    guard var joined = begun(by: next) else { return }
    if !next.run.isSet { joined.run = next.run }
    if !next.status.isSet { joined.status = next.status }
    absorb(next, into: &joined, joinFacts)
    state = joined
  }

  /// What the ways before have in common, taken out to be changed in place, or `nil` where this is the first that counts.
  private mutating func begun(by next: FlowState) -> FlowState? {
    if state?.isReachable == true { return state.take() }
    state = next
    last = Way(facts: next.facts, stopped: next.stopped, unread: next.unread)
    return nil
  }

  private mutating func absorb(
    _ next: FlowState, into joined: inout FlowState, _ joinFacts: (Int, Fact?, Fact?) -> Fact?
  ) {
    if !last.facts.isSame(as: next.facts) {
      joined.facts.absorb(next.facts, since: last.facts, joinFacts)
      last.facts = next.facts
    }
    if !last.stopped.isSame(as: next.stopped) {
      joined.stopped.absorb(next.stopped, since: last.stopped) { $1 ?? $2 }
      last.stopped = next.stopped
    }
    if !last.unread.isSame(as: next.unread) {
      joined.unread.absorb(next.unread, since: last.unread) { $1 ?? $2 }
      last.unread = next.unread
    }
  }
}
