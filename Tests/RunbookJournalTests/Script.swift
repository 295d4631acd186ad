import CivilTime
import Coordination
import RecordSupport
import RunbookRecord
import RunbookSyntax
import TailerAPI
import TailerSimulator

@testable import RunbookJournal

/// A clock on which waiting is over at once, and takes as long as it says.
final class JumpingClock: WallClock, @unchecked Sendable {
  private let moment = Guarded(Timestamp.start)

  var now: Timestamp { moment.withLock { $0 } }
  func advance(by span: TimeSpan) { moment.withLock { $0 = $0.advanced(by: span) } }

  func sleep(for span: TimeSpan) async throws(CancellationError) {
    if Task.isCancelled { throw CancellationError() }
    advance(by: span)
  }
}

/// One thing that a process does to a journal. Executions and places are numbered.
enum ScriptStep: Hashable, Sendable {
  case begin(Int)
  case resume(Int, LaunchAgain)
  case launch(Int, place: Int)
  case reply(Int, place: Int, run: Int)
  case unconfirmed(Int, place: Int)
  case rejected(Int, place: Int)
  case adopt(Int, place: Int, run: Int, isByPerson: Bool)
  case awaits(Int, places: [Int])
  case ended(Int, places: [Int])
  case print(Int, place: Int)
  case ask(Int, place: Int)
  case answer(Int, place: Int)
  case span(Int, place: Int)
  case spanEnds(Int, place: Int, fails: Bool)
  case reword(Int, place: Int)
  case setAside(Int, place: Int)
  case interrupt(Int)
  case end(Int, isResumable: Bool, origins: [Int])
  case giveBack(Int)
  case settle(Int)
  case abandon(Int)
  case prune
  case wait(minutes: Int)

  /// Everything that there is, in an order in which it works.
  static let everything: [ScriptStep] = [
    .begin(0), .print(0, place: 9), .launch(0, place: 0), .reply(0, place: 0, run: 0), .awaits(0, places: [1, 2]),
    .ended(0, places: [1, 2]), .begin(1), .ask(1, place: 0), .answer(1, place: 0), .span(1, place: 1),
    .spanEnds(1, place: 1, fails: true), .launch(1, place: 2), .unconfirmed(1, place: 2), .wait(minutes: 5),
    .launch(0, place: 3), .rejected(0, place: 3),
    .end(1, isResumable: true, origins: [2]), .resume(1, .none), .adopt(1, place: 2, run: 1, isByPerson: true),
    .launch(1, place: 4), .end(1, isResumable: true, origins: []), .wait(minutes: 5), .resume(1, .only), .settle(1),
    .resume(1, .none), .launch(1, place: 4), .adopt(1, place: 4, run: 0, isByPerson: false),
    .adopt(1, place: 4, run: 2, isByPerson: false), .reword(1, place: 4), .setAside(1, place: 2), .giveBack(1),
    .abandon(1), .interrupt(0), .end(0, isResumable: true, origins: [3]), .begin(2), .launch(2, place: 0),
    .giveBack(2), .wait(minutes: 60 * 24), .prune,
  ]

  static func drawn(_ count: Int, seed: UInt64) -> [ScriptStep] {
    var generator = SeededGenerator(seed: seed)
    func number(_ limit: Int) -> Int { .random(in: 0..<limit, using: &generator) }
    return (0..<count).map { _ in
      let (execution, place) = (number(3), number(5))
      return switch number(26) {
      case 0, 1: .begin(execution)
      case 2, 3: .resume(execution, .none)
      case 4: .resume(execution, [.only, .dated(nil), .numbered(RecordNumber(Int64(number(9))))][number(3)])
      case 5, 6, 7, 8: .launch(execution, place: place)
      case 9, 10: .reply(execution, place: place, run: number(4))
      case 11: .unconfirmed(execution, place: place)
      case 12: .rejected(execution, place: place)
      case 13: .adopt(execution, place: place, run: number(4), isByPerson: number(2) == 0)
      case 14: .awaits(execution, places: [place, number(5) + 5])
      case 15: .ended(execution, places: [place, number(5) + 5])
      case 16: .print(execution, place: place)
      case 17: number(2) == 0 ? .ask(execution, place: place) : .answer(execution, place: place)
      case 18:
        number(2) == 0 ? .span(execution, place: place) : .spanEnds(execution, place: place, fails: number(2) == 0)
      case 19: .reword(execution, place: place)
      case 20: .setAside(execution, place: place)
      case 21: .end(execution, isResumable: number(4) > 0, origins: [place])
      case 22: number(3) == 0 ? .interrupt(execution) : .giveBack(execution)
      case 23: .settle(execution)
      case 24: number(3) == 0 ? .abandon(execution) : .prune
      default: .wait(minutes: number(3) == 0 ? 60 * 24 : number(8))
      }
    }
  }
}

/// A process that carries a script out on a store, and what came of each step, in words.
struct ScriptRun {
  let store: RecordStore
  let clock: JumpingClock
  let process: Int32
  /// What it holds, by the number of the execution.
  private(set) var held: [Int: any HeldJournal] = [:]

  init(on rows: any RowStore, clock: JumpingClock, process: Int32 = 1) {
    self.clock = clock
    self.process = process
    let liveness = HolderLiveness { $0.process < process ? .dead : .unknown }
    store = RecordStore(rows, clock: clock, liveness: liveness)
  }

  private struct Nothing: Error {}

  private func journal(_ execution: Int) throws -> any HeldJournal {
    guard let journal = held[execution] else { throw Nothing() }
    return journal
  }

  private func number(_ execution: Int, _ place: Int) async throws -> RecordNumber {
    guard let effect = try await journal(execution).record(of: Self.key(place)) else { throw Nothing() }
    return effect.number
  }

  static func key(_ place: Int) -> EffectKey { .test("\(place)#0") }
  private static func span(_ place: Int) -> SpanSite {
    let execution = SpanSite(.execution, at: Path(.named("")))
    let parallel = SpanSite(.parallel, at: Path(.named("parallel")), in: execution)
    return SpanSite(.branch, at: Path(.iteration(place)), title: "b", in: parallel)
  }
  private static func run(_ number: Int) -> Run { .test("r\(number)") }
  private static func awaiting(_ place: Int) -> EffectIntent {
    .await(runID: "r\(place)", operation: .prepare, from: .start)
  }

  /// - Returns: What came of it: `done`, or the error's words.
  mutating func carryOut(_ step: ScriptStep) async -> String {
    do {
      try await perform(step)
      return "done"
    } catch {
      return "\(error)"
    }
  }

  private mutating func perform(_ step: ScriptStep) async throws {
    switch step {
    case .begin(let execution):
      held[execution] = try await store.begin(.test("e\(execution)", holder: .test(process), startedAt: clock.now))
    case .resume(let execution, let again):
      held[execution] = nil
      held[execution] = try await store.resume("e\(execution)", by: .test(process), launchingAgain: again).1
    case .launch(let execution, let place):
      let journal = try journal(execution)
      // Who has an open launch of the operation settles it first, and waits for nothing else.
      let isBehindOwn = try await journal.record().launchesInDoubt.contains {
        $0.outcome == nil && $0.key != Self.key(place)
      }
      if isBehindOwn { throw Nothing() }
      try await journal.lockLaunches(of: .prepare, for: Self.key(place))
      let intended = await Result { () async throws(JournalError) in
        let settlesAt = clock.now.advanced(by: .minutes(4))
        try await journal.intend(.launching(baseline: ["old"]), at: Self.key(place), settlesAt: settlesAt)
      }
      await journal.unlockLaunches(of: .prepare, for: Self.key(place))
      try intended.get()
    case .reply(let execution, let place, let run):
      try await finish(.launching(), .run(Self.run(run), adopted: false), execution, place)
    case .unconfirmed(let execution, let place):
      try await finish(.launching(), Self.failure(.unconfirmed), execution, place)
    case .rejected(let execution, let place):
      try await finish(.launching(), Self.failure(.rejected), execution, place)
    case .adopt(let execution, let place, let run, let isByPerson):
      let adopter = isByPerson ? Adopter(user: "ada", at: clock.now) : nil
      let isOwn = try await journal(execution).claim(Self.run(run), for: number(execution, place), by: adopter)
      if !isOwn { throw JournalError.runIsTaken("r\(run)", by: RunOwner(executionID: nil, effect: nil)) }
    case .awaits(let execution, let places):
      try await journal(execution).intend(places.map { (Self.awaiting($0), Self.key($0)) })
    case .ended(let execution, let places):
      try await journal(execution).finish(
        places.map {
          FinishedEffect(Self.awaiting($0), .ended(Self.run($0), WatchCost(looks: 1)), at: Self.key($0))
        })
    case .print(let execution, let place): try await finish(.print, .printed("a word"), execution, place)
    case .ask(let execution, let place): try await journal(execution).intend(.ask("Sure?"), at: Self.key(place))
    case .answer(let execution, let place):
      let question = try await number(execution, place)
      try await inRows(of: execution) { [clock] rules, rows, _ in
        let given = GivenAnswer(to: question, word: "yes", by: "ada", note: "a note")
        _ = try rules.answer(given, to: "e\(execution)", at: clock.now, rows)
      }
    case .span(let execution, let place):
      try await journal(execution).open(Self.span(place), causes: [])
    case .spanEnds(let execution, let place, let fails):
      let error = RecordedError(kind: .failed, message: "no")
      _ = try await journal(execution).close(
        Self.span(place), fails ? .failed(error, causes: []) : .completed, halting: fails)
    case .reword(let execution, let place):
      let key = EffectKey(path: "\(place)#0", textHash: TextHash(of: "new"))
      try await accept(execution, rewording: [number(execution, place): key], settingAside: [])
    case .setAside(let execution, let place):
      try await accept(execution, rewording: [:], settingAside: [number(execution, place)])
    case .interrupt(let execution): try await journal(execution).interrupt(Self.span(0))
    case .end(let execution, let isResumable, let origins):
      try await journal(execution).end(
        .test("over", status: 1, isResumable: isResumable, origins: origins.map(Self.key), at: clock.now))
      held[execution] = nil
    case .giveBack(let execution):
      try await journal(execution).giveBack()
      held[execution] = nil
    case .settle(let execution):
      try await journal(execution).settle()
      held[execution] = nil
    case .abandon(let execution): try await store.abandon("e\(execution)", by: "ada")
    case .prune: _ = try await store.prune(endedBefore: clock.now.advanced(by: .hours(12).negated))
    case .wait(let minutes): clock.advance(by: .minutes(minutes))
    }
  }

  private func finish(
    _ intent: EffectIntent, _ outcome: EffectOutcome, _ execution: Int, _ place: Int
  ) async throws {
    try await journal(execution).finish(intent, outcome, at: Self.key(place))
  }

  private func accept(
    _ execution: Int, rewording: [RecordNumber: EffectKey], settingAside: [RecordNumber]
  ) async throws {
    var header = ExecutionHeader.test("e\(execution)", holder: .test(1), text: "print 2")
    header.isEdited = true
    try await journal(execution).accept(header, rewording: rewording, settingAside: settingAside)
  }

  private func inRows(
    of execution: Int, _ body: @escaping @Sendable (JournalRules, any JournalRows, Int64) throws -> Void
  ) async throws {
    let rules = store.surroundings.rules
    try await store.surroundings.store.commit(.durable) { rows in
      guard let state = try rows.execution(id: "e\(execution)") else { throw Nothing() }
      try body(rules, rows, state.number)
    }
  }

  private static func failure(_ kind: ErrorKind) -> EffectOutcome { .failed(RecordedError(kind: kind, message: "no")) }

  /// Where what the process believes of its executions is not what the store says; `nil` where it is. A process that has lost
  /// its lease believes what it likes.
  func belief(against dump: RowDump) async throws -> String? {
    for (execution, journal) in held {
      guard let rows = dump.executions.first(where: { $0.state.header.id == "e\(execution)" }) else { continue }
      guard rows.lease?.holder == .test(process), let held = journal as? HeldRecord,
        rows.lease?.fence == held.lease.fence
      else { continue }
      // What is done anew is written with the first thing that is.
      let pending = Dictionary(uniqueKeysWithValues: await held.pending.map { ($0.number, $0) })
      let effects = rows.effects.map { pending[$0.number] ?? $0 }.filter { $0.standing == .current }
      for place in 0..<10 {
        let known = try await journal.record(of: Self.key(place))
        let written = effects.last { $0.key.path == Self.key(place).path }
        if known != written {
          return "e\(execution), place \(place): \(known as Any) is held, \(written as Any) is written"
        }
      }
    }
    return nil
  }
}
