import CivilTime
import Foundation
import RunbookRecord
import TailerAPI
import Testing

/// Rows that no program has written: they are refused or bounded, and stop no process.
@Suite struct HostileRecordTests {
  private func effect(_ number: Int64, ended: Int64? = nil) -> RecordedEffect {
    RecordedEffect(
      number: RecordNumber(number), key: EffectKey(path: "\(number)#0", textHash: TextHash(of: "")), intent: .print,
      intendedAt: LaunchModel.moment(0), outcome: .done, ended: ended.map(RecordNumber.init))
  }

  @Test func numbersThatLeaveNoneAreRefused() throws {
    for hostile in [effect(.max), effect(1, ended: .max), effect(0), effect(-1), effect(.min)] {
      #expect(throws: RecordContradiction.self) { try Record([hostile]) }
    }
    // However many a record holds, there are numbers left for those that follow.
    #expect(throws: RecordContradiction.self) { try Record([effect(1 << 62)]) }
    #expect(try Record([effect(1 << 61)]).effects.count == 1)
  }

  @Test func aLeaseThatCannotChangeHandsIsRefused() throws {
    let model = LaunchModel()
    let rows = MemoryRows(model.start.tables)
    let holder = try #require(rows.lease(of: 1)?.holder)
    rows.put(LeaseState(fence: .max, holder: holder, renewedAt: LaunchModel.moment(0)), of: 1)
    let rules = JournalRules(leaseLifetime: .minutes(1)) { _ in .dead }
    #expect(throws: JournalError.self) { try rules.take(1, for: holder, at: LaunchModel.moment(1), rows) }
    #expect(throws: JournalError.self) { try rules.revoke(1, rows) }
  }

  @Test func countsEndWhereNumbersDo() throws {
    let text = #"{"byAction":{"launch_job":\#(Int.max),"list":1},"retries":\#(Int.max)}"#
    let counts = try JSONDecoder().decode(RequestCounts.self, from: Data(text.utf8))
    #expect(counts.adding(counts).retries == .max)
    #expect(counts.total == .max)
    let cost = ExecutionCost(awaits: [WatchCost(looks: .max), WatchCost(looks: .max)])
    #expect(cost.looks == .max)
  }
}
