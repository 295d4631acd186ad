import Foundation
import ProgramSupport
import Testing

/// What a run of a file shows on a terminal while it waits, and elsewhere.
@Suite struct LiveLineTests {
  static let lasting = "launch lasting\nawait run every 100ms or fail\nprint \"over\"\n"

  /// Operations whose runs last until they are marked.
  private static func scenario(of ids: [String]) -> String {
    let operations = ids.map { "  \($0): { table-to-table: \($0), runs: RUNNING }" }.joined(separator: "\n")
    return "account: \"000099\"\nenvironment: DEV\noperations:\n\(operations)\n"
  }

  private func live(_ screen: Screen) -> [String] { screen.lines.filter { $0.hasPrefix("…") } }

  /// How often lines have been taken away to be drawn anew.
  private func redrawn(_ terminal: PseudoTerminal) -> Int { terminal.bytes.components(separatedBy: "\u{1B}[J").count }

  @Test func oneLineIsRedrawnInPlaceAndGoesAtTheEnd() throws {
    try Site.with { site in
      let terminal = try site.terminal("run", try site.write(Self.lasting))
      try terminal.wait(for: "the live line") { self.live($0).count == 1 }
      let first = try #require(live(terminal.screen).first)
      // It tells how long it has been, though nothing new is seen.
      try terminal.wait(for: "the line redrawn") { self.live($0).first.map { $0 != first } ?? false }
      #expect(live(terminal.screen).count == 1)
      #expect(terminal.screen.lines.last?.hasPrefix("…") == true)
      try site.mark(try #require(try site.runs(of: "l").first), of: "l")
      #expect(try terminal.end() == 0)
      #expect(live(terminal.screen).isEmpty)
      let lines = terminal.screen.lines
      #expect(lines.count { $0.contains("launched table-to-table l") } == 1)
      #expect(lines.count { $0.contains("ended SUCCESS") } == 1)
      #expect(lines.contains("over"))
    }
  }

  @Test func eachThingInFlightHasOne() throws {
    let ids = ["first", "second", "third"]
    try Site.with(Self.scenario(of: ids)) { site in
      let operations = ids.map { "table-to-table \"\($0)\"" }.joined(separator: ", ")
      let text = "let all = launch [\(operations)]\nawait all every 100ms or fail\n"
      let terminal = try site.terminal("run", try site.write(text))
      try terminal.wait(for: "three live lines") { self.live($0).count == 3 }
      for id in ids { #expect(live(terminal.screen).count { $0.contains(id) } == 1) }
      try site.mark(try #require(try site.runs(of: "second").first), of: "second")
      try terminal.wait(for: "two live lines") { screen in
        self.live(screen).count == 2 && screen.text.contains("of second ended SUCCESS")
      }
      #expect(!live(terminal.screen).contains { $0.contains("second") })
      terminal.control("c")
      #expect(try terminal.end() == 130)
      #expect(live(terminal.screen).isEmpty)
      #expect(terminal.screen.lines.last?.contains("`runbook resume ") == true)
    }
  }

  @Test func moreThingsThanRowsAreCounted() throws {
    let ids = (1...12).map { "job\($0)" }
    try Site.with(Self.scenario(of: ids)) { site in
      let operations = ids.map { "table-to-table \"\($0)\"" }.joined(separator: ", ")
      let text = "let all = launch [\(operations)]\nawait all every 100ms or fail\n"
      let terminal = try site.terminal("run", try site.write(text), height: 6)
      try terminal.wait(for: "no more lines than rows") { self.live($0).last == "… and 9 more" }
      let drawn = live(terminal.screen)
      #expect(drawn.count == 4)
      try terminal.wait(for: "the lines redrawn") { screen in
        let lines = self.live(screen)
        return lines.count == 4 && lines.first != drawn.first
      }
      for id in ids { try site.mark(try #require(try site.runs(of: id).first), of: id) }
      #expect(try terminal.end() == 0)
      #expect(live(terminal.screen).isEmpty)
      #expect(terminal.screen.lines.count { $0.contains("ended SUCCESS") } == 12)
    }
  }

  @Test func aNarrowWindowCutsThemToOneRowEach() throws {
    let name = "日本語のとても長い名前のジョブ-with-a-long-name"
    let scenario =
      "account: \"000099\"\nenvironment: DEV\noperations:\n  l: { table-to-table: \(name), runs: RUNNING }\n"
    try Site.with(scenario) { site in
      let text = "launch table-to-table \"\(name)\"\nawait run every 100ms or fail\n"
      let terminal = try site.terminal("run", try site.write(text), width: 40)
      try terminal.wait(for: "the live line") { self.live($0).count == 1 }
      let rows = terminal.screen.lines.count
      for width in [40, 60] {
        terminal.resize(width: width)
        // What has changed in the line may be what is cut off, so redrawing is told by what is sent for it.
        let before = redrawn(terminal)
        try terminal.wait(for: "the line redrawn in its row") { screen in
          self.redrawn(terminal) > before + 1 && self.live(screen).count == 1 && screen.lines.count == rows
        }
      }
      terminal.control("c")
      #expect(try terminal.end() == 130)
      #expect(live(terminal.screen).isEmpty)
    }
  }

  @Test func withoutColourNothingIsPainted() throws {
    try Site.with { site in
      let terminal = try site.terminal("run", try site.write(Self.lasting), environment: ["NO_COLOR": "1"])
      try terminal.wait(for: "the live line") { self.live($0).count == 1 }
      #expect(!terminal.bytes.contains("\u{1B}[2m") && !terminal.bytes.contains("\u{1B}[0m"))
      terminal.control("c")
      #expect(try terminal.end() == 130)
    }
    try Site.with { site in
      let terminal = try site.terminal("run", try site.write(Self.lasting))
      try terminal.wait(for: "the live line") { self.live($0).count == 1 }
      #expect(terminal.bytes.contains("\u{1B}[2m"))
      terminal.control("c")
      #expect(try terminal.end() == 130)
    }
  }

  @Test func aDumbTerminalGetsPlainLines() throws {
    try Site.with { site in
      let terminal = try site.terminal("run", try site.write(Self.lasting), environment: ["TERM": "dumb"])
      try terminal.wait(for: "awaiting run")
      try site.mark(try #require(try site.runs(of: "l").first), of: "l")
      #expect(try terminal.end() == 0)
      #expect(!terminal.bytes.contains("\u{1B}") && !terminal.bytes.contains("…"))
      #expect(terminal.screen.lines.contains("over"))
    }
  }

  /// Where nobody watches: a line for each event with its time, and nothing to redraw.
  @Test func elsewhereLinesHaveTimes() throws {
    try Site.with { site in
      let running = try site.start("run", try site.write(Self.lasting))
      try running.hasSaid("awaiting run")
      try site.mark(try #require(try site.runs(of: "l").first), of: "l")
      let result = running.wait()
      #expect(result.status == 0)
      #expect(result.output == "over\n")
      let lines = result.news.split(separator: "\n").map(String.init)
      #expect(lines.count >= 4)
      // Behind them what it cost, and how it ended.
      for line in lines.dropLast(2) { #expect(line.firstMatch(of: /^\d\d:\d\d:\d\d  \S/) != nil, "\(line)") }
      #expect(!result.news.contains("\u{1B}") && !result.news.contains("…"))
    }
  }

  /// Standard output carries what the runbook prints, also when only that is piped.
  @Test func aPipedOutputHoldsOnlyWhatIsPrinted() throws {
    try Site.with { site in
      let file = try site.write(Self.lasting)
      let output = site.folder.appending(path: "out.txt")
      let terminal = try site.terminal("run", file, output: output.path)
      try terminal.wait(for: "the live line") { self.live($0).count == 1 }
      try site.mark(try #require(try site.runs(of: "l").first), of: "l")
      #expect(try terminal.end() == 0)
      #expect(try String(contentsOf: output, encoding: .utf8) == "over\n")
      #expect(!terminal.screen.lines.contains("over"))
    }
  }

  @Test func quietShowsOnlyWhatIsPrinted() throws {
    try Site.with { site in
      let text = "launch prepare\nawait run every 100ms or fail\nprint \"over\"\n"
      let terminal = try site.terminal("run", "--quiet", try site.write(text))
      #expect(try terminal.end() == 0)
      #expect(terminal.screen.lines == ["over"])
    }
  }
}
