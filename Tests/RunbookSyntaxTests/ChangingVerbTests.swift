import FoundationEssentials
import RunbookDiagnostics
import RunbookFormatter
import RunbookSyntax
import Testing

/// Every changing verb is read, and laid out again, by its description.
@Suite struct ChangingVerbTests {
  @Test(arguments: ChangingVerb.allCases)
  func itsSampleIsAStatementInTheOneLayout(_ verb: ChangingVerb) throws {
    let sample = verb.description.sample
    let result = parsed(sample)
    #expect(result.diagnostics.isEmpty)
    #expect(formatted(result) == sample + "\n")
    let statement = try #require(result.program.statements.first)
    #expect(result.program.statements.count == 1)
    switch statement.kind {
    case .change(let read, _, _): #expect(read == verb)
    case .expression(let expression, nil): #expect(verb == .launch && expression.act == .launch)
    default: Issue.record("\(sample) is read as another statement")
    }
  }

  @Test(arguments: ChangingVerb.allCases)
  func itTakesAListAndNotNothing(_ verb: ChangingVerb) {
    let (sample, operand) = (verb.description.sample, verb.description.operand.sample)
    #expect(mistakes(sample.replacing(operand, with: "[\(operand), x]")).isEmpty)
    #expect(mistakes(verb.word) == ["missing-operand"])
  }

  @Test(arguments: ChangingVerb.allCases)
  func itsWordIsReservedAndInTheGrammar(_ verb: ChangingVerb) throws {
    #expect(mistakes("let \(verb.word) = 1") == ["reserved-name"])
    let grammar = String(decoding: try Data(contentsOf: Grammar.file), as: UTF8.self)
    #expect(grammar.components(separatedBy: "\"\(verb.word)\"").count >= 3, "once where it stands, once as reserved")
  }
}
