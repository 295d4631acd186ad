import CivilTime
import TailerAPI
import TailerSimulator
import Testing

@testable import TailerClient

/// What looks at conditions read in common is asked once, and nobody is told what was before its turn.
@Suite struct ConditionReadsTests {
  private static let newest = RunFilter(limit: 1)

  private func rig(_ span: TimeSpan = .minutes(30)) -> WatcherRig {
    WatcherRig(WatcherRig.scenario(past: [30, 31, 29], next: [.init(.success, after: span)], job()))
  }

  private func listings(_ rig: WatcherRig) -> Int { rig.simulator.requestCounts["get_last_status"] ?? 0 }

  private func read(_ rig: WatcherRig, since moment: Timestamp, _ filter: RunFilter = newest) async throws -> [Run] {
    try await rig.watcher.reads(since: moment, by: after(.hours(1))).lastRuns(of: job(), filter)
  }

  @Test func whatIsAskedTogetherIsAskedOnce() async throws {
    let rig = rig()
    let replies = try await rig.time.drive {
      try await withThrowingTaskGroup(of: [Run].self) { group in
        for _ in 0..<10 { group.addTask { try await read(rig, since: Sample.now) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
    }
    #expect(listings(rig) == 1)
    #expect(replies.count == 10)
    #expect(Set(replies).count == 1)
    #expect(replies.first?.count == 1)
  }

  /// The simulator answers by what was when a request arrived; the first reply is long on its way.
  @Test func nobodyIsToldWhatWasBeforeItsTurn() async throws {
    let rig = rig()
    rig.simulator.add(FaultRule(.slow(.seconds(20)), action: "get_last_status", occurrences: 1...1))
    try await rig.time.drive {
      let early = Task(executorPreference: rig.time) { try await read(rig, since: Sample.now) }
      try await rig.time.sleep(for: .seconds(5))
      let run = try await rig.launched(job())
      let late = try await read(rig, since: rig.time.now)
      #expect(late.first?.id == run.id)
      #expect(try await early.value.first?.id != run.id)
    }
    #expect(listings(rig) == 2)
  }

  /// The same where the read is an await's look that was under way when the first condition asked.
  @Test func nobodyIsToldWhatALookSawBeforeItsTurn() async throws {
    let rig = rig()
    rig.simulator.add(FaultRule(.slow(.seconds(20)), action: "get_last_status", occurrences: 1...1))
    try await rig.time.drive {
      let awaited = Run(id: "20201230-112837-awaited", operation: job())
      let end = Task(executorPreference: rig.time) { try await rig.end(of: awaited, by: after(.hours(2)), every: nil) }
      try await rig.time.sleep(for: .seconds(1))
      let run = try await rig.launched(job())
      try await rig.time.sleep(for: .seconds(1))
      let early = Task(executorPreference: rig.time) { try await read(rig, since: Sample.now) }
      try await rig.time.sleep(for: .seconds(1))
      let late = try await read(rig, since: after(.milliseconds(1500)))
      #expect(late.first?.id == run.id)
      #expect(try await early.value.first?.id != run.id)
      end.cancel()
      _ = await end.result
    }
    #expect(listings(rig) == 2)
  }

  @Test func whoGivesUpLeavesTheReadToTheOthers() async throws {
    let rig = rig()
    rig.simulator.add(FaultRule(.slow(.seconds(20)), action: "get_last_status", occurrences: 1...1))
    try await rig.time.drive {
      let readers = (0..<2).map { _ in
        Task(executorPreference: rig.time) { try await read(rig, since: Sample.now) }
      }
      try await rig.time.sleep(for: .seconds(5))
      readers[0].cancel()
      #expect(
        await failure { () async throws(ServiceError) in try await unwrapped(readers[0].result) }?.kind == .cancelled)
      #expect(rig.time.now <= after(.seconds(6)))
      #expect(try await readers[1].value.count == 1)
    }
    #expect(listings(rig) == 1)
  }

  private func unwrapped(_ result: Result<[Run], any Error>) throws(ServiceError) -> [Run] {
    do { return try result.get() } catch {
      throw error as? ServiceError ?? ServiceError(.unknown, action: "", message: "")
    }
  }

  /// A condition on the runs of an operation that is awaited as well: the listing that it needs is the await's look.
  @Test func aConditionBesideAnAwaitCostsAboutWhatTheDearerOfThemDoes() async throws {
    func cost(_ condition: Bool, _ isAwaited: Bool) async throws -> (requests: Int, looks: Int) {
      let rig = rig()
      try await rig.time.drive {
        let run = try await rig.launched(job())
        async let end: Run? = isAwaited ? rig.end(of: run, by: after(.hours(2)), every: nil) : nil
        var turns = 0
        var moment = rig.time.now
        while condition, try await read(rig, since: moment, RunFilter(status: nil, limit: 1)).first?.status != .success
        {
          moment = try await rig.watcher.turn(since: after(.zero), by: after(.hours(2)), every: nil, isFailing: false)
          turns += 1
        }
        #expect(try await end?.status ?? .success == .success)
      }
      return (rig.simulator.requestCount - 1, rig.watchCosts.first?.looks ?? 0)
    }
    let (watch, _) = try await cost(false, true)
    let (condition, _) = try await cost(true, false)
    let (both, looks) = try await cost(true, true)
    #expect(watch > 8)
    #expect(both <= condition + 3, "\(watch) and \(condition) together \(both)")
    #expect(looks >= both - 1)
  }

  /// What an await's listing does not show is asked for.
  @Test func aRarerStatusIsStillFound() async throws {
    let rig = WatcherRig(
      WatcherRig.scenario(past: [30, 31, 29], next: [.init(.success, after: .minutes(30))], job()),
      settings: WatchSettings(largestListing: 1))
    try await rig.time.drive {
      let run = try await rig.launched(job())
      async let end = rig.end(of: run, by: after(.hours(2)), every: nil)
      try await rig.time.sleep(for: .minutes(1))
      let found = try await read(rig, since: rig.time.now, RunFilter(status: .success, limit: 1))
      #expect(found.first?.duration == .minutes(29))
      #expect(try await read(rig, since: rig.time.now, RunFilter(status: .failed, limit: 1)).isEmpty)
      _ = try await end
    }
  }

  /// A read ends in time, whatever holds it up, and says so.
  @Test func aReadEndsAfterTheDeadline() async throws {
    for isQuiet in [true, false] {
      let rig = rig()
      let fault: Fault = isQuiet ? .status(429, afterEffect: false, retryAfter: .hours(1)) : .slow(.hours(1))
      rig.simulator.add(FaultRule(fault, action: "get_last_status"))
      try await rig.time.drive {
        if isQuiet { _ = try? await rig.service.lastRuns(of: job(), Self.newest) }
        let reads = rig.watcher.reads(since: rig.time.now, by: after(.seconds(10)))
        let error = await failure { () async throws(ServiceError) in try await reads.lastRuns(of: job(), Self.newest) }
        #expect(error?.kind == (isQuiet ? .throttled : .unknown))
        if isQuiet { #expect(error?.message == "it wants to be left alone until 2020-12-30 12:28:43 UTC") }
        #expect(rig.time.now == after(.seconds(isQuiet ? 10 : 20)))
      }
    }
  }
}
