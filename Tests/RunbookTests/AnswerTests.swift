import Foundation
import Glibc
import ProgramSupport
import Testing

/// Questions that are answered from elsewhere than the terminal of the process that asks.
@Suite(.timeLimit(.minutes(2))) struct AnswerTests {
  /// An execution that stops at a question, since nobody is there.
  private func stopped(_ text: String, on site: Site) throws -> String {
    let run = try site.run("run", try site.write(text))
    #expect(run.status == 7, "\(run.news)")
    let id = try site.latest().id
    let words = /`runbook answer \S+#\d+ \S+` answers, and `runbook resume \S+` goes on from here/
    #expect(run.news.contains(words), "\(run.news)")
    return id
  }

  private func answer(_ arguments: String..., by user: String = "bob", on site: Site) throws -> Program.Result {
    try Program.start(
      ["answer"] + arguments, environment: site.environment.merging(["USER": user]) { $1 },
      directory: site.folder.path
    ).wait()
  }

  struct Case: Sendable {
    let asks: String
    let waitsFor: String
    let says: String
    let wrong: [String]
    var word = "yes"
  }

  static let cases = [
    Case(asks: "confirm \"Go?\"", waitsFor: "yes or no", says: "yes", wrong: ["done", "", "y", "p"]),
    Case(asks: "manual \"Look\"", waitsFor: "done", says: "DONE", wrong: ["yes", "no", ""], word: "done"),
    Case(asks: "disable prepare in PROD", waitsFor: "yes or no", says: "Yes", wrong: ["done", "p"]),
    Case(asks: "archive table-to-table \"p\" in PROD", waitsFor: "p or no", says: "p", wrong: ["yes", "done", "P"]),
  ]

  @Test(arguments: cases.indices) func anExecutionThatStoppedGoesOnWithTheAnswer(_ index: Int) throws {
    let one = Self.cases[index]
    try Site.with { site in
      let asks = one.asks.replacing("prepare in PROD", with: "table-to-table \"p\" in PROD")
      let id = try stopped("\(asks)\nprint \"on\"\n", on: site)
      #expect(try site.run("history", id).output.contains("→ waits for \(one.waitsFor)"))
      for word in one.wrong {
        let refused = try answer(id, word, on: site)
        #expect(refused.status == 64, "\(word): \(refused.news)")
        #expect(refused.news.contains("“\(word)” is no answer to #"), "\(refused.news)")
      }
      #expect(try site.run("history", id).output.contains("→ waits for \(one.waitsFor)"))
      let said = try answer(id, one.says, "--note", "from home", on: site)
      #expect(said.status == 0, "\(said.news)")
      #expect(said.news.contains("`runbook resume \(id)` takes that up"), "\(said.news)")
      #expect(try site.run("history", id).output.contains("→ \(one.word) by bob: from home, not taken up yet"))
      let resumed = try site.run("resume", id)
      #expect(resumed.status == 0, "\(resumed.news)")
      #expect(resumed.output == "on\n")
      #expect(resumed.news.contains("bob"), "\(resumed.news)")
      let history = try site.run("history", id).output
      #expect(history.contains("→ \(one.word) by bob: from home") && !history.contains("not taken up"), "\(history)")
      let late = try answer(id, one.says, on: site)
      #expect(late.status == 64 && late.news.contains("has ended"), "\(late.news)")
    }
  }

  @Test func aNoIsAnAnswerToo() throws {
    try Site.with { site in
      let id = try stopped("confirm \"Go?\"\nprint \"on\"\n", on: site)
      #expect(try answer(id, "no", on: site).status == 0)
      let resumed = try site.run("resume", id)
      #expect(resumed.status == 6, "\(resumed.news)")
      #expect(resumed.output.isEmpty)
      #expect(resumed.news.contains("bob said no to “Go?”"), "\(resumed.news)")
    }
  }

  @Test func whoSitsAtTheTerminalSeesThatSomebodyElseAnswered() throws {
    try Site.with { site in
      let terminal = try site.terminal("run", try site.write("confirm \"Go?\"\nprint \"on\"\n"))
      try terminal.waitForPrompt("Go? [y/N]")
      let id = try site.latest().id
      let said = try answer(id, "yes", on: site)
      #expect(said.status == 0 && said.news.contains(" takes that up if it still asks"), "\(said.news)")
      #expect(try terminal.end() == 0)
      #expect(terminal.screen.text.contains("bob said yes to “Go?”, from elsewhere"), "\(terminal.screen.text)")
      #expect(terminal.screen.lines.contains("on"))
    }
  }

  @Test func theFirstAnswerStandsAndTheSecondIsToldSo() throws {
    try Site.with { site in
      let id = try stopped("confirm \"Go?\"\nprint \"on\"\n", on: site)
      let both = try [("ann", "yes"), ("bob", "no")].map { user, word in
        try Program.start(
          ["answer", id, word], environment: site.environment.merging(["USER": user]) { $1 },
          directory: site.folder.path)
      }.map { $0.wait() }
      #expect(both.map(\.status).sorted() == [0, 64], "\(both.map(\.news))")
      let refused = try #require(both.first { $0.status == 64 })
      let (first, word) = both[0].status == 0 ? ("ann", "yes") : ("bob", "no")
      #expect(refused.news.contains("was answered before") && refused.news.contains("\(word) by \(first)"))
      #expect(try site.run("resume", id).status == (word == "yes" ? 0 : 6))
      // What somebody has said is not asked again where somebody is.
      let other = try stopped("confirm \"Go?\"\nprint \"on\"\n", on: site)
      #expect(try answer(other, "yes", on: site).status == 0)
      let terminal = try site.terminal("resume", other)
      #expect(try terminal.end() == 0)
      #expect(!terminal.screen.text.contains("[y/N]"))
    }
  }

  @Test func ofSeveralQuestionsTheNumberSaysWhich() throws {
    try Site.with { site in
      let text = """
        parallel keep going {
          step "a" { confirm "A?" print "a" }
          step "b" { confirm "B?" print "b" }
        }

        """
      let run = try site.run("run", try site.write(text.replacing("\" print", with: "\"\n print")))
      #expect(run.status == 7, "\(run.news)")
      let id = try site.latest().id
      let several = try answer(id, "yes", on: site)
      #expect(several.status == 64)
      let numbers = several.news.matches(of: /(#[0-9]+)  ask “(.)\?”: yes or no/).map { (String($0.1), String($0.2)) }
      #expect(numbers.map(\.1).sorted() == ["A", "B"], "\(several.news)")
      for wrong in ["#999", "#0", "#", "#x", "#-1"] {
        let refused = try answer(id + wrong, "yes", on: site)
        #expect(refused.status == 64, "\(wrong): \(refused.news)")
      }
      for (number, _) in numbers { #expect(try answer(id + number, "yes", on: site).status == 0) }
      #expect(try site.run("resume", id).status == 0)
    }
  }

  /// Whoever says yes once more may mean the question before.
  @Test func aSecondYesAnswersNoOtherQuestion() throws {
    try Site.with { site in
      let text = "confirm \"Go?\"\ndisable table-to-table \"p\" in PROD\nprint \"on\"\n"
      let terminal = try site.terminal("run", try site.write(text))
      try terminal.waitForPrompt("Go? [y/N]")
      let id = try site.latest().id
      #expect(try answer(id, "yes", on: site).status == 0)
      // What is typed for the question that was taken is not an answer to the next one.
      terminal.send("y\r")
      try terminal.waitForPrompt("Disable p in PROD? [y/N]")
      let again = try answer(id, "yes", on: site)
      #expect(again.status == 64 && again.news.contains("was answered before, and asks another thing now"))
      #expect(site.exchanges.isEmpty)
      let number = try #require(again.news.firstMatch(of: /(#\d+)  ask/)?.1)
      #expect(try answer(id + number, "no", on: site).status == 0)
      #expect(try terminal.end() == 6)
      #expect(site.exchanges.isEmpty)
    }
  }

  @Test func aTokenInANoteIsNotRecorded() throws {
    try Site.with { site in
      let id = try stopped("confirm \"Go?\"\n", on: site)
      #expect(try answer(id, "yes", "--note", "it is \(Site.token)", on: site).status == 0)
      #expect(try site.run("history", id).output.contains("→ yes by bob: it is [token]"))
      let state = URL(filePath: site.statePath)
      let names = try FileManager.default.subpathsOfDirectory(atPath: state.path)
      for name in names {
        let bytes = FileManager.default.contents(atPath: state.appending(path: name).path) ?? Data()
        #expect(bytes.firstRange(of: Data(Site.token.utf8)) == nil, "\(name)")
      }
      #expect(names.contains { $0.hasSuffix("journal.sqlite") })
    }
  }

  @Test func whatAsksNothingIsNotAnswered() throws {
    try Site.with { site in
      let nothing = try answer("20201230-112837-abcd", "yes", on: site)
      #expect(nothing.status == 64 && nothing.news.contains("nothing has been executed yet"), "\(nothing.news)")
      let running = try site.start("run", try site.write("launch lasting\nawait run every 100ms or fail\n"))
      try running.hasSaid("awaiting run")
      let id = try site.latest().id
      let unasked = try answer(id, "yes", on: site)
      #expect(unasked.status == 64 && unasked.news.contains("\(id) asks nothing"), "\(unasked.news)")
      running.send(SIGKILL)
      _ = running.wait()
      #expect(try answer(id, "yes", on: site).status == 64)
      let unknown = try answer("none", "yes", on: site)
      #expect(unknown.status == 64 && unknown.news.contains("there is no execution none"), "\(unknown.news)")
      #expect(try site.run("answer", id).status == 64)
      let long = try answer(id, "yes", "--note", String(repeating: "x", count: 2_001), on: site)
      #expect(long.status == 64 && long.news.contains("longer than 2000 bytes"), "\(long.news)")
    }
  }
}
