import RunbookChecker
import RunbookDiagnostics
import Testing

struct NameTests {
  @Test(arguments: [
    Case("print prepar", "unknown-name"),
    Case("print nothing\nprint nothing\nprint \"${nothing}\"", "unknown-name"),
    Case("print x\nlet x = 1", "used-before-declaration"),
    Case("let x = x", "used-before-declaration"),
    Case("if true {\n print x\n let x = 1\n}", "used-before-declaration"),
    Case("let x = 1\nlet x = 2", "already-declared"),
    Case("let x = 1\nif true {\n let x = 2\n print x\n}", "already-declared"),
    Case("for a in [1] { print a }", "already-declared"),
    Case("if true { let x = 1 } else { let x = 2 }"),
    Case("if true { let x = 1 }\nlet x = 2"),
    Case("step \"one\" { let x = 1 }\nprint x"),
    Case("procedure p(a) { print a }\np(1)", "already-declared"),
    Case("procedure p(x, x) { print x }", "already-declared"),
    Case("procedure p() { print 1 }\nprocedure p() { print 2 }", "already-declared"),
    Case("let p = 1\nprocedure p() { print 1 }", "already-declared"),
    Case("procedure p() { print 1 }\nlet p = 1", "already-declared"),
    Case("let x = 1\nx = 2", "assigned-let"),
    Case("var x = 1\nx = 2\nprint x"),
    Case("var x = 1\nx = \"two\"", "assigned-other-type"),
    Case("x = 2", "unknown-name"),
    Case("var x = none\nx = 1\nx = none"),
    Case("var x = none\nx = 1\nx = \"two\"", "assigned-other-type"),
    Case("var x = 1\nparallel {\n step \"s\" { x = 2 }\n}", "assigned-in-parallel"),
    Case("var x = 1\nparallel for i in [1] { x = i }", "assigned-in-parallel"),
    Case("parallel for i in [1] {\n var y = i\n y = 2\n}"),
    Case("var x = 1\nprocedure p() { x = 2 }\nparallel for i in [1] { p() }", "assigned-in-parallel"),
    Case("print it", "it-outside-where"),
    Case("print error", "error-outside-catch"),
    Case("try { print 1 } catch { print error.message }"),
    Case("try { print 1 } catch { try { print 1 } catch { print error.kind } }"),
  ])
  func names(_ test: Case) { #expect(ids(test.text) == test.ids) }

  @Test(arguments: [
    Case("nowhere()", "unknown-procedure"),
    Case("let x = 1\nx()", "not-a-procedure"),
    Case("procedure p() { print 1 }\nprint p", "procedure-not-called"),
    Case("procedure p(x) { print x }\np(y = 1)", "unknown-argument"),
    Case("procedure p(x) { print x }\np(1, x = 1)", "duplicate-argument"),
    Case("procedure p(x, y) { print x }\np(x = 1, 2)", "positional-after-named"),
    Case("procedure p(x) { print x }\np(1, 2)", "too-many-arguments"),
    Case("procedure p(x, y, z = 1) { print x }\np()", "missing-arguments"),
    Case("procedure p(x, y = x) { print y }\np(1)\np(1, y = 2)\np(y = 1, x = 2)"),
    Case("print date()", "missing-arguments"),
    Case("print date(\"2020-12-30\", 1)", "too-many-arguments"),
    Case("p()\nprocedure p() { print 1 }"),
    Case("let x = 1\nprocedure p() { print x }\np()"),
    Case("p()\nlet x = 1\nprocedure p() { print x }", "not-set-at-call"),
    Case("procedure p() { print x }\nlet x = 1\np()", "used-before-declaration"),
    Case("procedure outer() { inner() }\nlet x = 1\nprocedure inner() { print x }\nouter()"),
    Case("if true {\n let local = 1\n p()\n}\nprocedure p() { print local }", "unknown-name"),
  ])
  func calls(_ test: Case) { #expect(ids(test.text) == test.ids) }

  @Test func suggestsTheNearestName() {
    let result = checked("let prepare = 1\nprint prepair")
    let diagnostic = result.first("unknown-name")
    #expect(diagnostic?.fixes.first?.replacement == "prepare")
    #expect(diagnostic?.fixes.first?.range == diagnostic?.primary.range)
  }

  @Test func pointsAtTheEarlierDeclaration() {
    let result = checked("let x = 1\nlet x = 2")
    #expect(result.first("already-declared")?.secondary.first?.range == SourceRange(SourceID(0), 4, 5))
  }

  @Test func anErrorInACalledProcedureIsReportedOnceWithTheWayThere() {
    let text = preamble + "procedure relaunch(job) {\n launch job\n}\nrelaunch(flow)\nrelaunch(flow)"
    let result = checked(text)
    #expect(result.ids == ["cannot-launch"])
    #expect(result.first("cannot-launch")?.trace.map(\.text) == ["called from here"])
  }

  @Test func anErrorThatIsThereWithoutACallHasNoTrace() {
    let result = checked(preamble + "procedure p() {\n launch flow\n}\np()")
    #expect(result.ids == ["cannot-launch"])
    #expect(result.first("cannot-launch")?.trace.isEmpty == true)
  }

  @Test func nothingFollowsFromANameThatIsNotThere() {
    #expect(ids("let x = missing.field + 1\nif x { print x.y }\nlaunch x\nawait x or fail") == ["unknown-name"])
  }
}
