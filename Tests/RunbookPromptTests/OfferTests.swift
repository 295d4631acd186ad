import Foundation
import RunbookChecker
import RunbookDiagnostics
import RunbookReference
import RunbookSession
import RunbookSyntax
import Testing

@testable import RunbookPrompt

/// Playbooks and examples cut before one of their words: the word that stands there is offered, and whatever else is
/// offered can stand there too.
@Suite struct OfferTests {
  private static var texts: [(name: String, text: String)] {
    get throws {
      let folder = Site.root.appending(path: "runbooks")
      return try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".runbook") }
        .sorted().map { ($0, try String(contentsOf: folder.appending(path: $0), encoding: .utf8)) }
    }
  }

  private static func context() -> CheckContext {
    var context = CheckContext(
      isInteractive: true, loader: SourceFiles(directory: Site.root.appending(path: "runbooks").path))
    context.scope = .empty
    return context
  }

  /// The places in a text where a word stands that is not just being declared.
  private static func cuts(_ text: String) -> [(offset: Int, word: String)] {
    let source = SourceText(id: SourceID(0), name: "", text: text)
    let pieces = source.pieces.filter { $0.kind != .comment }
    let words = pieces.map { source.text($0.range) }
    var formals = false
    return pieces.indices.compactMap { index in
      if words[index] == "procedure" { formals = true }
      if pieces[index].kind == .openBlock { formals = false }
      guard pieces[index].kind == .word, !formals else { return nil }
      let isDeclared = index > 0 && ["let", "var", "for", "param", "procedure"].contains(words[index - 1])
      return isDeclared ? nil : (Int(pieces[index].range.lower), words[index])
    }
  }

  private func answer(_ suggestions: Suggestions, at offset: Int, of text: String) -> (
    start: Int, found: [Suggestions.Candidate]
  ) {
    let before = Array(text.utf8)[..<offset]
    let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    let typed = String(decoding: before[..<max(0, lineStart - 1)], as: UTF8.self)
    let answer = suggestions.answer(
      for: String(decoding: before[lineStart...], as: UTF8.self), after: lineStart > 0 ? typed : "")
    return (lineStart + answer.start, answer.candidates)
  }

  @Test func theWordThatStandsThereIsOffered() throws {
    let suggestions = Suggestions()
    suggestions.update(context: Self.context())
    for (number, (name, text)) in try Self.texts.enumerated() {
      for (index, cut) in Self.cuts(text).enumerated() where index % 9 == number % 9 {
        let found = answer(suggestions, at: cut.offset, of: text).found.map(\.text)
        let line = String(decoding: Array(text.utf8)[..<cut.offset], as: UTF8.self).split(separator: "\n").last ?? ""
        #expect(found.contains(cut.word) || found.contains(cut.word + " ="), "\(name): \(line)|\(cut.word)")
      }
    }
  }

  @Test func whatIsOfferedCanStandThere() throws {
    let suggestions = Suggestions()
    let context = Self.context()
    suggestions.update(context: context)
    for (number, (name, text)) in try Self.texts.enumerated() {
      for (index, cut) in Self.cuts(text).enumerated() where index % 41 == number {
        let (start, found) = answer(suggestions, at: cut.offset, of: text)
        let before = String(decoding: Array(text.utf8)[..<start], as: UTF8.self)
        let known = errors(in: before, before: start, context)
        for candidate in found {
          let taken = before + candidate.text
          let end = start + candidate.text.utf8.count
          let isRight = (candidate.end == "(" ? ["("] : Self.continuations).contains { more in
            let text = taken + more
            return errors(in: text, before: max(end, text.utf8.count), context).isSubset(of: known)
          }
          #expect(isRight, "\(name): \(taken.split(separator: "\n").last ?? "")|")
        }
      }
    }
  }

  /// What could follow a word.
  private static let continuations =
    [
      "", " \"000099\"", " \"gbq-to-gbq|000099_x_DEV\"", " \"1\" of table-to-table \"x\"", " table-to-table \"x\"",
      " run of table-to-table \"x\"", " of table-to-table \"x\"", " of table-to-table",
      " (run \"1\" of table-to-table \"x\")",
      " { }", " [1] { }", " fail", " 1s", " 1", " today", " SUCCESS",
    ].flatMap { [$0, $0 + " == none", $0 + " == SUCCESS", $0 + ".count == 1"] } + [
      " == 1", " == \"x\"", " == today", " == now", " == 1s", ".status == SUCCESS", ".name == \"x\"",
    ]

  /// What is wrong with a text before an offset and cannot be mended by what is still to come.
  private func errors(in text: String, before end: Int, _ context: CheckContext) -> Set<String> {
    let preparation = Preparation(of: SourceText(id: SourceID(1 << 24), name: "", text: text), in: context)
    return Set(
      preparation.diagnostics.compactMap { diagnostic in
        let (id, range) = (diagnostic.id, diagnostic.primary.range)
        let isPending =
          ["unclosed", "unterminated", "missing-", "unread-outcome", "try-without-handler"].contains {
            id.hasPrefix($0)
          }
        guard diagnostic.severity == .error, range.lower < end, !isPending else { return nil }
        return "\(id) at \(range.lower)"
      })
  }
}
