import FoundationEssentials
import GoldenSupport
import RunbookDiagnostics
import RunbookSyntax
import Testing

@Suite("What the parser says about mistakes")
struct SyntaxGoldenTests {
  static let directory = Golden.directory("Syntax")

  @Test("every mistake is said as it was recorded, in the file of its id")
  func goldens() throws {
    for golden in try Golden.all(in: Self.directory) {
      let bytes =
        golden.name == "source-too-large"
        ? [UInt8](repeating: 0x20, count: SourceText.sizeLimit + 1) : golden.source
      let source = SourceText(id: SourceID(0), name: "\(golden.name).runbook", bytes: bytes)
      let result = parse(source)
      try expectDiagnostics(golden, result.diagnostics, sources: SourceMap([source]))
      #expect(result.diagnostics.contains { $0.id == golden.name }, "\(golden.name) is not about its id")
    }
  }

  @Test("there is one for every id")
  func everyID() throws {
    #expect(try idsWithoutGolden(SyntaxProblem.allIDs, in: Self.directory) == [])
  }

  @Test("an id stands for one kind of mistake, and every one that is reported is listed")
  func ids() throws {
    #expect(Set(SyntaxProblem.allIDs).count == SyntaxProblem.allIDs.count)
    for golden in try Golden.all(in: Self.directory) where golden.name != "source-too-large" {
      let source = SourceText(id: SourceID(0), name: golden.name, bytes: golden.source)
      for diagnostic in parse(source).diagnostics {
        #expect(SyntaxProblem.allIDs.contains(diagnostic.id))
        #expect(!diagnostic.message.isEmpty)
      }
    }
  }

  @Test("what a fix writes mends what it is for")
  func fixes() throws {
    var tried = 0
    for golden in try Golden.all(in: Self.directory) where golden.name != "source-too-large" {
      let bytes = golden.source
      let source = SourceText(id: SourceID(0), name: golden.name, bytes: bytes)
      for diagnostic in parse(source).diagnostics {
        for fix in diagnostic.fixes {
          var mended = bytes
          mended.replaceSubrange(Int(fix.range.lower)..<Int(fix.range.upper), with: Array(fix.replacement.utf8))
          let left = parse(SourceText(id: SourceID(0), name: golden.name, bytes: mended)).diagnostics
          let same = left.filter { $0.id == diagnostic.id && $0.primary.range.lower == diagnostic.primary.range.lower }
          #expect(same.isEmpty, "\(golden.name): “\(fix.title)” leaves \(diagnostic.message)")
          tried += 1
        }
      }
    }
    #expect(tried > 60)
  }
}
