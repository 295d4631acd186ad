import CivilTime
import Foundation
import RehearsalSupport
import RunbookEvaluator
import TailerAPI
import TailerSimulator
import Testing

/// What has to be on the disk before anything else is done, and what may wait for the next record that has to be.
@Suite struct WeightTests {
  @Test func whatChangesTheServiceIsDurableBeforeAndAfter() throws {
    #expect(
      try written("launch prepare\nawait run or fail\nreset chain\ndisable prepare\nmark run as CHECKED") == [
        "intend launch", "finish launch", "intend await", "finish await", "intend reset", "finish reset",
        "intend disable", "finish disable", "intend mark", "finish mark",
      ])
  }

  @Test func whatIsOnlyLookedAtOrShownIsLight() throws {
    #expect(
      try written(
        """
        let seen = last 3 runs of prepare
        let moment = now
        print "${seen.count}"
        reset chain
        """) == ["light list", "light now", "light print", "intend reset", "finish reset"])
    #expect(
      try written("launch prepare\ncheck run or ignore").suffix(2) == ["finish launch", "light check"])
  }

  /// However long the list: one task takes what comes of it, and records together what has come.
  @Test func whatIsAwaitedTogetherIsRecordedTogether() throws {
    let scenario = platform(
      prepare: "history: [\(Array(repeating: "SUCCESS after 2h at 11:00", count: 30).joined(separator: ", "))]")
    let text = "let going = last 30 runs of prepare\ntry { await going timeout 10m or ignore } catch timeout {}"
    #expect(try written(text, on: scenario) == ["light list", "intend 30", "finish 30"])
  }

  /// Where what has come cannot be recorded, the rest is not waited for: who lost the journal may do nothing more.
  @Test func aListIsLeftWhereTheJournalIsLost() throws {
    let rehearsal = try Rehearsal(
      preamble + "let pair = launch [prepare, export]\nawait pair timeout 5h or fail",
      scenario: platform(prepare: "runs: SUCCESS after 2h"))
    /// How long it goes on where writes fail from a point on.
    func end(losing point: Int?, _ life: inout Life) throws -> TimeSpan {
      life = Life(endingAt: point)
      let world = World(scenario: rehearsal.scenario)
      let outcome = try rehearsal.run(on: world, journal: MortalJournal(MemoryJournal(), life: life))
      #expect(outcome.exitStatus == (point == nil ? 0 : 3))
      return world.time.now.since(Rehearsal.start)
    }
    var life = Life()
    #expect(try end(losing: nil, &life) > .hours(2))
    let ends = try (0..<life.pointsPassed).map { try end(losing: $0, &life) }
    // Before and behind the record of the run that takes two hours.
    #expect(ends.count { $0 > .hours(1) } == 2)
  }

  /// The journal's writes, with their weights.
  private func written(_ text: String, on scenario: String = platform()) throws -> [String] {
    let rehearsal = try Rehearsal(preamble + text, scenario: scenario)
    let journal = WeighingJournal()
    let outcome = try rehearsal.run(on: World(scenario: rehearsal.scenario), journal: journal)
    #expect(outcome.failure == nil)
    return journal.writes
  }
}

/// Notes what is written, and whether it may wait.
private final class WeighingJournal: HeldJournal, @unchecked Sendable {
  private let base = MemoryJournal()
  private let lock = NSLock()
  private var noted: [String] = []

  var writes: [String] { lock.withLock { noted } }
  var executionID: String { base.executionID }

  private func note(_ word: String, _ intent: EffectIntent) { lock.withLock { noted.append("\(word) \(intent.verb)") } }

  func record(of key: EffectKey) async -> EffectRecord? { await base.record(of: key) }
  func initialRecords() async -> [(key: EffectKey, record: EffectRecord)] { await base.initialRecords() }
  func intend(_ intent: EffectIntent, at key: EffectKey) async {
    note("intend", intent)
    await base.intend(intent, at: key)
  }
  func finish(_ intent: EffectIntent, _ outcome: EffectOutcome, at key: EffectKey, isLight: Bool) async {
    note(isLight ? "light" : "finish", intent)
    await base.finish(intent, outcome, at: key, isLight: isLight)
  }
  func intend(_ effects: [(intent: EffectIntent, key: EffectKey)]) async {
    note("intend", effects.map(\.intent))
    for (intent, key) in effects { await base.intend(intent, at: key) }
  }
  func finish(_ effects: [FinishedEffect]) async {
    note("finish", effects.map(\.intent))
    for effect in effects { await base.finish(effect.intent, effect.outcome, at: effect.key, isLight: false) }
  }
  private func note(_ word: String, _ intents: [EffectIntent]) {
    guard let first = intents.first else { return }
    if intents.count == 1 { note(word, first) } else { lock.withLock { noted.append("\(word) \(intents.count)") } }
  }
  func claim(_ run: Run, for key: EffectKey) async -> Bool { await base.claim(run, for: key) }
  func openLaunches(of operation: DataOperation, besides key: EffectKey) async -> [Timestamp] {
    await base.openLaunches(of: operation, besides: key)
  }
  func ownedRuns(of operation: DataOperation) async -> Set<String> { await base.ownedRuns(of: operation) }
  func lockLaunches(of operation: DataOperation, for key: EffectKey) async throws(JournalError) {
    try await base.lockLaunches(of: operation, for: key)
  }
  func unlockLaunches(of operation: DataOperation, for key: EffectKey) async {
    await base.unlockLaunches(of: operation, for: key)
  }
  func endForGood() async { await base.endForGood() }
  func end(_ end: ExecutionEnd) async { await base.end(end) }
  func accept(_ header: ExecutionHeader, rewording keys: [EffectKey], settingAside paths: [String]) async {
    await base.accept(header, rewording: keys, settingAside: paths)
  }
  func giveBack() async { await base.giveBack() }
  func owner(of run: Run) async -> RunOwner? { await base.owner(of: run) }
}
