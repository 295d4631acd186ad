import CivilTime
import RunbookRecord
import RunbookSyntax
import TailerAPI

/// Two processes A and B that may work on one execution, and C on another; both executions launch the same operation once.
/// The journal is the real one: rows in memory, changed by the real rules. What the model adds is what processes do between
/// their transactions, a network and a platform on small clocks.
///
/// A process may stand still between any two steps, or die; a request may arrive late or never; a run is listed late. Once,
/// somebody who knows no journal launches the operation too. The database may lose its last commit once, where that is asked
/// for.
struct LaunchModel: ExploredModel {
  /// The rules, each of which can be left out to see that it is needed.
  enum Rule: String, CaseIterable, Sendable {
    /// A request is sent only soon after its intent, or its last stamp, was written.
    case sendBy
    /// A further try of the same launch is stamped in the journal first.
    case stamp
    /// One launch of an operation at a time.
    case turn
    /// The turn is checked in the transaction that writes the intent. Only a database that forgets can have taken it away.
    case turnChecked
    /// The operation's runs are looked at once the turn is had.
    case baselineAfterTurn
    /// Every write makes sure of the lease.
    case fence
    /// A turn is taken from the dead, and a launch called unconfirmed, only when nothing of it can arrive any more.
    case fullWait
    /// Requests of a killed process arrive soon or never (`TCP_USER_TIMEOUT`).
    case shortNetwork
    /// A run that a launch owns is no other's.
    case owned
    /// Nobody adopts a run while another launch of the operation is open.
    case alone
  }

  /// In ticks of the model's clock: how long a lease lives, how late a request may be sent, arrive, and its run be listed.
  static let (leaseLife, sendBy, network, listing) = (4, 1, 1, 1)
  /// Older than this, all ages are alike.
  static let oldest = 6

  struct Process: Hashable {
    enum Step: Hashable {
      case idle
      case queued(LaunchTicket)
      case hasTurn(LaunchTicket)
      case hasBaseline(LaunchTicket?, baseline: UInt8)
      case isOpen(sentBy: Int)
      case hasSent
      case dead
    }
    var step = Step.idle
    var lease: Lease?
  }

  struct Run: Hashable {
    /// 0 for the run of somebody who knows no journal.
    let execution: Int64
    var isListed = false
    var since: Int
  }

  struct Request: Hashable {
    let execution: Int64
    let since: Int
  }

  struct State {
    var tables: MemoryRows.Tables
    var now = 0
    var processes = [Process(), Process(), Process()]
    var wire: [Request] = []
    var runs: [Run] = []
    /// The executions that got their turn when the run of somebody else was there already.
    var seenBefore: Set<Int64> = []
    /// What the journal was before its last commit, while a failover can lose that.
    var lastCommit: MemoryRows.Tables?
    var hasFailedOver = false
  }

  let rules: Set<Rule>

  /// Whether the database loses its last commit at some time. What is looked at then is that launches take turns.
  let failsOver: Bool

  init(without missing: Rule? = nil, failsOver: Bool = false) {
    self.failsOver = failsOver
    rules = Set(Rule.allCases).subtracting(missing.map { [$0] } ?? [])
  }

  var arrival: Int { rules.contains(.shortNetwork) ? Self.network : Self.oldest }
  private var settling: Int {
    rules.contains(.fullWait) ? Self.sendBy + Self.network + Self.listing : 0
  }

  static let operation = DataOperation.named("p", type: .tableToTable, environment: "DEV", account: "000099")
  static let key = EffectKey(path: ".0#0", textHash: TextHash(of: "0"))

  static func moment(_ tick: Int) -> Timestamp {
    Timestamp(microsecondsSinceEpoch: Int64(tick) * 60_000_000) ?? .earliest
  }

  static func tick(_ moment: Timestamp) -> Int { Int(moment.microsecondsSinceEpoch / 60_000_000) }

  private func journalRules(_ state: State) -> JournalRules {
    let dead = state.processes.map { $0.step == .dead }
    return JournalRules(leaseLifetime: .minutes(Self.leaseLife)) { dead[Int($0.process)] ? .dead : .unknown }
  }

  private static func holder(_ process: Int) -> LeaseHolder {
    LeaseHolder(user: "", host: "", process: Int32(process), processStart: "")
  }

  private static func execution(of process: Int) -> Int64 { process == 2 ? 2 : 1 }

  /// Both executions have begun; A has the one, C the other.
  var start: State {
    let rows = MemoryRows()
    var state = State(tables: rows.tables)
    let rules = journalRules(state)
    for (process, id) in [(0, "E"), (2, "F")] {
      let header = ExecutionHeader(
        id: id, startedAt: Self.moment(0), today: Self.moment(0).date, holder: Self.holder(process), name: id,
        directory: "", sources: [.init(name: "", text: "")], parameters: [:], account: nil, environment: nil,
        service: "")
      state.processes[process].lease = try? rules.begin(header, at: Self.moment(0), rows)
    }
    state.tables = rows.tables
    return state
  }

  // MARK: Steps

  /// All that can happen next, with its name.
  func steps(from state: State) -> [(name: String, state: State)] {
    var steps: [(String, State)] = []
    passTime(state, &steps)
    if let before = state.lastCommit {
      var forgotten = state
      (forgotten.tables, forgotten.lastCommit, forgotten.hasFailedOver) = (before, nil, true)
      steps.append(("the database loses its last commit", forgotten))
    }
    if !state.runs.contains(where: { $0.execution == 0 }) {
      var launched = state
      launched.runs.append(Run(execution: 0, isListed: true, since: state.now))
      steps.append(("somebody else launches", launched))
    }
    for (index, request) in state.wire.enumerated() {
      var lost = state
      lost.wire.remove(at: index)
      var arrived = lost
      arrived.runs.append(Run(execution: request.execution, since: state.now))
      steps.append(("a request of \(Self.name(request.execution)) arrives", arrived))
      steps.append(("a request of \(Self.name(request.execution)) is lost", lost))
    }
    for (index, run) in state.runs.enumerated() where !run.isListed {
      var listed = state
      listed.runs[index].isListed = true
      steps.append(("run \(index) is listed", listed))
    }
    for process in state.processes.indices where state.processes[process].step != .dead {
      act(process, state, &steps)
      var dead = state
      dead.processes[process] = Process(step: .dead)
      steps.append(("\(Self.letter(process)) dies", dead))
    }
    return steps
  }

  private func passTime(_ state: State, _ steps: inout [(String, State)]) {
    guard state.wire.allSatisfy({ state.now - $0.since < arrival }),
      state.runs.allSatisfy({ $0.isListed || state.now - $0.since < Self.listing })
    else { return }
    var later = state
    later.now += 1
    steps.append(("time passes", later))
  }

  private func act(_ process: Int, _ state: State, _ steps: inout [(String, State)]) {
    let execution = Self.execution(of: process)
    let rules = journalRules(state)
    let now = Self.moment(state.now)
    func step(_ name: String, _ body: (inout State, any JournalRows) throws -> Void) {
      var next = state
      let rows = MemoryRows(state.tables)
      do {
        try rows.transaction { try body(&next, $0) }
        if failsOver, !state.hasFailedOver, rows.tables != state.tables { next.lastCommit = state.tables }
        next.tables = rows.tables
      } catch is JournalError {
        // Who has lost its lease or its turn sends nothing more.
        next = state
        next.processes[process].step = .dead
      } catch {
        return
      }
      steps.append(("\(Self.letter(process)) \(name)", next))
    }
    func require(_ lease: Lease, _ rows: any JournalRows) throws {
      if self.rules.contains(.fence) { try rules.require(lease, rows) }
      try rules.renew(lease, at: now, rows)
    }
    let me = state.processes[process]
    guard let lease = me.lease else {
      // What happens again to the other execution is what happens to the first one.
      guard execution == 1 else { return }
      step("takes the execution up") { next, rows in
        let resumed = try rules.resume(
          Self.name(execution), by: Self.holder(process), launchingAgain: .none, at: now, rows)
        try rules.apply(resumed.reopening ?? [], of: execution, rows)
        next.processes[process].lease = resumed.lease
      }
      // A person says so who sees the operation's runs.
      let isUnseen = candidates(for: effect(of: execution, state), state).isEmpty
      if isUnseen, let effect = effect(of: execution, state), effect.outcome != nil, effect.number.value < 3 {
        step("is told to launch again") { next, rows in
          let resumed = try rules.resume(
            Self.name(execution), by: Self.holder(process), launchingAgain: .none, at: now, rows)
          try rules.apply(resumed.reopening ?? [], of: execution, rows)
          var record = resumed.record
          let denied = try record.deny(effect.number, by: Adopter(user: "ada", at: Self.moment(0)))
          try rules.put(denied, of: execution, rows)
          next.processes[process].lease = resumed.lease
        }
      }
      return
    }
    let effect = effect(of: execution, state)
    switch me.step {
    case .dead: return
    case .idle:
      guard let effect else {
        return begin(lease, step: step, require: require, rules: rules, process)
      }
      if effect.outcome == nil {
        step("queues up to look") { next, rows in
          try require(lease, rows)
          next.processes[process].step = .queued(try rules.enter(Self.operation, effect.number, under: lease, rows))
        }
      }
    case .queued(let ticket):
      wait(ticket, lease, step: step, require: require, rules: rules, now, process, state)
      if case .first? = try? rules.standing(of: ticket, at: now, MemoryRows(state.tables)), let effect {
        look(for: effect, lease, step: step, require: require, rules: rules, process, state)
      }
    case .hasTurn(let ticket):
      step("looks at the operation's runs") { next, _ in
        next.processes[process].step = .hasBaseline(ticket, baseline: Self.listed(state))
      }
    case .hasBaseline(let ticket, let baseline):
      step("writes the intent") { next, rows in
        try require(lease, rows)
        if let ticket, self.rules.contains(.turnChecked) { try rules.requireTurn(ticket, at: now, rows) }
        var record = try Record(rows.effects(of: execution))
        let intent = EffectIntent.launch(
          Self.operation, on: nil, baseline: Self.names(baseline), at: now)
        let change = try record.begin(
          intent, at: EffectSite(Self.key), settlesAt: Self.moment(next.now + self.settling), now: now)
        try rules.put(change, of: execution, rows)
        next.processes[process].step = .isOpen(sentBy: next.now + Self.sendBy)
      }
    case .isOpen(let limit):
      if state.now <= limit || !self.rules.contains(.sendBy) {
        step("sends") { next, _ in
          next.wire.append(Request(execution: execution, since: next.now))
          next.processes[process].step = .hasSent
        }
      }
      step("tries again") { next, rows in
        if self.rules.contains(.stamp) {
          try require(lease, rows)
          guard let effect, effect.outcome == nil else { throw JournalError.cancelled }
          let stamped = RecordedEffect(
            number: effect.number, key: effect.key, intent: effect.intent, intendedAt: effect.intendedAt,
            settlesAt: Self.moment(next.now + self.settling))
          try rules.put(stamped, of: execution, rows)
        }
        next.processes[process].step = .isOpen(sentBy: next.now + Self.sendBy)
      }
    case .hasSent:
      for (index, run) in state.runs.enumerated() where run.execution == execution {
        step("records the reply, run \(index)") { next, rows in
          try require(lease, rows)
          try finish(.run(Self.run(index), adopted: false), execution, rules, now, rows)
          next.processes[process] = Process(step: .idle, lease: lease)
          try rows.deleteTickets(of: execution)
        }
      }
      if let effect { look(for: effect, lease, step: step, require: require, rules: rules, process, state) }
    }
  }

  private typealias Step = (String, (inout State, any JournalRows) throws -> Void) -> Void

  private func begin(
    _ lease: Lease, step: Step, require: @escaping (Lease, any JournalRows) throws -> Void, rules: JournalRules,
    _ process: Int
  ) {
    guard self.rules.contains(.turn) else {
      return step("goes ahead") { next, rows in
        try require(lease, rows)
        noteOthers(lease.execution, in: &next)
        next.processes[process].step = .hasBaseline(nil, baseline: Self.listed(next))
      }
    }
    step("queues up") { next, rows in
      try require(lease, rows)
      let number = RecordNumber((try rows.effects(of: lease.execution).map(\.number.value).max() ?? 0) + 1)
      next.processes[process].step = .queued(try rules.enter(Self.operation, number, under: lease, rows))
    }
  }

  private func noteOthers(_ execution: Int64, in state: inout State) {
    if state.runs.contains(where: { $0.execution == 0 }) { state.seenBefore.insert(execution) }
  }

  private func wait(
    _ ticket: LaunchTicket, _ lease: Lease, step: Step, require: @escaping (Lease, any JournalRows) throws -> Void,
    rules: JournalRules, _ now: Timestamp, _ process: Int, _ state: State
  ) {
    let rows = MemoryRows(state.tables)
    guard let standing = try? rules.standing(of: ticket, at: now, rows) else { return }
    switch standing {
    case .first where effect(of: lease.execution, state) == nil:
      step("has the turn") { next, _ in
        noteOthers(lease.execution, in: &next)
        next.processes[process].step =
          self.rules.contains(.baselineAfterTurn) ? .hasTurn(ticket) : .hasBaseline(ticket, baseline: 0)
      }
    case .behindDead(let other):
      step("takes the turn of the dead") { _, rows in
        try require(lease, rows)
        try rules.dismiss(other, before: ticket, at: now, rows)
      }
    case .gone: step("has lost its place") { _, _ in throw JournalError.cancelled }
    case .first, .behind, .behindOwn, .unsettled: break
    }
  }

  /// Decides what an open launch came to, once nothing of it can arrive or be listed any more.
  private func look(
    for effect: RecordedEffect, _ lease: Lease, step: Step,
    require: @escaping (Lease, any JournalRows) throws -> Void, rules: JournalRules, _ process: Int, _ state: State
  ) {
    guard effect.outcome == nil, let settlesAt = effect.settlesAt, Self.tick(settlesAt) < state.now else { return }
    let found = candidates(for: effect, state)
    let hasRivals =
      self.rules.contains(.alone)
      && (try? rules.rivals(of: effect.number, lease.execution, Self.operation, for: nil, MemoryRows(state.tables)))
        != []
    let outcome: EffectOutcome =
      if found.count == 1, !hasRivals, let only = found.first {
        .run(Self.run(only), adopted: true)
      } else {
        .failed(RecordedError(kind: .unconfirmed, message: ""))
      }
    let isAdopted = if case .run = outcome { true } else { false }
    step(isAdopted ? "adopts run \(found[0])" : "says that it is not known") { next, rows in
      try require(lease, rows)
      try finish(outcome, lease.execution, rules, Self.moment(next.now), rows)
      next.processes[process] = Process(step: .idle)
      let end = ExecutionEnd(
        at: Self.moment(0), exitStatus: 5, summary: "", isResumable: true, origins: [Self.key])
      try rules.end(lease, end, at: Self.moment(next.now), rows)
    }
  }

  private func finish(
    _ outcome: EffectOutcome, _ execution: Int64, _ rules: JournalRules, _ now: Timestamp, _ rows: any JournalRows
  ) throws {
    var record = try Record(rows.effects(of: execution))
    guard let effect = record.effect(at: Self.key) else { throw JournalError.cancelled }
    let change = try record.end(effect.intent, outcome, at: EffectSite(Self.key), now: now)
    if case .run = outcome, !self.rules.contains(.owned) {
      try rows.put(change.after, operation: 1, of: execution)
    } else {
      try rules.put(change, of: execution, rows)
    }
  }

  // MARK: What is seen

  private func effect(of execution: Int64, _ state: State) -> RecordedEffect? {
    MemoryRows(state.tables).effects(of: execution).first { $0.standing == .current }
  }

  private static func listed(_ state: State) -> UInt8 {
    state.runs.indices.reduce(0) { state.runs[$1].isListed ? $0 | 1 << $1 : $0 }
  }

  private static func names(_ mask: UInt8) -> [String] { (0..<8).filter { mask & 1 << $0 != 0 }.map { "\($0)" } }
  private static func run(_ index: Int) -> TailerAPI.Run { TailerAPI.Run(id: "\(index)", operation: operation) }

  private func candidates(for effect: RecordedEffect?, _ state: State) -> [Int] {
    guard let effect, case .launch(_, _, let baseline, _) = effect.intent else { return [] }
    let owned = rules.contains(.owned) ? MemoryRows(state.tables).ownedRuns(of: 1) : []
    return state.runs.indices.filter { index in
      state.runs[index].isListed && !baseline.contains("\(index)") && !owned.contains("\(index)")
    }
  }

  /// What must never be, in words; `nil` where all is well.
  func violation(in state: State) -> String? {
    let effects = [Int64(1), 2].compactMap { execution in effect(of: execution, state).map { (execution, $0) } }
    let underWay = effects.filter { _, effect in
      effect.outcome == nil && (effect.settlesAt.map { Self.tick($0) >= state.now } ?? true)
    }
    if underWay.count > 1 { return "two launches of the operation were under way at once" }
    if failsOver { return nil }
    for execution in [Int64(1), 2] where state.runs.count(where: { $0.execution == execution }) > 1 {
      return "\(Self.name(execution)) was launched twice"
    }
    for (execution, effect) in effects {
      guard case .run(let run, _, _)? = effect.outcome, let index = Int(run.id) else { continue }
      let owner = state.runs[index].execution
      if owner == 0, state.seenBefore.contains(execution) {
        return "\(Self.name(execution)) took a run that was there before its turn"
      }
      if owner != 0, owner != execution { return "\(Self.name(execution)) took the other's run" }
    }
    return nil
  }

  static func name(_ execution: Int64) -> String { execution == 1 ? "E" : "F" }
  static func letter(_ process: Int) -> String { ["A", "B", "C"][process] }
}
