import CivilTime
import RecordSupport
import RunbookEvaluator
import RunbookJournal
import RunbookRecord
import TailerAPI
import Testing

/// A process that dies before or after each of its writes, on the real file, and the processes that come after it.
@Suite struct FaultTests {
  /// A platform that launches what it is told, each launch once by its name.
  private actor Platform {
    private(set) var launched: [String] = []
    func launch(_ name: String) { launched.append(name) }
  }

  /// Launches three times, as the evaluator does; an intent without an outcome is looked up on the platform.
  private func launches(_ journal: any HeldJournal, on platform: Platform) async throws {
    for index in 0..<3 {
      let (key, run) = (EffectKey.test("\(index)#0"), Run.test("r\(index)"))
      let record = try await journal.record(of: key)
      if record?.outcome != nil { continue }
      try await journal.lockLaunches(of: .prepare, for: key)
      var adopter: Adopter?
      if record == nil {
        try await journal.intend(.launching(), at: key, settlesAt: .earliest)
        await platform.launch(run.id)
      } else if await platform.launched.contains(run.id) {
        guard try await journal.claim(run, for: key) else { throw JournalError.unavailable("owned by another") }
        adopter = Adopter(user: "ada", at: .start)
      } else {
        await platform.launch(run.id)
      }
      try await journal.finish(.launching(), .run(run, adopted: adopter != nil, by: adopter), at: key)
      await journal.unlockLaunches(of: .prepare, for: key)
    }
    try await awaits(journal)
    try await journal.end(.test())
  }

  /// Awaits what was launched, as a list is awaited: what begins and what comes together is written together.
  private func awaits(_ journal: any HeldJournal) async throws {
    var new: [(intent: EffectIntent, key: EffectKey)] = []
    var finished: [FinishedEffect] = []
    for index in 0..<3 {
      let (key, run) = (EffectKey.test("await#\(index)"), Run.test("r\(index)"))
      let intent = EffectIntent.await(runID: run.id, operation: run.operation, from: .start)
      let record = try await journal.record(of: key)
      if record == nil { new.append((intent, key)) }
      if record?.outcome == nil { finished.append(FinishedEffect(intent, .ended(run, WatchCost(looks: 1)), at: key)) }
    }
    if !new.isEmpty { try await journal.intend(new) }
    if !finished.isEmpty { try await journal.finish(finished) }
  }

  /// One life; whether it came to the end of the runbook.
  private func live(_ life: Life, in directory: String, as process: Int32, on platform: Platform) async throws -> Bool {
    let store = FaultyStore(
      base: try RecordStore.test(in: directory, dead: Set(1..<process)), life: life)
    do {
      let isNew = try await store.executions(limit: 1).isEmpty
      let journal =
        isNew
        ? try await store.begin(.test("x", holder: .test(process)))
        : try await store.resume("x", by: .test(process), launchingAgain: .none).1
      try await launches(journal, on: platform)
      return true
    } catch JournalError.unavailable(Life.deathWords), JournalStoreError.unavailable(Life.deathWords) {
      #expect(life.isOver)
      return try await store.executions(limit: 1).first?.state == .ended
    }
  }

  /// Kills the first process at a point, and the second, which resumes, at every point; the third lives.
  @Test func nothingIsLostOrDoneTwiceWhereverItDies() async throws {
    let undisturbed = Life()
    try await withDirectory { directory in
      let isDone = try await live(undisturbed, in: directory, as: 1, on: Platform())
      #expect(isDone)
    }
    #expect(undisturbed.writes == 13)
    var points = 0
    let deaths = (1...undisturbed.writes).flatMap { [Life.Death.before($0), .after($0)] }
    for first in deaths {
      for second in deaths {
        points += 1
        try await withDirectory { directory in
          let platform = Platform()
          for (index, death) in [first, second, nil].enumerated() {
            if try await live(Life(death: death), in: directory, as: Int32(index) + 1, on: platform) { break }
          }
          #expect(await platform.launched == ["r0", "r1", "r2"], "\(first), \(second)")
          let store = try RecordStore.test(in: directory)
          #expect(try await store.summary(of: "x").state == .ended, "\(first), \(second)")
          let entries = try await store.entries(of: "x")
          #expect(entries.count == 6 && entries.allSatisfy { $0.outcome != nil }, "\(first), \(second)")
          let look = try await store.begin(.test("look"))
          #expect(try await look.ownedRuns(of: .prepare) == ["r0", "r1", "r2"])
        }
      }
    }
    #expect(points == 676)
  }
}
