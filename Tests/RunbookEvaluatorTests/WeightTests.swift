import CivilTime
import Foundation
import RecordSupport
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
        """) == ["light look", "light now", "light print", "intend reset", "finish reset"])
    #expect(
      try written("launch prepare\ncheck run or ignore").suffix(2) == ["finish launch", "light check"])
  }

  /// However long the list: one task takes what comes of it, and records together what has come.
  @Test func whatIsAwaitedTogetherIsRecordedTogether() throws {
    let scenario = platform(
      prepare: "history: [\(Array(repeating: "SUCCESS after 2h at 11:00", count: 30).joined(separator: ", "))]")
    let text = "let going = last 30 runs of prepare\ntry { await going timeout 10m or ignore } catch timeout {}"
    #expect(try written(text, on: scenario) == ["light look", "intend 30", "finish 30"])
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
private final class WeighingJournal: JournalWrapper, @unchecked Sendable {
  private let base = MemoryJournal()
  private let lock = NSLock()
  private var noted: [String] = []

  var writes: [String] { lock.withLock { noted } }
  var executionID: String { base.executionID }
  var wrapped: any HeldJournal { base }

  func writing<T: Sendable>(
    _ what: JournalWrite, _ body: (any HeldJournal) async throws(JournalError) -> T
  ) async throws(JournalError) -> T {
    switch what {
    case .intents(let intents): note("intend", intents)
    case .outcomes(let outcomes):
      let isLight = outcomes.allSatisfy { !$0.intent.precedesEffect && !$0.outcome.isFailure }
      note(isLight ? "light" : "finish", outcomes.map(\.intent))
    case .claim, .move, .turn, .accept, .end: break
    }
    return try await body(base)
  }

  private func note(_ word: String, _ intents: [EffectIntent]) {
    guard let first = intents.first else { return }
    lock.withLock { noted.append(intents.count == 1 ? "\(word) \(first.verb)" : "\(word) \(intents.count)") }
  }
}

extension EffectOutcome {
  fileprivate var isFailure: Bool { if case .failed = self { true } else { false } }
}
