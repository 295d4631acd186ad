import RunbookChecker
import RunbookDiagnostics
import RunbookSyntax
import Testing

/// Every changing verb is checked and planned by its description.
@Suite struct ChangingVerbTests {
  @Test(arguments: ChangingVerb.allCases)
  func itsSampleChecksAndIsAChangeInThePlan(_ verb: ChangingVerb) throws {
    let result = checked(preamble + verb.description.sample)
    #expect(result.ids.isEmpty)
    let steps = plan(try #require(result.result.runbook)).steps
    #expect(steps.map(\.action.changesService) == [true])
    #expect(steps.first?.action.words.hasPrefix(verb.word + " ") == true)
  }

  @Test(arguments: ChangingVerb.allCases)
  func itTakesNothingElse(_ verb: ChangingVerb) {
    let (sample, operand) = (verb.description.sample, verb.description.operand.sample)
    #expect(!checked(preamble + sample.replacing(operand, with: "3")).errors.isEmpty)
  }

  @Test(arguments: ChangingVerb.allCases)
  func nothingIsLaunchedThatItHasTakenOutOfService(_ verb: ChangingVerb) {
    let sample = verb.description.sample.replacing(verb.description.operand.sample, with: "a")
    switch verb.description.standing {
    case .outOfService:
      let result = checked(preamble + sample + "\nlaunch a")
      #expect(result.first("launch-after-disable")?.message.contains(verb.description.past) == true)
    case .inService: #expect(ids("disable a\n\(sample)\nlaunch a").isEmpty)
    case nil: #expect(!ids(sample + "\nlaunch a").contains("launch-after-disable"))
    }
  }
}
