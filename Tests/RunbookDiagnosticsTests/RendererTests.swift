import RunbookDiagnostics
import Testing
import VisibleText

@Suite("Drawing diagnostics")
struct RendererTests {
  static func source(_ text: String, id: Int32 = 0, name: String = "a.runbook") -> SourceText {
    SourceText(id: SourceID(id), name: name, text: text)
  }

  /// A diagnostic whose ranges are where `words` first stand in the text.
  static func drawn(
    _ text: String, _ words: String, label: String = "", secondary: [(String, String)] = [], notes: [String] = [],
    fixes: [Diagnostic.Fix] = [], severity: Diagnostic.Severity = .error, width: Int = 80, hasColour: Bool = false
  ) -> String {
    let source = source(text)
    let diagnostic = Diagnostic(
      id: "an-id", severity: severity, message: "a message", primary: .init(range(words, in: text), label),
      secondary: secondary.map { .init(range($0.0, in: text), $0.1) }, notes: notes, fixes: fixes)
    return DiagnosticRenderer(sources: SourceMap([source]), hasColour: hasColour, width: width).render(diagnostic).text
  }

  static func range(_ words: String, in text: String, id: Int32 = 0) -> SourceRange {
    guard let found = text.range(of: words) else { return SourceRange(SourceID(id), text.utf8.count, text.utf8.count) }
    let lower = text.utf8.distance(from: text.startIndex, to: found.lowerBound)
    return SourceRange(SourceID(id), lower, lower + words.utf8.count)
  }

  @Test("the line, and a mark under the exact words")
  func plain() {
    #expect(
      Self.drawn("print a\nlaunch preprae\n", "preprae", label: "not known") == """
        error[an-id]: a message
         --> a.runbook:2:8
          |
        2 | launch preprae
          |        ^^^^^^^ not known
        """)
  }

  @Test("several marks on a line, each with its words")
  func marks() {
    #expect(
      Self.drawn("mark run as FAILED", "FAILED", label: "this", secondary: [("mark", "the verb"), ("run", "a run")])
        == """
        error[an-id]: a message
         --> a.runbook:1:13
          |
        1 | mark run as FAILED
          | ---- ---    ^^^^^^ this
          | |    |
          | |    a run
          | |
          | the verb
        """)
  }

  @Test("the primary mark lies over a secondary one")
  func overlap() {
    #expect(
      Self.drawn("let a = b + c", "b + c", label: "all", secondary: [("+", "this")]) == """
        error[an-id]: a message
         --> a.runbook:1:9
          |
        1 | let a = b + c
          |         ^^^^^ all
          |           |
          |           this
        """)
  }

  @Test("marks on lines apart, with what lies between them left out")
  func apart() {
    #expect(
      Self.drawn("one\ntwo\nthree\nfour\nfive\nsix", "six", secondary: [("one", "first"), ("three", "")]) == """
        error[an-id]: a message
         --> a.runbook:6:1
          |
        1 | one
          | --- first
        2 | two
        3 | three
          | -----
          …
        6 | six
          | ^^^
        """)
  }

  @Test("a range over several lines shows its first and its last")
  func lines() {
    #expect(
      Self.drawn("launch [\n  a,\n  b,\n  c\n] on day", "[\n  a,\n  b,\n  c\n]", label: "this list") == """
        error[an-id]: a message
         --> a.runbook:1:8
          |
        1 | launch [
          |        ^
          …
        5 | ] on day
          | ^ this list
        """)
    #expect(
      Self.drawn("a {\n\n  b }", "{\n\n  b }") == """
        error[an-id]: a message
         --> a.runbook:1:3
          |
        1 | a {
          |   ^
        2 |
        3 |   b }
          |   ^^^
        """)
  }

  @Test("tabs are expanded, wide characters take two columns, marks and joined emoji none of their own")
  func widths() {
    #expect(Self.drawn("\tprint\ta", "a").hasSuffix("1 |     print   a\n  |             ^"))
    #expect(Self.drawn("print 日本 x", "x").hasSuffix("1 | print 日本 x\n  |            ^"))
    #expect(Self.drawn("print 日本 x", "本").hasSuffix("1 | print 日本 x\n  |         ^^"))
    #expect(Self.drawn("cafe\u{301} x", "x").hasSuffix("1 | cafe\u{301} x\n  |      ^"))
    #expect(Self.drawn("👩‍👩‍👧 x", "x").hasSuffix("1 | 👩‍👩‍👧 x\n  |    ^"))
    #expect(Self.drawn("🇫🇷🇯🇵 x", "x").hasSuffix("1 | 🇫🇷🇯🇵 x\n  |      ^"))
    #expect(Self.drawn("👍🏽 x", "x").hasSuffix("1 | 👍🏽 x\n  |    ^"))
    #expect(Self.drawn("한글 x", "x").hasSuffix("1 | 한글 x\n  |      ^"))
  }

  @Test("columns count characters as a person does")
  func columns() {
    #expect(Self.drawn("日本 e\u{301} x", "x").contains("a.runbook:1:6\n"))
    #expect(Self.drawn("\t\tx", "x").contains("a.runbook:1:3\n"))
  }

  @Test("a terminal is not told to do anything by what is shown")
  func control() {
    let drawn = Self.drawn("print \u{1B}[31m\u{7}\u{202E}x", "x", label: "a\u{1B}b", notes: ["n\u{9B}\nm"])
    #expect(
      !drawn.unicodeScalars.contains { ($0.value < 0x20 && $0 != "\n") || $0.value == 0x9B || $0.value == 0x202E })
    #expect(drawn.contains("print ␛[31m␇\u{FFFD}x"))
    #expect(drawn.contains("^ a␛b"))
    let source = SourceText(
      id: SourceID(0), name: "a\u{1B}.runbook", bytes: Array("p ".utf8) + [0xFF, 0xE2, 0x82, 0x20, 0x78])
    let bytes = DiagnosticRenderer(sources: SourceMap([source])).render(
      Diagnostic(id: "i", message: "m\u{1B}", primary: .init(SourceRange(SourceID(0), 6, 7)))
    ).text
    #expect(bytes.contains("error[i]: m␛\n --> a␛.runbook:1:6"))
    #expect(bytes.hasSuffix("1 | p \u{FFFD}\u{FFFD}\u{FFFD} x\n  |       ^"))
  }

  @Test("a long line is cut around its mark")
  func long() {
    let words = (1...60).map { "word\($0)" }.joined(separator: " ")
    for word in ["word1 ", "word30", "word60"] {
      let lines = Self.drawn(words, word, width: 60).split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.allSatisfy { $0.count <= 60 })
      let column = lines[4].prefix { $0 != "^" }.count
      #expect(lines[3].dropFirst(column).hasPrefix(word.trimmed))
      #expect(lines[4].filter { $0 == "^" }.count == word.count)
      #expect(lines[3].contains("…"))
    }
    let whole = Self.drawn(words, words, width: 60).split(separator: "\n")
    #expect(whole.allSatisfy { $0.count <= 60 })
  }

  @Test("a line of a megabyte is drawn at once")
  func endless() {
    let text = String(repeating: "é", count: 500_000) + "!" + String(repeating: "日", count: 300_000)
    let lines = Self.drawn(text, "!", width: 70).split(separator: "\n")
    #expect(lines[1] == " --> a.runbook:1:500001")
    #expect(lines[3].contains("é!日"))
    let column = lines[4].prefix { $0 != "^" }.count
    #expect(lines[3].dropFirst(column).first == "!")
  }

  @Test("something missing is shown by one mark: behind the words, behind the line, behind the text, in nothing")
  func empty() {
    func at(_ offset: Int, _ text: String) -> String {
      let source = Self.source(text)
      let place = SourceRange(SourceID(0), offset, offset)
      return DiagnosticRenderer(sources: SourceMap([source])).render(
        Diagnostic(id: "i", message: "m", primary: .init(place, "here"))
      ).text
    }
    #expect(at(7, "launch \nprint").hasSuffix("1 | launch\n  |        ^ here"))
    #expect(at(5, "print").hasSuffix(" --> a.runbook:1:6\n  |\n1 | print\n  |      ^ here"))
    #expect(at(0, "").hasSuffix("1:1\n  |\n1 |\n  | ^ here"))
    #expect(at(6, "print\n").hasSuffix("2:1\n  |\n2 |\n  | ^ here"))
    #expect(at(900, "print").hasSuffix("1 | print\n  |      ^ here"))
  }

  @Test("notes, and fixes with what the line becomes")
  func notes() {
    let text = "lanch x"
    let fixes = [
      Diagnostic.Fix("did you mean `launch`?", replacing: Self.range("lanch", in: text), with: "launch"),
      Diagnostic.Fix("leave it out", replacing: Self.range(" x", in: text), with: ""),
      Diagnostic.Fix("say more", replacing: Self.range("x", in: text).end, with: "\nawait run\nor fail"),
    ]
    #expect(
      Self.drawn(text, "lanch", notes: ["one", "two"], fixes: fixes)
        == """
        error[an-id]: a message
         --> a.runbook:1:1
          |
        1 | lanch x
          | ^^^^^
          |
          = note: one
          = note: two
        help: did you mean `launch`?
          |
        1 | launch x
          | ++++++
        help: leave it out
          |
        1 | lanch
        help: say more
          | +\("")
          | + await run
          | + or fail
        """.replacing("| +\n", with: "| + \n"))
  }

  @Test("the way that led there, through other sources")
  func trace() {
    let main = Self.source("include \"b\"\n\nrelaunch(a)", id: 0, name: "main.runbook")
    let common = Self.source("procedure relaunch(job) {\n  launch job\n}", id: 1, name: "common.runbook")
    let diagnostic = Diagnostic(
      id: "refused", message: "no",
      primary: .init(Self.range("launch job", in: "procedure relaunch(job) {\n  launch job\n}", id: 1)),
      secondary: [.init(SourceRange(SourceID(0), 22, 23), "this one"), .init(SourceRange(SourceID(7), 0, 1), "gone")],
      trace: [.init(SourceRange(SourceID(0), 13, 24), "called from here")])
    let renderer = DiagnosticRenderer(sources: SourceMap([main, common]))
    #expect(
      renderer.render(diagnostic).text == """
        error[refused]: no
         --> common.runbook:2:3
          |
        2 |   launch job
          |   ^^^^^^^^^^
          |
         ::: main.runbook:3:10
          |
        3 | relaunch(a)
          |          - this one
          |
         ::: a source that is not at hand
          |
         ::: called from here: main.runbook:3:1
          |
        3 | relaunch(a)
          | -----------
        """)
  }

  @Test("colour is there when it is asked for, and only then")
  func colour() {
    let plain = Self.drawn("print a", "a", label: "b", notes: ["c"])
    let coloured = Self.drawn("print a", "a", label: "b", notes: ["c"], severity: .error, hasColour: true)
    #expect(!plain.contains("\u{1B}"))
    #expect(coloured.contains("\u{1B}[1;31merror[an-id]\u{1B}[0m"))
    #expect(coloured.contains("\u{1B}[1;31m^ b\u{1B}[0m"))
    #expect(coloured.replacing(/\u{1B}\[[0-9;]*m/, with: "") == plain)
    #expect(Self.drawn("a", "a", severity: .warning, hasColour: true).contains("\u{1B}[1;33mwarning"))
    #expect(Self.drawn("a", "a", severity: .note, hasColour: true).contains("\u{1B}[1;36mnote"))
  }

  @Test("as JSON")
  func json() {
    let text = "é\nlanch \"x\""
    let diagnostic = Diagnostic(
      id: "unknown", severity: .warning, message: "say \"a\"\u{1}", primary: .init(Self.range("lanch", in: text), "l"),
      secondary: [.init(SourceRange(SourceID(9), 1, 2), "s")], notes: ["n\n"],
      fixes: [.init("f", replacing: Self.range("lanch", in: text), with: "launch")],
      trace: [.init(Self.range("é", in: text), "t")])
    let renderer = DiagnosticRenderer(sources: SourceMap([Self.source(text)]))
    let place = #""file":"a.runbook","line":2,"column":1,"endLine":2,"endColumn":6,"startOffset":3,"endOffset":8"#
    #expect(
      renderer.json(diagnostic)
        == #"{"version":1,"kind":"diagnostic","id":"unknown","severity":"warning","message":"say \"a\"\u0001","label":"l",\#(place),"#
        + #""labels":[{"text":"s","file":null,"startOffset":1,"endOffset":2}],"notes":["n\n"],"#
        + #""fixes":[{"title":"f","replacement":"launch",\#(place)}],"#
        + #""trace":[{"text":"t","file":"a.runbook","line":1,"column":1,"endLine":1,"endColumn":2,"startOffset":0,"endOffset":2}]}"#
    )
  }

  @Test("a summary counts")
  func summary() {
    func diagnostic(_ severity: Diagnostic.Severity) -> Diagnostic {
      Diagnostic(id: "i", severity: severity, message: "m", primary: .init(SourceRange(SourceID(0), 0, 0)))
    }
    #expect(DiagnosticRenderer.summary([]) == "nothing to report")
    #expect(DiagnosticRenderer.summary([diagnostic(.error)]) == "1 error")
    #expect(
      DiagnosticRenderer.summary([diagnostic(.error), diagnostic(.warning), diagnostic(.error), diagnostic(.note)])
        == "2 errors, 1 warning")
  }
}

extension String {
  fileprivate var trimmed: String { String(prefix { $0 != " " }) }

  fileprivate func range(of words: String) -> Range<String.Index>? { firstRange(of: words) }
}
