import RunbookDiagnostics
import SeedSupport
import Testing
import VisibleText
import YAMLDocuments
import Yams

@Suite struct YAMLDocumentTests {
  /// What keeps a text from being read: place, words, and what is marked.
  private func issues(_ bytes: [UInt8]) -> [(place: String, words: String, marked: String)] {
    do throws(DocumentError) {
      _ = try YAMLDocument(bytes, named: "f.yaml")
      return []
    } catch {
      return error.issues.map { ("\($0.line):\($0.column)", $0.message, error.source.text($0.range)) }
    }
  }

  @Test(arguments: [
    ("a: b: c", "1:5", "a `:` cannot stand here; a text with `: ` in it needs quotes", ":"),
    ("a: [1, 2", "1:9", "the list is not closed: `,` or `]` is missing", ""),
    ("a: {b: 1", "1:9", "the mapping is not closed: `,` or `}` is missing", ""),
    ("a: 1\nb", "2:2", "a key with `: ` behind it is wanted here, as far in as the keys beside it", ""),
    ("a: \"b", "1:6", "the text is not closed: its quote is missing", ""),
    ("a: \"\\q\"", "1:5", "there is no such escape; in single quotes `\\` is a character like any other", "\\q\""),
    ("a:\n\t- b", "2:1", "a tab cannot be indentation; spaces can", "\t"),
    ("a: @b", "1:4", "no text begins with this; in quotes it can", "@b"),
    ("a: - b", "1:4", "a list cannot begin here; its items stand on lines of their own", "-"),
    ("a: 1\n---\nb: 1", "2:1", "the file holds one document, and another begins here", "---"),
    ("a: !x!y z", "1:4", "tags are not read here: a text that begins with `!` needs quotes", "!x!y"),
    ("a: \u{7}", "1:4", "U+0007 may not stand in YAML", "\u{7}"),
    ("a: &b 1", "1:4", "anchors are not read here: a text that begins with `&` needs quotes", "&b"),
    ("a: *b", "1:4", "aliases are not read here: a text that begins with `*` needs quotes", "*b"),
    ("? *b\n: 1", "1:3", "aliases are not read here: a text that begins with `*` needs quotes", "*b"),
    ("a: 1\na: 2", "2:1", "“a” is written twice", "a"),
    ("x: {'a b': 1, c: 2, \"a b\": 3}", "1:21", "“a b” is written twice", "\"a b\""),
    ("%YAML 9.9\n---\na: 1", "1:1", "a line that begins with `%` is not read here", "%YAML"),
  ])
  func whatIsWrongIsSaidInItsPlace(_ yaml: String, _ place: String, _ words: String, _ marked: String) throws {
    let found = try #require(issues(Array(yaml.utf8)).first)
    #expect(found.place == place)
    #expect(found.words == words)
    #expect(found.marked == marked)
  }

  @Test func aKeyIsShownWhereItStandsAgainAndWhereItStoodFirst() throws {
    let yaml = "p:\n  a: 1\n  b: 2\n  a: 3\n  b: 4\n  a: 5\n"
    do throws(DocumentError) {
      _ = try YAMLDocument(Array(yaml.utf8), named: "f.yaml")
      Issue.record("read")
    } catch {
      let lines = error.issues.map(\.line).sorted()
      #expect(lines == [4, 5, 6])
      #expect(error.issues.allSatisfy { $0.other != nil })
      let drawn = DiagnosticRenderer(sources: SourceMap([error.source])).render(error.diagnostics(id: "file")).text
      #expect(drawn.contains("error[file]: “b” is written twice\n --> f.yaml:5:3\n"), "\(drawn)")
      #expect(drawn.contains("- it is written here already"), "\(drawn)")
    }
  }

  @Test(arguments: [
    "# *a and &b: *c\nx: 1", "x: \"*a\"", "x: '&a'", "x: a*b&c", "x: |\n  - *a\n  &b c", "x: [\"*a\", 'b: *c']",
  ])
  func whatOnlyLooksLikeAnAliasIsRead(_ yaml: String) {
    #expect(issues(Array(yaml.utf8)).isEmpty)
  }

  @Test func scalarsAreTakenAsTheyAreWritten() throws {
    let document = try YAMLDocument(Array("\u{FEFF}a: 000099\nb: yes\nc: 1e3".utf8), named: "f.yaml")
    #expect(document.root?.mapping?.values.map { $0.scalar?.string } == ["000099", "yes", "1e3"])
    #expect(try YAMLDocument([], named: "f.yaml").root == nil)
  }

  @Test func whatIsNotUTF8HasAPlace() throws {
    let found = try #require(issues(Array("a: é\nb: ".utf8) + [0xFF]).first)
    #expect((found.place, found.words) == ("2:4", "the file is not UTF-8"))
  }

  /// Whatever the text, the words are the program's own and the place lies in the text.
  @Test func noTextBringsTheLibrarysWords() {
    let library = [
      "did not", "could not", "found", "token", "context", "scanning", "parsing", "expected", "Parser", "error",
    ]
    let pieces = [
      "a", "b: ", ": ", "- ", "? ", "[", "]", "{", "}", ", ", "\n", "\n  ", "\t", "\"", "'", "|", ">", "&x ", "*x", "!",
      "!!y ",
      "%", "@", "`", "#", "---\n", "...\n", "\\", "é", "\u{1}", "\u{85}", "\u{2028}", "\r", "🚀", "%TAG ", "%YAML 1.1\n",
      "<<: ",
    ]
    var random = Dice(5)
    for _ in 0..<Seeds.rounds(3_000) {
      let yaml = (0..<random.next(below: 24)).map { _ in pieces[random.next(below: pieces.count)] }.joined()
      do throws(DocumentError) {
        _ = try YAMLDocument(Array(yaml.utf8), named: "f.yaml")
      } catch {
        #expect(!error.issues.isEmpty)
        for issue in error.issues {
          let quoted = issue.message.replacing(/“.*”/, with: "")
          #expect(!library.contains { quoted.contains($0) }, "\(issue.message): \(yaml)")
          #expect(
            issue.range.lower <= issue.range.upper && Int(issue.range.upper) <= error.source.bytes.count, "\(yaml)")
        }
      }
    }
  }

  /// A few hundred bytes that stand for gigabytes, and nesting without end.
  @Test func hostileTextsAreRefused() {
    let bomb = zip("abcdefgh", "bcdefghi").map { previous, name in
      "? &\(name) [\(Array(repeating: "*\(previous)", count: 9).joined(separator: ","))]\n: 1\n"
    }.joined()
    for yaml in [
      "x: &a [x,x,x,x,x,x,x,x,x]\n" + bomb, String(repeating: "[", count: 900_000),
      String(repeating: "? ", count: 400_000),
      String(repeating: "{a: ", count: 200_000), String(repeating: "#", count: YAMLDocument.sizeLimit + 1),
    ] {
      #expect(issues(Array(yaml.utf8)).count == 1)
    }
  }
}
