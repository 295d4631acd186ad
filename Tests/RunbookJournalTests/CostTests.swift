import Foundation
import RunbookEvaluator
import RunbookJournal
import Testing

/// What recording an effect costs beside writing and syncing the same bytes to a plain file, on the same disk and in
/// turns. `RUNBOOK_BENCHMARK=1 swift test --filter CostTests`; a release build (`-c release`) for figures to quote.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["RUNBOOK_BENCHMARK"] != nil))
struct CostTests {
  private static let rounds = 20
  private static let effects = 50

  @Test func anEffectBesideTwoSyncedWrites() async throws {
    try await withDirectory { directory in
      let store = try SQLiteJournalStore(in: directory, clock: SystemClock())
      let journal = try await store.begin(.test("x", holder: .current()))
      let intent = EffectIntent.launching(baseline: ["20261123-030000-0a795c70-2557-4a60-ba16-788aa2bea179"])
      let outcome = EffectOutcome.run(.test("20261123-030100-0a795c70-2557-4a60-ba16-788aa2bea179"), adopted: false)
      let bytes = (try JSONEncoder().encode(intent), try JSONEncoder().encode(outcome))
      let plain = open(directory + "/plain", O_CREAT | O_WRONLY | O_APPEND, 0o600)
      try #require(plain >= 0)
      defer { close(plain) }
      var recorded: [Double] = []
      var bare: [Double] = []
      var light: [Double] = []
      let clock = ContinuousClock()
      for round in 0..<Self.rounds {
        let journaling = try await clock.measure {
          for index in 0..<Self.effects {
            let key = EffectKey.test("\(round).\(index)#0")
            try await journal.intend(intent, at: key)
            try await journal.finish(intent, outcome, at: key, isLight: false)
          }
        }
        let writing = try clock.measure {
          for _ in 0..<Self.effects {
            for part in [bytes.0, bytes.1] {
              try #require(part.withUnsafeBytes { write(plain, $0.baseAddress, $0.count) } == part.count)
              try #require(fsync(plain) == 0)
            }
          }
        }
        let printing = try await clock.measure {
          for index in 0..<Self.effects {
            try await journal.finish(.print, .done, at: .test("\(round).\(index)#1"), isLight: true)
          }
        }
        recorded.append(journaling / .milliseconds(Self.effects))
        bare.append(writing / .milliseconds(Self.effects))
        light.append(printing / .milliseconds(Self.effects))
      }
      func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
      func figure(_ value: Double) -> String { String(format: "%.3f", value) }
      print(
        """
        journal: \(figure(median(recorded))) ms an effect (intent and outcome, each durable); \
        write+fsync of the same \(bytes.0.count) + \(bytes.1.count) bytes: \(figure(median(bare))) ms; \
        ratio \(figure(median(recorded) / median(bare))); light outcome: \(figure(median(light))) ms
        """)
      #expect(try await store.entries(of: "x").count == 2 * Self.rounds * Self.effects)
    }
  }
}
