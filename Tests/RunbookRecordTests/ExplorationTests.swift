import Foundation
import Testing

/// Every interleaving of three processes with deaths, standing still and late arrivals, over the journal's real rules: no
/// launch happens twice, and nobody takes another's run. Without any one of the rules one of the two happens, and the way
/// there is found.
@Suite struct ExplorationTests {
  /// All states with `RUNBOOK_SEEDS=all`, which takes long; else those that the fewest steps lead to.
  static let limit = ProcessInfo.processInfo.environment["RUNBOOK_SEEDS"] == "all" ? 60_000_000 : 250_000

  @Test func aLaunchHappensOnce() {
    let found = Exploration(of: LaunchModel(), limit: Self.limit)
    let words = found.violation ?? (found.isWhole ? "it holds" : "it holds as far as was looked")
    print("launch once: \(found.states) states, \(words)")
    #expect(found.violation == nil, "\(found.way.joined(separator: " · "))")
    #expect(found.isWhole || found.states >= Self.limit)
  }

  /// The rules whose removal is found in as many steps as are looked at. What the turn keeps apart, `alone` keeps apart too,
  /// so that a violation without the turn takes more.
  @Test(arguments: [LaunchModel.Rule.sendBy, .stamp, .fence, .fullWait, .shortNetwork, .owned, .alone])
  func withoutTheRuleItDoesNot(_ rule: LaunchModel.Rule) {
    let found = Exploration(of: LaunchModel(without: rule), limit: Self.limit)
    let way = found.way.joined(separator: " · ")
    print("without \(rule.rawValue): \(found.states) states, \(found.violation ?? "it holds"): \(way)")
    #expect(found.violation != nil)
  }
}
