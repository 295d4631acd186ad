import CivilTime
import Coordination
import RecordSupport
import RunbookRecord
import RunbookSyntax
import TailerAPI
import Testing

@testable import RunbookJournal

/// Who follows a record is told what is kept, all of it, in the order of the log.
@Suite struct FollowerTests {
  private final class Ear: Sendable {
    private let heard = Guarded<[RecordNews]>([])
    func hear(_ news: RecordNews) { heard.withLock { $0.append(news) } }
    var rows: [RecordNews.Row] { heard.withLock { $0.map(\.row) } }
    var effects: [RecordedEffect] { rows.compactMap { if case .effect(let effect) = $0 { effect } else { nil } } }
    var spans: [Span] { rows.compactMap { if case .span(let span) = $0 { span } else { nil } } }
    var lives: [ProcessLife] { rows.compactMap { if case .process(let life) = $0 { life } else { nil } } }
  }

  private static let whole = SpanSite(.execution, at: Path(.named("")))
  private static let step = SpanSite(.step, at: Path(.named("step")), title: "s", in: whole)

  private static func site(_ path: String) -> EffectSite { EffectSite(.test(path), in: step) }

  /// Writes of every kind, each whether or not those before it were kept.
  private static func write(_ journal: any HeldJournal) async {
    let wait = EffectIntent.wait(.seconds(1), from: .start)
    try? await journal.intend(wait, at: site("wait"), settlesAt: nil)
    _ = try? await journal.finish(wait, .done, at: site("wait"))
    _ = try? await journal.finish(.print, .printed("x"), at: site("print"))
    try? await journal.intend([(wait, site("a")), (wait, site("b"))])
    _ = try? await journal.finish([
      FinishedEffect(wait, .done, at: site("a")), FinishedEffect(wait, .done, at: site("b")),
    ])
    _ = try? await journal.close(step, .completed, halting: false)
    try? await journal.end(.test())
  }

  @Test(arguments: [RowFault.refused, .full, .half(1), .half(2), .diedBefore, .diedAfter], 2...8)
  func whatIsToldIsWhatIsKept(_ fault: RowFault, _ commit: Int) async throws {
    let rows = FaultyRowStore(MemoryRowStore(), fault: (commit, fault))
    let journal = try await RecordStore(rows, clock: ManualClock(), liveness: .test(dead: [])).begin(.test("x"))
    let ear = Ear()
    await journal.follow { ear.hear($0) }
    await Self.write(journal)
    let kept = MemoryRows(rows.base.tables)
    let effects = Dictionary(ear.effects.map { ($0.number, $0) }) { $1 }
    let spans = Dictionary(ear.spans.map { ($0.number, $0) }) { $1 }
    #expect(kept.effects(of: 1) == effects.values.sorted { $0.number < $1.number })
    #expect(kept.spans(of: 1) == spans.values.sorted { $0.number < $1.number })
    #expect(kept.lives(of: 1).last == ear.lives.last)
  }

  @Test func whoIsResumedIsTold() async throws {
    let rows = MemoryRowStore()
    let store = RecordStore(rows, clock: ManualClock(), liveness: .test(dead: [1]))
    let first = try await store.begin(.test("x"))
    _ = try await first.finish(.print, .printed("x"), at: Self.site("print"))
    let (_, second) = try await store.resume("x", by: .test(2))
    let ear = Ear()
    await second.follow { ear.hear($0) }
    guard case .execution(let header, isResumed: true)? = ear.rows.first else {
      Issue.record("it is told nothing of the execution")
      return
    }
    #expect(header.id == "x")
    #expect(ear.lives.map(\.fence) == [2])
    #expect(ear.lives.first?.holder == .test(2))
    try await second.giveBack()
    #expect(ear.lives.last?.leaving == .gaveBack)
    #expect(ear.effects.isEmpty)
  }

  /// Many at once share transactions, and are told in the order in which they took their numbers.
  @Test func theOrderIsTheLogs() async throws {
    try await withDirectory { directory in
      let store = try RecordStore.test(in: directory)
      let journal = try await store.begin(.test("x"))
      let ear = Ear()
      await journal.follow { ear.hear($0) }
      await withTaskGroup { group in
        for index in 0..<200 {
          group.addTask { _ = try? await journal.finish(.print, .printed("x"), at: Self.site("\(index)")) }
        }
      }
      #expect(ear.effects.count == 200)
      #expect(ear.effects.map(\.number) == ear.effects.map(\.number).sorted())
      #expect(ear.spans.map(\.number) == [RecordNumber(1), RecordNumber(2)])
      #expect(try await journal.record().effects == ear.effects)
    }
  }

  /// What began and came to its end between two writes is told at both, in the order of the log.
  @Test func spansAreToldAtBothEnds() {
    var record = Record()
    _ = record.open(Self.whole, now: .start)
    let written = record.takeUnwritten()
    #expect(written.log(after: RecordNumber(0)).map(\.number) == [RecordNumber(1)])
    let last = record.last
    let error = RecordedError(kind: .failed, message: "")
    record.close(Self.step, .failed(error, causes: []), halting: true, now: .start)
    record.close(Self.whole, .failed(error, causes: []), now: .start)
    let log = record.takeUnwritten().log(after: last)
    #expect(log.map(\.number.value) == [2, 2, 1])
    #expect(log.map { $0.ended?.value } == [nil, 3, 4])
  }
}
