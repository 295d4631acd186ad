import Foundation
import RunbookChecker
import RunbookDiagnostics
import RunbookFormatter
import RunbookSyntax
import SeedSupport
import Testing
import VisibleText

/// Runbooks that somebody has damaged, by accident or on purpose: they are read, checked and laid out, and none of it traps.
@Suite(.timeLimit(.minutes(10))) struct TextAttackTests {
  private static let texts: [[UInt8]] = {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "runbooks")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".runbook") }.sorted().compactMap { name in
      (try? Data(contentsOf: folder.appending(path: name))).map(Array.init)
    }
  }()

  private struct NoFiles: SourceLoader {
    func resolve(_ path: String, from including: String) -> String { path }
    func load(_ name: String) throws(SourceLoadError) -> [UInt8] { throw SourceLoadError("there is none") }
  }

  @Test func whatIsDamagedIsReadAndDrawn() throws {
    try #require(!Self.texts.isEmpty)
    for seed in Seeds.each(1500) {
      var mutation = Mutation(seed: seed)
      let bytes = mutation.damaged(mutation.pick(Self.texts) ?? [])
      let source = SourceText(id: SourceID(0), name: "a\u{1B}]0;owned\u{7}.runbook", bytes: bytes)
      let parsed = parse(source)
      let sources = SourceMap([source])
      let checked = check(parsed.program, sources: sources, context: CheckContext())
      let diagnostics = parsed.diagnostics + checked.diagnostics
      for diagnostic in diagnostics {
        let places =
          [diagnostic.primary.range] + diagnostic.secondary.map(\.range) + diagnostic.trace.map(\.range)
          + diagnostic.fixes.map(\.range)
        for place in places {
          let isInside = place.lower <= place.upper && Int(place.upper) <= source.bytes.count
          #expect(isInside, "seed \(seed): \(diagnostic.id) at \(place.lower)…\(place.upper) of \(source.bytes.count)")
        }
      }
      let drawn = DiagnosticRenderer(sources: sources, hasColour: false, width: 80).render(diagnostics).text
      #expect(isVisible(drawn), "seed \(seed)")
    }
  }

  /// What is valid in spite of the damage keeps all that it says when it is laid out: the words outside of comments, but for
  /// space, and every comment.
  @Test func whatCanBeLaidOutKeepsItsWords() throws {
    var count = 0
    for seed in Seeds.each(3000) {
      var mutation = Mutation(seed: seed &+ 1_000_000)
      let text = String(decoding: mutation.damaged(mutation.pick(Self.texts) ?? []), as: UTF8.self)
      let parsed = parse(SourceText(id: SourceID(0), name: "", text: text))
      guard !parsed.diagnostics.contains(where: { $0.severity == .error }), let result = formatted(parsed) else {
        continue
      }
      count += 1
      #expect(words(of: result) == words(of: text), "seed \(seed)")
    }
    // Else the rest would say nothing.
    #expect(count > 20)
  }

  /// The scalars of a text that are no space, comma or semicolon, which the layout may add or leave out.
  private func words(of text: String) -> [Unicode.Scalar] {
    text.unicodeScalars.filter { !$0.properties.isWhitespace && $0 != "," && $0 != ";" && $0 != "\u{FEFF}" }
  }
}
