import CivilTime
import RunbookChecker
import RunbookSyntax
import Testing

struct PlanTests {
  private func lines(_ text: String) throws -> [String] {
    let runbook = try #require(checked(preamble + text).result.runbook)
    return plan(runbook).steps.map { step in
      (step.around.map(\.words) + [step.action.words]).joined(separator: " / ")
    }
  }

  @Test func saysWhatIsDoneToWhatAndHowLongIsWaited() throws {
    let text = """
      param day: date = today
      step "Relaunch" {
        launch a on day
        await run timeout 30m
      }
      if status == FAILED {
        disable [a, b]
        reset flow
      }
      for op in [a, b] { enable op }
      retry 3 times { check (launch a) or fail }
      wait 10s
      wait until (check run) == SUCCESS
      try { confirm "Go?" } catch { manual "Look" } finally { print 1 }
      """
    let expected = [
      "Relaunch / launch table-to-table \"a\" in DEV on day (today)",
      "Relaunch / await a run of table-to-table \"a\" in DEV, for at most 30m",
      "if status == FAILED / disable table-to-table \"a\" in DEV, table-to-table \"b\" in DEV",
      "if status == FAILED / reset workflow \"flow\" in DEV",
      "for op in [a, b] / enable one of table-to-table \"a\" in DEV, table-to-table \"b\" in DEV",
      "up to 3 times / launch table-to-table \"a\" in DEV",
      "up to 3 times / look at a run of table-to-table \"a\" in DEV",
      "wait 10s",
      "wait until (check run) == SUCCESS, for at most the default",
      "look at a run of table-to-table \"a\" in DEV",
      "try / ask: \"Go?\"",
      "on an error / have a person do: \"Look\"",
    ]
    #expect(try lines(text) == expected)
  }

  @Test func followsCallsWithTheirArguments() throws {
    let text = """
      procedure relaunch(op, label = "x") {
        let again = table-to-table "${label}"
        launch [op, again]
      }
      relaunch(a)
      relaunch(b, label = "y")
      """
    let expected = [
      "in relaunch / launch table-to-table \"a\" in DEV, table-to-table \"x\" in DEV",
      "in relaunch / launch table-to-table \"b\" in DEV, table-to-table \"y\" in DEV",
    ]
    #expect(try lines(text) == expected)
  }

  @Test func showsTheValuesOfParametersThatAreKnown() throws {
    let text = """
      param patience: duration = 30m
      param name = "x"
      let op = table-to-table "${name}"
      procedure relaunch(job, attempts = 3) {
        retry attempts times {
          launch job
          await run timeout patience or fail
        }
      }
      relaunch(op)
      """
    let runbook = try #require(checked(preamble + text).result.runbook)
    func last(_ parameters: [String: ParameterValue]) -> String? {
      plan(runbook, parameters: parameters).steps.last.map { step in
        (step.around.map(\.words) + [step.action.words]).joined(separator: " / ")
      }
    }
    #expect(
      last([:])
        == "in relaunch / up to attempts (3) times / await a run of table-to-table \"x\" in DEV, "
        + "for at most patience (30m)")
    let given: [String: ParameterValue] = ["patience": .duration(.hours(2)), "name": .text("y")]
    #expect(
      last(given)
        == "in relaunch / up to attempts (3) times / await a run of table-to-table \"y\" in DEV, "
        + "for at most patience (2h)")
  }

  @Test func isCutWhereItWouldBeEndless() throws {
    var text = ""
    for level in 0..<20 { text += "procedure p\(level)() {\n p\(level + 1)()\n p\(level + 1)()\n}\n" }
    text += "procedure p20() { launch a }\np0()\n"
    let runbook = try #require(checked(preamble + text).result.runbook)
    #expect(plan(runbook).isCut)
  }
}
