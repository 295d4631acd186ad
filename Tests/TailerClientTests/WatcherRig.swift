import CivilTime
import Coordination
import TailerAPI
import TailerSimulator

@testable import TailerClient

/// The watcher on virtual time, against the simulated service.
struct WatcherRig: Sendable {
  let time: VirtualTime
  let simulator: Simulator
  let service: TailerServiceClient
  let watcher: PollingRunWatcher
  private let costs = Guarded<[WatchCost]>([])

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
    costs.withLock { $0.append(outcome.cost) }
    return try outcome.result.get()
  }

  /// What the awaits that are over have cost.
  var watchCosts: [WatchCost] { costs.withLock { $0 } }
  /// In seconds.
  var delays: [Double] { watchCosts.compactMap { $0.noticedAfter?.inSeconds } }

  func launched(_ operation: DataOperation) async throws -> Run {
    Run(id: try await service.launch(operation, on: nil, LaunchTry()), operation: operation)
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

extension RunWatcher {
  /// Waits until what is awaited has ended, or the task is cancelled.
  ///
  /// - Parameters:
  ///   - every: The time between two looks, where it is prescribed.
  ///   - hear: Told what shows while the wait goes on. Must not block.
  func watch(
    _ target: WatchTarget, by deadline: Timestamp, every: TimeSpan?, hear: @escaping @Sendable (WatchNews) -> Void
  ) async -> WatchOutcome {
    guard !Task.isCancelled else { return WatchOutcome(.failure(.cancelled)) }
    let inbox = WatchInbox { news, _ in hear(news) }
    let giveUp = await begin([RunWait(for: target, by: deadline, every: every)], telling: inbox)
    if let arrival = await inbox.next().first { return arrival.outcome }
    await giveUp()
    return await inbox.next().first?.outcome ?? WatchOutcome(.failure(.cancelled))
  }

  /// The run once it has ended.
  func end(of run: Run, by deadline: Timestamp, every: TimeSpan?) async throws(WatchError) -> Run {
    try await watch(.end(of: run), by: deadline, every: every) { _ in }.result.get()
  }

  /// The first run of the operation that started after `moment`, once it has ended. The deadline covers both waits.
  func endOfNextRun(
    of operation: DataOperation, since moment: Timestamp, by deadline: Timestamp, every: TimeSpan?
  ) async throws(WatchError) -> Run {
    try await watch(.nextRun(of: operation, since: moment), by: deadline, every: every) { _ in }.result.get()
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
  var name: String { "the test" }
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
