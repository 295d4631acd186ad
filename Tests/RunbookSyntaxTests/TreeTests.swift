import RunbookDiagnostics
import RunbookSyntax
import Testing

@Suite("Trees")
struct TreeTests {
  @Test(
    "each statement has its tree",
    arguments: [
      ("account \"000099\"", "(account \"000099\")"),
      ("environment PROD", "(environment PROD)"),
      ("environment \"${target}\"", "(environment \"${target}\")"),
      ("param reason", "(param reason)"),
      ("param day: date = yesterday \"The day\"", "(param day :date default=yesterday summary=\"The day\")"),
      ("param ticket from env \"TICKET\"", "(param ticket env=\"TICKET\")"),
      ("param n \"How many\" = 3", "(param n default=3 summary=\"How many\")"),
      ("param op = some-name \"Which\"", "(param op default=some-name summary=\"Which\")"),
      ("include 'common.runbook'", "(include \"common.runbook\")"),
      ("procedure f(a, b = 3,) { return a }", "(procedure f (a b=3) {(return a)})"),
      ("procedure f() { }", "(procedure f () {})"),
      ("let r = launch a or fail \"no\"", "(let r (launch a) or-fail=\"no\")"),
      ("var n = 1", "(var n 1)"),
      ("n = n + 1", "(set n (+ n 1))"),
      ("n = f() or ignore", "(set n f() or-ignore)"),
      ("launch a on today", "(launch a on=today)"),
      ("await run timeout 30m every 1m or fail", "((await run timeout=30m every=1m) or-fail)"),
      ("await [a, b] every 1m timeout 30m", "(await [a b] timeout=30m every=1m)"),
      ("await next run of a timeout 1h since now", "(await-next a since=now timeout=1h)"),
      ("check run or ignore", "((check run) or-ignore)"),
      ("mark run as SUCCESS", "(mark run SUCCESS)"),
      ("mark last as CHECKED", "(mark last CHECKED)"),
      ("reset load", "(reset load)"),
      ("disable [a, b]", "(disable [a b])"),
      ("enable a; archive a", "(enable a)\n(archive a)"),
      ("if a { } else if b { break } else { continue }", "(if a {} b {(break)} else {(continue)})"),
      ("if a { }\nelse { }", "(if a {} else {})"),
      ("for job in [a, b] { launch job }", "(for job [a b] {(launch job)})"),
      ("for day in 2020-12-01 .. 2020-12-31 { }", "(for day (.. 2020-12-01 2020-12-31) {})"),
      ("retry 3 times { }", "(retry 3 {})"),
      ("retry n + 1 times backoff 1.5 every 30s { }", "(retry (+ n 1) every=30s backoff=1.5 {})"),
      ("wait 10s", "(wait 10s)"),
      ("wait until a == b timeout 2h", "(wait-until (== a b) timeout=2h)"),
      ("parallel for job in jobs max 4 keep going { }", "(parallel-for job jobs max=4 keep-going {})"),
      ("parallel keep going { step 'A' { } }", "(parallel keep-going {(step \"A\" {})})"),
      ("try { } catch timeout { } catch { } finally { }", "(try {} catch timeout {} catch {} finally {})"),
      ("try { }\ncatch { }\nfinally { }", "(try {} catch {} finally {})"),
      ("step \"A ${b}\" { let c = 1 }", "(step \"A ${b}\" {(let c 1)})"),
      ("return; return 3", "(return)\n(return 3)"),
      ("stop; stop \"ok\"; fail; fail \"bad\"", "(stop)\n(stop \"ok\")\n(fail)\n(fail \"bad\")"),
      ("require a == b else \"no\"", "(require (== a b) else=\"no\")"),
      ("require a\nelse \"no\"", "(require a else=\"no\")"),
      ("print a; confirm 'b'; manual \"c\"", "(print a)\n(confirm \"b\")\n(manual \"c\")"),
    ])
  func statements(_ text: String, _ expected: String) { #expect(tree(text) == expected) }

  @Test(
    "each expression has its tree",
    arguments: [
      ("3", "3"), ("1.50", "1.5"), ("true", "true"), ("none", "none"), ("FAILED", "FAILED"), ("NO_MATCH", "NO_MATCH"),
      ("1h30m", "1h30m"), ("500ms", "500ms"), ("1.5h", "1h30m"), ("2020-12-30", "2020-12-30"),
      ("2020-12-30T11:28:43Z", "2020-12-30T11:28:43Z"), ("2020-12-30T11:28+01:00", "2020-12-30T10:28:00Z"),
      ("[]", "[]"), ("[1, 2,]", "[1 2]"), ("a.b.c", "a.b.c"), ("a[0].status", "a[0].status"),
      ("f(1, b = 2)", "f(1 b=2)"), ("date(x)", "date(x)"), ("(a)", "(a)"), ("run.started", "run.started"),
      ("error.kind", "error.kind"), ("it", "it"), ("a.if.else", "a.if.else"),
      ("table-to-table \"a\"", "(table-to-table \"a\")"),
      ("gbq-to-gbq verbatim 'a' of \"000099\" in PROD", "(gbq-to-gbq verbatim \"a\" in=PROD of=\"000099\")"),
      ("job \"a|b\" in DEV", "(job \"a|b\" in=DEV)"), ("job", "job"), ("job.id", "job.id"), ("workflow", "workflow"),
      ("workflow \"a\" of owner", "(workflow \"a\" of=owner)"),
      ("run \"20201230-x\" of table-to-table \"a\" in PROD", "(run \"20201230-x\" (table-to-table \"a\" in=PROD))"),
      ("last run of a", "(last a)"), ("last 3 runs of a", "(last count=3 a)"),
      ("last n.m runs of a", "(last count=n.m a)"),
      ("last (n + 1) runs of a", "(last count=((+ n 1)) a)"), ("last + 1", "(+ last 1)"), ("last(3)", "last(3)"),
      ("last run of a started today with status FAILED", "(last a started=today status=FAILED)"),
      ("runs of workflow", "(runs workflow)"), ("runs.count", "runs.count"),
      ("runs of vm-launcher limit 5 in PROD", "(runs vm-launcher in=PROD limit=5)"),
      ("confirm \"sure?\"", "(confirm \"sure?\")"),
      ("launch a on today + 1d", "(launch a on=(+ today 1d))"),
      ("check run == SUCCESS", "(== (check run) SUCCESS)"),
      ("(await r timeout 1m) == FAILED", "(== ((await r timeout=1m)) FAILED)"),
      ("timeout + every", "(+ timeout every)"),
    ])
  func expressions(_ text: String, _ expected: String) { #expect(value(text) == expected) }

  @Test(
    "operators bind in their order",
    arguments: [
      ("a or b and c", "(or a (and b c))"), ("a and b or c", "(or (and a b) c)"),
      ("not a and b", "(and (not a) b)"), ("not a == b", "(not (== a b))"), ("not not a", "(not (not a))"),
      ("a == b or c != d", "(or (== a b) (!= c d))"), ("a < b + c", "(< a (+ b c))"),
      ("a contains b and c", "(and (contains a b) c)"), ("1 + 2 .. 3 * 4", "(.. (+ 1 2) (* 3 4))"),
      ("a == 1 .. 2", "(== a (.. 1 2))"), ("1 - 2 - 3", "(- (- 1 2) 3)"), ("1 - (2 - 3)", "(- 1 ((- 2 3)))"),
      ("8 / 4 / 2 % 3", "(% (/ (/ 8 4) 2) 3)"), ("1 + 2 * 3", "(+ 1 (* 2 3))"), ("-a + b", "(+ (- a) b)"),
      ("-a * b", "(* (- a) b)"), ("--a", "(- (- a))"), ("-a.b[0]", "(- a.b[0])"), ("a - -b", "(- a (- b))"),
      ("runs where it.a == 1 or it.b", "(where runs (or (== it.a 1) it.b))"),
      ("a or b where c", "(where (or a b) c)"), ("(a where b).count > 0", "(> ((where a b)).count 0)"),
      ("a >= b", "(>= a b)"), ("a <= b", "(<= a b)"), ("2 * 30s", "(* 2 30s)"),
      ("today - 1d .. today", "(.. (- today 1d) today)"),
    ])
  func precedence(_ text: String, _ expected: String) { #expect(value(text) == expected) }

  @Test(
    "words are the longest that can be read",
    arguments: [
      ("iowa-load", "iowa-load"), ("n-1", "(- n 1)"), ("today-1d", "(- today 1d)"), ("a-b-c", "a-b-c"),
      ("a--b", "(- a (- b))"), ("a-_b", "(- a _b)"), ("launch-x", "launch-x"), ("or-else", "or-else"), ("_a1", "_a1"),
      ("1..3", "(.. 1 3)"), ("1.5..2", "(.. 1.5 2)"), ("2020-12-30-1d", "(- 2020-12-30 1d)"), ("2020-1", "(- 2020 1)"),
      ("run.duration-1s", "(- run.duration 1s)"), ("5-x", "(- 5 x)"), ("1h-30m", "(- 1h 30m)"),
    ])
  func words(_ text: String, _ expected: String) { #expect(value(text) == expected) }

  @Test("newlines end statements, but not inside brackets, after operators and before words that carry on")
  func newlines() {
    #expect(tree("let a = [\n1,\n2\n]\nprint a") == "(let a [1 2])\n(print a)")
    #expect(tree("let a = 1 +\n\n  2") == "(let a (+ 1 2))")
    #expect(tree("let a =\n# why\n1") == "(let a 1)")
    #expect(tree("if a\nand b\nor c { }") == "(if (or (and a b) c) {})")
    #expect(tree("await run\n  or fail") == "((await run) or-fail)")
    #expect(tree("print a\n[b]") == "(print a)\n[b]")
    #expect(tree("print a\n-b") == "(print a)\n(- b)")
    #expect(tree("f(\na\n)\n(b)") == "f(a)\n(b)")
    #expect(tree("let r = runs where\n it.ok") == "(let r (where runs it.ok))")
    #expect(tree("print a ; ; print b;") == "(print a)\n(print b)")
    #expect(tree("if a { print b } ; print c") == "(if a {(print b)})\n(print c)")
    #expect(tree("if not\na { }") == "(if (not a) {})")
  }

  @Test("carriage returns, a byte order mark and a first line for the shell are let pass")
  func lineEnds() {
    #expect(tree("print a\r\nprint b\r\n") == "(print a)\n(print b)")
    #expect(tree("\u{FEFF}print a") == "(print a)")
    #expect(tree("#!/usr/bin/env -S runbook run\nprint a # b\n#c") == "(print a)")
    #expect(tree("") == "")
    #expect(tree("\n\n ;;\n# only\n") == "")
    #expect(tree("print \"\"\"\r\n  a\r\n  b\r\n  \"\"\"") == "(print \"a\\nb\")")
  }

  @Test(
    "texts hold what they say",
    arguments: [
      (#""""#, #""""#), (#"''"#, #""""#), (#""a""#, #""a""#), (#"'${a} \n'"#, #""${a} \n""#),
      (#""a\n\t\"\\b""#, "\"a\\n\t\"\\b\""), (#""\u{41}\u{1F680}""#, "\"A🚀\""), (#""\${a}""#, #""${a}""#),
      (#""${a}${b}c""#, #""${a}${b}c""#), (#""a $b {c} ${d + 1}""#, #""a $b {c} ${(+ d 1)}""#),
      (#""{{FD_DATE}} ${ f('}') }""#, #""{{FD_DATE}} ${f("}")}""#), (#""x-{{FD_DATE}}.csv""#, #""x-{{FD_DATE}}.csv""#),
      (#""${a['${']}""#, #""${a["${"]}""#), ("\"日本 🚀\"", "\"日本 🚀\""),
      ("\"\"\"a\"\"\"", "\"a\""), ("\"\"\"\"a\"\"\"\"", "\"\"a\"\""),
      ("\"\"\"\n  a\n\n    b\n  \"\"\"", "\"a\\n\\n  b\""),
      ("\"\"\"\n\ta\n\tb\n\"\"\"", "\"a\\nb\""), ("\"\"\"a\n   b\n  c\"\"\"", "\"a\\n b\\nc\""),
      ("\"\"\"\n  a ${b}\n  ${c}\\n\n\"\"\"", "\"a ${b}\\n${c}\\n\""), ("\"\"\"\"\"\"", "\"\""),
      ("\"\"\"\n\"\"\"", "\"\""),
    ])
  func texts(_ text: String, _ expected: String) { #expect(value(text) == expected) }

  @Test("the whole of it")
  func whole() {
    let lines = tree(everything).split(separator: "\n")
    #expect(lines.count == 27)
    #expect(!lines.contains { $0.contains("<invalid>") })
  }

  @Test("ranges cover the words and no more")
  func ranges() {
    let text = "let a = (b + 1)   # c\nif x { print y } ; launch op on today or fail \"z\""
    let program = parsed(text).program
    #expect(
      program.statements.map { program.source.text($0.range) } == [
        "let a = (b + 1)", "if x { print y }", "launch op on today or fail \"z\"",
      ])
    guard case .expression(let launch, let outcome) = program.statements[2].kind else {
      Issue.record("not an expression")
      return
    }
    #expect(program.source.text(launch.range) == "launch op on today")
    #expect(outcome.map { program.source.text($0.range) } == "or fail \"z\"")
  }
}
