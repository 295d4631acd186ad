import CivilTime
import RecordSupport
import RehearsalSupport
import RunbookDiagnostics
import RunbookEvaluator
import RunbookJournal
import RunbookRecord
import TailerAPI
import TailerSimulator

/// What is wrong with how an execution came out that was killed.
struct Trouble: Error, CustomStringConvertible {
  enum Kind { case duplicate, loss, divergence, hang, difference }
  let kind: Kind
  let description: String

  init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}

/// How a process ends before its time: at which of its writes, before it or once it is durable.
struct Death: Sendable, CustomStringConvertible {
  let point: Int
  var blow = Life.Blow.kill
  var description: String { "\(blow) at \(point)" }
}

/// A generated runbook on its platform: carried out by processes that are killed, one after the other, until one has come
/// to its end.
///
/// What a person does meanwhile is played by looking at the simulator: an unconfirmed launch is resumed as it is, and sent
/// again only once no run of it is there. Some questions are answered only from the second process on.
struct KillTrial {
  let rehearsal: Rehearsal
  let interleaving: UInt64?
  /// How many processes work on it at most.
  private static let mostLives = 12
  /// How long after its beginning everything has come to its end.
  private static let end = TimeSpan.hours(72)

  init(_ runbook: GeneratedRunbook, interleaving: UInt64? = nil) throws {
    var rehearsal = try Rehearsal(runbook.text, scenario: runbook.scenario)
    rehearsal.dieAfter = Self.end
    // Of a launch that is looked for it matters how it is found, and not how often it was not.
    rehearsal.policy.searchInterval = .minutes(1)
    rehearsal.checkedBefore = try rehearsal.checked()
    self.rehearsal = rehearsal
    self.interleaving = interleaving
  }

  /// What an execution has come to, and what it has left.
  struct Outcome {
    let end: ExecutionEnd
    let effects: [RecordedEffect]
    let spans: [Span]
    let simulator: Simulator
    /// The points that each life passed.
    let points: [Int]
    /// Launches that a person sent again, having seen that there was no run.
    let launchedAgain: Int
  }

  /// Carries it out.
  ///
  /// - Parameters:
  ///   - deaths: Those of one process after the other; the one behind them lives to its end.
  ///   - rows: Where the journal is kept.
  func carryOut(deaths: [Death] = [], on rows: some RowStore) throws -> Outcome {
    let world = World(scenario: rehearsal.scenario, interleaving: interleaving)
    var deaths = deaths[...]
    var points: [Int] = []
    var (wasUnconfirmed, launchedAgain) = (false, 0)
    for number in 0..<Self.mostLives {
      let store = RecordStore(rows, clock: world.time, liveness: HolderLiveness { _ in .dead })
      let journal = try world.time.run { () async throws -> any HeldJournal in
        guard number > 0 else { return try await store.begin(.rehearsal(Self.id)) }
        return try await store.resume(Self.id, by: .rehearsal, launchingAgain: .none).1
      }
      let death = deaths.popFirst()
      let life = Life(endingAt: death?.point, of: .writes, by: death?.blow ?? .kill)
      var rehearsal = rehearsal
      rehearsal.people = Oracle(isAlone: number == 0)
      let outcome = try rehearsal.run(on: world, journal: journal, life: life)
      guard world.time.now < rehearsal.scenario.now.advanced(by: Self.end) else {
        throw Trouble(.hang, "process \(number + 1) did not come to its end")
      }
      if !life.isOver {
        if case .over(.broken, let diagnostic) = outcome.result.ending {
          throw Trouble(.divergence, "the record broke: \(diagnostic.message)")
        }
        let end = ExecutionEnd(
          at: world.time.now, exitStatus: outcome.exitStatus, summary: outcome.result.ending.summary,
          isResumable: outcome.result.isResumable)
        try world.time.run { try? await MortalJournal(journal, life: life).end(end) }
      }
      points.append(life.pointsPassed)
      guard let end = try world.time.run({ try await store.summary(of: Self.id).end }) else { continue }
      let isLeft = end.exitStatus == 7 ? number == 0 : end.exitStatus == 5 || end.exitStatus == 143
      guard end.isResumable, isLeft else {
        world.simulator.settle()
        let (effects, spans) = try world.time.run { try await Self.record(in: rows) }
        return Outcome(
          end: end, effects: effects, spans: spans, simulator: world.simulator, points: points,
          launchedAgain: launchedAgain)
      }
      guard end.exitStatus == 5 else { continue }
      // Whoever looks into it comes when nothing can arrive any more.
      try world.time.run { try await world.time.sleep(for: .minutes(10)) }
      if wasUnconfirmed { launchedAgain += try launchAgain(in: rows, world) }
      wasUnconfirmed = true
    }
    throw Trouble(.hang, "it did not come to an end in \(Self.mostLives) processes")
  }

  /// Says of each open launch that no run came of that none did; how many.
  private func launchAgain(in rows: some RowStore, _ world: World) throws -> Int {
    try world.time.run {
      let effects = try await Self.record(in: rows).effects
      let known = Set(effects.compactMap(\.launchedRun))
      var count = 0
      for effect in effects where effect.isOpenLaunch && !effect.isIdleLaunch {
        let isThere = world.simulator.launches.contains { run in
          !known.contains(run.id) && effect.launches(run)
        }
        guard !isThere else { throw Trouble(.loss, "a run is there of an unconfirmed launch, \(effect.intent.words)") }
        let store = RecordStore(rows, clock: world.time, liveness: HolderLiveness { _ in .dead })
        try await store.resume(Self.id, by: .rehearsal, launchingAgain: .numbered(effect.number)).1.settle()
        count += 1
      }
      return count
    }
  }

  private static let id = "generated"

  private static func record(in rows: some RowStore) async throws -> (effects: [RecordedEffect], spans: [Span]) {
    try await rows.read { rows in
      guard let state = try rows.execution(id: Self.id) else { return ([], []) }
      let effects = try rows.effects(of: state.number).filter { $0.standing != .lapsed }
      return (effects, try rows.spans(of: state.number))
    }
  }

  /// Whether evaluating the runbook over what it has left comes by all of that and by nothing else.
  func requireSame(_ rows: some RowStore) throws {
    let world = World(scenario: rehearsal.scenario)
    let (rehearsal, text) = (rehearsal, rehearsal.text)
    let comparison = try world.time.run {
      let store = RecordStore(rows, clock: world.time, liveness: HolderLiveness { _ in .dead })
      let journal = try await store.settling(Self.id, by: .rehearsal, launchingAgain: .none).1
      return try await rehearsal.compare(on: world, journal: journal, recorded: text)
    }
    guard let conflict = comparison.conflicts.first else { return }
    throw Trouble(
      .divergence, "its record is not what it means: \(conflict.message) \(conflict.notes.joined(separator: " "))")
  }
}

extension RecordedEffect {
  /// The run that a launch came to.
  var launchedRun: String? {
    guard case .launch = intent, case .run(let run, _, _)? = outcome else { return nil }
    return run.id
  }

  /// Whether it is a launch that such a run can have come of.
  func launches(_ run: SimulatedRun) -> Bool {
    guard case .launch(let operation, let date, _, _) = intent else { return false }
    return run.operation == operation && run.executionDate == date
  }
}
