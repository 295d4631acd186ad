import FoundationEssentials
import GoldenSupport
import RunbookChecker
import RunbookDiagnostics
import RunbookSyntax
import Testing

struct GoldenTests {
  static let directory = Golden.directory("Checker")

  @Test(arguments: try Golden.all(in: directory))
  func diagnostics(_ golden: Golden) throws {
    var context = CheckContext(account: golden["account"], environment: golden["environment"])
    var files: [String: String] = [:]
    for section in golden.sections where section.name.hasPrefix("file ") {
      files[String(section.name.dropFirst("file ".count))] = section.text
    }
    context.loader = Files(files: files)
    if let earlier = golden["earlier"] {
      context.isInteractive = true
      context.scope = try #require(checked(earlier, in: context).result.runbook).scope
    }
    let source = SourceText(id: SourceID(0), name: "\(golden.name).runbook", bytes: golden.source)
    let parsed = parse(source)
    let result = check(parsed.program, sources: SourceMap([source]), context: context)
    var diagnostics = parsed.diagnostics + result.diagnostics
    var sources = result.sources
    if golden["arguments"] != nil || golden["variables"] != nil {
      let given = (golden["arguments"] ?? "").split(separator: "\n").enumerated().map { index, text in
        SourceText(id: SourceID(Int32(100 + index)), name: "argument \(index + 1)", text: String(text))
      }
      for argument in given { sources.add(argument) }
      let variables = (golden["variables"] ?? "").split(separator: "\n").map { $0.split(separator: "=", maxSplits: 1) }
      let environment = Dictionary(uniqueKeysWithValues: variables.map { (String($0[0]), String($0[1])) })
      let values = try #require(result.runbook).parameterValues(given, environment: environment)
      diagnostics += values.problems.map(\.diagnostic)
      if values.problems.isEmpty, let missing = values.missingProblem { diagnostics.append(missing.diagnostic) }
    }
    #expect(diagnostics.allSatisfy { CheckProblem.allIDs.contains($0.id) })
    try expectDiagnostics(golden, diagnostics, sources: sources)
  }

  @Test func everyIDHasAGolden() throws {
    #expect(try idsWithoutGolden(CheckProblem.allIDs, in: Self.directory) == [])
  }

  @Test func noIDIsListedTwice() {
    #expect(Set(CheckProblem.allIDs).count == CheckProblem.allIDs.count)
  }
}
