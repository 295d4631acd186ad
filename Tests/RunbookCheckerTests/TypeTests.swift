import RunbookChecker
import RunbookDiagnostics
import Testing

struct TypeTests {
  @Test(arguments: [
    Case("print 1 + 2 * 3 - 4 / 5 % 6"),
    Case("print \"a\" + \"b\""),
    Case("print \"a\" + 1", "operator-types"),
    Case("print today + 1", "operator-types"),
    Case("print today - 1d"),
    Case("print today - 36h", "not-whole-days"),
    Case("let span = 36h\nprint today - span", "not-whole-days"),
    Case("print today - yesterday"),
    Case("print now + 10m - now"),
    Case("print now - today", "operator-types"),
    Case("print 2 * 30s + 30s / 2 - 1m % 7s"),
    Case("print 1h / 30m + 1"),
    Case("print 30s / 1h + 1s", "operator-types"),
    Case("print 1 / 0", "division-by-zero"),
    Case("let zero = 0\nprint 1h % 0s\nprint 1 / zero", "division-by-zero", "division-by-zero"),
    Case("print -\"a\"", "operator-types"),
    Case("print -(1h)"),
    Case("print 1 < 2"),
    Case("print 1 < \"2\"", "incomparable"),
    Case("print today == now", "incomparable"),
    Case("print true < false", "operator-types"),
    Case("print [1, 2] contains 1"),
    Case("print [1, 2] contains \"1\"", "operator-types"),
    Case("print \"abc\" contains \"b\""),
    Case("print 1 contains 1", "operator-types"),
    Case("print [1, \"two\"]", "mixed-list"),
    Case("print [a, flow]"),
    Case("print not 1", "condition-not-boolean"),
    Case("if 1 { print 1 }", "condition-not-boolean"),
    Case("if a { print 1 }", "condition-not-boolean"),
    Case("if true and 1 { print 1 }", "condition-not-boolean"),
    Case("print 2020-12-01 .. 2020-12-31"),
    Case("print 2020-12-31 .. 2020-12-01", "empty-range"),
    Case("print 1 .. 2.5", "not-a-whole-number"),
    Case("print 1 .. 10000000", "range-too-long"),
    Case("print 1 .. today", "operator-types"),
    Case("for x in 3 { print x }", "type-mismatch"),
    Case("print [1, 2][0] + [1, 2][1]"),
    Case("print [1, 2][2]", "no-such-element"),
    Case("print [1, 2][0.5]", "not-a-whole-number"),
    Case("print 1[0]", "not-indexable"),
    Case("print [1][\"x\"]", "type-mismatch"),
    Case("1 + 1", "unused-value"),
    Case("a", "unused-value"),
    Case("last run of a", "unused-value"),
  ])
  func operators(_ test: Case) { #expect(ids(test.text) == test.ids) }

  @Test(arguments: [
    Case("print a.id + a.name + a.type + a.account + a.environment"),
    Case("print a.nme", "unknown-field"),
    Case("print today.year", "unknown-field"),
    Case("let r = launch a\nprint r.started + 10m\nprint r.job + r.id\nprint r.operation.name\nprint r.duration < 20m"),
    Case("let r = launch a\nprint r.state", "unknown-field"),
    Case("print [1, 2].count + [1, 2].first + [1, 2].last"),
    Case("let runs = last 3 runs of a\nprint runs.first.id", "maybe-none"),
    Case("let runs = last 3 runs of a\nif runs.first != none { print runs.first.id }"),
    Case(
      "let runs = last 3 runs of a\nif runs.count > 0 { print runs.first.id } else { print runs.last.id }", "maybe-none"
    ),
    Case("let runs = last 3 runs of a\nif runs.count == 0 { stop }\nprint runs.last.id"),
    Case("let runs = last 3 runs of a\nfor r in runs { print runs.first.id + r.id }\nprint runs.last.id", "maybe-none"),
    Case(
      "var runs = last 3 runs of a\nfor r in runs {\n runs = last 2 runs of a\n print runs.first.id\n}", "maybe-none"),
    Case("try { print 1 } catch { print error.kind + error.message\n print error.attempts + 1 }"),
    Case("try { print 1 } catch { print error.run.id }", "maybe-none"),
    Case("try { print 1 } catch { if error.run != none { print error.run.id } }"),
  ])
  func fields(_ test: Case) { #expect(ids(test.text) == test.ids) }

  @Test(arguments: [
    Case("let r = last run of a\nprint r.id", "maybe-none"),
    Case("let r = last run of a\nif r != none { print r.id }"),
    Case("let r = last run of a\nif r == none { print 1 } else { print r.id }"),
    Case("let r = last run of a\nif r == none { print r.id }", "maybe-none"),
    Case("let r = last run of a\nif r != none and r.status == FAILED { print r.id }"),
    Case("let r = last run of a\nif r == none or r.status == FAILED { print 1 }"),
    Case("let r = last run of a\nif r != none or r.status == FAILED { print 1 }", "maybe-none"),
    Case("let r = last run of a\nif not (r == none) { print r.id }"),
    Case("let r = last run of a\nrequire r != none else \"never ran\"\nprint r.id"),
    Case("let r = last run of a\nif r == none { fail \"never ran\" }\nprint r.id"),
    Case("let r = last run of a\nif r == none { print 1 }\nprint r.id", "maybe-none"),
    Case("let r = last run of a or fail \"never ran\"\nprint r.id"),
    Case("var r = last run of a\nif r != none {\n r = last run of b\n print r.id\n}", "maybe-none"),
    Case("var r = last run of a\nif r == none { r = launch a }\nprint r.id"),
    Case("var r = last run of a\nfor i in 1 .. 3 {\n if r != none { print r.id }\n r = none\n}"),
    Case("var r = launch a\nr = none", "assigned-other-type"),
    Case("var r = none\nfor i in 1 .. 3 {\n if r != none { print r.id }\n r = launch a\n}"),
    Case("let r = launch a\nif r != none { print 1 }", "never-none"),
    Case("let r = last run of a\nawait r or fail", "maybe-none"),
  ])
  func none(_ test: Case) { #expect(ids(test.text) == test.ids) }

  @Test(arguments: [
    Case("let r = launch a\nprint r.status == FAILED"),
    Case("let r = launch a\nprint r.status == FAILD", "unknown-status"),
    Case("let r = launch a\nprint FAILD == r.status", "unknown-status"),
    Case("let r = launch a\nprint r.status == broken", "unknown-status"),
    Case("let r = launch a\nprint r.status == \"ABORTED\""),
    Case("let r = launch a\nprint r.status == 1", "incomparable"),
    Case("let r = launch a\nprint [FAILED, NO_MATCH] contains r.status"),
    Case("print last 3 runs of a with status FAILD", "unknown-status"),
    Case("mark launch a as FAILD", "unknown-status"),
    Case("let r = launch a\nmark r as WAITING", "cannot-mark"),
    Case("let r = launch a\nmark r as CHECKED"),
    Case("let r = launch a\nmark [r, r] as FAILED"),
    Case("let r = launch a\nmark r as 1", "type-mismatch"),
  ])
  func statuses(_ test: Case) {
    // A verb's operand is a postfix expression.
    let text = test.text.replacing("mark launch a", with: "mark (launch a)")
    #expect(ids(text) == test.ids)
  }

  @Test(arguments: [
    Case("print date(\"2020-12-30\") + 1d"),
    Case("print date(\"2020-02-30\")", "unreadable-value"),
    Case("print timestamp(\"yesterday\")", "unreadable-value"),
    Case("print number(\"1.5\") + number(90s)"),
    Case("print number(\"x\")", "unreadable-value"),
    Case("print number(true)", "cannot-convert"),
    Case("print date(now) == today"),
    Case("print timestamp(today) + 1h"),
    Case("print text(1) + text(a) + text(none)"),
    Case("print date(1)", "cannot-convert"),
  ])
  func conversions(_ test: Case) { #expect(ids(test.text) == test.ids) }

  @Test(arguments: [
    Case("let r = launch a\nawait r timeout 30 or fail", "type-mismatch"),
    Case("let r = launch a\nawait r timeout 0s or fail", "not-positive"),
    Case("let r = launch a\nawait r every -1m or fail", "not-positive"),
    Case("launch a on \"2020-12-30\"", "type-mismatch"),
    Case("wait 10", "type-mismatch"),
    Case("wait 0s", "not-positive"),
    Case("wait until 3 every 1m", "condition-not-boolean"),
    Case("retry 0 times { print 1 }", "too-small"),
    Case("retry 1.5 times { print 1 }", "not-a-whole-number"),
    Case("retry 3 times backoff 0.5 { print 1 }", "too-small"),
    Case("parallel for i in [1] max 0 { print i }", "too-small"),
    Case("print last 0 runs of a", "too-small"),
    Case("print runs of table-to-table limit 0", "too-small"),
    Case("fail 3", "type-mismatch"),
    Case("stop today", "type-mismatch"),
    Case("require true else 3", "type-mismatch"),
    Case("step 3 { print 1 }", "type-mismatch"),
    Case("confirm 3", "type-mismatch"),
    Case("manual 3", "type-mismatch"),
    Case("let r = await next run of a since today or fail", "type-mismatch"),
    Case("launch 3", "type-mismatch"),
    Case("await a or fail", "type-mismatch"),
    Case("let r = launch a\nlaunch r", "type-mismatch"),
    Case("launch [a, 3]", "mixed-list", "type-mismatch"),
    Case("launch [1, 2]", "type-mismatch", "type-mismatch"),
  ])
  func clauses(_ test: Case) { #expect(ids(test.text) == test.ids) }

  @Test(arguments: [
    Case("let late = [a, b] where (last run of it) == none\nlaunch late"),
    Case("print (last 9 runs of a) where it.status == FAILED"),
    Case("print (last 9 runs of a) where it.status == FAILD", "unknown-status"),
    Case("print [a, b] where it.id", "condition-not-boolean"),
    Case("print 3 where it == 3", "type-mismatch"),
    Case("print [a, b] where (launch it).id == \"x\"", "changes-service"),
    Case("procedure p(op) { return (launch op).id == \"x\" }\nprint [a] where p(it)", "changes-service"),
  ])
  func filters(_ test: Case) { #expect(ids(test.text) == test.ids) }

  @Test func offersToWriteAValueIntoAText() {
    let result = checked("fail today")
    #expect(result.first("type-mismatch")?.fixes.first?.replacement == "\"${today}\"")
  }
}
