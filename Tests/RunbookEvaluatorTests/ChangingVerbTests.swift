import CivilTime
import RehearsalSupport
import RunbookDiagnostics
import RunbookEvaluator
import RunbookRecord
import RunbookSyntax
import TailerAPI
import TailerSimulator
import Testing

/// Every changing verb is guarded, written down before it is sent, and told of, by its description.
@Suite struct ChangingVerbTests {
  private static func rehearsal(of verb: ChangingVerb) throws -> Rehearsal {
    try Rehearsal(preamble + verb.description.sample)
  }

  @Test(arguments: ChangingVerb.allCases)
  func itIsWrittenDownThenSentOnceThenTold(_ verb: ChangingVerb) async throws {
    let (journal, sent) = (MemoryJournal(), Sent())
    var rehearsal = try Self.rehearsal(of: verb)
    rehearsal.behind = { Witness(base: $0, journal: journal, sent: sent) }
    let outcome = try rehearsal.run(on: World(scenario: rehearsal.scenario), journal: journal)
    #expect(outcome.exitStatus == 0)
    let known = await sent.known
    #expect(known == [[verb]])
    #expect(await journal.recorded.map(\.intent.verb) == [verb.word])
    let told = outcome.events.contains { event in
      if case .changed(let change) = event.kind { return change.verb == verb }
      if case .launched = event.kind { return verb == .launch }
      return false
    }
    #expect(told)
  }

  @Test(arguments: ChangingVerb.allCases)
  func readOnlyForbidsIt(_ verb: ChangingVerb) throws {
    var rehearsal = try Self.rehearsal(of: verb)
    rehearsal.policy.guards.isReadOnly = true
    rehearsal.people = ScriptedPeople(yes: true)
    let outcome = try rehearsal.run()
    #expect(outcome.failure?.id == "read-only")
    #expect(outcome.failure?.message.contains("`\(verb.word)`") == true)
    #expect(outcome.simulator.requestCount == 0)
  }

  @Test(arguments: ChangingVerb.allCases)
  func aProtectedEnvironmentAsksInItsWords(_ verb: ChangingVerb) throws {
    let people = ScriptedPeople(yes: false)
    var rehearsal = try Self.rehearsal(of: verb)
    rehearsal.policy.guards.protectedEnvironments = ["DEV"]
    rehearsal.people = people
    let outcome = try rehearsal.run()
    #expect(outcome.failure?.id == "said-no")
    #expect(outcome.simulator.requestCount == 0)
    let question = try #require(people.asked.first)
    #expect(question.text.hasPrefix(verb.description.heading + " "))
    #expect(Guards.asks(question.text))
  }
}

/// For each change that was sent, what the record held of changes at that moment.
private actor Sent {
  private(set) var known: [[ChangingVerb?]] = []

  func note(_ journal: MemoryJournal) async { known.append(await journal.recorded.map(\.intent.change)) }
}

/// Takes every change, whether the simulator knows it or not, and looks at the record when it is sent.
private struct Witness: TailerService {
  let base: any TailerService
  let journal: MemoryJournal
  let sent: Sent
  var requestCounts: RequestCounts { base.requestCounts }

  func launch(
    _ operation: DataOperation, on date: CalendarDate?, _ launchTry: LaunchTry
  ) async throws(ServiceError) -> String {
    let (sent, journal) = (sent, journal)
    let witnessed = LaunchTry(number: launchTry.number) { () async throws(LaunchTry.Withheld) in
      let left = try await launchTry.ready()
      await sent.note(journal)
      return left
    } left: {
      launchTry.left()
    }
    return try await base.launch(operation, on: date, witnessed)
  }
  func send(_ change: ServiceChange) async throws(ServiceError) { await sent.note(journal) }

  func check(_ run: Run.Reference) async throws(ServiceError) -> Run? { try await base.check(run) }
  func lastRuns(of operation: DataOperation, _ filter: RunFilter) async throws(ServiceError) -> [Run] {
    try await base.lastRuns(of: operation, filter)
  }
  func runs(
    of type: ConfigurationType, account: String, environment: String?, _ filter: RunFilter
  ) async throws(ServiceError) -> [Run] {
    try await base.runs(of: type, account: account, environment: environment, filter)
  }
}
