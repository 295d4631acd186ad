import Foundation
import ProgramSupport
import Testing

/// What a line being typed has to live through, and what is pasted.
@Suite(.serialized) struct TypingTests {
  private let prompt = Site.prompt

  /// News comes while a line of several rows is being typed, and the cursor stands in one of the upper rows.
  @Test(arguments: [40, 100]) func newsLeavesALineOfSeveralRowsAsItIs(_ width: Int) throws {
    try Site.inFolder { folder in
      let (server, terminal) = try Site.startedOnServer(in: folder, width: width)
      let line = "print\"" + String(repeating: "typed-while-", count: width == 40 ? 8 : 18) + "\""
      terminal.type("wait 2s &")
      try terminal.wait(for: "goes on behind the prompt")
      terminal.send(line)
      for _ in 0..<(width + 10) { terminal.send("\u{1B}[D") }
      try terminal.wait(for: "[1] done: wait 2s")
      terminal.send("X")
      let typed = Site.served + line.dropLast(width + 10) + "X" + line.suffix(width + 10)
      try terminal.wait(for: "the line whole below the news") { $0.lines.joined().hasSuffix("wait 2s" + typed) }
      terminal.send("\r")
      let printed = String(typed.dropFirst(Site.served.count + 6).dropLast())
      try terminal.wait(for: "what it prints") { $0.lines.joined().hasSuffix(printed + Site.served.dropLast()) }
      withExtendedLifetime(server) {}
    }
  }

  @Test(arguments: [true, false]) func severalStatementsCanBePasted(_ isBracketed: Bool) throws {
    try Site.inFolder { folder in
      let terminal = try Site.started(in: folder)
      let text =
        "let a = 1\rfor n in 1 .. 2 {\r  if n == a {\r    print \"one\"\r  } else {\r    print \"two\"\r  }\r}\r"
      terminal.send(isBracketed ? "\u{1B}[200~\(text)\u{1B}[201~\r" : text)
      try terminal.wait(for: "both") { $0.lines.contains("one") && $0.lines.contains("two") }
      try terminal.waitForPrompt(prompt)
      #expect(!terminal.screen.text.contains("error"))
    }
  }

  @Test func whatIsNoTextIsRefusedInWords() throws {
    try Site.inFolder { folder in
      let terminal = try Site.started(in: folder)
      terminal.send(Array("print \"".utf8) + [0xFF, 0xC3, 0x28] + Array("\"\r".utf8))
      try terminal.wait(for: "an answer") { $0.text.contains("error[") || $0.cursorLine + " " == prompt }
      try terminal.waitForPrompt(prompt)
      terminal.send(Array("print \"a".utf8) + [0x00] + Array("b\"\r".utf8))
      try terminal.waitForPrompt(prompt)
      // Quoted by Ctrl-V, an escape sequence is text, and harmless where it is shown.
      terminal.send("print '")
      terminal.control("v")
      terminal.send("\u{1B}[2J'\r")
      try terminal.waitForPrompt(prompt)
      try terminal.enter("print \"alive\"")
      #expect(terminal.screen.lines.contains("alive"))
      #expect(terminal.screen.lines.count > 4)
    }
  }

  @Test func withoutColourNothingIsColoured() throws {
    try Site.inFolder { folder in
      for (variables, isPlain) in [(["NO_COLOR": "1"], true), (["TERM": "dumb"], true), ([:], false)] {
        let terminal = try PseudoTerminal(
          ["repl", "--simulate", "--account", "000099", "--environment", "PROD"], state: folder,
          environment: variables)
        try terminal.wait(for: "000099/PROD PROTECTED!")
        terminal.type("launhc prepare")
        try terminal.wait(for: "did you mean")
        terminal.control("d")
        #expect(try terminal.end() == 0)
        #expect(terminal.screen.hasColour != isPlain, "\(variables)")
      }
    }
  }

  @Test func theWindowMayBeResizedWhileALineIsTyped() throws {
    try Site.inFolder { folder in
      let terminal = try Site.started(in: folder, width: 100)
      terminal.send("print \"" + String(repeating: "0123456789", count: 5))
      try terminal.wait(for: "the line") { $0.cursorLine.hasSuffix("789") }
      terminal.resize(width: 44)
      terminal.send("x")
      try terminal.wait(for: "the key") { $0.cursorLine.hasSuffix("789x") }
      terminal.resize(width: 120)
      terminal.send("y\"\r")
      try terminal.wait(for: "what it prints") {
        $0.lines.contains(String(repeating: "0123456789", count: 5) + "xy")
      }
      try terminal.waitForPrompt(prompt)
    }
  }
}
