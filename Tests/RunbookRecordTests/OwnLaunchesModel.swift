import CivilTime
import RunbookRecord
import RunbookSyntax
import TailerAPI

/// One execution whose two branches launch the same operation, each once. Process A has it; B takes it up when A is dead, or
/// is taken for it. The journal is the real one, as in `LaunchModel`; what is looked at here is what the branches of one
/// execution do to each other.
struct OwnLaunchesModel: ExploredModel {
  /// What can be left out to see that it is needed.
  enum Rule: String, CaseIterable, Sendable {
    /// Within an execution the open launch of an operation goes first.
    case openFirst
    /// Whoever takes the execution up comes by each of its open launches, and settles it.
    case comesByOpen
  }

  static let (leaseLife, sendBy, network, listing) = (4, 1, 1, 1)
  private static let settling = sendBy + network + listing
  private static let operation = LaunchModel.operation

  struct Branch: Hashable {
    enum Step: Hashable {
      case idle
      case queued
      case hasTurn
      case hasBaseline(UInt8)
      case isOpen(sentBy: Int)
      case hasSent
      /// It has come to its end, or its launch is not known.
      case over
    }
    var step = Step.idle
    var ticket: LaunchTicket?
  }

  struct Process: Hashable {
    var isDead = false
    var lease: Lease?
    var branches = [Branch(), Branch()]
  }

  struct Run: Hashable {
    let launch: Int64
    var isListed = false
    let since: Int
  }

  struct Request: Hashable {
    let launch: Int64
    let since: Int
  }

  struct State {
    var tables: MemoryRows.Tables
    var now = 0
    var processes = [Process(), Process()]
    var wire: [Request] = []
    var runs: [Run] = []
  }

  let rules: Set<Rule>

  init(without missing: Rule? = nil) { rules = Set(Rule.allCases).subtracting(missing.map { [$0] } ?? []) }

  private static func key(_ branch: Int) -> EffectKey { EffectKey(path: ".\(branch)#0", textHash: TextHash(of: "0")) }
  private static func holder(_ process: Int) -> LeaseHolder {
    LeaseHolder(user: "", host: "", process: Int32(process), processStart: "")
  }
  private static func letter(_ process: Int) -> String { process == 0 ? "A" : "B" }

  private func journalRules(_ state: State) -> JournalRules {
    let dead = state.processes.map(\.isDead)
    return JournalRules(leaseLifetime: .minutes(Self.leaseLife)) { dead[Int($0.process)] ? .dead : .unknown }
  }

  var start: State {
    let rows = MemoryRows()
    var state = State(tables: rows.tables)
    let header = ExecutionHeader(
      id: "E", startedAt: LaunchModel.moment(0), today: LaunchModel.moment(0).date, holder: Self.holder(0), name: "E",
      directory: "", sources: [.init(name: "", text: "")], parameters: [:], account: nil, environment: nil,
      service: "")
    state.processes[0].lease = try? journalRules(state).begin(header, at: LaunchModel.moment(0), rows)
    state.tables = rows.tables
    return state
  }

  // MARK: Steps

  func steps(from state: State) -> [(name: String, state: State)] {
    var steps: [(String, State)] = []
    if state.wire.allSatisfy({ state.now - $0.since < Self.network }),
      state.runs.allSatisfy({ $0.isListed || state.now - $0.since < Self.listing })
    {
      var later = state
      later.now += 1
      steps.append(("time passes", later))
    }
    for (index, request) in state.wire.enumerated() {
      var lost = state
      lost.wire.remove(at: index)
      var arrived = lost
      arrived.runs.append(Run(launch: request.launch, since: state.now))
      steps.append(("request \(request.launch) arrives", arrived))
      steps.append(("request \(request.launch) is lost", lost))
    }
    for (index, run) in state.runs.enumerated() where !run.isListed {
      var listed = state
      listed.runs[index].isListed = true
      steps.append(("run \(index) is listed", listed))
    }
    for process in state.processes.indices where !state.processes[process].isDead {
      if state.processes[process].lease == nil {
        takeUp(process, state, &steps)
        continue
      }
      for branch in 0...1 { act(process, branch, state, &steps) }
      var dead = state
      dead.processes[process] = Process(isDead: true)
      steps.append(("\(Self.letter(process)) dies", dead))
    }
    return steps
  }

  private func takeUp(_ process: Int, _ state: State, _ steps: inout [(String, State)]) {
    var next = state
    let rows = MemoryRows(state.tables)
    let resumed = try? rows.transaction { rows in
      try journalRules(state).resume(
        "E", by: Self.holder(process), launchingAgain: .none, at: LaunchModel.moment(state.now), rows)
    }
    guard let resumed else { return }
    next.tables = rows.tables
    next.processes[process].lease = resumed.lease
    for branch in 0...1 where effect(branch, state)?.outcome != nil {
      next.processes[process].branches[branch].step = .over
    }
    steps.append(("\(Self.letter(process)) takes the execution up", next))
  }

  private func act(_ process: Int, _ branch: Int, _ state: State, _ steps: inout [(String, State)]) {
    let (rules, now) = (journalRules(state), LaunchModel.moment(state.now))
    let me = state.processes[process].branches[branch]
    guard let lease = state.processes[process].lease else { return }
    func step(_ name: String, _ body: (inout State, inout Branch, any JournalRows) throws -> Void) {
      var next = state
      let rows = MemoryRows(state.tables)
      do {
        try rows.transaction { rows in
          try rules.require(lease, rows)
          try rules.renew(lease, at: now, rows)
          var mine = me
          try body(&next, &mine, rows)
          next.processes[process].branches[branch] = mine
        }
        next.tables = rows.tables
      } catch is JournalError {
        // Who has lost its lease or its turn sends nothing more.
        next = state
        next.processes[process] = Process(isDead: true)
      } catch {
        return
      }
      steps.append(("\(Self.letter(process))\(branch + 1) \(name)", next))
    }
    let (effect, number) = (effect(branch, state), RecordNumber(Int64(branch) + 1))
    switch me.step {
    case .over: return
    case .idle:
      if effect != nil, !self.rules.contains(.comesByOpen) { return }
      step("queues up") { _, me, rows in
        me = Branch(step: .queued, ticket: try rules.enter(Self.operation, number, under: lease, rows))
      }
    case .queued:
      guard let ticket = me.ticket else { return }
      switch standing(of: ticket, rules, now, MemoryRows(state.tables)) {
      case .first? where effect == nil: step("has the turn") { _, me, _ in me.step = .hasTurn }
      case .first?: look(for: effect, state, step)
      case .gone?: step("has lost its place") { _, _, _ in throw JournalError.cancelled }
      case .behind?, .behindOwn?, .behindDead?, .unsettled?, nil: break
      }
    case .hasTurn:
      step("looks at the operation's runs") { next, me, _ in me.step = .hasBaseline(Self.listed(next)) }
    case .hasBaseline(let baseline):
      step("writes the intent") { next, me, rows in
        guard let ticket = me.ticket, standing(of: ticket, rules, now, rows) == .first else {
          throw JournalError.cancelled
        }
        var record = try Record(rows.effects(of: 1))
        let known = (0..<8).filter { baseline & 1 << $0 != 0 }.map { "\($0)" }
        let change = try record.begin(
          .launch(Self.operation, on: nil, baseline: known, at: now), at: EffectSite(Self.key(branch)), as: number,
          settlesAt: LaunchModel.moment(next.now + Self.settling), now: now)
        try rules.put(change, of: 1, rows)
        me.step = .isOpen(sentBy: next.now + Self.sendBy)
      }
    case .isOpen(let limit):
      // Who is too late does what it does after a lost reply.
      guard state.now <= limit else { return look(for: effect, state, step) }
      step("sends") { next, me, _ in
        next.wire.append(Request(launch: number.value, since: next.now))
        me.step = .hasSent
      }
    case .hasSent:
      for (index, run) in state.runs.enumerated() where run.launch == number.value {
        step("records the reply, run \(index)") { _, me, rows in
          try finish(.run(Self.run(index), adopted: false), of: effect, &me, rules, now, rows)
        }
      }
      look(for: effect, state, step)
    }

    /// Decides what an open launch came to, once nothing of it can arrive or be listed any more.
    func look(
      for effect: RecordedEffect?, _ state: State,
      _ step: (String, (inout State, inout Branch, any JournalRows) throws -> Void) -> Void
    ) {
      guard let effect, let settlesAt = effect.settlesAt, LaunchModel.tick(settlesAt) < state.now else { return }
      let found = candidates(for: effect, state)
      let isKnown =
        found.count == 1
        && (try? rules.rivals(of: effect.number, 1, Self.operation, for: nil, MemoryRows(state.tables))) == []
      step(isKnown ? "adopts run \(found[0])" : "says that it is not known") { _, me, rows in
        let outcome: EffectOutcome =
          isKnown
          ? .run(Self.run(found[0]), adopted: true) : .failed(RecordedError(kind: .unconfirmed, message: ""))
        try finish(outcome, of: effect, &me, rules, now, rows)
      }
    }
  }

  private func standing(
    of ticket: LaunchTicket, _ rules: JournalRules, _ now: Timestamp, _ rows: any JournalRows
  ) -> LaunchTicket.Standing? {
    let standing = try? rules.standing(of: ticket, at: now, rows)
    if case .behindOwn? = standing, !self.rules.contains(.openFirst) { return .first }
    return standing
  }

  private func finish(
    _ outcome: EffectOutcome, of effect: RecordedEffect?, _ me: inout Branch, _ rules: JournalRules, _ now: Timestamp,
    _ rows: any JournalRows
  ) throws {
    guard let effect else { throw JournalError.cancelled }
    var record = try Record(rows.effects(of: 1))
    try rules.put(try record.end(effect.number, outcome, now: now), of: 1, rows)
    if let ticket = me.ticket { try rows.deleteTicket(ticket.number) }
    me = Branch(step: .over)
  }

  // MARK: What is seen

  private func effect(_ branch: Int, _ state: State) -> RecordedEffect? {
    MemoryRows(state.tables).effect(RecordNumber(Int64(branch) + 1), of: 1)
  }

  private static func listed(_ state: State) -> UInt8 {
    state.runs.indices.reduce(0) { state.runs[$1].isListed ? $0 | 1 << $1 : $0 }
  }

  private static func run(_ index: Int) -> TailerAPI.Run { TailerAPI.Run(id: "\(index)", operation: operation) }

  private func candidates(for effect: RecordedEffect, _ state: State) -> [Int] {
    guard case .launch(_, _, let baseline, _) = effect.intent else { return [] }
    let owned = MemoryRows(state.tables).ownedRuns(of: 1)
    return state.runs.indices.filter {
      state.runs[$0].isListed && !baseline.contains("\($0)") && !owned.contains("\($0)")
    }
  }

  func violation(in state: State) -> String? {
    let effects = (0...1).compactMap { effect($0, state) }
    let underWay = effects.filter {
      $0.outcome == nil && ($0.settlesAt.map { LaunchModel.tick($0) >= state.now } ?? true)
    }
    if underWay.count > 1 { return "two launches of the operation were under way at once" }
    for effect in effects {
      if state.runs.count(where: { $0.launch == effect.number.value }) > 1 {
        return "launch \(effect.number) happened twice"
      }
      guard case .run(let run, _, _)? = effect.outcome, let index = Int(run.id) else { continue }
      if state.runs[index].launch != effect.number.value { return "launch \(effect.number) took the other's run" }
    }
    return nil
  }

  /// Whether somebody who has the execution waits behind an open launch of its own.
  func waitsBehindOwn(_ state: State) -> Bool {
    let (rules, rows) = (journalRules(state), MemoryRows(state.tables))
    return state.processes.contains { process in
      guard let lease = process.lease, rows.isHeld(lease) else { return false }
      return process.branches.contains { branch in
        guard case .queued = branch.step, let ticket = branch.ticket else { return false }
        if case .behindOwn? = standing(of: ticket, rules, LaunchModel.moment(state.now), rows) { return true }
        return false
      }
    }
  }

  // MARK: Keys

  /// What of a state decides what can happen next; moments count only by how long ago or ahead they are.
  func key(of state: State) -> [UInt8] {
    var bytes: [UInt8] = []
    let rows = MemoryRows(state.tables)
    func ahead(_ tick: Int) -> UInt8 { UInt8(clamping: max(tick - state.now + 1, 0)) }
    let tickets = rows.tickets(of: 1)
    func place(_ ticket: LaunchTicket?) -> UInt8 {
      UInt8(clamping: (ticket.flatMap { tickets.firstIndex(of: $0) } ?? -1) + 1)
    }
    for process in state.processes {
      let isHeld = process.lease.map { rows.isHeld($0) } ?? false
      bytes += [process.isDead ? 3 : process.lease == nil ? 2 : isHeld ? 1 : 0]
      for branch in process.branches {
        switch branch.step {
        case .idle: bytes += [0]
        case .queued: bytes += [1, place(branch.ticket)]
        case .hasTurn: bytes += [2, place(branch.ticket)]
        case .hasBaseline(let baseline): bytes += [3, place(branch.ticket), baseline]
        case .isOpen(let limit): bytes += [4, place(branch.ticket), ahead(limit)]
        case .hasSent: bytes += [5, place(branch.ticket)]
        case .over: bytes += [6]
        }
      }
    }
    if let lease = rows.lease(of: 1) {
      bytes += [
        UInt8(clamping: lease.holder?.process ?? 9),
        UInt8(clamping: min(state.now - LaunchModel.tick(lease.renewedAt), Self.leaseLife)),
      ]
    }
    for effect in rows.effects(of: 1) {
      bytes += [0xFF, UInt8(clamping: effect.number.value)]
      switch effect.outcome {
      case .run(let run, _, _)?: bytes += [2] + run.id.utf8
      case nil: bytes += [1, effect.settlesAt.map { ahead(LaunchModel.tick($0)) } ?? 0]
      default: bytes += [3]
      }
      if effect.outcome == nil, case .launch(_, _, let baseline, _) = effect.intent {
        bytes += baseline.flatMap(\.utf8)
      }
    }
    for ticket in tickets { bytes += [0xFD, UInt8(clamping: ticket.effect.value)] }
    for request in state.wire {
      bytes += [0xFC, UInt8(clamping: request.launch), UInt8(clamping: state.now - request.since)]
    }
    for run in state.runs {
      bytes += [0xFB, UInt8(clamping: run.launch), run.isListed ? 9 : UInt8(clamping: state.now - run.since)]
    }
    return bytes
  }
}
