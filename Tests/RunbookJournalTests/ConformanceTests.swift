import CivilTime
import RecordSupport
import RunbookRecord
import SeedSupport
import TailerAPI
import TailerSimulator
import Testing

@testable import RunbookJournal

/// What every store of rows has to do, shown with the one in memory and with SQLite's: the same steps come to the same, by
/// the same words and row for row, whatever befalls a write; and what a process believes of its executions is what the store
/// says.
@Suite struct ConformanceTests {
  private typealias Memory = FaultyRowStore<MemoryRowStore>
  private typealias SQLite = FaultyRowStore<SQLiteRowStore>

  /// Carries a script out on both stores at once and compares after each step. Where the process dies, another one takes up
  /// what it left, and goes on with the script.
  private func compare(
    _ script: [ScriptStep], fault: (commit: Int, kind: RowFault)? = nil, _ name: String
  ) async throws -> [Int] {
    try await withDirectory { directory in
      let sqlite = try SQLiteRowStore(in: directory, busyTimeout: .seconds(5))
      let (memory, file) = (Memory(MemoryRowStore(), fault: fault), SQLite(sqlite, fault: fault))
      var runs = (ScriptRun(on: memory, clock: JumpingClock()), ScriptRun(on: file, clock: JumpingClock()))
      var isSecond = false
      for (index, step) in script.enumerated() {
        let struckBefore = memory.hasStruck
        let came = (await runs.0.carryOut(step), await runs.1.carryOut(step))
        let here: Comment = "\(name), step \(index), \(step)"
        try #require(came.0 == came.1, here)
        // Up to the fault it is the undisturbed script, which has been compared.
        if fault != nil, !memory.hasStruck { continue }
        let dumps = (try await RowDump.of(memory.base), try await RowDump.of(file.base))
        try #require(dumps.0 == dumps.1, here)
        if memory.hasStruck, !struckBefore {
          try #require(file.hasStruck, here)
          // Nobody waits for a turn to be given back; the next write makes up for it.
          if case .launch = step {} else { #expect(came.0 != "done", "a refused write was ignored: \(here)") }
        }
        if memory.isDead, !isSecond {
          isSecond = true
          runs = (
            ScriptRun(on: memory.base, clock: runs.0.clock, process: 2),
            ScriptRun(on: file.base, clock: runs.1.clock, process: 2)
          )
          for execution in 0..<3 {
            let came = (
              await runs.0.carryOut(.resume(execution, .none)), await runs.1.carryOut(.resume(execution, .none))
            )
            try #require(came.0 == came.1, here)
          }
        } else {
          for wrong in [try await runs.0.belief(against: dumps.0), try await runs.1.belief(against: dumps.1)] {
            try #require(wrong == nil, here)
          }
        }
      }
      return memory.writes
    }
  }

  /// Every fault at every write of a script in which everything happens.
  @Test func everyFaultAtEveryWrite() async throws {
    let writes = try await compare(ScriptStep.everything, "undisturbed")
    var points = 0
    for (index, rows) in writes.enumerated() {
      let halves = rows == 0 ? [] : (1...rows).map(RowFault.half)
      for kind in [.refused, .full, .diedBefore, .diedAfter] + halves {
        points += 1
        _ = try await compare(ScriptStep.everything, fault: (index + 1, kind), "\(kind) at write \(index + 1)")
      }
    }
    print("conformance: \(writes.count) writes, \(points) faults, over both stores")
    #expect(writes.count >= 30)
  }

  @Test(arguments: Seeds.each(12)) func whateverIsDoneComesToTheSame(seed: UInt64) async throws {
    let script = ScriptStep.drawn(80, seed: seed)
    let writes = try await compare(script, "seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    for kind in [RowFault.refused, .full, .half(1), .half(2), .diedBefore, .diedAfter] {
      guard !writes.isEmpty else { return }
      let commit = Int.random(in: 1...writes.count, using: &generator)
      _ = try await compare(script, fault: (commit, kind), "seed \(seed), \(kind) at write \(commit)")
    }
  }

  /// The undisturbed script does what it says, so that it is known what the faults disturb.
  @Test func everythingHappens() async {
    var run = ScriptRun(on: MemoryRowStore(), clock: JumpingClock())
    var failed: [String] = []
    for step in ScriptStep.everything {
      let came = await run.carryOut(step)
      if came != "done" { failed.append("\(step): \(came)") }
    }
    #expect(failed.count == 1 && failed.allSatisfy { $0.contains("adopt(1, place: 4, run: 0") }, "\(failed)")
  }
}
