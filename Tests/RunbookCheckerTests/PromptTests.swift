import RunbookChecker
import RunbookSyntax
import TailerAPI
import Testing

struct PromptTests {
  /// Checks entries one after another, each in the names that the earlier ones left.
  private func entries(_ texts: String...) -> (ids: [[String]], scope: CheckedScope) {
    var scope = CheckedScope.empty
    var ids: [[String]] = []
    for text in texts {
      let result = checked(text, in: CheckContext(isInteractive: true, scope: scope))
      ids.append(result.ids)
      if let runbook = result.result.runbook { scope = runbook.scope }
    }
    return (ids, scope)
  }

  private let settings = "account \"000099\"; environment DEV"

  @Test func namesRunAndStatusLiveOn() {
    let (ids, scope) = entries(
      settings, "let a = table-to-table \"a\"", "let r = launch a", "await r", "print status", "r.status", "run.id")
    #expect(ids.flatMap { $0 } == [])
    #expect(scope.runIsSet && scope.statusIsSet)
    #expect(scope.names["a"]?.operation?.id == "a_DEV")
    #expect(scope.names["r"]?.type == .run)
  }

  @Test func aLaterLetReplacesAnEarlierAndSaysSo() {
    let (ids, scope) = entries("let x = 1", "let x = \"one\"", "print x + \"two\"")
    #expect(ids == [[], ["replaces-earlier"], []])
    #expect(scope.names["x"]?.type == .text)
  }

  @Test func aLaterProcedureReplacesAnEarlier() {
    let (ids, _) = entries("procedure p() { return 1 }", "procedure p() { return \"x\" }", "p() + \"y\"")
    #expect(ids == [[], ["replaces-earlier"], []])
  }

  @Test func anEntryWithAnErrorLeavesNothing() {
    let (ids, scope) = entries("let x = missing", "x")
    #expect(ids == [["unknown-name"], ["unknown-name"]])
    #expect(scope.names.isEmpty)
  }

  @Test func expressionsStandAlone() {
    #expect(entries("1 + 1", "today", "[1, 2] where it > 1").ids.flatMap { $0 } == [])
  }

  @Test func disabledOperationsAreRemembered() {
    let (ids, scope) = entries(
      settings, "let a = table-to-table \"a\"", "disable a", "launch a", "enable a", "launch a")
    #expect(ids == [[], [], [], ["launch-after-disable"], [], []])
    #expect(scope.stopped.isEmpty)
  }

  @Test func whatRequireFoundStaysTrue() {
    let (ids, _) = entries(
      settings, "let r = last run of table-to-table \"a\"", "r.id", "require r != none", "r.id")
    #expect(ids == [[], [], ["maybe-none"], [], []])
  }

  @Test func aProcedureStillHasToLookAtItsOutcomes() {
    let (ids, _) = entries(
      settings, "let a = table-to-table \"a\"",
      "procedure p() {\n launch a\n await run\n}")
    #expect(ids.last == ["unread-outcome"])
  }

  @Test func anIncludedFileDoesNotMindTheNamesOfThePrompt() {
    let loader = Files(files: ["lib": "let base = 2\nprocedure tell(job) { return job + base }"])
    var scope = CheckedScope.empty
    for text in ["let job = 1", "include \"lib\"", "tell(job) + base", "let job = 3", "tell(job)"] {
      let result = checked(text, in: CheckContext(isInteractive: true, scope: scope, loader: loader))
      #expect(result.errors == [])
      if let runbook = result.result.runbook { scope = runbook.scope }
    }
  }

  @Test func aSecondEnvironmentReplacesTheFirst() {
    #expect(entries("environment DEV", "environment PROD").scope.environment == "PROD")
  }
}
