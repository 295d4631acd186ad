import CivilTime
import RehearsalSupport
import RunbookEvaluator
import RunbookRecord
import TailerAPI
import TailerSimulator
import Testing

/// What an execution says it has cost is what the service met.
@Suite struct CostTests {
  private func ended(_ outcome: Rehearsal.Outcome) -> [WatchCost] {
    outcome.events.compactMap { if case .ended(_, let cost) = $0.kind { cost } else { nil } }
  }

  @Test func everyAwaitSaysItsLooksAndHowPromptItWas() throws {
    let outcome = try rehearse("launch prepare\nawait run every 45s or fail")
    let cost = try #require(ended(outcome).first)
    // Looks at 0, 45, 90 and 135 s of a run that takes two minutes.
    #expect(cost.looks == 4)
    #expect(abs(try #require(cost.noticedAfter).inSeconds - 15) < 0.5)
    #expect(outcome.result.awaits == [cost])
  }

  @Test func aDeadlineCostsToo() throws {
    let outcome = try rehearse("launch prepare\nawait run every 45s timeout 1m or fail")
    #expect(outcome.exitStatus == 4)
    #expect(outcome.result.awaits == [WatchCost(looks: 3)])
  }

  @Test func aListSaysItForEach() throws {
    let outcome = try rehearse(
      "let runs = launch [prepare, export]\nawait runs every 30s\nif status == FAILED { stop }")
    #expect(ended(outcome).count == 2)
    #expect(outcome.result.awaits.count == 2)
    #expect(Set(outcome.result.awaits) == Set(ended(outcome)))
  }

  @Test func whatTheRecordAnswersForCountsOnceMoreInTheSum() throws {
    var rehearsal = try Rehearsal(
      preamble + "launch prepare\nawait run every 45s or fail\nwait 1h\nprint \"over\"", scenario: platform())
    let world = World(scenario: rehearsal.scenario)
    let journal = MemoryJournal()
    rehearsal.interruptAfter = .minutes(10)
    let first = try rehearsal.run(on: world, journal: journal)
    #expect(first.exitStatus == 130)
    rehearsal.interruptAfter = nil
    let second = try rehearsal.run(on: world, journal: journal)
    #expect(second.printed == ["over"])
    #expect(first.result.awaits.count == 1)
    #expect(second.result.awaits == first.result.awaits)
  }

  @Test func theSumHasTheMiddleTheLateAndTheLatest() throws {
    var requests = RequestCounts()
    requests.count("launch_job", isRetry: false)
    requests.count("launch_job", isRetry: true)
    let costs = (1...100).map { WatchCost(looks: 2, noticedAfter: .seconds($0)) } + [WatchCost(looks: 5)]
    let cost = ExecutionCost(requests: requests, awaits: costs)
    #expect(cost.awaits == 101)
    #expect(cost.looks == 205)
    #expect(cost.requests.byAction == ["launch_job": 2])
    #expect(cost.requests.retries == 1)
    let noticing = try #require(cost.noticing)
    #expect(noticing.median == .seconds(51))
    #expect(noticing.late == .seconds(95))
    #expect(noticing.latest == .seconds(100))
    #expect(ExecutionCost(awaits: [WatchCost(looks: 5)]).noticing == nil)
  }

  @Test func requestsOfOneTimeAndAnother() {
    var counts = RequestCounts()
    counts.count("check_run_status", isRetry: false)
    let before = counts
    counts.count("check_run_status", isRetry: true)
    counts.count("get_last_status", isRetry: false)
    let since = counts.since(before)
    #expect(since.byAction == ["check_run_status": 1, "get_last_status": 1])
    #expect(since.retries == 1)
    #expect(before.adding(since) == counts)
  }
}
