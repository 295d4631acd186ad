import CivilTime
import RecordSupport
import RunbookEvaluator
import RunbookJournal
import RunbookRecord
import RunbookSyntax
import TailerAPI
import Testing

@Suite struct ResumeTests {
  private func failure(_ kind: ErrorKind) -> EffectOutcome { .failed(RecordedError(kind: kind, message: "it failed")) }

  /// An execution that ended over a launch that may have happened, and one that did not.
  private func endOverTwoLaunches(_ store: RecordStore) async throws {
    let journal = try await store.begin(.test("x"))
    let launches = [("0#0", DataOperation.prepare, ErrorKind.unconfirmed), ("1#0", .export, .rejected)]
    for (path, operation, kind) in launches {
      try await journal.intend(.launching(operation), at: .test(path))
      try await journal.finish(.launching(operation), failure(kind), at: .test(path))
    }
    try await journal.end(.test("failed", status: 5, isResumable: true, origins: ["0#0", "1#0"].map(EffectKey.test)))
  }

  @Test func theLatestUnfinishedOneIsResumed() async throws {
    try await withDirectory { directory in
      let store = try RecordStore.test(in: directory, dead: [1])
      try await store.begin(.test("interrupted")).end(.test("interrupted", status: 130, isResumable: true))
      _ = try await store.begin(.test("killed"))
      try await store.begin(.test("done")).end(.test())
      _ = try await store.begin(.test("running", holder: .test(5)))
      let (killed, _) = try await store.resume(nil, by: .test(2), launchingAgain: .none)
      #expect(killed.id == "killed")
      let (interrupted, journal) = try await store.resume(nil, by: .test(2), launchingAgain: .none)
      #expect(interrupted.id == "interrupted")
      #expect(journal.executionID == "interrupted")
      await #expect(throws: JournalStoreError.nothingToResume) {
        _ = try await store.resume(nil, by: .test(2), launchingAgain: .none)
      }
    }
  }

  @Test func whatHasEndedStaysEnded() async throws {
    try await withDirectory { directory in
      let store = try RecordStore.test(in: directory, dead: [1])
      try await store.begin(.test("done")).end(.test())
      await #expect(throws: JournalStoreError.hasEnded(id: "done", why: "it ended at 2026-11-23T03:00:00Z: done")) {
        _ = try await store.resume("done", by: .test(2), launchingAgain: .none)
      }
      await #expect(throws: JournalStoreError.noSuchExecution("x'--")) {
        _ = try await store.resume("x'--", by: .test(2), launchingAgain: .none)
      }
    }
  }

  /// What a process cost that was killed before it recorded anything is missing, though the end before it had a cost.
  @Test func aKilledProcessIsMissingInTheCost() async throws {
    try await withDirectory { directory in
      let store = try RecordStore.test(in: directory, dead: [1, 2, 3])
      var end = ExecutionEnd.test("interrupted", status: 130, isResumable: true)
      end.cost = ExecutionCost()
      try await store.begin(.test("x")).end(end)
      let (_, second) = try await store.resume("x", by: .test(2), launchingAgain: .none)
      #expect(await second.earlierCost == ExecutionCost())
      let (_, third) = try await store.resume("x", by: .test(3), launchingAgain: .none)
      #expect(await third.earlierCost == ExecutionCost(lacksKilled: true))
    }
  }

  /// Given up, an execution keeps its record, is over for everybody, and its process, if it lives after all, writes no more.
  @Test func whatIsGivenUpIsOver() async throws {
    try await withDirectory { directory in
      let store = try RecordStore.test(in: directory, dead: [1])
      let killed = try await store.begin(.test("killed"))
      let key = EffectKey(path: "1#0", textHash: TextHash(of: "h"))
      try await killed.intend(.print, at: key)
      try await killed.finish(.print, failure(.failed), at: key)
      let stopped = try await store.begin(.test("stopped"))
      try await stopped.end(.test("interrupted", status: 130, isResumable: true))
      _ = try await store.begin(.test("running", holder: .test(5)))
      for id in ["killed", "stopped"] { try await store.abandon(id, by: "ann") }
      #expect(try await store.entries(of: "killed").map(\.outcome) == [failure(.failed)])
      let ends = [
        "killed": "given up by ann; before: its process is gone, and did not record how it ended",
        "stopped": "given up by ann; before: interrupted",
      ]
      for (id, words) in ends {
        let summary = try await store.summary(of: id)
        #expect(summary.state == .ended)
        #expect(summary.end?.exitStatus == 6)
        #expect(summary.end?.summary == words)
        let ended = JournalStoreError.hasEnded(id: id, why: "it ended at 2026-11-23T03:00:00Z: \(words)")
        await #expect(throws: ended) { try await store.abandon(id, by: "bob") }
        await #expect(throws: ended) { _ = try await store.resume(id, by: .test(2), launchingAgain: .none) }
      }
      await #expect(throws: JournalStoreError.nothingToResume) {
        _ = try await store.resume(nil, by: .test(2), launchingAgain: .none)
      }
      await #expect(throws: JournalStoreError.isHeld(id: "running", by: .test(5))) {
        try await store.abandon("running", by: "ann")
      }
      await #expect(throws: JournalStoreError.noSuchExecution("none")) { try await store.abandon("none", by: "ann") }
      await #expect(throws: JournalError.self) { try await killed.intend(.print, at: key) }
    }
  }

  /// What a process ended with is not how the one behind it ended, which was killed.
  @Test func theEndOfAnEarlierProcessIsNotThatOfAKilledOne() async throws {
    try await withDirectory { directory in
      let clock = ManualClock()
      let store = try RecordStore.test(in: directory, clock: clock, dead: [1, 2])
      let end = ExecutionEnd.test("interrupted", status: 130, isResumable: true, at: clock.now)
      try await store.begin(.test("x")).end(end)
      #expect(try await store.summary(of: "x").end == end)
      clock.advance(by: .seconds(1))
      _ = try await store.resume("x", by: .test(2), launchingAgain: .none)
      let killed = try await store.summary(of: "x")
      #expect(killed.end == nil && killed.state == .unfinished)
      // Given up, it has an end again.
      try await store.abandon("x", by: "ann")
      #expect(try await store.summary(of: "x").end?.exitStatus == 6)
    }
  }

  /// A session at the prompt keeps no text: killed, it is over, and is no candidate for whoever resumes the latest.
  @Test func aKilledSessionIsOverAndIsPruned() async throws {
    try await withDirectory { directory in
      let clock = ManualClock()
      let store = try RecordStore.test(in: directory, clock: clock, dead: [1])
      _ = try await store.begin(.test("file"))
      var header = ExecutionHeader.test("session")
      header.sources = []
      let session = try await store.begin(header)
      try await session.intend(.launching(), at: .test("0#0"))
      let summary = try await store.summary(of: "session")
      #expect(summary.header == header && summary.state == .ended && summary.end == nil)
      header.id = "living"
      header.holder = .test(7)
      _ = try await store.begin(header)
      await #expect(
        throws: JournalStoreError.hasEnded(
          id: "session", why: "it was a session at the prompt, and its process is gone, and did not record how it ended"
        )
      ) { _ = try await store.resume("session", by: .test(2)) }
      // What it launched may still come to light: it stays open for those who look for a run of their own.
      let other = try await store.begin(.test("other", holder: .test(7)))
      #expect(try await other.rivals(for: .test("new"), of: .test("0#0")) == 1)
      let (found, _) = try await store.resume(nil, by: .test(2))
      #expect(found.id == "file")
      clock.advance(by: .days(1))
      #expect(try await store.prune(endedBefore: .start) == 0)
      #expect(try await store.prune(endedBefore: clock.now) == 1)
      await #expect(throws: JournalStoreError.noSuchExecution("session")) { _ = try await store.summary(of: "session") }
    }
  }

  /// An accepted text goes on with the record; what another acceptance would have to say is in the header.
  @Test func anAcceptedTextStaysAccepted() async throws {
    try await withDirectory { directory in
      let store = try RecordStore.test(in: directory, dead: [1, 2])
      let journal = try await store.begin(.test("x"))
      for path in ["0#0", "1#0", "2#0"] { try await journal.intend(.reset(.prepare), at: .test(path)) }
      var header = ExecutionHeader.test("x", text: "print 2")
      header.isEdited = true
      let reworded = EffectKey(path: "0#0", textHash: TextHash(of: "new"))
      let numbers = try await ["0#0", "1#0"].asyncMap { try #require(try await journal.record(of: .test($0))).number }
      try await journal.accept(header, rewording: [numbers[0]: reworded], settingAside: [numbers[1]])
      await #expect(throws: JournalError.contradiction("there is no effect #99")) {
        try await journal.accept(header, rewording: [:], settingAside: [RecordNumber(99)])
      }
      #expect(try await journal.record(of: .test("0#0"))?.textHash == TextHash(of: "new"))
      #expect(try await journal.record(of: .test("1#0")) == nil)
      // What stands there now has a record of its own.
      try await journal.intend(.reset(.export), at: .test("1#0"))
      let (found, resumed) = try await store.resume("x", by: .test(2))
      #expect(found == header)
      let records = try await resumed.standing()
      #expect(records.map(\.key) == [reworded, .test("1#0"), .test("2#0"), .test("1#0")])
      #expect(records.map(\.standing) == [.current, .setAside, .current, .current])
      #expect(records.map(\.intent) == [.reset(.prepare), .reset(.prepare), .reset(.prepare), .reset(.export)])
    }
  }

  @Test func whatItEndedOverIsDoneAnew() async throws {
    try await withDirectory { directory in
      let store = try RecordStore.test(in: directory)
      let journal = try await store.begin(.test("x"))
      let launch = EffectIntent.launching(baseline: ["old"])
      let wait = EffectIntent.await(runID: "r1", operation: .prepare, from: .start)
      // A launch that may have happened, one that did not, a wait, a failure that was caught, and a success.
      let lost = EffectIntent.launching(.export, baseline: ["old"])
      try await journal.intend(lost, at: .test("0#0"))
      try await journal.finish(lost, failure(.unconfirmed), at: .test("0#0"))
      try await journal.intend(launch, at: .test("1#0"))
      try await journal.finish(launch, failure(.rejected), at: .test("1#0"))
      try await journal.intend(launch, at: .test("4#0"))
      try await journal.intend(wait, at: .test("2#0"))
      try await journal.finish(wait, failure(.timeout), at: .test("2#0"))
      try await journal.finish(.list("runs"), failure(.unreachable), at: .test("3#0"))
      try await journal.finish(launch, .run(.test("r9"), adopted: false), at: .test("4#0"))
      let origins = ["0#0", "1#0", "2#0", "4#0", "no such"].map(EffectKey.test)
      try await journal.end(.test("failed", status: 5, isResumable: true, origins: origins))

      let (_, resumed) = try await store.resume("x", by: .test(2), launchingAgain: .none)
      #expect(try await resumed.record(of: .test("0#0"))?.intent == lost)
      #expect(try await resumed.record(of: .test("0#0"))?.outcome == nil)
      #expect(try await resumed.record(of: .test("1#0")) == nil)
      #expect(try await resumed.record(of: .test("2#0")) == nil)
      #expect(try await resumed.record(of: .test("3#0"))?.outcome == failure(.unreachable))
      #expect(try await resumed.record(of: .test("4#0"))?.outcome == .run(.test("r9"), adopted: false))
      // What is done anew comes after all that was done.
      let later = EffectIntent.await(runID: "r1", operation: .prepare, from: Timestamp.start.advanced(by: .hours(1)))
      try await resumed.intend(later, at: .test("2#0"))
      let entries = try await store.entries(of: "x")
      #expect(
        entries.map(\.key.path)
          == ["0#0", "3#0", "4#0", "2#0"].sorted { a, b in
            (entries.first { $0.key.path == a }?.number.value ?? 0)
              < (entries.first { $0.key.path == b }?.number.value ?? 0)
          })
      #expect(entries.last?.intent == later)
      #expect(Set(entries.map(\.number)).count == entries.count)
      #expect(entries.first { $0.key.path == "0#0" }?.finishedAt == nil)
    }
  }

  /// Launching again is for the launches that an ending called unconfirmed, and for no others.
  @Test func anUnconfirmedLaunchIsForgottenWhenItIsToBeSentAgain() async throws {
    try await withDirectory { directory in
      let clock = ManualClock()
      let store = try RecordStore.test(in: directory, clock: clock)
      let journal = try await store.begin(.test("x"))
      let other = DataOperation.named("other", type: .tableToStorage, environment: "DEV", account: "000099")
      let launches = [
        ("0#0", DataOperation.export, ErrorKind.unconfirmed), ("1#0", .prepare, .unconfirmed),
        ("2#0", other, .rejected),
      ]
      for (path, operation, kind) in launches {
        try await journal.intend(.launching(operation), at: .test(path))
        try await journal.finish(.launching(operation), failure(kind), at: .test(path))
      }
      try await journal.end(.test("unconfirmed", status: 5, isResumable: true, origins: [.test("1#0"), .test("0#0")]))
      let open = try await store.entries(of: "x").filter(\.isOpenLaunch)
      #expect(open.map(\.number.value) == [1, 3])
      // Of several open ones, one has to be named.
      await #expect(throws: JournalStoreError.severalLaunches(id: "x", open: open)) {
        _ = try await store.resume("x", by: .test(2), launchingAgain: .only)
      }
      await #expect(throws: JournalStoreError.severalLaunches(id: "x", open: open)) {
        _ = try await store.resume("x", by: .test(2), launchingAgain: .dated(nil))
      }
      for nothing in [LaunchAgain.dated(Timestamp.start.date), .numbered(RecordNumber(5)), .numbered(RecordNumber(99))]
      {
        await #expect(throws: JournalStoreError.noSuchLaunch(id: "x", open: open)) {
          _ = try await store.resume("x", by: .test(2), launchingAgain: nothing)
        }
      }
      // Something of the request may still arrive for a while.
      await #expect(throws: JournalStoreError.launchIsUnsettled(id: "x", until: clock.now.advanced(by: .minutes(4)))) {
        _ = try await store.resume("x", by: .test(2), launchingAgain: .numbered(RecordNumber(3)))
      }
      clock.advance(by: .minutes(5))
      let (_, resumed) = try await store.resume("x", by: .test(2), launchingAgain: .numbered(RecordNumber(3)))
      #expect(try await resumed.record(of: .test("0#0"))?.outcome == nil)
      #expect(try await resumed.recall(.launching(), at: EffectSite(.test("1#0"))) == nil)
      #expect(try await resumed.record(of: .test("2#0"))?.outcome == failure(.rejected))
      // The word is used up by the launch that it is about, and stays on record with it.
      try await resumed.finish(.print, .done, at: .test("3#0"))
      #expect(try await resumed.record(of: .test("1#0"))?.number == RecordNumber(3))
      try await resumed.finish(.launching(.export), .run(.test("r9", of: .export), adopted: false), at: .test("0#0"))
      try await resumed.intend(.launching(), at: .test("1#0"))
      let entries = try await store.entries(of: "x")
      #expect(entries.map(\.key.path) == ["0#0", "1#0", "2#0", "3#0", "1#0"])
      #expect(entries[1].outcome == .denied(by: Adopter(user: "ada", at: clock.now)))
      #expect(entries.last?.outcome == nil)
    }
  }

  /// Each of several writes brings along what taking it up again has changed, until one of them is done; none takes back what
  /// another has written.
  @Test func writesAtOnceReopenOnce() async throws {
    let rows = GatedRowStore()
    let store = RecordStore(rows, clock: ManualClock(), liveness: .test(dead: []))
    try await endOverTwoLaunches(store)
    let (_, resumed) = try await store.resume("x", by: .test(2), launchingAgain: .none)
    rows.close()
    async let first = resumed.finish(
      .launching(), .run(.test("r1"), adopted: false), at: .test("0#0"))
    await rows.untilWaiting(1)
    async let second = resumed.finish(.print, .done, at: .test("2#0"))
    await rows.untilWaiting(2)
    rows.letThrough()
    _ = try await first
    rows.letThrough()
    _ = try await second
    let entries = try await store.entries(of: "x")
    #expect(entries.map(\.key.path) == ["0#0", "2#0"])
    #expect(entries.first?.outcome == .run(.test("r1"), adopted: false))
    #expect(try await resumed.record(of: .test("0#0"))?.outcome == entries.first?.outcome)
  }

  /// What can still arrive is kept in mind, whoever wants the record gone.
  @Test func whatMayStillArriveIsNotPruned() async throws {
    try await withDirectory { directory in
      let clock = ManualClock()
      let store = try RecordStore.test(in: directory, clock: clock, dead: [1])
      let killed = try await store.begin(.test("x"))
      try await killed.intend(.launching(), at: .test("0#0"))
      try await store.abandon("x", by: "ada")
      #expect(try await store.prune(endedBefore: .latest) == 0)
      clock.advance(by: .minutes(5))
      #expect(try await store.prune(endedBefore: .latest) == 1)
    }
  }

  /// Settling says of the launches what a person has said, and leaves the rest for whoever goes on.
  @Test func settlingLeavesAllElse() async throws {
    try await withDirectory { directory in
      let clock = ManualClock()
      let store = try RecordStore.test(in: directory, clock: clock)
      try await endOverTwoLaunches(store)
      clock.advance(by: .minutes(5))
      try await store.resume("x", by: .test(2), launchingAgain: .only).1.settle()
      #expect(try await store.entries(of: "x").map(\.outcome).last == failure(.rejected))
      #expect(try await store.summary(of: "x").end?.summary == "failed")
    }
  }

  /// What a person says of a launch stands also where its process was killed, and where nobody goes on.
  @Test(arguments: [false, true]) func whatIsSaidOfALaunchOfTheKilledStands(isSettled: Bool) async throws {
    try await withDirectory { directory in
      let clock = ManualClock()
      let store = try RecordStore.test(in: directory, clock: clock, dead: [1])
      let killed = try await store.begin(.test("x"))
      try await killed.intend(.launching(), at: .test("0#0"))
      clock.advance(by: .minutes(5))
      let (_, resumed) = try await store.resume("x", by: .test(2), launchingAgain: .only)
      if isSettled {
        try await resumed.settle()
        await #expect(throws: JournalError.self) {
          try await resumed.finish(.print, .done, at: .test("1#0"))
        }
        await #expect(throws: JournalStoreError.noSuchLaunch(id: "x", open: [])) {
          _ = try await store.resume("x", by: .test(3), launchingAgain: .only)
        }
        #expect(try await store.summary(of: "x").lives.last?.leaving == .gaveBack)
      } else {
        try await resumed.intend(.launching(), at: .test("0#0"))
      }
      #expect(try await store.summary(of: "x").state == (isSettled ? .unfinished : .running))
      let (_, third) = try await RecordStore.test(in: directory, clock: clock, dead: [1, 2]).resume("x", by: .test(3))
      let standing = try await third.standing().map(\.number)
      #expect(standing == (isSettled ? [] : [RecordNumber(2)]), "the denied one answers for nothing")
    }
  }

  /// What comes of the launch in its stead is not what came of the one that a person has denied, also where it fails before
  /// anything is sent.
  @Test func aDenialStandsWhereTheLaunchInItsSteadFailsAtOnce() async throws {
    try await withDirectory { directory in
      let clock = ManualClock()
      let store = try RecordStore.test(in: directory, clock: clock, dead: [1])
      try await store.begin(.test("x")).intend(.launching(), at: .test("0#0"))
      clock.advance(by: .minutes(5))
      let (_, resumed) = try await store.resume("x", by: .test(2), launchingAgain: .only)
      try await resumed.finish(.launching(), failure(.unreachable), at: .test("0#0"))
      let outcomes = try await store.entries(of: "x").map(\.outcome)
      #expect(outcomes.count == 2)
      #expect(outcomes.first??.isDenial == true)
      #expect(outcomes.last == failure(.unreachable))
    }
  }

  /// Who looks and does not go on leaves everything as it was: how it ended, and what it ended over.
  @Test(arguments: [false, true]) func whatIsGivenBackIsAsItWas(isLaunchedAgain: Bool) async throws {
    try await withDirectory { directory in
      let clock = ManualClock()
      let store = try RecordStore.test(in: directory, clock: clock)
      try await endOverTwoLaunches(store)
      let (before, entries) = (try await store.summary(of: "x"), try await store.entries(of: "x"))
      clock.advance(by: .minutes(5))
      let (_, taken) = try await store.resume("x", by: .test(2), launchingAgain: isLaunchedAgain ? .only : .none)
      try await taken.lockLaunches(of: .prepare, for: .test("0#0"))
      #expect(try await store.summary(of: "x").state == .running)
      try await taken.giveBack()
      let after = try await store.summary(of: "x")
      #expect(after.end == before.end && after.state == before.state)
      #expect(after.lives.map(\.leaving) == [.ended, .gaveBack])
      #expect(try await store.entries(of: "x") == entries)
      await #expect(throws: JournalError.self) { try await taken.intend(.launching(), at: .test("2#0")) }
      let (_, again) = try await store.resume("x", by: .test(3), launchingAgain: .only)
      #expect(try await again.recall(.launching(), at: EffectSite(.test("0#0"))) == nil)
    }
  }

  @Test func aResumedExecutionThatIsKilledCanBeResumedAgain() async throws {
    try await withDirectory { directory in
      let store = try RecordStore.test(in: directory, dead: [1, 2])
      try await store.begin(.test("x")).end(.test("interrupted", status: 130, isResumable: true))
      #expect(try await store.summary(of: "x").end?.exitStatus == 130)
      let (_, second) = try await store.resume("x", by: .test(2), launchingAgain: .none)
      try await second.intend(.launching(), at: .test("0#0"))
      let summary = try await store.summary(of: "x")
      #expect(summary.state == .unfinished && summary.end == nil)
      let (_, third) = try await store.resume(nil, by: .test(3), launchingAgain: .none)
      #expect(try await third.standing().map(\.intent) == [.launching()])
      try await third.end(.test())
      #expect(try await store.summary(of: "x").state == .ended)
    }
  }
}

extension EffectOutcome {
  fileprivate var isDenial: Bool { if case .denied = self { true } else { false } }
}
