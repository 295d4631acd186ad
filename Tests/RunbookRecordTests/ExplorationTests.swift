import Testing

/// Every interleaving of three processes with deaths, standing still and late arrivals, over the journal's real rules: no
/// launch happens twice, and nobody takes another's run. Without any one of the rules one of the two happens, and the way
/// there is found.
@Suite struct ExplorationTests {
  @Test(.timeLimit(.minutes(5))) func aLaunchHappensOnce() {
    let found = Exploration(of: LaunchModel())
    print("launch once: \(found.states) states, \(found.violation ?? "it holds")")
    #expect(found.violation == nil, "\(found.way.joined(separator: " · "))")
    #expect(found.states > 10_000)
  }

  @Test(.timeLimit(.minutes(5)), arguments: LaunchModel.Rule.allCases)
  func withoutTheRuleItDoesNot(_ rule: LaunchModel.Rule) {
    let found = Exploration(of: LaunchModel(without: rule))
    print(
      "without \(rule.rawValue): \(found.states) states, \(found.violation ?? "it holds"): \(found.way.joined(separator: " · "))"
    )
    #expect(found.violation != nil)
  }
}
