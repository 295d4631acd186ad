import CivilTime
import RunbookRecord
import TailerAPI
import Testing

/// What an execution takes for a run of its launch, by how far it was told that the clocks may be apart, it takes for a run of
/// another's launch, too.
@Suite struct ToleranceTests {
  private static let operation = DataOperation.named("p", type: .tableToTable, environment: "DEV", account: "000099")
  private static let sent = Timestamp.earliest.advanced(by: .days(300_000))

  private struct Journal {
    let rules = JournalRules(leaseLifetime: .minutes(2)) { _ in .alive }
    let rows = MemoryRows()
    let mine: Lease

    /// - Parameter tolerance: What this execution was set to; another one has an open launch.
    init(_ tolerance: TimeSpan) throws {
      mine = try rules.begin(Self.header("mine", tolerance), at: sent, rows)
      let other = try rules.begin(Self.header("other", .seconds(5)), at: sent, rows)
      var record = Record()
      let change = try record.begin(
        .launch(operation, on: nil, baseline: [], at: sent),
        at: EffectSite(EffectKey(path: "0#0", textHash: TextHash(of: "launch p"))),
        settlesAt: sent.advanced(by: .seconds(60)), now: sent)
      try rules.put(change, of: other.execution, rows)
    }

    private static func header(_ id: String, _ tolerance: TimeSpan) -> ExecutionHeader {
      ExecutionHeader(
        id: id, startedAt: sent, today: sent.date,
        holder: LeaseHolder(user: "ada", host: "pump", process: 1, processStart: "1"), name: "a.runbook",
        directory: "/srv", sources: [], parameters: [:], account: nil, environment: nil, service: "simulator",
        settings: ExecutionSettings(
          account: nil, environment: nil, environments: [], timeout: .hours(1), cap: 10, visibilityDelay: .seconds(60),
          clockTolerance: tolerance))
    }
  }

  @Test(arguments: [(5, -40, 0), (60, -40, 1), (60, -61, 0), (5, 64, 1), (5, 66, 0), (60, 119, 1), (1, -4, 1)])
  func aRunThatCanBeTheirsIsNotTaken(_ tolerance: Int, _ began: Int, _ rivals: Int) throws {
    let journal = try Journal(.seconds(tolerance))
    let found = try journal.rules.rivals(
      of: RecordNumber(1), journal.mine.execution, Self.operation,
      for: Self.sent.advanced(by: .seconds(began)), journal.rows)
    #expect(found.count == rivals)
  }

  @Test(arguments: [5, 60]) func aTurnWaitsUntilTheirRunCanBeToldFromOnesOwn(_ tolerance: Int) throws {
    let journal = try Journal(.seconds(tolerance))
    let ticket = try journal.rules.enter(Self.operation, RecordNumber(1), under: journal.mine, journal.rows)
    let end = Self.sent.advanced(by: .seconds(60 + 2 * tolerance))
    func standing(at moment: Timestamp) throws -> LaunchTicket.Standing {
      try journal.rules.standing(of: ticket, at: moment, journal.rows)
    }
    guard case .unsettled(let until, _) = try standing(at: end) else {
      Issue.record("it does not wait")
      return
    }
    #expect(until == end)
    #expect(try standing(at: end.advanced(by: TimeSpan.milliseconds(1))) == .first)
  }
}
