import CivilTime
import Foundation
import RehearsalSupport
import RunbookJournal
import RunbookRecord
import SeedSupport
import TailerSimulator
import Testing

/// Runbooks that are made up, killed at every write of their journal: before it, and once it is durable. Whoever takes them
/// up again comes to the same effects in the same order in each branch, to the same platform and to the same end, and no
/// launch happens twice or not at all.
@Suite struct GeneratedKillTests {
  /// What is made up means something to the checker.
  @Test(arguments: [0, Case.racing, Case.onFile]) func allAreValid(_ first: UInt64) throws {
    for seed in Seeds.each(60) { _ = try KillTrial(Case(seed: first + seed).runbook) }
  }

  @Test func aKillAtAnyWriteComesToTheSame() throws {
    try enumerate(Seeds.each(14), "generated, in memory") { Case(seed: $0) }
  }

  /// Where branches race, what comes out is one of several things; but it is what the record says, and nothing is launched
  /// twice.
  @Test func aKillAtAnyWriteOfARaceLeavesTheRecordTrue() throws {
    try enumerate(Seeds.each(7).map { $0 + Case.racing }, "generated, racing") { Case(seed: $0) }
  }

  @Test func aKillAtAnyWriteOfAFileComesToTheSame() throws {
    try enumerate(Seeds.each(1).map { $0 + Case.onFile }, "generated, on SQLite") { Case(seed: $0) }
  }

  /// Kills each of them at each of its writes, and says what that came to. The first that comes out otherwise is made
  /// smaller.
  private func enumerate(_ seeds: [UInt64], _ name: String, _ make: (UInt64) -> Case) throws {
    var (tally, troubles) = (Tally(), 0)
    for seed in seeds {
      let this = make(seed)
      guard let trouble = this.trouble(&tally) else { continue }
      troubles += 1
      print("seed \(seed), \(trouble.deaths): \(trouble.trouble)")
      Issue.record("\(this.smallest(with: trouble, tries: troubles == 1 ? 60 : 0))")
    }
    print("\(name): \(tally)")
    #expect(tally.kills > 0 || seeds.isEmpty)
  }

  /// Those that are asked for by the seeds in the words of failures: `RUNBOOK_GENERATED=17`, or several, `1000000..<1000400`.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["RUNBOOK_GENERATED"] != nil))
  func thoseThatAreAskedFor() throws {
    let bounds = ProcessInfo.processInfo.environment["RUNBOOK_GENERATED"]?.split(separator: "..<").compactMap {
      UInt64($0)
    }
    let first = try #require(bounds?.first)
    try enumerate(Array(first..<(bounds?.dropFirst().first ?? first + 1)), "generated, asked for") { Case(seed: $0) }
  }
}

/// What an enumeration came to.
private struct Tally: CustomStringConvertible {
  var (runbooks, kills, signals, pairs, launchedAgain, unconfirmed) = (0, 0, 0, 0, 0, 0)
  var troubles: [Trouble.Kind: Int] = [:]

  var description: String {
    """
    \(runbooks) runbooks, \(kills) kills, \(signals) signals and \(pairs) pairs of deaths: \(count(.duplicate)) duplicates, \
    \(count(.loss)) losses, \(count(.divergence)) divergences, \(count(.hang)) hangs, \(count(.difference)) differences; \
    \(launchedAgain) launched again by a person, \(unconfirmed) ended over a launch that is not known
    """
  }

  private func count(_ kind: Trouble.Kind) -> Int { troubles[kind] ?? 0 }
}

/// One runbook with all its kills.
private struct Case {
  let runbook: GeneratedRunbook
  let seed: UInt64
  let isFile: Bool

  /// From which seeds on branches race, and from which on the journal is a file.
  static let (racing, onFile) = (UInt64(1_000_000), UInt64(2_000_000))

  init(seed: UInt64) {
    let isRacing = (Self.racing..<Self.onFile).contains(seed)
    self.init(RunbookGenerator.runbook(seed: seed, isRacing: isRacing), seed: seed)
  }

  private init(_ runbook: GeneratedRunbook, seed: UInt64) {
    self.runbook = runbook
    self.seed = seed
    isFile = seed >= Self.onFile
  }

  /// What came out otherwise, and where it was killed.
  struct Found {
    let deaths: [Death]
    let trouble: any Error
  }

  /// The first kill that comes to something else; `nil` where none does.
  ///
  /// - Parameter last: The last point that is tried; the last there is where it is left out.
  func trouble(_ tally: inout Tally, upTo last: Int = .max) -> Found? {
    tally.runbooks += 1
    var deaths: [Death] = []
    do {
      let trial = try KillTrial(runbook, interleaving: seed)
      let calm = try live([], by: try KillTrial(runbook))
      try calm.requireLaunchedOnce()
      var random = SeededGenerator(seed: seed)
      var points = try judged([], by: trial, calm, &tally).points[0]
      var point = 0
      while point < min(points, last) {
        deaths = [Death(point: point)]
        let outcome = try judged(deaths, by: trial, calm, &tally)
        points = max(points, outcome.points[0])
        if one(of: 4, &random) {
          deaths = [Death(point: point, blow: .signal)]
          _ = try judged(deaths, by: trial, calm, &tally)
          tally.signals += 1
        }
        if let second = outcome.points.dropFirst().first, one(of: 3, &random) {
          let point = Int.random(in: 0..<max(second, 1), using: &random)
          deaths = [Death(point: deaths[0].point), Death(point: point, blow: one(of: 4, &random) ? .signal : .kill)]
          _ = try judged(deaths, by: trial, calm, &tally)
          tally.pairs += 1
        }
        point += 1
      }
      tally.kills += points
      return nil
    } catch {
      // Where nothing can go on any more, virtual time says so.
      tally.troubles[(error as? Trouble)?.kind ?? (error is VirtualTime.Deadlock ? .hang : .difference), default: 0] +=
        1
      return Found(deaths: deaths, trouble: error)
    }
  }

  private func one(of chances: Int, _ random: inout SeededGenerator) -> Bool {
    Int.random(in: 0..<chances, using: &random) == 0
  }

  private func judged(
    _ deaths: [Death], by trial: KillTrial, _ calm: KillTrial.Outcome, _ tally: inout Tally
  ) throws -> KillTrial.Outcome {
    let outcome = try live(deaths, by: trial)
    try outcome.requireLaunchedOnce()
    if !runbook.isRacing { try outcome.requireSame(as: calm) }
    tally.launchedAgain += outcome.launchedAgain
    if outcome.isUnconfirmed { tally.unconfirmed += 1 }
    return outcome
  }

  private func live(_ deaths: [Death], by trial: KillTrial) throws -> KillTrial.Outcome {
    guard isFile else { return try live(deaths, by: trial, on: MemoryRowStore()) }
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("generated-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: directory) }
    let file = try SQLiteRowStore(in: directory.path, busyTimeout: .seconds(5))
    return try live(deaths, by: trial, on: SynchronousRows(file))
  }

  private func live(_ deaths: [Death], by trial: KillTrial, on rows: some RowStore) throws -> KillTrial.Outcome {
    let outcome = try trial.carryOut(deaths: deaths, on: rows)
    try trial.requireSame(rows)
    return outcome
  }

  /// The smallest that still comes out otherwise, in words.
  func smallest(with found: Found, tries most: Int) -> String {
    var (best, found) = (self, found)
    var tries = 0
    searching: while tries < most {
      for statements in best.runbook.statements.smaller {
        var runbook = best.runbook
        runbook.statements = statements
        let smaller = Case(runbook, seed: seed)
        guard (try? KillTrial(runbook)) != nil else { continue }
        tries += 1
        var ignored = Tally()
        if let still = smaller.trouble(&ignored, upTo: (found.deaths.first?.point ?? 0) + 1) {
          (best, found) = (smaller, still)
          continue searching
        }
        if tries >= most { break searching }
      }
      break
    }
    return """
      seed \(seed), killed at \(found.deaths): \(found.trouble)
      faults: \(best.runbook.faults)
      \(best.runbook.text)
      """
  }
}

/// A store whose transactions are over when they are asked for, so that virtual time and the order of things do not depend on
/// how long the disk takes.
struct SynchronousRows<Base: RowStore>: RowStore {
  let base: Base
  init(_ base: Base) { self.base = base }

  func read<T: Sendable>(_ body: @escaping @Sendable (any JournalRows) throws -> T) async throws -> T {
    let base = base
    return try VirtualTime(startingAt: .earliest, whenIdle: .waitForOthers).run { try await base.read(body) }
  }

  nonisolated(nonsending) func commit<T: Sendable>(
    _ durability: Durability, ended: @escaping @Sendable ((any Error)?) -> Void,
    _ body: @escaping @Sendable (any JournalRows) throws -> T
  ) async throws -> T {
    let base = base
    return try VirtualTime(startingAt: .earliest, whenIdle: .waitForOthers).run {
      try await base.commit(durability, ended: ended, body)
    }
  }

  func words(for error: any Error) -> String { base.words(for: error) }
  var isShared: Bool { base.isShared }
}
