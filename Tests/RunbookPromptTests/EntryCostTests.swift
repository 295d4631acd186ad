import RunbookEvaluator
import RunbookJournal
import RunbookRecord
import RunbookTerminal
import TailerAPI
import TailerSimulator
import Testing

/// What the prompt says that its entries have cost.
@Suite struct EntryCostTests {
  /// With the time, and at the end for the whole session, also in its record.
  @Test func whatEntriesCostIsTold() async throws {
    let outcome = try PromptRehearsal([
      #"let prepare = table-to-table "p""#, ":time", "launch prepare", "await run every 45s", ":quit",
    ]).run()
    let lines = outcome.screen.split(separator: "\n").map(String.init)
    #expect(lines.contains("took 40ms: 2 requests (1 get_last_status, 1 launch_job)"), "\(lines)")
    let awaited = "1 await took 3 looks and noticed 30s after the end"
    #expect(
      lines.contains("took 1m30s: 3 requests (2 check_run_status, 1 get_last_status); \(awaited)"), "\(lines)")
    let last = "5 requests (2 check_run_status, 2 get_last_status, 1 launch_job); \(awaited)"
    #expect(lines.last == last)
    let end = try #require(try await outcome.store.executions(limit: 1).first?.end)
    #expect(end.cost?.words == last)
    #expect(end.cost?.requests.total == outcome.simulator.requestCount)
  }
}
