import CivilTime
import Foundation
import RecordSupport
import RehearsalSupport
import RunbookDiagnostics
import RunbookEvaluator
import RunbookRecord
import TailerAPI
import TailerClient
import TailerSimulator
import Testing

/// The tries of a launch, each of which is stamped on record before its request leaves.
@Suite struct LaunchTriesTests {
  private static let text = "launch prepare\nawait run or fail\nprint run.id"

  private func run(
    _ text: String = text, faults: String = "", on world: World? = nil, journal: MemoryJournal = MemoryJournal(),
    life: Life? = nil, _ prepare: (inout Rehearsal) -> Void = { _ in }
  ) throws -> Rehearsal.Outcome {
    var rehearsal = try Rehearsal(preamble + text, scenario: platform(more: "faults: [\(faults)]"))
    prepare(&rehearsal)
    return try rehearsal.run(on: world ?? World(scenario: rehearsal.scenario), journal: journal, life: life)
  }

  private func launch(in journal: MemoryJournal) async throws -> (sentAt: Timestamp, effect: RecordedEffect) {
    let effects = await journal.recorded
    let launches = effects.compactMap { effect -> (sentAt: Timestamp, effect: RecordedEffect)? in
      if case .launch(_, _, _, let moment) = effect.intent { (moment, effect) } else { nil }
    }
    return try #require(launches.first)
  }

  @Test func theRecordHasTheLastTrysTime() async throws {
    let journal = MemoryJournal()
    let outcome = try run(faults: "launch_job 1: unreachable, launch_job 2: 429 retry after 40s", journal: journal)
    #expect(outcome.exitStatus == 0, "\(outcome.failure?.message ?? "")")
    let launched = try #require(outcome.simulator.launches.first?.launched)
    #expect(launched > Rehearsal.start.advanced(by: .seconds(40)))
    let (sentAt, effect) = try await launch(in: journal)
    #expect(sentAt == launched)
    #expect(effect.settlesAt == launched.advanced(by: EvaluationPolicy().settlingTime))
    let told = outcome.events.count { if case .launching = $0.kind { true } else { false } }
    #expect(told == 1)
  }

  @Test func triesThatAreUsedUpLeaveNothingOpen() async throws {
    let journal = MemoryJournal()
    let outcome = try run(faults: "launch_job 1..6: 429", journal: journal)
    #expect(outcome.exitStatus == 3)
    #expect(outcome.failure?.id == "service-unreachable")
    #expect(outcome.failure?.notes == ["Tried 6 times."])
    #expect(outcome.simulator.requestCounts["launch_job"] == 6)
    let effect = try await launch(in: journal).effect
    #expect(!effect.isOpen)
    #expect(try await !isInTheWay(effect, in: journal))
  }

  /// Whether another launch of the operation would have to reckon with a run of this one.
  private func isInTheWay(_ effect: RecordedEffect, in journal: MemoryJournal) async throws -> Bool {
    guard case .launch(let operation, _, _, _) = effect.intent else { return false }
    return try await journal.rivals(
      for: Run(id: "none", operation: operation), of: EffectKey(path: "", textHash: TextHash(of: "")))
      > 0
  }

  @Test func noTryComesAfterTheTotalLimit() throws {
    let outcome = try run(faults: "launch_job 1..9: 429 retry after 110s")
    #expect(outcome.exitStatus == 3)
    #expect(outcome.simulator.requestCounts["launch_job"] == 3)
  }

  /// A pause ends at once, and what surely did nothing is launched when it is taken up again, and not looked for.
  @Test func anInterruptionInAPauseLeavesNothingToLookFor() async throws {
    let journal = MemoryJournal()
    let world = World(scenario: try Rehearsal(preamble + Self.text, scenario: platform()).scenario)
    world.simulator.add(.on(1, of: "launch_job", .status(429, afterEffect: false, retryAfter: .seconds(100))))
    let stopped = try run(on: world, journal: journal) { $0.interruptAfter = .seconds(30) }
    #expect(stopped.exitStatus == 130)
    #expect(world.time.now.since(Rehearsal.start) < .seconds(31))
    let effect = try await launch(in: journal).effect
    #expect(effect.outcome == nil && effect.isIdleLaunch)
    #expect(try await !isInTheWay(effect, in: journal))

    await journal.reopen()
    let readOnly = try run(on: world, journal: journal) { $0.policy.guards.isReadOnly = true }
    #expect(readOnly.failure?.id == "read-only")
    #expect(world.simulator.launches.isEmpty)
    await journal.reopen()
    let resumed = try run(on: world, journal: journal)
    #expect(resumed.exitStatus == 0, "\(resumed.failure?.message ?? "")")
    #expect(world.simulator.launches.count == 1)
    #expect(try await launch(in: journal).sentAt == world.simulator.launches.first?.launched)
  }

  /// It is not given the time that an answer is given.
  @Test func anInterruptionBeforeItsTurnSendsNothing() async throws {
    let journal = MemoryJournal()
    let text = "parallel for n in 1 .. 30 max 30 { launch table-to-table \"j${n}\" }"
    let outcome = try run(text, journal: journal) {
      $0.clientSettings.requestsPerSecond = 1
      $0.interruptAfter = .seconds(45)
    }
    #expect(outcome.exitStatus == 130)
    let sent = outcome.simulator.requests.filter { $0.action == "launch_job" }.map(\.moment)
    #expect(!sent.isEmpty && sent.count < 30)
    #expect(sent.allSatisfy { $0 <= Rehearsal.start.advanced(by: .seconds(45)) })
    #expect(await journal.recorded.count { if case .launch = $0.intent { true } else { false } } == sent.count)
  }

  // MARK: The token

  @Test func aNewTokenIsTriedOnce() throws {
    for refusals in 1...2 {
      let outcome = try run { rehearsal in
        let counter = Counter(refusals)
        rehearsal.behind = { Refusing(base: $0, counter: counter) }
      }
      #expect(outcome.simulator.launches.count == (refusals == 1 ? 1 : 0))
      #expect(outcome.exitStatus == (refusals == 1 ? 0 : 8))
      if refusals == 2 { #expect(outcome.failure?.id == "service-refused") }
    }
  }

  @Test func aRefusalWithoutAnotherTokenIsFinal() throws {
    let outcome = try run(faults: "launch_job 1: 401")
    #expect(outcome.exitStatus == 8)
    #expect(outcome.simulator.requestCounts["launch_job"] == 1)
  }

  // MARK: Send-by

  /// How many times the journal was written, with a timer whose times are these, in seconds, the last one again and again.
  private func writes(_ times: [Double]) throws -> (outcome: Rehearsal.Outcome, writes: Int, timer: ScriptedTimer) {
    let (life, timer) = (Life(), ScriptedTimer(times))
    let outcome = try run(life: life) { $0.bootTimer = { _ in timer } }
    return (outcome, life.pointsPassed, timer)
  }

  @Test func aStampThatIsOldOnceItIsDurableIsWrittenAnew() throws {
    let plain = try writes([0])
    #expect(plain.outcome.exitStatus == 0)
    #expect(plain.timer.armed == [20] && plain.timer.disarmed == 1)
    // Old once it was written; old once the timer was armed.
    for (times, armed) in [([0, 10.1, 30], [50.0]), ([0, 5, 10.1, 30], [20, 50])] {
      let late = try writes(times)
      #expect(late.outcome.exitStatus == 0)
      #expect(late.outcome.simulator.requestCounts["launch_job"] == 1)
      // It is withdrawn, and stamped anew.
      #expect(late.writes == plain.writes + 4)
      #expect(late.timer.armed == armed && late.timer.disarmed == armed.count)
    }
    let inTime = try writes([0, 9.9, 10])
    #expect(inTime.writes == plain.writes)
  }

  @Test func stampsThatAreAlwaysOldSendNothing() async throws {
    let timer = ScriptedTimer((0..<100).map { Double($0) * 11 })
    let journal = MemoryJournal()
    let outcome = try run(journal: journal) { $0.bootTimer = { _ in timer } }
    #expect(try await launch(in: journal).effect.isIdleLaunch)
    #expect(outcome.exitStatus == 3)
    #expect(outcome.failure?.id == "journal-unavailable")
    #expect(outcome.failure?.message.contains("longer than 10s") == true, "\(outcome.failure?.message ?? "")")
    #expect(outcome.simulator.requestCounts["launch_job"] == nil)
    #expect(timer.armed.isEmpty)
  }

  @Test func withoutATimerNothingIsSent() throws {
    let outcome = try run { $0.bootTimer = { _ in ScriptedTimer([0], isAvailable: false) } }
    #expect(outcome.exitStatus == 3)
    #expect(outcome.failure?.message.contains("no timer") == true, "\(outcome.failure?.message ?? "")")
    #expect(outcome.simulator.requestCounts["launch_job"] == nil)
    #expect(outcome.result.isResumable)
  }

  /// Each try has its own, and none is left.
  @Test(arguments: ["unreachable", "reply lost", "request lost", "429", "400", "500"])
  func theTimerIsDisarmedWhateverComes(_ fault: String) throws {
    let timer = ScriptedTimer([0])
    _ = try run(faults: "launch_job 1: \(fault)") { $0.bootTimer = { _ in timer } }
    #expect(!timer.armed.isEmpty && timer.armed.count == timer.disarmed)
  }
}

/// Boot times from a list, and what was armed.
private final class ScriptedTimer: BootTimer, @unchecked Sendable {
  private let lock = NSLock()
  private let isAvailable: Bool
  // The lock guards what follows.
  private var times: ArraySlice<Double>
  private var armedAt: [Double] = []
  private var disarmedCount = 0

  init(_ times: [Double], isAvailable: Bool = true) {
    self.times = times[...]
    self.isAvailable = isAvailable
  }

  var armed: [Double] { lock.withLock { armedAt } }
  var disarmed: Int { lock.withLock { disarmedCount } }

  var sinceBoot: TimeSpan {
    lock.withLock { .seconds((times.count > 1 ? times.popFirst() : times.first) ?? 0) }
  }

  func arm(at moment: TimeSpan) throws(TimerUnavailable) -> @Sendable () -> Void {
    guard isAvailable else { throw TimerUnavailable("Operation not permitted") }
    lock.withLock { armedAt.append(moment.inSeconds) }
    return { self.lock.withLock { self.disarmedCount += 1 } }
  }
}

private final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  // The lock guards it.
  private var left: Int
  init(_ left: Int) { self.left = left }
  func take() -> Bool {
    lock.withLock {
      left -= 1
      return left >= 0
    }
  }
}

/// Refuses so many launches for their token, and has another one each time.
private struct Refusing: TailerService {
  let base: any TailerService
  let counter: Counter
  var requestCounts: RequestCounts { base.requestCounts }

  func launch(
    _ operation: DataOperation, on date: CalendarDate?, _ launchTry: LaunchTry
  ) async throws(ServiceError) -> String {
    guard counter.take() else { return try await base.launch(operation, on: date, launchTry) }
    do throws(LaunchTry.Withheld) { _ = try await launchTry.ready() } catch {
      throw ServiceError(.neverSent, action: "launch_job", message: "withheld")
    }
    throw ServiceError(.refused, action: "launch_job", code: 401, message: "old", isTokenRenewed: true)
  }
  func check(_ run: Run.Reference) async throws(ServiceError) -> Run? { try await base.check(run) }
  func lastRuns(of operation: DataOperation, _ filter: RunFilter) async throws(ServiceError) -> [Run] {
    try await base.lastRuns(of: operation, filter)
  }
  func runs(
    of type: ConfigurationType, account: String, environment: String?, _ filter: RunFilter
  ) async throws(ServiceError) -> [Run] {
    try await base.runs(of: type, account: account, environment: environment, filter)
  }
  func send(_ change: ServiceChange) async throws(ServiceError) { try await base.send(change) }
}
