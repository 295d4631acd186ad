import Testing

@testable import RunbookPrompt

@Suite struct EntryReaderTests {
  /// What the reader makes of lines typed one after the other.
  private func steps(_ lines: [String]) -> [EntryReader.Step] {
    var reader = EntryReader()
    return lines.map { reader.take($0) }
  }

  private func statements(_ text: String, isBackground: Bool = false, typed: String? = nil) -> EntryReader.Step {
    .entry(Entry(kind: .statements(text, isBackground: isBackground), text: typed ?? text))
  }

  @Test func aCompleteLineIsAnEntry() {
    #expect(steps(["print 1"]) == [statements("print 1")])
    #expect(steps(["", "  ", "launch x"]) == [.nothing, .nothing, statements("launch x")])
  }

  @Test func anOpenBracketBlockOrTextGoesOn() {
    #expect(steps(["print (1", "+ 2)"]) == [.more, statements("print (1\n+ 2)")])
    #expect(
      steps(["for n in 1 .. 3 {", "  print n", "}"]) == [.more, .more, statements("for n in 1 .. 3 {\n  print n\n}")])
    #expect(
      steps(["print \"\"\"", "a", "", "\"\"\""]) == [.more, .more, .more, statements("print \"\"\"\na\n\n\"\"\"")])
    #expect(steps(["print 1 +", "2"]) == [.more, statements("print 1 +\n2")])
  }

  @Test func aBlankLineEndsWhatCouldGoOn() {
    #expect(steps(["if true {", "}", ""]) == [.more, .more, statements("if true {\n}")])
    let whole = "if true {\n}\nelse {\n}"
    #expect(steps(["if true {", "}", "else {", "}"]) == [.more, .more, .more, statements(whole)])
    #expect(steps(["if true { }", "print 2"]) == [.more, statements("if true { }\nprint 2")])
  }

  @Test func aPasteOfSeveralLinesIsOneEntry() {
    #expect(steps(["print 1\nprint 2"]) == [statements("print 1\nprint 2")])
    #expect(steps(["if true {\n}\n"]) == [statements("if true {\n}\n")])
  }

  @Test func anAmpersandAtTheEndPutsItBehindThePrompt() {
    #expect(steps(["await run &"]) == [statements("await run ", isBackground: true, typed: "await run &")])
    #expect(steps(["if true { } &"]) == [statements("if true { } ", isBackground: true, typed: "if true { } &")])
    #expect(steps(["print \"a &\""]) == [statements("print \"a &\"")])
    #expect(steps(["print 1 # &"]) == [statements("print 1 # &")])
  }

  @Test func aColonBeginsACommand() {
    #expect(steps([":help await"]) == [.entry(Entry(kind: .command("help", argument: "await"), text: ":help await"))])
    #expect(steps(["  :quit  "]) == [.entry(Entry(kind: .command("quit", argument: ""), text: "  :quit  "))])
    #expect(steps([":"]) == [.entry(Entry(kind: .command("", argument: ""), text: ":"))])
  }

  @Test func aDroppedEntryLeavesNothing() {
    var reader = EntryReader()
    #expect(reader.take("print (1") == .more)
    reader.drop()
    #expect(reader.isEmpty)
    #expect(reader.take("print 2") == statements("print 2"))
  }

  @Test(arguments: [
    "\u{0}", "\u{1B}[31m", "((((((((((", "\u{FFFD}\u{FFFD}", "}}}}", "'", "\"${\"${\"${", "&", "& &", ":&",
  ])
  func hostileLinesEndSomehow(_ line: String) {
    var reader = EntryReader()
    for _ in 0..<5 { _ = reader.take(line) }
    #expect(reader.text.utf8.count < 1_000)
  }
}
