import CivilTime
import RecordSupport
import RunbookEvaluator
import RunbookJournal
import RunbookRecord
import RunbookSyntax
import TailerAPI
import Testing

@Suite struct RecordTests {
  private static let run = Run(
    id: "20261123-030000-0a795c70-2557-4a60-ba16-788aa2bea179", operation: .prepare, status: .other("ODD"),
    started: .start, duration: .seconds(84.002519), updated: .start)

  private static let cost = WatchCost(looks: 7, noticedAfter: .seconds(3))

  private static let everything: [(EffectIntent, EffectOutcome?)] = [
    (.launch(.prepare, on: Timestamp.start.date, baseline: ["a", "b"], at: .start), .run(run, adopted: true)),
    (
      .launch(.export, on: nil, baseline: [], at: .start),
      .run(.test("by hand", of: .export), adopted: true, by: Adopter(user: "ada", at: .start))
    ),
    (.await(runID: run.id, operation: .prepare, from: .start), .ended(run, cost)),
    (.awaitNext(.prepare, since: .start, from: .start), .ended(run, cost)),
    (.turn, .moment(.start)),
    (.check(runID: run.id, operation: .prepare), .look(nil)),
    (.check(runID: run.id, operation: .prepare), .look(run)),
    (.list("last 3 runs of \"p\u{0}\u{1F680}'\""), .runs([run, run])),
    (.mark(runID: run.id, operation: .prepare, status: .checked), .done),
    (.reset(DataOperation(account: "000099", environment: "DEV", type: .workflow, id: "w")), .done),
    (.activation(.prepare, .archived), .done),
    (.wait(.seconds(10), from: .start), .done),
    (.now, .moment(.start)),
    (.ask("Sure?"), .answer(PersonAnswer(isYes: true, by: "ada", note: "said so\n\u{0}"))),
    (.print, .done),
    (.print, .printed("a word\n\u{0}")),
    (
      .parallel,
      .failed(
        RecordedError(
          kind: .unconfirmed, message: "it's \"odd\"", attempts: 3, run: run, candidates: [run], notes: ["a note"]))
    ),
    // Another launch of the operation would wait until it is settled.
    (.launch(.export, on: nil, baseline: [], at: .start), nil),
  ]

  @Test func everyEffectComesBackAsItWas() async throws {
    try await withDirectory { directory in
      let store = try RecordStore.test(in: directory, dead: [1])
      let journal = try await store.begin(.test("x"))
      for (index, (intent, outcome)) in Self.everything.enumerated() {
        let key = EffectKey.test("\(index).0[2]#0")
        #expect(try await journal.record(of: key) == nil)
        if intent.precedesEffect { try await journal.intend(intent, at: key) }
        if let outcome { try await journal.finish(intent, outcome, at: key) }
        let recorded = try await journal.record(of: key)
        #expect(recorded?.key == key && recorded?.intent == intent && recorded?.outcome == outcome)
      }
      // Another process, after the first one's death.
      let (header, resumed) = try await RecordStore.test(in: directory, dead: [1]).resume(
        nil, by: .test(2), launchingAgain: .none)
      #expect(header == .test("x"))
      let records = try await resumed.standing()
      #expect(records.map(\.intent) == Self.everything.map(\.0))
      #expect(records.map(\.outcome) == Self.everything.map(\.1))
      for record in records { #expect(try await resumed.record(of: record.key) == record) }
    }
  }

  @Test func anOutcomeKeepsTheIntentThatWasWritten() async throws {
    try await withDirectory { directory in
      let store = try RecordStore.test(in: directory)
      let journal = try await store.begin(.test("x"))
      let intent = EffectIntent.launching(baseline: ["old"])
      try await journal.intend(intent, at: .test("0#0"))
      try await journal.finish(.launching(), .run(Self.run, adopted: false), at: .test("0#0"))
      #expect(try await journal.record(of: .test("0#0"))?.intent == intent)
      #expect(try await store.entries(of: "x").map(\.intent) == [intent])
    }
  }

  @Test func entriesTellTheOrderAndTheTimes() async throws {
    try await withDirectory { directory in
      let clock = ManualClock()
      let store = try RecordStore.test(in: directory, clock: clock)
      let journal = try await store.begin(.test("x"))
      try await journal.intend(.launching(), at: .test("7#0"))
      clock.advance(by: .seconds(1))
      try await journal.finish(.print, .done, at: .test("2#0"))
      clock.advance(by: .seconds(1))
      try await journal.finish(.launching(), .run(Self.run, adopted: false), at: .test("7#0"))
      let entries = try await store.entries(of: "x")
      #expect(entries.map(\.number.value) == [1, 2])
      #expect(entries.map(\.key) == [.test("7#0"), .test("2#0")])
      #expect(entries.map(\.intendedAt) == [.start, Timestamp.start.advanced(by: .seconds(1))])
      #expect(entries.map(\.finishedAt) == [2, 1].map { Timestamp.start.advanced(by: .seconds($0)) })
    }
  }

  @Test func executionsDoNotSeeEachOthersEffects() async throws {
    try await withDirectory { directory in
      let store = try RecordStore.test(in: directory)
      let (a, b) = (try await store.begin(.test("a")), try await store.begin(.test("b")))
      try await a.finish(.now, .moment(.start), at: .test("0#0"))
      #expect(try await b.record(of: .test("0#0")) == nil)
      #expect(try await store.entries(of: "b").isEmpty)
    }
  }

  @Test func anExecutionIDIsUsedOnce() async throws {
    try await withDirectory { directory in
      let store = try RecordStore.test(in: directory)
      _ = try await store.begin(.test("x"))
      await #expect(throws: JournalStoreError.unavailable("the execution x is in the journal already")) {
        _ = try await store.begin(.test("x"))
      }
    }
  }

  @Test func anEndedExecutionTakesNoMore() async throws {
    try await withDirectory { directory in
      let journal = try await RecordStore.test(in: directory).begin(.test("x"))
      try await journal.end(.test())
      let gone = JournalError.unavailable("the execution x has ended")
      await #expect(throws: gone) { try await journal.intend(.launching(), at: .test("0#0")) }
      await #expect(throws: gone) { try await journal.end(.test()) }
      await #expect(throws: gone) { try await journal.lockLaunches(of: .prepare, for: .test("0#0")) }
    }
  }
}

@Suite struct OwnedRunTests {
  @Test func aFinishedLaunchOwnsItsRun() async throws {
    try await withDirectory { directory in
      let store = try RecordStore.test(in: directory)
      let journal = try await store.begin(.test("x"))
      try await journal.intend(.launching(), at: .test("0#0"))
      #expect(try await journal.ownedRuns(of: .prepare).isEmpty)
      try await journal.finish(.launching(), .run(.test("r1"), adopted: false), at: .test("0#0"))
      #expect(try await journal.ownedRuns(of: .prepare) == ["r1"])
      #expect(try await journal.ownedRuns(of: .export).isEmpty)
      let other = try await RecordStore.test(in: directory).begin(.test("y"))
      #expect(try await other.ownedRuns(of: .prepare) == ["r1"])
      #expect(try await other.claim(.test("r1"), for: .test("0#0")) == false)
      #expect(try await other.claim(.test("r1", of: .export), for: .test("0#0")))
    }
  }

  /// An operation is its account, environment, type and id, however it was named.
  @Test func twoNamesOfOneOperationShareItsRuns() async throws {
    try await withDirectory { directory in
      let store = try RecordStore.test(in: directory)
      let journal = try await store.begin(.test("x"))
      let byJob = try #require(
        DataOperation(
          jobID: "gbq-to-gbq|000099_prepare_pda_DEV", defaultAccount: "000099", defaultEnvironment: "DEV"))
      #expect(try await journal.claim(.test("r1", of: byJob), for: .test("0#0")))
      #expect(try await journal.ownedRuns(of: .prepare) == ["r1"])
    }
  }

  @Test func oneOfManyWhoClaimARunGetsIt() async throws {
    try await withDirectory { directory in
      var journals: [any HeldJournal] = []
      for index in 0..<8 {
        let store = try RecordStore.test(in: directory)
        let journal = try await store.begin(.test("x\(index)"))
        try await journal.lockLaunches(of: .prepare, for: .test("0#0"))
        try await journal.intend(.launching(), at: .test("0#0"), settlesAt: .earliest)
        await journal.unlockLaunches(of: .prepare, for: .test("0#0"))
        journals.append(journal)
      }
      let wins = try await withThrowingTaskGroup { group in
        for journal in journals { group.addTask { try await journal.claim(.test("r1"), for: .test("0#0")) } }
        return try await group.reduce(into: 0) { wins, isOwn in wins += isOwn ? 1 : 0 }
      }
      #expect(wins == 1)
    }
  }

  @Test func claimingAgainForTheSameEffectIsTheSameAnswer() async throws {
    try await withDirectory { directory in
      let journal = try await RecordStore.test(in: directory).begin(.test("x"))
      #expect(try await journal.claim(.test("r1"), for: .test("0#0")))
      #expect(try await journal.claim(.test("r1"), for: .test("0#0")))
      #expect(try await journal.claim(.test("r1"), for: .test("1#0")) == false)
    }
  }

  /// A process that dies between the claim and the outcome must not look for its run among those that nobody owns.
  @Test func aClaimIsTheOutcomeOfItsLaunch() async throws {
    try await withDirectory { directory in
      let store = try RecordStore.test(in: directory, dead: [1])
      let journal = try await store.begin(.test("x"))
      try await journal.intend(.launching(baseline: ["old"]), at: .test("0#0"))
      #expect(try await journal.claim(.test("r1"), for: .test("0#0")))
      let (_, resumed) = try await store.resume("x", by: .test(2), launchingAgain: .none)
      let record = try await resumed.record(of: .test("0#0"))
      #expect(record?.outcome == .run(.test("r1"), adopted: true, by: Adopter(user: "ada", at: .start)))
      #expect(record?.intent == .launching(baseline: ["old"]))
    }
  }

  @Test func aRefusedClaimLeavesTheLaunchOpen() async throws {
    try await withDirectory { directory in
      let store = try RecordStore.test(in: directory)
      let (first, second) = (try await store.begin(.test("x")), try await store.begin(.test("y")))
      #expect(try await first.claim(.test("r1"), for: .test("0#0")))
      try await second.intend(.launching(), at: .test("0#0"))
      #expect(try await second.claim(.test("r1"), for: .test("0#0")) == false)
      #expect(try await second.record(of: .test("0#0"))?.outcome == nil)
    }
  }

  /// Nobody takes a run for its own launch's while another launch may have brought it about, unless a person says so.
  @Test func aRunIsNotAdoptedWhileAnotherLaunchIsOpen() async throws {
    try await withDirectory { directory in
      let store = try RecordStore.test(in: directory)
      let (first, second) = (try await store.begin(.test("x")), try await store.begin(.test("y", holder: .test(2))))
      let clock = ManualClock()
      clock.advance(by: .minutes(5))
      try await first.intend(.launching(), at: .test("0#0"))
      let later = try await RecordStore.test(in: directory, clock: clock).begin(.test("z", holder: .test(3)))
      try await later.intend(.launching(), at: .test("0#0"))
      let number = try #require(try await later.record(of: .test("0#0"))).number
      #expect(try await later.claim(.test("r1"), for: number, by: nil) == false)
      #expect(try await later.record(of: .test("0#0"))?.outcome == nil)
      try await first.finish(.launching(), .run(.test("r0"), adopted: false), at: .test("0#0"))
      #expect(try await later.claim(.test("r0"), for: number, by: nil) == false)
      #expect(try await later.claim(.test("r1"), for: number, by: nil))
      #expect(try await second.ownedRuns(of: .prepare) == ["r0", "r1"])
    }
  }

  @Test func textsWithNULStayApart() async throws {
    try await withDirectory { directory in
      let journal = try await RecordStore.test(in: directory).begin(.test("x"))
      #expect(try await journal.claim(.test("r\u{0}1"), for: .test("0#0")))
      #expect(try await journal.claim(.test("r\u{0}2"), for: .test("1#0")))
      #expect(try await journal.claim(.test("r"), for: .test("2#0")))
      #expect(try await journal.ownedRuns(of: .prepare).count == 3)
    }
  }
}
