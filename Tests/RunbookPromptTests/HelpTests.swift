import RunbookDiagnostics
import RunbookReference
import RunbookSession
import RunbookSyntax
import Testing
import VisibleText

@testable import RunbookChecker
@testable import RunbookPrompt

/// What help says is so, and there is help on all there is.
@Suite struct HelpTests {
  private static let surroundings = """
    let prepare = table-to-table "000099_prepare"
    let export = table-to-storage "000099_export"
    let load = workflow "000099-load"
    launch prepare
    await run
    let bad = run
    """

  private static let ofTheLanguage: [Topic.Kind] = [.page, .statement, .value, .operator, .clause, .status, .errorKind]

  @Test(arguments: Reference.topics.filter { ofTheLanguage.contains($0.kind) })
  func everyExampleChecksAndRunsAlone(_ topic: Topic) throws {
    var context = CheckContext(isInteractive: true, loader: OneFile())
    context.scope = CheckedScope(account: "000099", environment: "DEV")
    let start = Preparation(of: SourceText(id: SourceID(1), name: "start", text: Self.surroundings), in: context)
    context.scope = try #require(start.runbook).scope
    if ["account", "environment"].contains(topic.title) { context.scope = .empty }
    for form in topic.forms {
      let preparation = Preparation(of: SourceText(id: SourceID(2), name: form, text: form), in: context)
      #expect(!preparation.diagnostics.containsError, "\(form): \(preparation.diagnostics.map(\.message))")
      #expect(parse(SourceText(id: SourceID(2), name: form, text: form)).completeness != .unfinished, "\(form)")
    }
  }

  /// Includes find a file with nothing in it.
  private struct OneFile: SourceLoader {
    func resolve(_ path: String, from including: String) -> String { path }
    func load(_ name: String) throws(SourceLoadError) -> [UInt8] { [] }
  }

  /// Words, fields, conversions, operators, marks: whatever can be written leads somewhere.
  @Test func everyWordOfTheLanguageHasATopic() {
    let marks = [";", "#", ":help", "&", "(", ")", "[", "]", "\"", "'", "\"\"\"", "${", ".", "="]
    let words =
      Vocabulary.words + ErrorKind.allCases.map(\.rawValue) + UnaryOperator.allCases.map(\.rawValue)
      + BinaryOperator.allCases.map(\.rawValue) + [
        "date", "timestamp", "number", "text", "boolean", "duration", "list",
      ]
    for word in words + marks { #expect(!Reference.topics(for: word).isEmpty, "\(word)") }
    for kind in ErrorKind.allCases { #expect(Reference.topics(for: kind.rawValue).contains { $0.kind == .errorKind }) }
    for name in ["SUCCESS", "FAILED", "RUNNING", "NO_MATCH", "CHECKED", "WAITING", "DEACTIVATED"] {
      #expect(Reference.topics(for: name).map(\.kind) == [.status], "\(name)")
    }
  }

  @Test func everyTypeOfValueNamesItsFields() {
    let types: [(String, ValueType)] = [
      ("run", .run), ("operation", .operation(nil)), ("error", .error), ("list", .list(.number)),
    ]
    for (name, type) in types {
      let topic = Reference.topics.first { $0.kind == .value && $0.title == name }
      for field in type.fields {
        #expect(topic?.text(width: 100).contains("`\(field.name)`") == true, "\(name).\(field.name)")
      }
    }
  }

  @Test func everyCommandOfThePromptHasHelp() {
    #expect(
      Set(Reference.topics.filter { $0.kind == .promptCommand }.map(\.title))
        == Set(PromptCommand.allCases.map { ":" + $0.rawValue }))
    let overview = PromptHelp.text(for: "", width: 100).text
    for command in PromptCommand.allCases {
      #expect(overview.contains("  \(command.usage)  "))
      #expect(PromptHelp.text(for: ":" + command.rawValue, width: 100).text.hasPrefix(":" + command.rawValue))
      #expect(!PromptHelp.text(for: command.rawValue, width: 100).text.contains("no help"))
    }
  }

  @Test func whatIsRelatedIsThere() {
    for topic in Reference.topics {
      for word in topic.seeAlso { #expect(!Reference.topics(for: word).isEmpty, "\(topic.title): \(word)") }
    }
  }

  @Test func aWordWithTwoMeaningsLeadsToBoth() {
    let text = PromptHelp.text(for: "timeout", width: 80).text
    #expect(text.contains("timeout  the deadline of a wait"))
    #expect(text.contains("catch timeout  a deadline passed"))
    #expect(PromptHelp.text(for: "check", width: 80).text.contains("runbook check  says all that is wrong"))
    #expect(PromptHelp.text(for: ":environment", width: 80).text.contains(":environment [NAME]"))
    #expect(!PromptHelp.text(for: ":environment", width: 80).text.contains("environment DEV"))
  }

  @Test func caseCountsForLittleAndAnUnknownWordSuggests() {
    #expect(PromptHelp.text(for: "failed", width: 80).text.contains("catch failed"))
    #expect(PromptHelp.text(for: "success", width: 80).text.hasPrefix("SUCCESS"))
    #expect(PromptHelp.text(for: "launhc", width: 80).text.contains("did you mean `launch`?"))
    #expect(PromptHelp.text(for: "qqqqqq", width: 80).text.contains("`:help` lists"))
  }

  @Test(arguments: [30, 40, 80, 200]) func nothingIsWiderThanTheTerminal(_ width: Int) {
    let examples = Set(Reference.topics.flatMap(\.forms).flatMap { $0.split(separator: "\n") }.map { "  \($0)" })
    for line in Reference.text(width: width).split(separator: "\n")
      + PromptHelp.text(for: "", width: width).text.split(separator: "\n")
    {
      let isOneWord = !line.dropFirst(4).contains(" ")
      #expect(line.count <= width || isOneWord || examples.contains(String(line)), "\(line)")
    }
  }

  @Test func markdownHasEveryTopicUnderItsHeading() {
    let text = Reference.markdown
    for kind in Topic.Kind.allCases { #expect(text.contains("\n## \(kind.title)\n"), "\(kind)") }
    #expect(text.split(separator: "\n").count { $0.hasPrefix("### ") } == Reference.topics.count)
    #expect(text.split(separator: "\n").count { $0 == "```" } % 2 == 0)
  }
}
