import CivilTime
import Coordination
import TailerAPI
import TailerSimulator

@testable import TailerClient

/// A platform for days of thousands of runs: what the service would answer, without the JSON in between.
final class ModelService: TailerService {
  struct ModelRun {
    let id: String
    let operation: DataOperation
    let started: Timestamp
    /// `nil` for one that never ends.
    let ends: Timestamp?
    /// Whether no listing ever shows it.
    let isUnlisted: Bool
  }

  private struct State {
    var runs: [ModelRun] = []
    var numbers: [String: Int] = [:]
    var byOperation: [DataOperation: [Int]] = [:]
    var generator: SeededGenerator
    var counts = RequestCounts()
    var moments: [Timestamp] = []
  }

  /// What the service does besides answering.
  struct Habits {
    /// The share of requests that are answered with 429 and a wish for half a minute of peace.
    var busy = 0.0
    /// How long a run takes to be shown.
    var delay = TimeSpan.zero
    /// The share of runs that no listing shows.
    var unlisted = 0.0
  }

  private let time: VirtualTime
  private let cap: RequestCap
  private let habits: Habits
  private let state: Guarded<State>

  init(_ habits: Habits, time: VirtualTime, seed: UInt64) {
    self.time = time
    self.habits = habits
    cap = RequestCap(perSecond: ClientSettings().requestsPerSecond, longestHold: .minutes(2), clock: time)
    state = Guarded(State(generator: SeededGenerator(seed: seed)))
  }

  var requestCounts: RequestCounts { state.withLock { $0.counts } }
  var moments: [Timestamp] { state.withLock { $0.moments } }

  /// Puts a run there that starts at the moment; runs are put there in the order of their starts.
  func start(_ operation: DataOperation, at moment: Timestamp, takes seconds: Double?) -> Run {
    state.withLock { state in
      let digits = moment.description.filter(\.isNumber)
      let id = "\(digits.prefix(8))-\(digits.dropFirst(8).prefix(6))-\(state.runs.count)"
      let isUnlisted = Double.random(in: 0..<1, using: &state.generator) < habits.unlisted
      state.runs.append(
        ModelRun(
          id: id, operation: operation, started: moment,
          ends: seconds.map { moment.advanced(by: .seconds($0)) }, isUnlisted: isUnlisted))
      state.numbers[id] = state.runs.count - 1
      state.byOperation[operation, default: []].append(state.runs.count - 1)
      return Run(id: id, operation: operation)
    }
  }

  private func answer<T>(_ action: String, _ body: (State) -> T) async throws(ServiceError) -> T {
    guard await cap.turn(.look) else { throw ServiceError(.cancelled, action: action, message: "cancelled") }
    let result = state.withLock { state -> T? in
      state.counts.count(action, isRetry: false)
      state.moments.append(time.now)
      return Double.random(in: 0..<1, using: &state.generator) < habits.busy ? nil : body(state)
    }
    guard let result else {
      cap.hold(for: .seconds(30))
      throw ServiceError(.throttled, action: action, code: 429, message: "busy", retryAfter: .seconds(30))
    }
    return result
  }

  private func seen(_ run: ModelRun) -> Run? {
    let now = time.now
    guard run.started.advanced(by: habits.delay) <= now else { return nil }
    let end = run.ends.flatMap { $0 <= now ? $0 : nil }
    return Run(
      id: run.id, operation: run.operation, status: end == nil ? .running : .success, started: run.started,
      duration: end?.since(run.started))
  }

  private func listed(_ numbers: some BidirectionalCollection<Int>, _ state: State, _ limit: Int?) -> [Run] {
    var result: [Run] = []
    for number in numbers.reversed() {
      guard result.count < limit ?? 3 else { break }
      if !state.runs[number].isUnlisted, let run = seen(state.runs[number]) { result.append(run) }
    }
    return result
  }

  func check(_ run: Run.Reference) async throws(ServiceError) -> Run? {
    try await answer("check_run_status") { state in state.numbers[run.id].flatMap { seen(state.runs[$0]) } }
  }

  func lastRuns(of operation: DataOperation, _ filter: RunFilter) async throws(ServiceError) -> [Run] {
    try await answer("get_last_status") { listed($0.byOperation[operation] ?? [], $0, filter.limit) }
  }

  func runs(
    of type: ConfigurationType, account: String, environment: String?, _ filter: RunFilter
  ) async throws(ServiceError) -> [Run] {
    try await answer("get_by_status") { listed($0.runs.indices, $0, filter.limit) }
  }

  func launch(
    _ operation: DataOperation, on date: CalendarDate?, _ launchTry: LaunchTry
  ) async throws(ServiceError) -> String { "" }
  func send(_ change: ServiceChange) async throws(ServiceError) {}
}

/// A world of runs and of those who await them.
struct WatchModel {
  var name: String
  var operations: Int
  /// How many runs of each operation are awaited.
  var each: Int
  /// Over which time the awaited runs start, evenly.
  var spread: TimeSpan
  /// The share of runs that never end.
  var stuck: Double
  var habits: ModelService.Habits
  var settings: WatchSettings
  var timeout: TimeSpan
  /// Whether all await one and the same run.
  var isOneRun: Bool
  /// How long a run takes, in seconds.
  var duration: @Sendable (inout SeededGenerator) -> Double

  init(
    name: String, operations: Int, each: Int, spread: TimeSpan = .zero, stuck: Double = 0,
    habits: ModelService.Habits = .init(), settings: WatchSettings = .init(), timeout: TimeSpan = .hours(6),
    isOneRun: Bool = false, duration: @escaping @Sendable (inout SeededGenerator) -> Double
  ) {
    self.name = name
    self.operations = operations
    self.each = each
    self.spread = spread
    self.stuck = stuck
    self.habits = habits
    self.settings = settings
    self.timeout = timeout
    self.isOneRun = isOneRun
    self.duration = duration
  }

  struct Figures {
    var requests = 0
    var awaits = 0
    var notNoticed = 0
    /// Delays in seconds, rising, and the same as shares of the durations.
    var delays: [Double] = []
    var shares: [Double] = []

    func delay(_ quantile: Double) -> Double { delays.at(quantile) }
    func share(_ quantile: Double) -> Double { shares.at(quantile) }
  }

  static func normal(minutes: Double, deviation: Double) -> @Sendable (inout SeededGenerator) -> Double {
    { generator in
      let sum = (0..<12).reduce(0.0) { sum, _ in sum + Double.random(in: 0..<1, using: &generator) }
      return max(1, 60 * (minutes + (sum - 6) * deviation))
    }
  }

  /// What the watcher does, and what polling at fixed intervals would do.
  func run(seed: UInt64 = 7) throws -> (watcher: Figures, fixed10: Figures, fixed30: Figures) {
    let (_, figures) = try simulate(seed: seed)
    return figures
  }

  /// The most requests within one second, of those later than that.
  func busiestSecond(after span: TimeSpan, seed: UInt64 = 7) throws -> Int {
    let (service, _) = try simulate(seed: seed)
    let late = service.moments.filter { $0 > Sample.now.advanced(by: span) }
    return Dictionary(grouping: late) { $0.microsecondsSinceEpoch / 1_000_000 }.values.map(\.count).max() ?? 0
  }

  private func simulate(seed: UInt64) throws -> (ModelService, (Figures, Figures, Figures)) {
    let time = VirtualTime(startingAt: Sample.now)
    let service = ModelService(habits, time: time, seed: seed)
    let generator = Guarded(SeededGenerator(seed: seed &+ 1))
    var drawing = SeededGenerator(seed: seed)
    var starts: [(moment: Timestamp, operation: DataOperation, seconds: Double?)] = []
    for number in 0..<operations {
      let operation = DataOperation.named(
        "000099_job_\(number)", type: .tableToStorage, environment: "DEV", account: "000099")
      for past in 1...30 {
        let moment = Sample.now.advanced(by: .days(-past))
        _ = service.start(operation, at: moment, takes: duration(&drawing))
      }
      for _ in 0..<each {
        let moment = Sample.now.advanced(by: spread.scaled(by: Double.random(in: 0..<1, using: &drawing)))
        let isStuck = Double.random(in: 0..<1, using: &drawing) < stuck
        starts.append((moment, operation, isStuck ? nil : duration(&drawing)))
      }
    }
    starts.sort { $0.moment < $1.moment }
    let watcher = PollingRunWatcher(
      service: service, clock: time, settings: settings,
      random: { generator.withLock { Double.random(in: 0..<1, using: &$0) } })
    let (timeout, isOneRun, planned) = (timeout, isOneRun, starts)
    let outcomes = try time.run {
      await withTaskGroup(of: (Int, WatchOutcome).self) { group in
        var first: Run?
        for (index, start) in planned.enumerated() {
          if start.moment > time.now { try? await time.sleep(until: start.moment) }
          let run: Run
          if isOneRun, let first {
            run = first
          } else {
            run = service.start(start.operation, at: start.moment, takes: start.seconds)
            first = run
          }
          let deadline = time.now.advanced(by: timeout)
          group.addTask { (index, await watcher.watch(.end(of: run), by: deadline, every: nil) { _ in }) }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
    }
    var figures = (Figures(), Figures(), Figures())
    figures.0.requests = service.requestCounts.total
    for (index, outcome) in outcomes {
      let seconds = isOneRun ? planned[0].seconds : planned[index].seconds
      figures.0.take(seconds, outcome.cost.noticedAfter?.inSeconds, success: (try? outcome.result.get()) != nil)
      for (keyPath, interval) in [(\(Figures, Figures, Figures).1, 10.0), (\.2, 30.0)] {
        let length = min(seconds ?? .infinity, timeout.inSeconds)
        let phase = Double.random(in: 0..<interval, using: &drawing)
        let looks = ((length - phase) / interval).rounded(.up)
        figures[keyPath: keyPath].requests += Int(max(0, looks)) + 1
        figures[keyPath: keyPath].take(
          seconds, seconds.map { phase + max(0, looks) * interval - $0 }, success: seconds != nil)
      }
    }
    return (service, (figures.0.sorted, figures.1.sorted, figures.2.sorted))
  }
}

extension WatchModel.Figures {
  fileprivate mutating func take(_ seconds: Double?, _ delay: Double?, success: Bool) {
    awaits += 1
    guard let seconds, success, let delay else {
      notNoticed += 1
      return
    }
    delays.append(delay)
    shares.append(delay / seconds)
  }

  fileprivate var sorted: Self {
    var figures = self
    figures.delays.sort()
    figures.shares.sort()
    return figures
  }

  func line(_ name: String) -> String {
    func cell(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    func seconds(_ value: Double) -> String { cell("\((value * 10).rounded() / 10)", 9) }
    func percent(_ value: Double) -> String { cell("\((value * 1000).rounded() / 10)%", 8) }
    return "  " + name + String(repeating: " ", count: max(0, 14 - name.count)) + cell("\(requests)", 9)
      + seconds(delay(0.5)) + seconds(delay(0.95)) + seconds(delay(1)) + percent(share(0.5)) + percent(share(0.95))
      + percent(share(1)) + cell("\(notNoticed)", 8)
  }

  static let heading =
    "                  requests  delay/s      p95      max  share     p95     max  not ended"
}

extension [Double] {
  fileprivate func at(_ quantile: Double) -> Double {
    isEmpty ? 0 : self[Int((quantile * Double(count - 1)).rounded())]
  }
}
