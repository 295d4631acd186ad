import RunbookSyntax
import Testing

@Suite("Whether an entry is complete")
struct CompletenessTests {
  @Test(
    "more has to come behind an open bracket, text or block, an operator or a comma",
    arguments: [
      "launch [", "launch [a,", "launch [a", "f(", "f(a", "f(a,", "let x =", "let x = 1 +", "print a and",
      "print a or\n",
      "print not", "if a {", "if a {\n  print b", "if a { } else {", "try {", "step \"A\" { if b { }", "print \"\"\"",
      "print \"\"\"\n  a\n", "let x = (1 +\n2", "let r = runs where", "a[", "x = ", "if a {\n lanch b", "launch (a b",
      "procedure f(a,", "print 1 ..", "if (a",
    ])
  func unfinished(_ text: String) { #expect(parsed(text).completeness == .unfinished) }

  @Test(
    "else, catch or finally may still come",
    arguments: [
      "if a { }", "if a { } else if b { }", "if a {\n}\n", "try { } catch { }", "try { }", "try { } catch timeout { }",
      "print a; if b { }", "if a { print \"x\" } # done",
    ])
  func mayContinue(_ text: String) { #expect(parsed(text).completeness == .mayContinue) }

  @Test(
    "all has been said",
    arguments: [
      "", "launch a", "launch", "if a { } else { }", "try { } finally { }", "if a { };", "print \"a", "let", "if a",
      "for a in b { }", ")", "print 'a", "step \"a\" { if b { } }", "if a { }\nprint b", "# {", "print \"{\"",
      "lanch x",
      "let x 3", "procedure f() { if a { } }", "await run timeout", "else",
    ])
  func complete(_ text: String) { #expect(parsed(text).completeness == .complete) }

  @Test("every beginning of a runbook is read, and none of them as finished while something is open")
  func prefixes() {
    let bytes = Array(everything.utf8)
    var unfinished = 0
    for count in 0...bytes.count {
      let result = parsed(Array(bytes[0..<count]))
      if result.completeness == .unfinished { unfinished += 1 }
    }
    #expect(parsed(bytes).completeness == .complete)
    #expect(unfinished > 400)
  }

  @Test("at the end of every line an entry is unfinished exactly while a bracket, block or text is open")
  func lines() {
    var text = ""
    let lines = everything.split(separator: "\n", omittingEmptySubsequences: false)
    var open: [Int] = []
    for (number, line) in lines.enumerated() {
      text += line + "\n"
      if parsed(text).completeness == .unfinished { open.append(number + 1) }
    }
    #expect(open == [11, 12, 13, 14, 15, 16, 17, 27, 32, 33, 34])
  }
}
