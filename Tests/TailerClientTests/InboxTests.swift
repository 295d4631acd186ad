import CivilTime
import TailerAPI
import TailerSimulator
import Testing

@testable import TailerClient

/// Waits that are begun together.
@Suite(.timeLimit(.minutes(1))) struct InboxTests {
  private static let operation = DataOperation.named(
    "000099_job", type: .tableToStorage, environment: "DEV", account: "000099")

  private func run(_ number: Int, _ status: RunStatus) -> Run {
    Run(id: "\(number)", operation: Self.operation, status: status, started: Sample.now)
  }

  /// Thousands of awaits are kept at once, each as one of these.
  @Test func anAwaitIsSmall() {
    #expect(MemoryLayout<Watch>.stride <= 96)
    #expect(MemoryLayout<WatchTarget>.size <= 9)
  }

  @Test func eachEndsOnceAndThoseGivenUpAreCancelled() async throws {
    let time = VirtualTime(startingAt: Sample.now)
    let service = client(SimulatedTransport(Simulator(Scenario(now: Sample.now)), clock: time), clock: time)
    let watcher = PollingRunWatcher(service: service, clock: time, random: { 0.5 })
    let runs = [run(0, .running), run(1, .success), run(2, .running)]
    let ended = try time.run {
      let inbox = WatchInbox { _, _ in }
      let deadline = Sample.now.advanced(by: .hours(1))
      let giveUp = await watcher.begin(runs.map { RunWait(for: .end(of: $0), by: deadline) }, telling: inbox)
      var arrivals = await inbox.next()
      #expect(arrivals.map(\.index) == [1])
      await giveUp()
      await giveUp()
      arrivals += await inbox.next()
      inbox.close()
      let more = await inbox.next()
      #expect(more.isEmpty)
      return arrivals
    }
    #expect(ended.map(\.index) == [1, 0, 2])
    #expect(ended.map { try? $0.outcome.result.get().status } == [.success, nil, nil])
    #expect(ended.dropFirst().allSatisfy { $0.outcome.result == .failure(.cancelled) })
  }

  @Test func cancellingTheTaskEndsTheWaiting() async {
    let inbox = WatchInbox { _, _ in }
    let task = Task { await inbox.next() }
    task.cancel()
    #expect(await task.value.isEmpty)
    inbox.bring(WatchOutcome(.failure(.cancelled)), of: 7)
    #expect(await inbox.next().map(\.index) == [7])
  }
}
