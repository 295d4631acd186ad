import FaultSupport
import Foundation
import Glibc
import ProgramSupport
import Testing

/// What was typed before a question stands never answers it.
@Suite(.timeLimit(.minutes(1))) struct TypedAheadTests {
  @Test(arguments: [("disable", "yes"), ("archive", "p1")])
  func keysTypedBeforeAQuestionDoNotAnswerIt(_ verb: String, _ word: String) throws {
    try Site.with { site in
      let text = "wait 1s\n\(verb) table-to-table \"p1\" in PROD\n"
      let terminal = try site.terminal("run", try site.write(text))
      try terminal.wait(for: "waiting 1s")
      terminal.send("\(word)\r")
      try terminal.wait(for: verb == "archive" ? "to go on:" : "[y/N]")
      terminal.send("n\r")
      let status = try terminal.end()
      #expect(status == 6, "\(terminal.screen.text)")
      #expect(site.exchanges.isEmpty)
    }
  }
}
