import CivilTime
import RehearsalSupport
import RunbookDiagnostics
import RunbookEvaluator
import TailerAPI
import TailerSimulator
import Testing

/// Every point at which a process can die, for runbooks of every kind: nothing is launched twice, nothing is lost.
@Suite struct ResumeTests {
  static let runbooks: [(name: String, text: String, launches: Int)] = [
    (
      "sequential", "launch prepare\nawait run or fail\nreset chain\nlaunch export\nawait run or fail\nprint \"over\"",
      2
    ),
    ("list", "let rs = launch [prepare, export]\nawait rs timeout 1h or fail\ndisable [prepare, export]", 2),
    (
      "parallel",
      "parallel for n in 1 .. 3 max 2 {\n let job = table-to-table \"j${n}\"\n launch job\n await run or fail\n}\nprint \"over\"",
      3
    ),
    ("retry", "retry 3 times every 30s { launch report_\n await run or fail }\nprint run.id", 2),
    ("backfill", "for day in 2020-12-01 .. 2020-12-03 { launch prepare on day\n await run or fail }", 3),
    (
      "procedures",
      "procedure inner(job) { launch job\n await run or fail\n return run }\nprocedure outer(job) { for n in 1 .. 2 { let r = inner(job)\n print r.id } }\nouter(prepare)\nouter(export)",
      4
    ),
    (
      "catching",
      "try { launch report_\n await run or fail } catch failed { launch export\n await run or fail } finally { enable prepare }\nlet t = now\nwait 1m\nrequire now > t",
      2
    ),
  ]

  /// A rehearsal of one of these on the platform that they speak of.
  static func rehearsal(_ text: String) throws -> Rehearsal {
    try Rehearsal(
      preamble + "let report_ = table-to-table \"f\"\n" + text,
      scenario: platform(more: "takes: 3m").replacing(
        "  report:", with: "  flaky: { table-to-table: f, runs: [FAILED after 1m, SUCCESS after 1m] }\n  report:"))
  }

  @Test(arguments: runbooks)
  func dyingAnywhereAndResumingComesToTheSame(_ name: String, _ text: String, _ launches: Int) async throws {
    let rehearsal = try Self.rehearsal(text)
    let calm = World(scenario: rehearsal.scenario)
    let life = Life()
    let undisturbed = try rehearsal.run(on: calm, journal: MemoryJournal(), life: life)
    #expect(undisturbed.exitStatus == 0)
    #expect(calm.simulator.launches.count == launches)
    calm.simulator.settle()
    var duplicates = 0
    var losses = 0
    for point in 0..<life.pointsPassed {
      let world = World(scenario: rehearsal.scenario)
      let journal = MemoryJournal()
      _ = try rehearsal.run(on: world, journal: journal, life: Life(endingAt: point))
      var last = try rehearsal.run(on: world, journal: journal)
      if last.exitStatus == 5 {
        // The person has looked: the request never left, so it is launched again by their word.
        #expect(world.simulator.launches.count < launches, "\(name) at \(point)")
        await journal.reopen(last.result.origins, launchingAgain: true)
        last = try rehearsal.run(on: world, journal: journal)
      }
      #expect(last.exitStatus == 0, "\(name) at \(point): \(last.failure?.message ?? "")")
      duplicates += max(0, world.simulator.launches.count - launches)
      losses += max(0, launches - world.simulator.launches.count)
      world.simulator.settle()
      let (found, wanted) = (world.simulator.snapshot, calm.simulator.snapshot)
      // Branches may be launched in another order.
      #expect(found.runs.sorted() == wanted.runs.sorted(), "\(name) at \(point)")
      #expect(found.flags == wanted.flags && found.activations == wanted.activations, "\(name) at \(point)")
    }
    print("\(name): \(life.pointsPassed) deaths, \(duplicates) duplicates, \(losses) losses")
    #expect(duplicates == 0 && losses == 0)
  }
}
