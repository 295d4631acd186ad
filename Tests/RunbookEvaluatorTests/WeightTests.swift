import CivilTime
import Foundation
import RehearsalSupport
import RunbookEvaluator
import RunbookRecord
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

  func record(of key: EffectKey) async throws(JournalError) -> RecordedEffect? { try await base.record(of: key) }
  func initialRecords() async throws(JournalError) -> [RecordedEffect] { try await base.initialRecords() }
  func intend(_ intent: EffectIntent, at key: EffectKey, settlesAt: Timestamp?) async throws(JournalError) {
    note("intend", intent)
    try await base.intend(intent, at: key, settlesAt: settlesAt)
  }
  func finish(
    _ intent: EffectIntent, _ outcome: EffectOutcome, at key: EffectKey, isLight: Bool
  ) async throws(JournalError) {
    note(isLight ? "light" : "finish", intent)
    try await base.finish(intent, outcome, at: key, isLight: isLight)
  }
  func intend(_ effects: [(intent: EffectIntent, key: EffectKey)]) async throws(JournalError) {
    note("intend", effects.map(\.intent))
    try await base.intend(effects)
  }
  func finish(_ effects: [FinishedEffect]) async throws(JournalError) {
    note("finish", effects.map(\.intent))
    try await base.finish(effects)
  }
  private func note(_ word: String, _ intents: [EffectIntent]) {
    guard let first = intents.first else { return }
    if intents.count == 1 { note(word, first) } else { lock.withLock { noted.append("\(word) \(intents.count)") } }
  }
  func claim(
    _ run: Run, for number: RecordNumber, by adopter: Adopter?
  ) async throws(JournalError) -> Bool {
    try await base.claim(run, for: number, by: adopter)
  }
  func move(_ number: RecordNumber, to key: EffectKey) async throws(JournalError) {
    try await base.move(number, to: key)
  }
  func openLaunches(of operation: DataOperation, besides key: EffectKey) async throws(JournalError) -> [Timestamp] {
    try await base.openLaunches(of: operation, besides: key)
  }
  func ownedRuns(of operation: DataOperation) async throws(JournalError) -> Set<String> {
    try await base.ownedRuns(of: operation)
  }
  func lockLaunches(of operation: DataOperation, for key: EffectKey) async throws(JournalError) {
    try await base.lockLaunches(of: operation, for: key)
  }
  func unlockLaunches(of operation: DataOperation, for key: EffectKey) async {
    await base.unlockLaunches(of: operation, for: key)
  }
  func endForGood() async throws(JournalError) { try await base.endForGood() }
  func end(_ end: ExecutionEnd) async throws(JournalError) { try await base.end(end) }
  func accept(
    _ header: ExecutionHeader, rewording: [RecordNumber: EffectKey], settingAside: [RecordNumber]
  ) async throws(JournalError) {
    try await base.accept(header, rewording: rewording, settingAside: settingAside)
  }
  func settle() async throws(JournalError) { try await base.settle() }
  func giveBack() async throws(JournalError) { try await base.giveBack() }
  func owner(of run: Run) async throws(JournalError) -> RunOwner? { try await base.owner(of: run) }
}
