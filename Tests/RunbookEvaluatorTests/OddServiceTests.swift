import CivilTime
import RehearsalSupport
import RunbookDiagnostics
import RunbookEvaluator
import RunbookRecord
import TailerAPI
import TailerSimulator
import Testing

/// Services that tell less than the known one: a launch is still never taken for another, and never sent twice.
@Suite struct OddServiceTests {
  static let text = "launch prepare\nawait run or fail\nprint run.id"

  private func rehearse(
    _ text: String, _ scenario: String, on service: @escaping @Sendable (any TailerService) -> any TailerService
  ) throws -> Rehearsal.Outcome {
    var rehearsal = try Rehearsal(preamble + text, scenario: scenario)
    rehearsal.behind = service
    return try rehearsal.run()
  }

  private func adopted(_ outcome: Rehearsal.Outcome) -> [String] {
    outcome.events.compactMap { if case .adopted(let run, _) = $0.kind { run.id } else { nil } }
  }

  @Test func withoutTimesTheBaselineDecides() throws {
    let history = "history: [SUCCESS after 1m at 11:20:00], runs: SUCCESS after 2m"
    let lost = try rehearse(Self.text, platform(prepare: history, more: "faults: [launch_job 1: reply lost]")) {
      Timeless(base: $0)
    }
    #expect(lost.exitStatus == 0)
    #expect(adopted(lost) == lost.simulator.launches.map { Timeless.id($0.id) })
    let never = try rehearse(Self.text, platform(prepare: history, more: "faults: [launch_job 1: request lost]")) {
      Timeless(base: $0)
    }
    #expect(never.exitStatus == 5)
    #expect(adopted(never).isEmpty)
  }

  /// Any launch whose fate is open may have brought about a run that tells no time.
  @Test func withoutTimesOtherOpenLaunchesKeepARunFromBeingTaken() throws {
    let outcome = try rehearse(
      "try { launch prepare } catch unconfirmed { }\nwait 6h\nlaunch prepare\nawait run or fail",
      platform(more: "faults: [launch_job 1: request lost, launch_job 2: reply lost]")
    ) { Timeless(base: $0) }
    #expect(outcome.exitStatus == 5)
    #expect(outcome.failure?.id == "launch-ambiguous")
    #expect(outcome.simulator.requestCounts["launch_job"] == 2)
    #expect(adopted(outcome).isEmpty)
  }

  @Test func aListingOfThreeShowsTheNewRun() throws {
    let history = (1...5).map { "SUCCESS after 1m at 11:1\($0):00" }.joined(separator: ", ")
    let outcome = try rehearse(
      Self.text,
      platform(
        prepare: "history: [\(history)], runs: SUCCESS after 2m", more: "faults: [launch_job 1: reply lost]")
    ) { Short(base: $0) }
    #expect(outcome.exitStatus == 0)
    #expect(adopted(outcome) == outcome.simulator.launches.map(\.id))
  }

  /// Runs of others push this one out of sight: they are candidates together, and none is taken.
  @Test(arguments: ["reply lost", "request lost"]) func aListingOfThreeThatIsFullOfOthersIsAmbiguous(_ fault: String)
    throws
  {
    let others = (1...4).map { "SUCCESS after 2m at +\($0 * 10)s" }.joined(separator: ", ")
    let outcome = try rehearse(
      Self.text,
      platform(prepare: "schedule: [\(others)], runs: SUCCESS after 2m", more: "faults: [launch_job 1: \(fault)]")
    ) { Short(base: $0) }
    #expect(outcome.exitStatus == 5)
    #expect(outcome.failure?.id == "launch-ambiguous")
    #expect(adopted(outcome).isEmpty)
  }
}

/// Its runs have ids without a moment, and no start.
private struct Timeless: TailerService {
  let base: any TailerService
  var requestCounts: RequestCounts { base.requestCounts }

  static func id(_ id: String) -> String { "run:" + (id.split(separator: "-").last ?? "") }

  private func shown(_ run: Run) -> Run {
    Run(id: Self.id(run.id), operation: run.operation, jobID: run.jobID, status: run.status, duration: run.duration)
  }

  func launch(
    _ operation: DataOperation, on date: CalendarDate?, _ launchTry: LaunchTry
  ) async throws(ServiceError) -> String {
    Self.id(try await base.launch(operation, on: date, launchTry))
  }
  func check(_ run: Run.Reference) async throws(ServiceError) -> Run? {
    try await lastRuns(of: run.operation, RunFilter(limit: 100)).first { $0.id == run.id }
  }
  func lastRuns(of operation: DataOperation, _ filter: RunFilter) async throws(ServiceError) -> [Run] {
    try await base.lastRuns(of: operation, filter).map(shown)
  }
  func runs(
    of type: ConfigurationType, account: String, environment: String?, _ filter: RunFilter
  ) async throws(ServiceError) -> [Run] {
    try await base.runs(of: type, account: account, environment: environment, filter).map(shown)
  }
  func send(_ change: ServiceChange) async throws(ServiceError) { try await base.send(change) }
}

/// Lists three runs, whatever limit is asked for.
private struct Short: TailerService {
  let base: any TailerService
  var requestCounts: RequestCounts { base.requestCounts }

  func launch(
    _ operation: DataOperation, on date: CalendarDate?, _ launchTry: LaunchTry
  ) async throws(ServiceError) -> String {
    try await base.launch(operation, on: date, launchTry)
  }
  func check(_ run: Run.Reference) async throws(ServiceError) -> Run? { try await base.check(run) }
  func lastRuns(of operation: DataOperation, _ filter: RunFilter) async throws(ServiceError) -> [Run] {
    Array(try await base.lastRuns(of: operation, filter).prefix(3))
  }
  func runs(
    of type: ConfigurationType, account: String, environment: String?, _ filter: RunFilter
  ) async throws(ServiceError) -> [Run] {
    Array(try await base.runs(of: type, account: account, environment: environment, filter).prefix(3))
  }
  func send(_ change: ServiceChange) async throws(ServiceError) { try await base.send(change) }
}
