import RunbookChecker
import RunbookDiagnostics
import RunbookSyntax
import Testing

struct FlowTests {
  @Test(arguments: [
    Case("print run.id", "run-not-set"),
    Case("print status", "status-not-set"),
    Case("print status\nprint status", "status-not-set"),
    Case("launch a\nprint run.id"),
    Case("launch a\nprint status", "status-not-set"),
    Case("launch a\nawait run or fail\nprint status"),
    Case("if true { launch a }\nprint run.id", "run-not-set"),
    Case("if true { launch a } else { launch b }\nprint run.id"),
    Case("if true { launch a } else { stop }\nprint run.id"),
    Case("for i in 1 .. 3 { launch a }\nprint run.id", "run-not-set"),
    Case("for op in [a, b] { launch op }\nprint run.id", "run-not-set"),
    Case("retry 3 times { launch a }\nprint run.id"),
    Case("try { launch a } catch { print 1 }\nprint run.id", "run-not-set"),
    Case("try { launch a } catch { print run.id }", "run-not-set"),
    Case("try { launch a } catch { fail }\nprint run.id"),
    Case("launch b\ntry { launch a } catch { print run.id } finally { print run.id }"),
    Case("try { launch a } finally { print run.id }", "run-not-set"),
    Case("try { launch a } finally { print 1 }\nprint run.id"),
    Case("launch a\nparallel { step \"s\" { print run.id } }", "run-not-set"),
    Case("launch a\nparallel { step \"s\" { launch b } }\nprint run.id"),
    Case("launch a\nprocedure p() { print run.id }\np()", "run-not-set"),
    Case("launch a\nprocedure p() { launch b }\np()\nprint run.id"),
    Case("launch [a, b]\nprint run.id", "run-not-set"),
    Case("let runs = launch [a, b]\nawait runs or fail\nprint status\nprint run.id", "run-not-set"),
    Case("launch a\nawait run or fail\nlaunch b\nprint status", "status-not-set"),
    Case("await next run of a since now or fail\nprint run.id"),
  ])
  func runAndStatus(_ test: Case) { #expect(ids(test.text) == test.ids) }

  @Test(arguments: [
    Case("launch a\nawait run", "unread-outcome"),
    Case("launch a\nawait run\nprint status"),
    Case("launch a\nawait run\nprint run.status"),
    Case("launch a\nawait run or fail"),
    Case("launch a\nawait run or fail \"lost\""),
    Case("launch a\nawait run or ignore"),
    Case("launch a\ncheck run", "unread-outcome"),
    Case("let r = launch a\nawait r\nlaunch b\nprint r.status"),
    Case("let r = launch a\nawait r\nlaunch b\nprint run.status", "unread-outcome"),
    Case("let r = launch a\nlet q = launch b\nawait r\nawait q\nprint status", "unread-outcome"),
    Case("launch a\nawait run\nif true { print status }", "unread-outcome"),
    Case("launch a\nawait run\nif true { print status } else { print run.status }"),
    Case("launch a\nif true { await run }\nprint 1", "unread-outcome"),
    Case("launch a\nfor i in 1 .. 2 { await run }", "unread-outcome"),
    Case("launch a\nstep \"s\" { await run }\nprint status"),
    Case("launch a\nawait run\nif true and status == FAILED { print 1 }", "unread-outcome"),
    Case("launch a\nawait run\nif status == FAILED and true { print 1 }"),
    Case("launch a\nawait run\nfor i in 1 .. 2 { print status }", "unread-outcome"),
    Case("launch a\nawait run\nretry 2 times { print status }"),
    Case("launch a\nawait run\nstop", "unread-outcome"),
    Case("launch a\nawait run\nfail \"anyway\""),
    Case("for i in 1 .. 2 {\n launch a\n await run\n if true { break }\n print status\n}", "unread-outcome"),
    Case("let s = await (launch a)", "unread-outcome"),
    Case("let s = await (launch a)\nprint s"),
    Case("let s = await (launch a)\nprint status"),
    Case("let s = await (launch a)\nlet t = await (launch b)\nprint s\nprint t"),
    Case("var s = await (launch a)\ns = await (launch b)\nprint s", "unread-outcome"),
    Case("if (await (launch a)) == FAILED { print 1 }"),
    Case("procedure p(op) {\n launch op\n await run\n return status\n}\np(a)", "unread-outcome"),
    Case("procedure p(op) {\n launch op\n await run\n return status\n}\np(a) or fail"),
    Case("procedure p(op) {\n launch op\n await run\n return status\n}\nlet s = p(a)\nprint s"),
    Case("procedure p(op) { return await (launch op) }\np(a) or ignore"),
    Case("procedure p(op) {\n launch op\n await run\n return 1\n}\nprint p(a)", "unread-outcome"),
    Case("procedure show(r) { print r.status }\nlaunch a\nawait run\nshow(run)"),
    Case("launch a\nawait run\ntry { require status == SUCCESS } catch { print 1 }"),
    Case("launch a\nawait run\nparallel {\n step \"one\" { print 1 }\n}\nprint status"),
    Case("let runs = launch [a, b]\nawait runs", "unread-outcome"),
    Case("let runs = launch [a, b]\nawait runs\nprint status"),
    Case("launch a or fail", "no-outcome"),
    Case("let r = last run of a or ignore\nprint r", "no-outcome"),
  ])
  func outcomes(_ test: Case) { #expect(ids(test.text) == test.ids) }

  @Test func offersOrFailRightBehindTheAwait() {
    let text = preamble + "launch a\nawait run timeout 30m"
    let fix = checked(text).first("unread-outcome")?.fixes.first
    #expect(fix?.replacement == " or fail")
    #expect(fix.map { Int($0.range.lower) } == text.utf8.count)
  }

  @Test(arguments: [
    Case("disable a\nlaunch a", "launch-after-disable"),
    Case("archive a\nlaunch a", "launch-after-disable"),
    Case("disable a\nlaunch b"),
    Case("disable a\nenable a\nlaunch a"),
    Case("let again = table-to-table \"a\"\ndisable again\nlaunch a", "launch-after-disable"),
    Case("let again = table-to-table \"a_DEV\" verbatim\ndisable a\nlaunch again", "launch-after-disable"),
    Case("disable [a, b]\nlaunch b", "launch-after-disable"),
    Case("let all = [a, b]\ndisable all\nlaunch b", "launch-after-disable"),
    Case("for op in [a, b] { disable op }\nlaunch b", "launch-after-disable"),
    Case("for op in [a, b] {\n disable op\n enable op\n}\nlaunch b"),
    Case("disable [a, b]\nfor op in [a, b] { enable op }\nlaunch [a, b]"),
    Case("for op in [a, b] { launch op\n disable op }"),
    Case("for i in 1 .. 2 { launch a\n disable a }", "launch-after-disable"),
    Case("if true { disable a }\nlaunch a", "launch-after-disable"),
    Case("if true { disable a\n stop }\nlaunch a"),
    Case("procedure off(op) { disable op }\noff(a)\nlaunch a", "launch-after-disable"),
    Case("procedure off(op) { disable op }\nprocedure go(op) { launch op }\noff(a)\ngo(a)", "launch-after-disable"),
    Case("procedure off(op) { disable op }\nprocedure go(op) { launch op }\noff(a)\ngo(b)"),
    Case("procedure both(op) { disable op\n launch op }", "launch-after-disable"),
    Case("procedure both(one, other) { disable one\n launch other }"),
    Case("procedure both(one, other) { disable one\n launch other }\nboth(a, a)", "launch-after-disable"),
    Case("param name: text\nlet op = table-to-table name\ndisable op\nlaunch op", "launch-after-disable"),
    Case("for op in [a, b] where it.id != \"x\" { disable op }\nlaunch a", "launch-after-disable"),
    Case("disable a\nlet next = await next run of a since now or fail", "await-after-disable"),
    Case("let r = launch a\ndisable a\nawait r or fail"),
    Case("try { disable a\n launch b } catch { launch a }", "launch-after-disable"),
    Case("try { disable a } finally { enable a }\nlaunch a"),
    Case("for i in 1 .. 2 {\n try { disable a\n break } finally { enable a }\n}\nlaunch a"),
    Case("retry 2 times {\n launch a\n disable a\n await run or fail\n}", "launch-after-disable"),
    Case("var op = a\nif true { op = b }\ndisable op\nlaunch a", "launch-after-disable"),
    Case("let r = launch a\ndisable r.operation\nlaunch a", "launch-after-disable"),
    Case("parallel {\n step \"x\" { disable a }\n}\nlaunch a", "launch-after-disable"),
    Case("disable a\nparallel {\n step \"x\" { enable a }\n}\nlaunch a"),
  ])
  func activation(_ test: Case) {
    let text = test.text
      .replacing("table-to-table \"a_DEV\" verbatim", with: "table-to-table verbatim \"a_DEV\"")
      .replacing("table-to-table name", with: "table-to-table \"${name}\"")
    #expect(ids(text) == test.ids)
  }

  @Test(arguments: [
    Case("stop\nprint 1\nprint 2", "unreachable"),
    Case("if true { stop } else { fail }\nprint 1", "unreachable"),
    Case("for i in 1 .. 2 {\n break\n print i\n}", "unreachable"),
    Case("stop\nprocedure p() { print 1 }"),
    Case("stop\nprint status\nlaunch a\nawait run", "unreachable"),
  ])
  func reachability(_ test: Case) { #expect(ids(test.text) == test.ids) }

  @Test(arguments: [
    Case("wait until (launch a).id == \"x\" timeout 1h", "changes-service"),
    Case("wait until confirm \"now?\" timeout 1h", "speaks-in-condition"),
    Case("procedure p() { print 1; return true }\nwait until p() timeout 1h\nprint p()", "speaks-in-condition"),
    Case("procedure p() { manual \"x\"; return true }\nwait until p() timeout 1h", "speaks-in-condition"),
    Case("procedure p() { confirm \"x\"; return true }\nwait until p() timeout 1h", "speaks-in-condition"),
    Case(
      "procedure p(op) { print 1; return true }\nwait until ([a] where p(it)) == [a] timeout 1h", "speaks-in-condition"),
    Case("launch a\nwait until (check run) == SUCCESS every 1m timeout 1h\nprint status"),
  ])
  func waiting(_ test: Case) { #expect(ids(test.text) == test.ids) }
}
