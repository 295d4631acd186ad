import CivilTime
import Foundation
import RunbookEvaluator
import RunbookJournal
import RunbookRecord
import TailerAPI
import TailerClient

/// What it costs to record an effect durably, intent and outcome, beside writing and syncing the same bytes to a plain
/// file: on the same disk, in turns.
struct JournalParts {
  let directory: String
  let rounds: Int
  private static let effects = 64

  private struct Unwritable: Error {}

  /// Each effect waits for the one before it.
  func oneByOne() async throws -> Figure {
    try await measured("\(Self.effects) effects one by one, each durable twice") { journal, number in
      for index in 0..<Self.effects { try await Self.record(journal, number, index) }
    }
  }

  /// All are under way at once, as in a `parallel`.
  func together() async throws -> Figure {
    try await measured("\(Self.effects) effects at once, each durable twice") { journal, number in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<Self.effects { group.addTask { try await Self.record(journal, number, index) } }
        try await group.waitForAll()
      }
    }
  }

  private static let intent = EffectIntent.launch(
    DataOperation.named("000099_prepare_pda", type: .tableToTable, environment: "DEV", account: "000099"), on: nil,
    baseline: ["20261123-030000-0a795c70-2557-4a60-ba16-788aa2bea179"], at: RealClock().now)

  private static func outcome(_ round: Int, _ index: Int) -> EffectOutcome {
    guard let operation = intent.operation else { return .done }
    return .run(Run(id: "20261123-030100-\(round)-\(index)", operation: operation), adopted: false)
  }

  private static func record(_ journal: any HeldJournal, _ round: Int, _ index: Int) async throws {
    let key = EffectKey(path: "\(round).\(index)#0", textHash: TextHash(of: "0123456789abcdef"))
    try await journal.intend(intent, at: key)
    try await journal.finish(intent, outcome(round, index), at: key, isLight: false)
  }

  private func measured(
    _ name: String, _ body: (any HeldJournal, Int) async throws -> Void
  ) async throws -> Figure {
    let store = try RecordStore(in: directory, clock: RealClock())
    let moment = RealClock().now
    let journal = try await store.begin(
      ExecutionHeader(
        id: UUID().uuidString, startedAt: moment, today: moment.date, holder: .current(), name: "benchmark",
        directory: directory, sources: [], parameters: [:], account: nil, environment: nil, service: "none"))
    let parts = [try JSONEncoder().encode(Self.intent), try JSONEncoder().encode(Self.outcome(0, 0))]
    let file = open(directory + "/plain", O_CREAT | O_WRONLY | O_APPEND, 0o600)
    guard file >= 0 else { throw Unwritable() }
    defer { close(file) }
    var ours = Figure.Series(name: "runbook")
    var plain = Figure.Series(name: "write and fsync of the same, one by one")
    for round in 0...rounds {
      let journaling = try await seconds { try await body(journal, round) }
      let writing = try await seconds {
        for _ in 0..<Self.effects {
          for part in parts {
            guard part.withUnsafeBytes({ write(file, $0.baseAddress, $0.count) }) == part.count, fsync(file) == 0
            else { throw Unwritable() }
          }
        }
      }
      guard round > 0 else { continue }
      ours.seconds.append(journaling)
      plain.seconds.append(writing)
    }
    try await journal.end(ExecutionEnd(at: moment, exitStatus: 0, summary: "done", isResumable: false, origins: []))
    return Figure(name: name, series: [ours, plain])
  }
}
