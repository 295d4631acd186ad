import RunbookDiagnostics
import RunbookSyntax
import Testing

@Suite("Recovery")
struct RecoveryTests {
  @Test("independent mistakes are each reported once, and what is between them is read")
  func independent() {
    let text = """
      let a = 2020-02-30
      launch (a b)
      print "ok"
      if x = 1 {
        lanch y
        print "in"
      }
      await run timout 3m
      print "end
      """
    #expect(
      mistakes(text) == [
        "impossible-date", "unexpected-token", "assignment-in-condition", "unknown-statement", "unknown-clause",
        "unterminated-text",
      ])
    #expect(
      dump(parsed(text).program) == """
        (let a <invalid>)
        <invalid>
        (print "ok")
        (if (== x 1) {<invalid>; (print "in")})
        <invalid>
        (print <invalid>)
        """)
  }

  @Test("a name whose value cannot be read still counts as declared")
  func declared() {
    #expect(
      dump(parsed("let a = )\nvar b = *\nx = ]").program) == "(let a <invalid>)\n(var b <invalid>)\n(set x <invalid>)")
    #expect(dump(parsed("let a 5").program) == "(let a 5)")
  }

  @Test("a block survives its header, and a header its block")
  func blocks() {
    #expect(dump(parsed("if ) { print a }\nprint b").program) == "(if <invalid> {(print a)})\n(print b)")
    #expect(dump(parsed("for x { print a }").program).contains("{(print a)}"))
    #expect(mistakes("while x { print ( }") == ["unbounded-loop", "missing-expression"])
    #expect(mistakes("if a\nprint b") == ["missing-block"])
    #expect(mistakes("foreach a in b { lanch c } print d") == ["foreign-statement", "unknown-statement"])
  }

  @Test("an open bracket does not swallow the statements behind it")
  func brackets() {
    let text = "launch [a, b\nprint c\nlet d = (1\nprint e"
    #expect(mistakes(text) == ["unclosed-bracket", "unclosed-bracket"])
    #expect(dump(parsed(text).program) == "<invalid>\n(print c)\n(let d <invalid>)\n(print e)")
  }

  @Test("of blocks left open, the one that is indented differently is named")
  func openBlock() {
    #expect(marked("if a {\n  if b {\n    print c\n}\nprint d") == "{")
    let result = parsed("step 'x' {\n  for a in b {\n    print c\n}\n")
    #expect(result.diagnostics.first?.primary.range.lower == 24)
    #expect(result.diagnostics.count == 1)
  }

  @Test(
    "the mark stands under the exact words",
    arguments: [
      ("lanch x", "lanch"), ("await run timout 3m", "timout"), ("let x = 2020-02-30", "2020-02-30"),
      ("try { } catch tmeout { }", "tmeout"), ("x.y = 3", "x.y"), ("if a = b { }", "="), ("wait 5min", "5min"),
      ("let launch = 3", "launch"), (":quit", ":quit"), ("a && b", "&&"), ("print 'x", "'x"),
      ("runs of tables", "tables"), ("launch a in PROD", "in"), ("print a or fail", "or"),
    ])
  func marks(_ text: String, _ expected: String) { #expect(marked(text) == expected) }

  @Test(
    "what is meant is suggested",
    arguments: [
      ("lanch x", "launch"), ("await run timout 3m", "timeout"), ("x == 1 && y", "and"), ("let a = !b", "not "),
      ("elif a { }", "else if"), ("foreach a in b { }", "for"), ("let a = table-to-tabel \"x\"", "table-to-table"),
      ("wait 5min", "5m"), ("if a = b { }", "=="), ("print “a”", "\"a\""), ("let x 5", "= "), ("[a b]", ","),
      ("launch a print b", ";"), ("await launch a", "(launch a)"), ("print “a", "\""),
      ("await next run of a since 2020-12-30T11:00", "Z"),
    ])
  func suggestions(_ text: String, _ expected: String) {
    #expect(parsed(text).diagnostics.first?.fixes.first?.replacement == expected)
  }

  @Test("no more than a hundred are listed, and the rest are counted")
  func many() {
    let result = parsed(String(repeating: "let x = )\n", count: 250))
    #expect(result.diagnostics.count == 101)
    #expect(result.diagnostics.last?.message == "150 more errors are not shown")
    #expect(result.diagnostics.last?.severity == .note)
  }
}
