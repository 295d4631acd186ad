import RunbookChecker
import RunbookDiagnostics
import RunbookSyntax
import Testing

struct IncludeTests {
  private func check(_ text: String, _ files: [String: String], reasons: [String: String] = [:]) -> Checked {
    checked(text, in: CheckContext(loader: Files(files: files, reasons: reasons)))
  }

  @Test func bringsInNamesProceduresParametersAndSettings() {
    let common = """
      account "000099"
      environment DEV
      param day: date = today
      let a = table-to-table "a"
      procedure relaunch(op) {
        launch op on day
        await run or fail
      }
      """
    let result = check("include \"common.runbook\"\nrelaunch(a)\nprint day", ["common.runbook": common])
    #expect(result.ids == [])
    #expect(result.result.runbook?.parameters.map(\.syntax.name.text) == ["day"])
    #expect(result.result.runbook?.included.count == 1)
    #expect(result.result.runbook?.procedures.keys.sorted() == ["relaunch"])
    #expect(result.result.runbook?.sources.all.count == 2)
  }

  @Test func errorsInsideSayWhereTheyWereIncluded() {
    let result = check("include \"common.runbook\"", ["common.runbook": "let x = missing\nlet y = (\n"])
    #expect(result.result.runbook == nil)
    #expect(result.first("unknown-name")?.trace.map(\.text) == ["included from here"])
    #expect(result.result.diagnostics.allSatisfy { $0.primary.range.source == SourceID(1) })
    #expect(result.result.diagnostics.count >= 2)
  }

  @Test func whatCannotBeReadIsSaidWithItsReason() {
    let result = check("include \"a\"\ninclude \"b\"", [:], reasons: ["b": "permission denied"])
    #expect(result.ids == ["include-unreadable", "include-unreadable"])
    #expect(result.result.diagnostics.map(\.message).last?.contains("permission denied") == true)
  }

  @Test func cyclesAreRefused() {
    #expect(check("include \"a\"", ["a": "include \"b\"", "b": "include \"a\""]).ids == ["include-cycle"])
    #expect(check("include \"main.runbook\"", ["main.runbook": ""]).ids == ["include-cycle"])
  }

  @Test func anIncludedFileOnlyDeclares() {
    #expect(check("include \"a\"", ["a": "print 1\nstop"]).ids == ["include-not-declarations"])
    let launching = "let r = launch table-to-table \"x\" in DEV of \"000099\""
    #expect(check("include \"a\"", ["a": launching]).ids == ["changes-service"])
  }

  @Test func theSameFileTwiceIsReadOnce() {
    let files = ["a": "let x = 1", "b": "include \"a\"\nlet y = x", "c": "include \"a\"\nlet z = x"]
    #expect(check("include \"b\"\ninclude \"c\"\nprint x + y + z", files).ids == [])
    #expect(check("include \"a\"\ninclude \"a\"\nprint x", files).ids == ["included-twice"])
  }

  @Test func aNameDeclaredInTwoFilesIsAnError() {
    let result = check("let x = 1\ninclude \"a\"", ["a": "let x = 2"])
    #expect(result.ids == ["already-declared"])
    #expect(result.first("already-declared")?.secondary.first?.range.source == SourceID(0))
  }

  @Test func anIncludedFileSeesItsOwnNamesOnly() {
    let library = "procedure tell(job) {\n let day = job\n print day\n}"
    #expect(check("let job = 1\nlet day = 2\ninclude \"a\"\ntell(job)\nprint day", ["a": library]).ids == [])
    let curious = "let y = x\nprocedure tell() {\n print x\n}"
    #expect(
      check("let x = 1\ninclude \"a\"\ntell()\nprint y", ["a": curious]).ids
        == ["declared-elsewhere", "declared-elsewhere"])
    let files = ["b": "include \"c\"\nprocedure tell() { print x }", "c": "let x = 1"]
    #expect(check("include \"c\"\ninclude \"b\"\ntell()", files).ids == [])
  }

  @Test func aPathIsSpelledOut() {
    #expect(check("let x = \"a\"\ninclude \"${x}\"", ["a": ""]).ids == ["not-spelled-out"])
  }

  @Test func aLongRowOfIncludesIsRefused() {
    var files: [String: String] = [:]
    for level in 0..<60 { files["f\(level)"] = "include \"f\(level + 1)\"" }
    #expect(check("include \"f0\"", files).ids == ["include-too-deep"])
  }

  @Test func pathsAreRelativeToTheIncludingFile() {
    let files = ["lib/a": "include \"b\"", "lib/b": "let x = 1"]
    #expect(check("include \"lib/a\"\nprint x", files).ids == [])
  }
}
