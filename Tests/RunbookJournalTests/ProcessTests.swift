import CivilTime
import Foundation
import RecordSupport
import RunbookEvaluator
import RunbookJournal
import RunbookRecord
import RunbookSyntax
import TailerAPI
import Testing

/// Several real processes at one file.
@Suite(.timeLimit(.minutes(2))) struct ProcessTests {
  static let launches = 15

  /// What one process does: launches in turns, and competes for runs. Exits with 0 when nobody was in its way.
  static func work(in directory: String) async -> Int32 {
    do {
      let store = try RecordStore(
        in: directory, clock: SystemClock(), timing: JournalTiming(busy: .seconds(60), polling: .milliseconds(2)))
      let id = "p\(getpid())"
      let journal = try await store.begin(.test(id, holder: .current()))
      for index in 0..<launches {
        let key = EffectKey.test("\(index)#0")
        try await journal.lockLaunches(of: .prepare, for: key)
        // The file is there as long as somebody is between a launch's intent and its outcome.
        let turn = open(directory + "/turn", O_CREAT | O_EXCL, 0o600)
        guard turn >= 0 else { return 3 }
        close(turn)
        try await journal.intend(.launching(), at: key, settlesAt: .earliest)
        try await journal.finish(.launching(), .run(.test("\(id)-\(index)"), adopted: false), at: key)
        guard unlink(directory + "/turn") == 0 else { return 4 }
        await journal.unlockLaunches(of: .prepare, for: key)
        if try await journal.claim(.test("common-\(index)", of: .export), for: .test("\(index)#1")) {
          let won = open(directory + "/won-\(index)", O_CREAT | O_EXCL, 0o600)
          guard won >= 0 else { return 5 }
          close(won)
        } else {
          // It is known that this launch was none of them.
          let error = RecordedError(kind: .rejected, message: "another one's")
          try await journal.finish(.launching(.export), .failed(error), at: .test("\(index)#1"))
        }
      }
      try await journal.end(.test())
      return 0
    } catch {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      return 6
    }
  }

  @Test func severalProcessesShareAFile() async throws {
    try await withDirectory { directory in
      await withTaskGroup { group in
        for _ in 0..<4 {
          group.addTask {
            await #expect(processExitsWith: .success) { [directory = directory as String] in
              exit(await ProcessTests.work(in: directory))
            }
          }
        }
      }
      let store = try RecordStore(in: directory, clock: SystemClock())
      let executions = try await store.executions(limit: 10)
      #expect(executions.map(\.state) == [.ended, .ended, .ended, .ended])
      for execution in executions {
        #expect(try await store.entries(of: execution.header.id).count == 2 * Self.launches)
      }
      let journal = try await store.begin(.test("look", holder: .current()))
      #expect(try await journal.ownedRuns(of: .prepare).count == 4 * Self.launches)
      #expect(try await journal.ownedRuns(of: .export).count == Self.launches)
      let won = try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasPrefix("won-") }
      #expect(won.count == Self.launches)
    }
  }

  @Test func aKilledProcessLeavesAJournalThatResumes() async throws {
    try await withDirectory { directory in
      await #expect(processExitsWith: .signal(SIGKILL)) { [directory = directory as String] in
        let store = try RecordStore(in: directory, clock: SystemClock())
        let journal = try await store.begin(.test("killed", holder: .current()))
        try await journal.finish(.print, .done, at: .test("0#0"))
        try await journal.lockLaunches(of: .prepare, for: .test("1#0"))
        try await journal.intend(.launching(), at: .test("1#0"), settlesAt: .earliest)
        kill(getpid(), SIGKILL)
      }
      let clock = ManualClock()
      let store = try RecordStore(in: directory, clock: clock)
      #expect(try await store.summary(of: "killed").state == .unfinished)
      // Neither its lease nor its place in the queue of launches is waited for; the clock stands still.
      let other = try await store.begin(.test("other", holder: .current()))
      try await other.lockLaunches(of: .prepare, for: .test("0#0"))
      let (header, journal) = try await store.resume("killed", by: .current(), launchingAgain: .none)
      #expect(header.id == "killed")
      let records = try await journal.standing()
      #expect(records.map(\.intent) == [.print, .launching()])
      #expect(records.map(\.outcome) == [.done, nil])
    }
  }
}
