import CivilTime
import NIOConcurrencyHelpers
import TailerAPI
import TailerSimulator

@testable import TailerClient

/// The watcher on virtual time, against the simulated service.
struct WatcherRig: Sendable {
  let time: VirtualTime
  let simulator: Simulator
  let service: TailerServiceClient
  let watcher: PollingRunWatcher
  private let costs = NIOLockedValueBox<[WatchCost]>([])

  init(
    _ scenario: Scenario, settings: WatchSettings = WatchSettings(), random: @escaping @Sendable () -> Double = { 0.5 }
  ) {
    time = VirtualTime(startingAt: Sample.now)
    simulator = Simulator(scenario)
    service = client(
      SimulatedTransport(simulator, clock: time), clock: time, tokens: EveryToken(),
      settings: ClientSettings(attempts: 2, totalLimit: .minutes(1)))
    watcher = PollingRunWatcher(service: service, clock: time, settings: settings, random: random)
  }

  func end(of run: Run, by deadline: Timestamp, every: TimeSpan?) async throws(WatchError) -> Run {
    let outcome = await watcher.watch(.end(of: run), by: deadline, every: every) { _ in }
    costs.withLockedValue { $0.append(outcome.cost) }
    return try outcome.result.get()
  }

  /// What the awaits that are over have cost.
  var watchCosts: [WatchCost] { costs.withLockedValue { $0 } }
  /// In seconds.
  var delays: [Double] { watchCosts.compactMap { $0.noticedAfter?.inSeconds } }

  func launched(_ operation: DataOperation) async throws -> Run {
    Run(id: try await service.launch(operation, on: nil), operation: operation)
  }

  /// Past runs of those minutes, and a plan for the next.
  static func scenario(past: [Int], next: [Scenario.Plan], _ operation: DataOperation) -> Scenario {
    var scenario = Scenario(now: Sample.now)
    let history = past.enumerated().map { index, minutes in
      Scenario.Start(
        at: Sample.now.advanced(by: .days(index - past.count)), Scenario.Plan(.success, after: .minutes(minutes)))
    }
    scenario.operations = [Scenario.Operation(operation, plans: next, history: history)]
    return scenario
  }
}

/// One of the operations that are awaited.
func job(_ number: Int = 0, type: ConfigurationType = .tableToStorage) -> DataOperation {
  .named("000099_job_\(number)", type: type, environment: "DEV", account: "000099")
}

/// So long after the beginning.
func after(_ span: TimeSpan) -> Timestamp { Sample.now.advanced(by: span) }

/// A token for whoever asks.
struct EveryToken: TokenSource {
  func token() async throws(TokenError) -> Token { try Token("token") }
  func token(insteadOf refused: Token) async throws(TokenError) -> Token { try Token("token") }
}

/// The error of a wait, or `nil` where it went well.
func watchFailure(_ wait: () async throws(WatchError) -> Run) async -> WatchError? {
  do throws(WatchError) {
    _ = try await wait()
    return nil
  } catch {
    return error
  }
}
