import CivilTime
import Foundation
import RecordSupport
import RunbookEvaluator
import RunbookRecord
import Testing

@testable import RunbookJournal

@Suite struct LeaseTests {
  @Test func anExecutionHasOneHolder() async throws {
    try await withDirectory { directory in
      let held = try await RecordStore.test(in: directory).begin(.test("x"))
      let other = try RecordStore.test(in: directory)
      await #expect(throws: JournalStoreError.isHeld(id: "x", by: .test(1))) {
        _ = try await other.resume("x", by: .test(2), launchingAgain: .none)
      }
      await #expect(throws: JournalStoreError.nothingToResume) {
        _ = try await other.resume(nil, by: .test(2), launchingAgain: .none)
      }
      try await held.intend(.launching(), at: .test("0#0"))
    }
  }

  @Test func aDeadHoldersLeaseIsTakenOverAndTheDeadWriteNothing() async throws {
    try await withDirectory { directory in
      let dead = try await RecordStore.test(in: directory).begin(.test("x"))
      try await dead.intend(.launching(), at: .test("0#0"))
      let (_, held) = try await RecordStore.test(in: directory, dead: [1]).resume(
        "x", by: .test(2), launchingAgain: .none)
      let lost = JournalError.leaseLost(holder: "ada on pump-3, process 2")
      await #expect(throws: lost) { try await dead.intend(.launching(), at: .test("1#0")) }
      await #expect(throws: lost) { try await dead.finish(.print, .done, at: .test("1#0")) }
      await #expect(throws: lost) { _ = try await dead.claim(.test("r1"), for: .test("0#0")) }
      await #expect(throws: lost) { try await dead.lockLaunches(of: .prepare, for: .test("0#0")) }
      await #expect(throws: lost) { try await dead.end(.test()) }
      try await held.finish(.launching(), .run(.test("r1"), adopted: true), at: .test("0#0"))
      #expect(try await RecordStore.test(in: directory).entries(of: "x").count == 1)
    }
  }

  @Test func ofTwoWhoTakeOverOneGetsIt() async throws {
    try await withDirectory { directory in
      _ = try await RecordStore.test(in: directory).begin(.test("x"))
      let stores = try (0..<6).map { _ in try RecordStore.test(in: directory, dead: [1]) }
      let taken = await withTaskGroup { group in
        for (index, store) in stores.enumerated() {
          group.addTask { (try? await store.resume("x", by: .test(Int32(index) + 2))) == nil ? 0 : 1 }
        }
        return await group.reduce(0, +)
      }
      #expect(taken == 1)
    }
  }

  @Test func aLeaseOutOfSightLivesByItsRenewals() async throws {
    try await withDirectory { directory in
      let clock = ManualClock()
      let away = LeaseHolder.test(1, host: "pump-4")
      let held = try await RecordStore.test(in: directory, clock: clock).begin(.test("x", holder: away))
      let other = try RecordStore.test(in: directory, clock: clock)
      for index in 0..<4 {
        clock.advance(by: .seconds(119))
        try await held.finish(.print, .done, at: .test("\(index)#0"))
      }
      clock.advance(by: .seconds(119))
      await #expect(throws: JournalStoreError.isHeld(id: "x", by: away)) {
        _ = try await other.resume("x", by: .test(2), launchingAgain: .none)
      }
      clock.advance(by: .seconds(1))
      _ = try await other.resume("x", by: .test(2), launchingAgain: .none)
    }
  }

  @Test func aWaitingProcessKeepsItsLease() async throws {
    try await withDirectory { directory in
      let clock = ManualClock()
      let store = try RecordStore.test(in: directory, clock: clock)
      let held = try await store.begin(.test("x", holder: .test(1, host: "pump-4")))
      let keeping = Task { await held.keepLease() }
      for _ in 0..<30 {
        await clock.untilSleeping(1)
        clock.advance(by: .seconds(20))
      }
      await clock.untilSleeping(1)
      #expect(try await store.summary(of: "x").state == .running)
      #expect(try store.file.durableWrites == 0)
      keeping.cancel()
      await keeping.value
    }
  }

  @Test func keepingALeaseEndsWithIt() async throws {
    try await withDirectory { directory in
      let clock = ManualClock()
      let held = try await RecordStore.test(in: directory, clock: clock).begin(.test("x"))
      let keeping = Task { await held.keepLease() }
      await clock.untilSleeping(1)
      _ = try await RecordStore.test(in: directory, clock: clock, dead: [1]).resume(
        "x", by: .test(2), launchingAgain: .none)
      clock.advance(by: .seconds(20))
      await keeping.value
    }
  }
}

@Suite struct LivenessTests {
  @Test func thisProcessLives() {
    #expect(HolderLiveness.system.verdict(.current()) == .alive)
  }

  @Test func aProcessThatExitedIsDead() throws {
    let child = Process()
    child.executableURL = URL(filePath: "/bin/cat")
    let input = Pipe()
    child.standardInput = input
    try child.run()
    let holder = LeaseHolder(
      user: "ada", host: SystemProcess.host, process: child.processIdentifier,
      processStart: try #require(SystemProcess.start(of: child.processIdentifier)))
    #expect(HolderLiveness.system.verdict(holder) == .alive)
    try input.fileHandleForWriting.close()
    child.waitUntilExit()
    #expect(HolderLiveness.system.verdict(holder) == .dead)
  }

  @Test func aProcessNumberUsedAgainIsNotTakenForTheOldProcess() {
    var holder = LeaseHolder.current()
    holder.processStart += "0"
    #expect(HolderLiveness.system.verdict(holder) == .dead)
  }

  @Test func whatIsOutOfSightIsNotJudged() {
    var holder = LeaseHolder.current()
    holder.host += "-other"
    #expect(HolderLiveness.system.verdict(holder) == .unknown)
  }

  #if os(Linux)
    @Test func anotherBootIsDeathAndAnotherNamespaceIsNot() throws {
      var holder = LeaseHolder.current()
      let parts = holder.processStart.split(separator: " ")
      try #require(parts.count == 3)
      holder.processStart = "b\(parts[0]) \(parts[1]) \(parts[2])"
      #expect(HolderLiveness.system.verdict(holder) == .dead)
      holder.processStart = "\(parts[0]) pid:[0] \(parts[2])"
      #expect(HolderLiveness.system.verdict(holder) == .unknown)
      holder.processStart = "odd"
      #expect(HolderLiveness.system.verdict(holder) == .unknown)
    }

    @Test func theStartIsReadBehindAnyProgramName() {
      let fields = (3...30).map { $0 == 3 ? "S" : "\($0)" }.joined(separator: " ")
      #expect(SystemProcess.startTicks(inStatus: Array("1 (a) b) 9 9 () \(fields)".utf8)) == "22")
      #expect(SystemProcess.startTicks(inStatus: Array("1 (a) Z\(fields.dropFirst())".utf8)) == nil)
      #expect(SystemProcess.startTicks(inStatus: Array("1 (a) S 4 5".utf8)) == nil)
      #expect(SystemProcess.startTicks(inStatus: []) == nil)
    }
  #endif
}
