import RunbookChecker
import Testing

struct ControlTests {
  @Test(arguments: [
    Case("break", "outside-loop"),
    Case("if true { continue }", "outside-loop"),
    Case("retry 2 times { break }", "outside-loop"),
    Case("for i in 1 .. 2 { retry 2 times { break } }"),
    Case("for i in 1 .. 2 { parallel { step \"s\" { break } } }", "leaves-parallel"),
    Case("parallel for i in 1 .. 2 { continue }", "outside-loop"),
    Case("parallel for i in 1 .. 2 { for j in 1 .. 2 { break } }"),
    Case("parallel for i in 1 .. 2 { stop }", "leaves-parallel"),
    Case("procedure p() { stop }\nparallel for i in 1 .. 2 { p() }", "leaves-parallel"),
    Case("procedure p() { parallel for i in 1 .. 2 { return } }", "leaves-parallel"),
    Case("procedure p() { return }\nparallel for i in 1 .. 2 { p() }"),
    Case("return", "return-outside-procedure"),
    Case("try { print 1 } finally { stop }", "leaves-finally"),
    Case("for i in 1 .. 2 { try { print 1 } finally { break } }", "leaves-finally"),
    Case("try { print 1 } finally { for i in 1 .. 2 { break } }"),
    Case("procedure p() { try { print 1 } finally { return } }", "leaves-finally"),
    Case("try { print 1 } finally { fail }", "fails-finally"),
    Case("try { print 1 } finally { require true }", "fails-finally"),
    Case("try { print 1 } finally {\n launch a\n await run or fail\n}", "fails-finally"),
    Case("procedure p() { fail }\ntry { print 1 } finally { p() }", "fails-finally"),
    Case("try { print 1 } finally { try { fail } catch { print 1 } }"),
    Case("try { print 1 } finally { try { fail } catch timeout { print 1 } }", "fails-finally"),
    Case("procedure p() { p() }", "recursion"),
    Case("procedure p() { q() }\nprocedure q() { r() }\nprocedure r() { p() }\np()", "recursion"),
    Case("try { } catch { print 1 }", "empty-try"),
    Case("try { print 1 } catch { print 1 } catch unconfirmed { print 1 }"),
    Case("if true { account \"000098\" }", "setting-in-block"),
    Case("step \"s\" { environment DEV }", "setting-in-block"),
    Case("procedure p(x) {\n if x { return 1 }\n return \"two\"\n}\nprint p(true)", "mixed-returns"),
  ])
  func control(_ test: Case) { #expect(ids(test.text) == test.ids) }

  @Test func aDeepTreeOfCallsIsFollowedInTime() {
    // Two calls of the next in each: 2³⁰ ways through.
    var text = preamble
    for level in 0..<30 {
      text += "procedure p\(level)(op) {\n p\(level + 1)(op)\n p\(level + 1)(op)\n}\n"
    }
    text += "procedure p30(op) { launch op }\np0(a)\np0(flow)\n"
    #expect(checked(text).ids == ["cannot-launch"])
  }

  @Test func aLongChainOfCallsIsRefusedAndNotFollowedToTheEnd() {
    var text = preamble
    for level in 0..<3000 { text += "procedure p\(level)() { p\(level + 1)() }\n" }
    text += "procedure p3000() { print 1 }\np0()\n"
    #expect(Set(checked(text).ids) == ["calls-too-deep"])
  }

  @Test func waysThatAreTooManyAreSaid() {
    // Each argument is another one, so that nothing is known from an earlier call.
    var text = preamble
    for level in 0..<24 {
      text += "procedure p\(level)(x) {\n p\(level + 1)(x + 1)\n p\(level + 1)(x + \(1 << level))\n}\n"
    }
    text += "procedure p24(x) { print x }\np0(1)\n"
    #expect(Set(checked(text).ids) == ["not-followed"])
  }
}
