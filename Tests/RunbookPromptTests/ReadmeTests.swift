import Foundation
import ProgramSupport
import Testing

/// The session that the README shows, typed again.
@Suite(.serialized) struct ReadmeTests {
  @Test func theSessionRunsAsItIsShown() throws {
    let file = Site.root.appending(path: "README.md")
    let readme = try String(contentsOf: file, encoding: .utf8)
    let start = try #require(readme.range(of: "```\n$ runbook repl"))
    let begin = readme.index(start.lowerBound, offsetBy: 4)
    let end = try #require(readme.range(of: "\n```", range: begin..<readme.endIndex)).lowerBound
    let lines = readme[begin..<end].split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let words = lines[0].dropFirst("$ runbook ".count).split(separator: " ").map(String.init)
    try Site.inFolder { folder in
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)/runbooks", withDestinationPath: Site.root.appending(path: "runbooks").path)
      let terminal = try PseudoTerminal(words, state: folder, width: 140, height: 60)
      try terminal.waitForPrompt(Site.prompt)
      let typed = lines.filter { $0.hasPrefix(Site.prompt) || ($0 + " ").hasPrefix(Site.continuation) }
      for (index, line) in typed.enumerated() {
        let isFirst = line.hasPrefix(Site.prompt)
        let text = String(line.dropFirst((isFirst ? Site.prompt : Site.continuation).count))
        if index == typed.count - 1 {
          terminal.type(text)
          #expect(try terminal.end() == 0)
        } else {
          let isContinued = (typed[index + 1] + " ").hasPrefix(Site.continuation)
          try terminal.enter(text, then: isContinued ? Site.continuation : Site.prompt)
        }
      }
      let shown = ([lines[0]] + terminal.screen.lines).joined(separator: "\n")
      guard shown != readme[begin..<end] else { return }
      if ProcessInfo.processInfo.environment["RECORD_GOLDENS"] == "1" {
        try (readme[..<begin] + shown + readme[end...]).write(to: file, atomically: true, encoding: .utf8)
      }
      Issue.record("the session in the README went otherwise; RECORD_GOLDENS=1 writes it down:\n\(shown)")
    }
  }
}
