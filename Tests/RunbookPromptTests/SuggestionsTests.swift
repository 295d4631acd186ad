import RunbookChecker
import RunbookDiagnostics
import RunbookReference
import RunbookSession
import RunbookSyntax
import TailerAPI
import Testing

@testable import RunbookPrompt

@Suite struct SuggestionsTests {
  /// Suggestions after some entries at a prompt.
  private func suggestions(after entries: [String] = Self.session) -> Suggestions {
    var scope = CheckedScope(account: "000099", environment: "DEV")
    var sources = SourceMap()
    var context = CheckContext(isInteractive: true)
    for entry in entries {
      context.scope = scope
      let source = SourceText(id: sources.nextID, name: "", text: entry)
      let preparation = Preparation(of: source, in: context, among: sources)
      sources = preparation.sources
      if let runbook = preparation.runbook { scope = runbook.scope }
    }
    context.scope = scope
    let suggestions = Suggestions()
    suggestions.update(context: context)
    suggestions.add([
      .named("000099_other_pda", type: .tableToTable, environment: "DEV", account: "000099"),
      .named("000099-flow", type: .workflow, environment: "DEV", account: "000099"),
    ])
    return suggestions
  }

  private static let session = [
    #"let prepare = table-to-table "000099_prepare_pda""#, #"let load = workflow "000099-load""#,
    "let text-of-it = \"x\"",
    "launch prepare", "await run", "procedure relaunch(job, attempts = 3) { launch job }",
  ]

  private func texts(_ line: String, after typed: String = "") -> Set<String> {
    Set(suggestions().answer(for: line, after: typed).candidates.map(\.text))
  }

  @Test func aStatementBeginsWithItsWords() {
    let found = texts("")
    #expect(found.isSuperset(of: ["launch", "await", "let", "if", "parallel", "prepare", "relaunch", "last", "runs"]))
    #expect(found.isDisjoint(with: ["else", "catch", "timeout", "on", "as", "it", "error", "and", "break", "return"]))
  }

  /// Each is offered, with what can follow it, and help on it shows how it is written.
  @Test(arguments: ChangingVerb.allCases.map(\.word) + ["await", "check"]) func everyVerbIsOffered(_ verb: String) {
    #expect(texts("").contains(verb))
    #expect(texts(String(verb.prefix(2))).contains(verb))
    #expect(!texts(verb + " ").isEmpty)
    #expect(Reference.topics(for: verb).first { $0.kind == .statement }?.forms.isEmpty == false)
  }

  @Test func onlyWhatTheVerbTakesFollowsIt() {
    #expect(texts("reset ").isSuperset(of: ["load", "workflow"]))
    #expect(texts("reset ").isDisjoint(with: ["prepare", "table-to-table", "run", "text-of-it"]))
    #expect(texts("launch ").isSuperset(of: ["prepare", "table-to-table", "table-to-storage"]))
    #expect(texts("launch ").isDisjoint(with: ["load", "workflow", "vm-launcher", "run"]))
    #expect(texts("await ").isSuperset(of: ["run", "next"]))
    #expect(texts("await ").isDisjoint(with: ["prepare", "load"]))
  }

  @Test func clausesFollowWhatTheyBelongTo() {
    #expect(texts("launch prepare ").contains("on"))
    #expect(texts("launch prepare ").isDisjoint(with: ["timeout", "every"]))
    #expect(texts("await run ").isSuperset(of: ["timeout", "every", "or"]))
    #expect(texts("await run or ").isSuperset(of: ["fail", "ignore"]))
    #expect(texts("mark run ").contains("as"))
    #expect(texts("last 3 runs of prepare ").isSuperset(of: ["with", "started"]))
  }

  @Test func fieldsFollowADot() {
    #expect(texts("run.") == ["id", "status", "operation", "started", "duration", "job"])
    #expect(texts("prepare.") == ["id", "name", "type", "account", "environment"])
    #expect(texts("print run.st") == ["status", "started"])
    #expect(texts("run.operation.na") == ["name"])
  }

  @Test func statusesFollowAComparison() {
    #expect(texts("if status == ").isSuperset(of: ["SUCCESS", "FAILED", "NO_MATCH"]))
    #expect(texts("if status == ").isDisjoint(with: ["prepare", "load", "today", "true"]))
    #expect(texts("if status == F") == ["FAILED"])
    #expect(texts("mark run as ").isSuperset(of: ["SUCCESS", "CHECKED"]))
  }

  @Test func idsOfTheTypeFollowItsWord() {
    #expect(texts("launch table-to-table \"") == ["000099_prepare_pda", "000099_other_pda"])
    #expect(texts("reset workflow \"000099-f") == ["000099-flow"])
    #expect(texts("print \"") == [])
  }

  @Test func argumentsAreThoseOfTheProcedure() {
    #expect(texts("relaunch(").isSuperset(of: ["job =", "attempts =", "prepare"]))
    #expect(texts("relaunch(prepare, at").contains("attempts ="))
    #expect(texts("relaunch(").isDisjoint(with: ["load"]))
    #expect(texts("rel") == ["relaunch"])
  }

  @Test func namesOfTheEntryItselfAreKnown() {
    #expect(texts("print othe", after: "let other = 1").contains("other"))
    #expect(texts("  launch ou", after: "for ours in [prepare] {").contains("ours"))
    #expect(texts("launch ou").isEmpty)
  }

  @Test func environmentsFollowIn() {
    #expect(texts("launch table-to-table \"x\" in ").isSuperset(of: ["DEV", "PROD"]))
    #expect(texts("environment P") == ["PROD", "PREPROD"])
  }

  @Test func commandsCompleteWithTheirArguments() {
    #expect(texts(":") == Set(PromptCommand.allCases.map(\.rawValue)))
    #expect(texts(":en") == ["environment"])
    #expect(texts(":help awa") == ["await"])
    #expect(texts(":environment P") == ["PROD", "PREPROD"])
  }

  @Test func nothingIsOfferedInACommentOrANumber() {
    #expect(texts("# lau").isEmpty)
    #expect(texts("print 12").isEmpty)
  }

  /// The promise itself: whatever is offered, the parser and the checker have nothing against it where it stands.
  @Test(arguments: [
    "", "launch ", "await ", "reset ", "if ", "if status == ", "print ", "let x = ", "mark ", "mark run as ",
    "for x in ",
    "wait ", "retry 3 ", "last ", "runs of ", "relaunch(", "print run.", "try { } ", "parallel for x in [1] ",
    "require ",
    "print [", "print (", "if not ", "disable [prepare, ", "await next run of ", "print \"${",
  ])
  func nothingIsOfferedThatWouldNotCheck(_ line: String) {
    let suggestions = suggestions()
    let answer = suggestions.answer(for: line)
    let start = String(decoding: Array(line.utf8)[..<answer.start], as: UTF8.self)
    for candidate in answer.candidates where !candidate.text.hasSuffix("=") {
      let trial = Trial(context: suggestions.currentContext, text: Array((start + candidate.text).utf8))
      let isRight = candidate.end == "(" ? trial.acceptsCall(of: candidate.text) : trial.accepts(candidate.text)
      #expect(isRight, "\(line)\(candidate.text)")
    }
  }

  @Test func aLongOrHostileLineCostsLittle() {
    let suggestions = suggestions()
    for line in [
      String(repeating: "(", count: 5_000), String(repeating: "\"${", count: 3_000), "\u{0}\u{1B}", "é", "print é",
    ] {
      _ = suggestions.answer(for: line)
    }
    #expect(suggestions.answer(for: String(repeating: "x", count: 1 << 20)).candidates.isEmpty)
  }
}
