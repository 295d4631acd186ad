import CivilTime
import FaultSupport
import GRDB
import RecordSupport
import RunbookJournal
import RunbookRecord
import TailerAPI
import Testing

@Suite struct ListingTests {
  /// Who only reads waits for nobody who writes.
  @Test func listingNeedsNoWriteLock() async throws {
    try await withDirectory { directory in
      try await RecordStore.test(in: directory).begin(.test("x")).end(.test())
      var configuration = Configuration()
      configuration.allowsUnsafeTransactions = true
      let writer = try DatabaseQueue(path: directory + "/journal.sqlite", configuration: configuration)
      try await writer.writeWithoutTransaction { db in try db.execute(sql: "BEGIN IMMEDIATE") }
      var listed: [String] = []
      var failure: (any Error)?
      do {
        listed = try await RecordStore.test(in: directory, timing: .init(busy: .milliseconds(100))).executions(
          limit: 9
        ).map(\.header.id)
      } catch {
        failure = error
      }
      try await writer.writeWithoutTransaction { db in try db.execute(sql: "ROLLBACK") }
      #expect(failure == nil && listed == ["x"], "\(String(describing: failure))")
    }
  }

  @Test func executionsAreListedNewestFirst() async throws {
    try await withDirectory { directory in
      let store = try RecordStore.test(in: directory, dead: [1])
      #expect(try await store.executions(limit: 10).isEmpty)
      try await store.begin(.test("done")).end(.test())
      try await store.begin(.test("stopped")).end(.test("the service", status: 3, isResumable: true))
      _ = try await store.begin(.test("killed"))
      _ = try await store.begin(.test("running", holder: .test(7)))
      let all = try await store.executions(limit: 10)
      #expect(all.map(\.header.id) == ["running", "killed", "stopped", "done"])
      #expect(all.map(\.state) == [.running, .unfinished, .unfinished, .ended])
      #expect(all.map(\.end?.summary) == [nil, nil, "the service", "done"])
      #expect(all.last?.header == .test("done"))
      #expect(try await store.executions(limit: 2).count == 2)
      #expect(try await store.executions(limit: 0).isEmpty)
      #expect(try await store.executions(limit: -5).isEmpty)
      #expect(try await store.summary(of: "stopped") == all[2])
      await #expect(throws: JournalStoreError.noSuchExecution("?")) { _ = try await store.summary(of: "?") }
      await #expect(throws: JournalStoreError.noSuchExecution("?")) { _ = try await store.entries(of: "?") }
    }
  }

  @Test func pruningTakesWhatEndedAndKeepsWhatWasLaunched() async throws {
    try await withDirectory { directory in
      let clock = ManualClock()
      let store = try RecordStore.test(in: directory, clock: clock, dead: [1])
      let old = try await store.begin(.test("old"))
      try await old.finish(.launching(), .run(.test("r1"), adopted: false), at: .test("0#0"))
      try await old.end(.test())
      try await store.begin(.test("stopped")).end(.test(isResumable: true))
      _ = try await store.begin(.test("killed"))
      try await store.beginFinally(.test("killed in finally"))
      try await store.beginFinally(.test("in finally", holder: .test(7)))
      let later = Timestamp.start.advanced(by: .days(1))
      try await store.begin(.test("new")).end(.test(at: later))
      #expect(try await store.prune(endedBefore: .start) == 0)
      #expect(try await store.prune(endedBefore: later) == 1)
      #expect(
        try await store.executions(limit: 9).map(\.header.id) == [
          "new", "in finally", "killed in finally", "killed", "stopped",
        ])
      await #expect(throws: JournalStoreError.noSuchExecution("old")) { _ = try await store.entries(of: "old") }
      let journal = try await store.begin(.test("next"))
      #expect(try await journal.ownedRuns(of: .prepare) == ["r1"])
      #expect(try await journal.claim(.test("r1"), for: .test("0#0")) == false)
    }
  }

  @Test func operationsAreKnownByWhatWasDoneWithThem() async throws {
    try await withDirectory { directory in
      let store = try RecordStore.test(in: directory)
      #expect(try await store.knownOperations().isEmpty)
      let journal = try await store.begin(.test("x"))
      try await journal.intend(.launching(), at: .test("0#0"))
      try await journal.finish(.launching(), .run(.test("r1"), adopted: false), at: .test("0#0"))
      try await journal.finish(.activation(.export, .disabled), .done, at: .test("1#0"))
      try await journal.intend(.launching(), at: .test("2#0"))
      try await journal.finish(.print, .done, at: .test("3#0"))
      let known = try await store.knownOperations()
      #expect(known == [.export, .prepare])
      #expect(known.map(\.name) == ["000099_export", "000099_prepare_pda"])
    }
  }
}
