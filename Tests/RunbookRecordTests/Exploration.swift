import CivilTime
import RunbookRecord
import TailerAPI

/// Goes through all that can happen in a model, breadth first, and gives the shortest way to a violation.
struct Exploration {
  let states: Int
  let violation: String?
  let way: [String]
  /// Whether every state was gone through; else those that take the fewest steps to come to.
  let isWhole: Bool

  /// - Parameter limit: How many states are gone through at most.
  init(of model: LaunchModel, limit: Int) {
    var seen: [[UInt8]: Int32] = [:]
    // For each state that was found: the one before it, and the step that led here.
    var origins: [(before: Int32, step: String)] = []
    var queue: [(number: Int32, state: LaunchModel.State)] = []
    var next = 0

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
    seen[start.key] = 0
    origins.append((-1, ""))
    queue.append((0, start))
    while next < queue.count, origins.count < limit {
      let (number, state) = queue[next]
      // What has been gone through needs no memory.
      queue[next].state = start
      next += 1
      for (name, found) in model.steps(from: state) {
        let key = found.key
        guard seen[key] == nil else { continue }
        let new = Int32(origins.count)
        seen[key] = new
        origins.append((number, name))
        if let violation = model.violation(in: found) {
          self.init(states: origins.count, violation: violation, way: way(to: new), isWhole: false)
          return
        }
        queue.append((new, found))
      }
    }
    self.init(states: origins.count, violation: nil, way: [], isWhole: next == queue.count)
  }

  private init(states: Int, violation: String?, way: [String], isWhole: Bool) {
    self.states = states
    self.violation = violation
    self.way = way
    self.isWhole = isWhole
  }
}

extension LaunchModel.State {
  /// What of the state decides what can happen next: two states with one key have the same future. Moments count only by
  /// how long ago or ahead they are, as far as that matters.
  var key: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(96)
    func age(_ tick: Int) -> UInt8 { UInt8(clamping: min(max(now - tick, 0), LaunchModel.oldest)) }
    func ahead(_ tick: Int) -> UInt8 { UInt8(clamping: min(max(tick - now + 1, 0), LaunchModel.oldest)) }
    let rows = MemoryRows(tables)
    for process in processes {
      let execution: Int64 = process.lease?.execution ?? 0
      let isHad = process.lease.map { rows.lease(of: execution)?.fence == $0.fence } ?? false
      bytes += [process.lease == nil ? 0 : isHad ? 2 : 1]
      switch process.step {
      case .idle: bytes += [0]
      case .queued(let ticket): bytes += [1, UInt8(clamping: ticket.effect.value), place(ticket, rows)]
      case .hasTurn(let ticket): bytes += [2, UInt8(clamping: ticket.effect.value), place(ticket, rows)]
      case .hasBaseline(let ticket, let baseline):
        bytes += [3, ticket.map { place($0, rows) } ?? 0, baseline]
      case .isOpen(let limit): bytes += [4, ahead(limit)]
      case .hasSent: bytes += [5]
      case .dead: bytes += [6]
      }
    }
    for execution in [Int64(1), 2] {
      let lease = rows.lease(of: execution)
      bytes += [lease?.holder.map { UInt8(clamping: $0.process) + 1 } ?? 0]
      if lease?.holder != nil { bytes += [age(LaunchModel.tick(lease?.renewedAt ?? .earliest))] }
      for effect in rows.effects(of: execution) {
        let outcome: [UInt8] =
          switch effect.outcome {
          case nil: [1]
          case .run(let run, _, _): [2] + run.id.utf8
          default: [3]
          }
        bytes += [0xFF, UInt8(clamping: effect.number.value), UInt8(effect.standing.rawValue)] + outcome
        if case .launch(_, _, let baseline, _) = effect.intent { bytes += baseline.flatMap(\.utf8) }
        bytes += [0xFE, effect.settlesAt.map { ahead(LaunchModel.tick($0)) } ?? 0]
      }
    }
    for ticket in rows.tickets(of: 1) { bytes += [0xFD, UInt8(clamping: ticket.execution)] }
    for run in runs.indices {
      bytes += [rows.owner(of: "\(run)", operation: 1).map { UInt8(clamping: $0.execution) } ?? 0]
    }
    bytes += [0xFC]
    for request in wire.sorted(by: { ($0.execution, $0.since) < ($1.execution, $1.since) }) {
      bytes += [UInt8(clamping: request.execution), age(request.since)]
    }
    bytes += [0xFB]
    for run in runs {
      bytes += [UInt8(clamping: run.execution), run.isListed ? 1 : 0, run.isListed ? 0 : age(run.since)]
    }
    return bytes
  }

  /// Where a ticket stands in the queue, from 1; 0 where it has been taken away.
  private func place(_ ticket: LaunchTicket, _ rows: MemoryRows) -> UInt8 {
    UInt8(clamping: (rows.tickets(of: ticket.operation).firstIndex { $0.number == ticket.number } ?? -1) + 1)
  }
}
