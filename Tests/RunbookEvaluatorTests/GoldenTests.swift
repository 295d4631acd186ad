import CivilTime
import Foundation
import GoldenSupport
import RehearsalSupport
import RunbookChecker
import RunbookDiagnostics
import RunbookEvaluator
import RunbookRecord
import RunbookSyntax
import TailerAPI
import TailerSimulator
import Testing

/// Every way in which a running runbook can fail, as its reader sees it: source and rendering in one file.
@Suite struct GoldenTests {
  static let goldens = (try? Golden.all(in: Golden.directory("Evaluator"))) ?? []

  /// Those that the checker keeps from happening in any text short enough to read: drawn from their facts.
  static let drawn: [String: RuntimeProblem.Kind] = {
    let operation = DataOperation.named("p", type: .tableToTable, environment: "DEV", account: "000099")
    let workflow = DataOperation.named("w", type: .workflow, environment: "DEV", account: "000099")
    return [
      "not-set": .notSet(name: "run"), "calls-too-deep": .callsTooDeep(limit: 500),
      "missing-default": .missingDefault(what: "environment"), "not-a-workflow": .notWorkflow(operation),
      "workflow-without-runs": .workflowHasNoRuns(workflow), "status-not-settable": .notSettable("WAITING"),
      "no-token": .service(
        ServiceError(.refused, action: "launch_job", message: "the token command 'x' could not be started: not found"),
        verb: "launch", operation: "p"),
      "lease-lost": .leaseLost(holder: "ann on pump-3, process 4711"),
      "record-contradicted": .recordContradicted("effect #3, launch p, has an outcome already"),
      "launch-held-back": .launchHeldBack(behind: RecordNumber(3)),
      "run-is-taken": .runIsTaken("r1", owner: "#3 of the execution 20261123-0300-x"),
    ]
  }()

  /// An id that is not among them would need no golden.
  @Test func everyIDIsAmongThem() throws {
    let drawn = Self.goldens.flatMap {
      ($0["diagnostics"] ?? "").matches(of: /(?m)^error\[([a-z-]+)\]/).map { String($0.1) }
    }
    #expect(Set(drawn).subtracting(RuntimeProblem.allIDs).isEmpty)
  }

  @Test func everyIDHasOne() throws {
    #expect(try idsWithoutGolden(RuntimeProblem.allIDs, in: Golden.directory("Evaluator")).isEmpty)
  }

  @Test(arguments: goldens.map(\.name))
  func isDrawnAsItWas(_ name: String) async throws {
    let golden = try #require(Self.goldens.first { $0.name == name })
    var rehearsal = try Rehearsal(golden["earlier"] ?? golden["source"] ?? "", scenario: golden["scenario"] ?? "")
    rehearsal.name = "\(name).runbook"
    let flags = golden["flags"] ?? ""
    rehearsal.policy.guards.isReadOnly = flags == "read-only"
    if let answers = golden["answers"] {
      rehearsal.people = ScriptedPeople(
        answers.split(separator: " ").map { PersonAnswer(isYes: $0 == "yes", by: "ann") })
    }
    if flags == "drawn" {
      let kind = try #require(Self.drawn[name])
      let source = SourceText(id: SourceID(0), name: rehearsal.name, text: rehearsal.text)
      let problem = RuntimeProblem(kind, at: SourceRange(source.id, 0, 5))
      return try expectDiagnostics(golden, [problem.diagnostic], sources: SourceMap([source]))
    }
    if flags == "many runs" { rehearsal.scenario = Self.manyRuns }
    let life = flags.hasPrefix("dies at ") ? Life(endingAt: Int(flags.dropFirst(8))) : Life()
    let world = World(scenario: rehearsal.scenario, faults: [])
    let journal = MemoryJournal()
    guard golden["earlier"] != nil else {
      let outcome = try rehearsal.run(on: world, journal: journal, life: life)
      let diagnostics = outcome.failure.map { [$0] } ?? []
      return try expectDiagnostics(golden, outcome.warnings + diagnostics, sources: outcome.sources)
    }
    rehearsal.interruptAfter = .minutes(1)
    let first = try rehearsal.run(on: world, journal: journal)
    rehearsal.interruptAfter = nil
    rehearsal.text = golden["source"] ?? ""
    if name == "recorded-error" {
      // The second launch met the recorded refusal again, where the record was not reopened.
      let outcome = try rehearsal.run(on: world, journal: journal)
      let caught = outcome.events.compactMap { event -> Diagnostic? in
        guard case .caught(let error) = event.kind, let place = event.place else { return nil }
        let recorded = RecordedError(kind: error.kind, message: error.message, attempts: error.attempts)
        return RuntimeProblem(.recorded(recorded), at: place).diagnostic
      }
      return try expectDiagnostics(golden, caught, sources: outcome.sources)
    }
    #expect(first.exitStatus == 130)
    let comparison = try await rehearsal.compare(
      on: world, journal: journal, recorded: golden["earlier"] ?? "")
    try expectDiagnostics(golden, comparison.conflicts, sources: try rehearsal.checked().sources)
  }

  private static var manyRuns: Scenario {
    var scenario = Scenario(now: Rehearsal.start)
    let operation = DataOperation.named("p", type: .tableToTable, environment: "DEV", account: "000099")
    let starts = (1...120).map { Scenario.Start(at: Rehearsal.start.advanced(by: .minutes(-10 * $0))) }
    scenario.operations = [Scenario.Operation(operation, history: starts)]
    return scenario
  }
}

extension Rehearsal.Outcome {
  fileprivate var warnings: [Diagnostic] {
    events.compactMap { if case .warning(let diagnostic) = $0.kind { diagnostic } else { nil } }
  }
}
