import Foundation
import RunbookChecker
import RunbookDiagnostics
import RunbookSyntax

/// Going through a long text: its tokens, its tree, its check.
struct TextParts {
  let path: String
  let rounds: Int

  func figures() throws -> [Figure] {
    let source = SourceText(id: SourceID(0), name: path, bytes: [UInt8](try Data(contentsOf: URL(filePath: path))))
    var sources = SourceMap()
    sources.add(source)
    let clock = ContinuousClock()
    func measured(_ name: String, _ body: () -> Bool) -> Figure {
      var series = Figure.Series(name: "runbook")
      for round in 0...rounds {
        let span = clock.measure { precondition(body(), "the text is not valid") }
        if round > 0 { series.seconds.append(span / .seconds(1)) }
      }
      return Figure(name: name, size: source.bytes.count, series: [series])
    }
    let tree = parse(source)
    return [
      measured("lexing and parsing") { !parse(source).program.statements.isEmpty },
      measured("checking a tree") {
        check(tree.program, sources: sources, context: CheckContext()).runbook != nil
      },
    ]
  }
}
