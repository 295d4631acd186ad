import CivilTime
import RunbookRecord
import TailerAPI

/// What can happen, step by step.
protocol ExploredModel {
  associatedtype State
  var start: State { get }
  /// All that can happen next, with its name.
  func steps(from state: State) -> [(name: String, state: State)]
  /// What of a state decides what can happen next: two states with one key have the same future.
  func key(of state: State) -> [UInt8]
  /// What must never be, in words; `nil` where all is well.
  func violation(in state: State) -> String?
}

/// Goes through all that can happen in a model, breadth first, and gives the shortest way to a violation.
struct Exploration {
  let states: Int
  let violation: String?
  let way: [String]
  /// Whether every state was gone through; else those that take the fewest steps to come to.
  let isWhole: Bool

  /// - Parameters:
  ///   - limit: How many states are gone through at most.
  ///   - waits: Where somebody waits for what has to come. A state is a violation too from which nothing leads to one where
  ///     nobody does, unless somebody dies.
  init<Model: ExploredModel>(of model: Model, limit: Int, noEndless waits: ((Model.State) -> Bool)? = nil) {
    var seen: [[UInt8]: Int32] = [:]
    // For each state that was found: the one before it, and the step that led here.
    var origins: [(before: Int32, step: String)] = []
    var queue: [(number: Int32, state: Model.State)] = []
    var next = 0
    // Where nobody waits, and which state leads to which without a death, as far as that is asked for.
    var ended: [Int32] = []
    var leading: [(from: Int32, to: Int32)] = []

    func way(to number: Int32) -> [String] {
      var steps: [String] = []
      var here = number
      while here > 0 {
        steps.append(origins[Int(here)].step)
        here = origins[Int(here)].before
      }
      return steps.reversed()
    }

    let start = model.start
    seen[model.key(of: start)] = 0
    origins.append((-1, ""))
    queue.append((0, start))
    while next < queue.count, origins.count < limit {
      let (number, state) = queue[next]
      if let waits, !waits(state) { ended.append(number) }
      // What has been gone through needs no memory.
      queue[next].state = start
      next += 1
      for (name, found) in model.steps(from: state) {
        let key = model.key(of: found)
        let new = seen[key] ?? Int32(origins.count)
        if waits != nil, !name.hasSuffix("dies") { leading.append((number, new)) }
        guard seen[key] == nil else { continue }
        seen[key] = new
        origins.append((number, name))
        if let violation = model.violation(in: found) {
          self.init(states: origins.count, violation: violation, way: way(to: new), isWhole: false)
          return
        }
        queue.append((new, found))
      }
    }
    let endless = waits == nil ? nil : Self.firstWithoutEnd(of: origins.count, ended, leading)
    self.init(
      states: origins.count, violation: endless.map { _ in "a wait does not end" }, way: endless.map(way) ?? [],
      isWhole: next == queue.count)
  }

  /// The first state from which nothing leads to one of those.
  private static func firstWithoutEnd(
    of count: Int, _ ended: [Int32], _ leading: [(from: Int32, to: Int32)]
  ) -> Int32? {
    var before: [[Int32]] = Array(repeating: [], count: count)
    for (from, to) in leading { before[Int(to)].append(from) }
    var leads = Array(repeating: false, count: count)
    var left = ended
    for state in ended { leads[Int(state)] = true }
    while let state = left.popLast() {
      for earlier in before[Int(state)] where !leads[Int(earlier)] {
        leads[Int(earlier)] = true
        left.append(earlier)
      }
    }
    return leads.firstIndex(of: false).map(Int32.init)
  }

  private init(states: Int, violation: String?, way: [String], isWhole: Bool) {
    self.states = states
    self.violation = violation
    self.way = way
    self.isWhole = isWhole
  }
}

extension LaunchModel {
  /// What of a state decides what can happen next: two states with one key have the same future. Moments count only by how
  /// long ago or ahead they are, as far as that matters; and what can do nothing any more counts as dead or over.
  func key(of state: State) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(64)
    func age(_ tick: Int, upTo limit: Int) -> UInt8 { UInt8(clamping: min(max(state.now - tick, 0), limit)) }
    func ahead(_ tick: Int) -> UInt8 { UInt8(clamping: max(tick - state.now + 1, 0)) }
    let rows = MemoryRows(state.tables)
    for process in state.processes {
      let execution: Int64 = process.lease?.execution ?? 0
      let isHad = process.lease.map { rows.lease(of: execution)?.fence == $0.fence } ?? false
      let isLost = process.lease != nil && !isHad && rules.contains(.fence)
      switch process.step {
      case .isOpen(let limit) where isLost && rules.contains(.sendBy) && ahead(limit) == 0: bytes += [6]
      case .isOpen(let limit): bytes += [process.lease == nil ? 14 : isHad ? 24 : 4, ahead(limit)]
      case .dead: bytes += [6]
      case _ where isLost: bytes += [6]
      case .idle: bytes += [process.lease == nil ? 10 : isHad ? 20 : 0]
      case .queued(let ticket): bytes += [isHad ? 21 : 1, UInt8(clamping: ticket.effect.value), place(ticket, rows)]
      case .hasTurn(let ticket): bytes += [isHad ? 22 : 2, UInt8(clamping: ticket.effect.value), place(ticket, rows)]
      case .hasBaseline(let ticket, let baseline):
        bytes += [isHad ? 23 : 3, ticket.map { place($0, rows) } ?? 0, baseline]
      case .hasSent: bytes += [isHad ? 25 : 5]
      }
    }
    append(rows, at: state, to: &bytes)
    for request in state.wire.sorted(by: { ($0.execution, $0.since) < ($1.execution, $1.since) }) {
      bytes += [UInt8(clamping: request.execution), age(request.since, upTo: arrival)]
    }
    bytes += [0xFC]
    for run in state.runs {
      bytes += [UInt8(clamping: run.execution), run.isListed ? 9 : age(run.since, upTo: Self.listing)]
    }
    bytes += [0xFB, state.seenBefore.contains(1) ? 1 : 0, state.seenBefore.contains(2) ? 1 : 0]
    bytes += [state.hasFailedOver ? 1 : 0]
    if let before = state.lastCommit { append(MemoryRows(before), at: state, to: &bytes) }
    return bytes
  }

  /// What the journal says, as far as it matters.
  private func append(_ rows: MemoryRows, at state: State, to bytes: inout [UInt8]) {
    for execution in [Int64(1), 2] {
      let lease = rows.lease(of: execution)
      let holder = lease?.holder.map { Int($0.process) }
      bytes += [holder.map { UInt8(clamping: $0) + 1 } ?? 0]
      if failsOver { bytes += [UInt8(clamping: lease?.fence ?? 0)] }
      if let lease, let holder, state.processes[holder].step != .dead {
        bytes += [UInt8(clamping: min(max(state.now - Self.tick(lease.renewedAt), 0), Self.leaseLife))]
      }
      for effect in rows.effects(of: execution) {
        bytes += [0xFF]
        guard effect.standing == .current else { continue }
        switch effect.outcome {
        case .run(let run, _, _)?:
          bytes += [2] + run.id.utf8
          continue
        case nil:
          bytes += [1, effect.settlesAt.map { UInt8(clamping: max(Self.tick($0) - state.now + 1, 0)) } ?? 0]
        default: bytes += [3]
        }
        if case .launch(_, _, let baseline, _) = effect.intent { bytes += baseline.flatMap(\.utf8) }
      }
    }
    for ticket in rows.tickets(of: 1) { bytes += [0xFD, UInt8(clamping: ticket.execution)] }
    bytes += [0xFE]
    for run in state.runs.indices {
      bytes += [rows.owner(of: "\(run)", operation: 1).map { UInt8(clamping: $0.execution) } ?? 0]
    }
  }

  /// Where a ticket stands in the queue, from 1; 0 where it has been taken away.
  private func place(_ ticket: LaunchTicket, _ rows: MemoryRows) -> UInt8 {
    UInt8(clamping: (rows.tickets(of: ticket.operation).firstIndex(of: ticket) ?? -1) + 1)
  }
}
