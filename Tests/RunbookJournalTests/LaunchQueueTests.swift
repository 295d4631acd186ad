import CivilTime
import GRDB
import RecordSupport
import RunbookEvaluator
import RunbookRecord
import TailerAPI
import Testing

@testable import RunbookJournal

@Suite(.timeLimit(.minutes(1))) struct LaunchQueueTests {
  private actor Turns {
    private(set) var order: [String] = []
    func took(_ name: String) { order.append(name) }
  }

  private func waiting(_ store: RecordStore) throws -> Int {
    try store.file.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM launch_tickets") } ?? -1
  }

  @Test func turnsAreInTheOrderOfAsking() async throws {
    try await withDirectory { directory in
      let clock = ManualClock()
      let store = try RecordStore.test(in: directory, clock: clock)
      let turns = Turns()
      var journals: [any HeldJournal] = []
      for index in 0..<3 { journals.append(try await store.begin(.test("x\(index)"))) }
      try await journals[0].lockLaunches(of: .prepare, for: .test("0#0"))
      try await withThrowingTaskGroup { group in
        // Two of the same execution and one of another.
        for (index, journal) in [journals[0], journals[1], journals[0], journals[2]].enumerated() {
          group.addTask {
            let key = EffectKey.test("w\(index)")
            try await journal.lockLaunches(of: .prepare, for: key)
            await turns.took("\(index)")
            await journal.unlockLaunches(of: .prepare, for: key)
          }
          await clock.untilSleeping(index + 1)
        }
        #expect(await turns.order.isEmpty)
        await journals[0].unlockLaunches(of: .prepare, for: .test("0#0"))
        try await group.waitForAll()
      }
      #expect(await turns.order == ["0", "1", "2", "3"])
      #expect(try waiting(store) == 0)
      #expect(clock.now == .start)
    }
  }

  /// An open launch may be settled by whoever comes to it first; whoever comes second waits, and finds it settled.
  @Test func theSameEffectsTurnIsHadByOneAtATime() async throws {
    try await withDirectory { directory in
      let clock = ManualClock()
      let journal = try await RecordStore.test(in: directory, clock: clock).begin(.test("x"))
      try await journal.lockLaunches(of: .prepare, for: .test("0#0"))
      async let again: Void = journal.lockLaunches(of: .prepare, for: .test("0#0"))
      await clock.untilSleeping(1)
      await journal.unlockLaunches(of: .prepare, for: .test("0#0"))
      try await again
      await journal.unlockLaunches(of: .prepare, for: .test("0#0"))
    }
  }

  @Test func otherOperationsDoNotWait() async throws {
    try await withDirectory { directory in
      let store = try RecordStore.test(in: directory)
      let journal = try await store.begin(.test("x"))
      try await journal.lockLaunches(of: .prepare, for: .test("0#0"))
      try await journal.lockLaunches(of: .export, for: .test("1#0"))
      #expect(try waiting(store) == 2)
      await journal.unlockLaunches(of: .prepare, for: .test("nobody's"))
      #expect(try waiting(store) == 2)
      await journal.unlockLaunches(of: .prepare, for: .test("0#0"))
      try await journal.lockLaunches(of: .prepare, for: .test("2#0"))
      #expect(try store.file.durableWrites == 0)
    }
  }

  @Test func anotherProcessWaitsItsTurn() async throws {
    try await withDirectory { directory in
      let clock = ManualClock()
      let first = try await RecordStore.test(in: directory, clock: clock).begin(.test("x"))
      let second = try await RecordStore.test(in: directory, clock: clock).begin(.test("y", holder: .test(2)))
      try await first.lockLaunches(of: .prepare, for: .test("0#0"))
      async let turn: Void = second.lockLaunches(of: .prepare, for: .test("0#0"))
      await clock.untilSleeping(1)
      clock.advance(by: .milliseconds(200))
      await clock.untilSleeping(1)
      await first.unlockLaunches(of: .prepare, for: .test("0#0"))
      clock.advance(by: .milliseconds(200))
      try await turn
    }
  }

  @Test func whoEndsGivesItsTurnAway() async throws {
    try await withDirectory { directory in
      let clock = ManualClock()
      let store = try RecordStore.test(in: directory, clock: clock)
      let (first, second) = (try await store.begin(.test("x")), try await store.begin(.test("y")))
      try await first.lockLaunches(of: .prepare, for: .test("0#0"))
      async let turn: Void = second.lockLaunches(of: .prepare, for: .test("0#0"))
      await clock.untilSleeping(1)
      try await first.end(.test("interrupted", isResumable: true))
      try await turn
    }
  }

  @Test func theDeadAreNotWaitedFor() async throws {
    try await withDirectory { directory in
      let first = try await RecordStore.test(in: directory).begin(.test("x"))
      try await first.lockLaunches(of: .prepare, for: .test("0#0"))
      // As the second process sees it, the first is dead.
      let second = try await RecordStore.test(in: directory, dead: [1]).begin(.test("y", holder: .test(2)))
      try await second.lockLaunches(of: .prepare, for: .test("0#0"))
      // Should it only have been away, it does not launch any more.
      await #expect(throws: JournalError.self) {
        try await first.intend(.launching(), at: .test("0#0"), settlesAt: .earliest)
      }
    }
  }

  /// What a dead process has sent may still arrive, and would be taken for another launch's run.
  @Test func aLaunchOfTheDeadIsWaitedForUntilNothingOfItCanArrive() async throws {
    try await withDirectory { directory in
      let clock = ManualClock()
      let first = try await RecordStore.test(in: directory, clock: clock).begin(.test("x"))
      try await first.lockLaunches(of: .prepare, for: .test("0#0"))
      let settlesAt = clock.now.advanced(by: .seconds(30))
      try await first.intend(.launching(), at: .test("0#0"), settlesAt: settlesAt)
      // As the second process sees it, the first is dead.
      let store = try RecordStore.test(in: directory, clock: clock, dead: [1])
      let second = try await store.begin(.test("y", holder: .test(2)))
      async let turn: Void = second.lockLaunches(of: .prepare, for: .test("0#0"))
      await clock.untilSleeping(1)
      clock.advance(by: .seconds(20))
      await clock.untilSleeping(1)
      clock.advance(by: .seconds(10))
      await clock.untilSleeping(1)
      #expect(clock.now == settlesAt)
      // A run that begins from then on has to be told from one of the dead's, by the clocks of two machines.
      clock.advance(by: .seconds(10))
      await clock.untilSleeping(1)
      clock.advance(by: .milliseconds(1))
      try await turn
      #expect(try waiting(store) == 1)
      // The run it may have launched is nobody's, and the execution can be resumed to find out.
      #expect(try await second.ownedRuns(of: .prepare).isEmpty)
      #expect(try await store.summary(of: "x").state == .unfinished)
      let (_, resumed) = try await store.resume("x", by: .test(3), launchingAgain: .none)
      #expect(try await resumed.record(of: .test("0#0"))?.outcome == nil)
      await #expect(throws: JournalError.leaseLost(holder: LeaseHolder.test(3).words)) {
        try await first.finish(.launching(), .run(.test("r1"), adopted: false), at: .test("0#0"))
      }
    }
  }

  @Test func aHolderOutOfSightIsWaitedForUntilItsLeaseRunsOut() async throws {
    try await withDirectory { directory in
      let clock = ManualClock()
      let away = try await RecordStore.test(in: directory, clock: clock)
        .begin(.test("x", holder: .test(1, host: "pump-4")))
      try await away.lockLaunches(of: .prepare, for: .test("0#0"))
      let store = try RecordStore.test(in: directory, clock: clock)
      let second = try await store.begin(.test("y", holder: .test(2)))
      async let turn: Void = second.lockLaunches(of: .prepare, for: .test("0#0"))
      await clock.untilSleeping(1)
      clock.advance(by: .seconds(119))
      await clock.untilSleeping(1)
      #expect(try await store.summary(of: "x").state == .running)
      clock.advance(by: .seconds(1))
      try await turn
      #expect(try await store.summary(of: "x").state == .unfinished)
      // It had only been away. It learns so before it can write.
      await #expect(
        throws: JournalError.leaseLost(holder: "it was taken for dead, having given no sign of life for too long")
      ) { try await away.intend(.launching(), at: .test("0#0"), settlesAt: nil) }
    }
  }

  @Test func aCancelledWaitLeavesTheQueueAtOnce() async throws {
    try await withDirectory { directory in
      let clock = ManualClock()
      let store = try RecordStore.test(in: directory, clock: clock)
      let journal = try await store.begin(.test("x"))
      try await journal.lockLaunches(of: .prepare, for: .test("0#0"))
      let wait = Task { try await journal.lockLaunches(of: .prepare, for: .test("1#0")) }
      await clock.untilSleeping(1)
      #expect(try waiting(store) == 2)
      wait.cancel()
      await #expect(throws: JournalError.cancelled) { try await wait.value }
      #expect(try waiting(store) == 1)
      await journal.unlockLaunches(of: .prepare, for: .test("0#0"))
      try await journal.lockLaunches(of: .prepare, for: .test("2#0"))
    }
  }

  @Test func whoLosesTheLeaseWhileWaitingIsToldSo() async throws {
    try await withDirectory { directory in
      let clock = ManualClock()
      let store = try RecordStore.test(in: directory, clock: clock)
      let (first, second) = (try await store.begin(.test("x")), try await store.begin(.test("y", holder: .test(2))))
      try await first.lockLaunches(of: .prepare, for: .test("0#0"))
      let turn = Task { try await second.lockLaunches(of: .prepare, for: .test("0#0")) }
      await clock.untilSleeping(1)
      _ = try await RecordStore.test(in: directory, clock: clock, dead: [2]).resume(
        "y", by: .test(3), launchingAgain: .none)
      clock.advance(by: .minutes(1))
      await #expect(throws: JournalError.leaseLost(holder: LeaseHolder.test(3).words)) { try await turn.value }
    }
  }
}
