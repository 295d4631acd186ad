import RunbookChecker
import RunbookDiagnostics
import Testing

struct ServiceTests {
  @Test(arguments: [
    Case("launch files", "cannot-launch"),
    Case("launch [a, flow]", "cannot-launch"),
    Case("launch table-to-storage \"x\""),
    Case("reset a", "cannot-reset"),
    Case("reset [flow, a]", "cannot-reset"),
    Case("reset flow"),
    Case("print last run of flow", "workflow-has-no-runs"),
    Case("print last 3 runs of flow", "workflow-has-no-runs"),
    Case("await next run of flow since now or fail", "workflow-has-no-runs"),
    Case("print runs of workflow", "workflow-has-no-runs"),
    Case("print run \"20201230-x\" of flow", "workflow-has-no-runs"),
    Case("let x = table-to-table \"\"", "malformed-id"),
    Case("let x = table-to-table \"a\\u{1b}\"", "malformed-id"),
    Case("let x = table-to-table \"a\" of \"99\"", "malformed-account"),
    Case("let x = table-to-table \"a\" in PRD", "unknown-environment"),
    Case("let x = job \"nonsense\"", "unknown-job-id"),
    Case("let x = job \"storage-to-storage|000099|files|DEV|a.csv\" in PROD", "job-id-disagrees"),
    Case("let x = job \"storage-to-storage|000099|files|DEV|a.csv\" of \"000098\"", "job-id-disagrees"),
    Case("let x = job \"storage-to-storage|99|files|DEV|a.csv\"", "malformed-account"),
    Case("let x = job \"storage-to-storage|000099|files|XX|a.csv\"", "unknown-environment"),
    Case("let x = job \"gbq-to-gbq|a_DEV\"\ndisable x\nlaunch a", "launch-after-disable"),
    Case("account \"000099\"", "account-written-twice"),
    Case("environment PROD", "environment-written-twice"),
  ])
  func rules(_ test: Case) { #expect(ids(test.text) == test.ids) }

  @Test(arguments: [
    Case("launch table-to-table \"a\"", "missing-account", "missing-environment"),
    Case("let x = workflow \"a\" of \"000099\"\nlet y = workflow \"b\" of \"000099\"", "missing-environment"),
    Case("launch table-to-table \"a\" in DEV of \"000099\""),
    Case("launch table-to-table \"a\" in DEV\naccount \"000099\"", "missing-account"),
    Case("account \"99\"\nlet x = workflow \"a\" in DEV", "malformed-account"),
    Case("environment DVE\nlet x = workflow \"a\" of \"000099\"", "unknown-environment"),
    Case("account 99", "type-mismatch"),
    Case("param who\naccount who\nlet x = workflow \"a\" in DEV"),
    Case("let x = job \"storage-to-storage|000099|files|DEV|a.csv\""),
    Case("let x = job \"gbq-to-gbq|a\"", "missing-account", "missing-environment"),
    Case("procedure p() { launch table-to-table \"a\" }"),
    Case("procedure p() { launch table-to-table \"a\" in DEV }\np()", "missing-account"),
    Case("print runs of table-to-table", "missing-account", "missing-environment"),
  ])
  func settings(_ test: Case) {
    let text = test.text.replacing("account who", with: "account \"${who}\"")
    #expect(checked(text).ids == test.ids)
  }

  @Test func theCommandLineSetsWhatTheFileLeavesOut() {
    let context = CheckContext(account: "000099", environment: "DEV")
    #expect(checked("launch table-to-table \"a\"", in: context).ids == [])
  }

  @Test func aFileThatDisagreesWithTheCommandLineIsRefusedWithBothNamed() {
    let context = CheckContext(account: "000098", environment: "PROD")
    let result = checked("account \"000099\"\nenvironment DEV", in: context)
    #expect(result.ids == ["account-disagrees", "environment-disagrees"])
    #expect(result.first("account-disagrees")?.message.contains("000098") == true)
    #expect(result.first("account-disagrees")?.message.contains("000099") == true)
  }

  @Test func anEnvironmentOfTheProfileIsKnown() {
    let context = CheckContext(environments: ["DEV", "LAB"])
    #expect(checked("let x = workflow \"a\" in LAB of \"000099\"", in: context).ids == [])
  }
}
