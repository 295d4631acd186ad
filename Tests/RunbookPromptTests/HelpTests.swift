import RunbookChecker
import RunbookDiagnostics
import RunbookSession
import RunbookSyntax
import Testing

@testable import RunbookPrompt

@Suite struct HelpTests {
  /// What `:help` shows as an example can be typed, one example after the other.
  @Test func everyExampleChecks() {
    var context = CheckContext(isInteractive: true, loader: OneFile())
    context.scope = CheckedScope(account: "000099", environment: "DEV")
    let start =
      "let prepare = table-to-table \"000099_prepare\"; launch prepare; await run; let export = table-to-storage \"e\""
    for form in [start] + PromptHelp.language.flatMap(\.forms) {
      let preparation = Preparation(of: SourceText(id: SourceID(1), name: form, text: form), in: context)
      #expect(!preparation.diagnostics.containsError, "\(form): \(preparation.diagnostics.map(\.message))")
      // What later examples need stays as it was made at first.
      if form == start, let runbook = preparation.runbook { context.scope = runbook.scope }
      if form.hasPrefix("var") || form.hasPrefix("procedure"), let runbook = preparation.runbook {
        context.scope = runbook.scope
      }
    }
  }

  /// Includes find a file with nothing in it.
  private struct OneFile: SourceLoader {
    func resolve(_ path: String, from including: String) -> String { path }
    func load(_ name: String) throws(SourceLoadError) -> [UInt8] { [] }
  }

  @Test func everyStatementAndCommandHasHelp() {
    let statements = [
      "launch", "await", "check", "mark", "reset", "disable", "enable", "archive", "if", "for", "retry", "wait",
      "parallel", "try", "step", "procedure", "include", "require", "fail", "stop", "print", "confirm", "manual", "let",
      "var",
      "account", "environment",
    ]
    for word in statements { #expect(PromptHelp.topics.contains(word), "\(word)") }
    for command in PromptCommand.allCases {
      #expect(PromptHelp.text(for: "").contains(command.usage))
      #expect(PromptHelp.text(for: ":\(command.rawValue)").contains(command.summary))
    }
  }

  @Test func anUnknownWordSuggests() {
    #expect(PromptHelp.text(for: "launhc").contains("did you mean `launch`?"))
    #expect(PromptHelp.text(for: "qqqqqq").contains("`:help` lists"))
  }
}
