import SeedSupport
import Testing

/// Every interleaving of three processes with deaths, standing still and late arrivals, over the journal's real rules: no
/// launch happens twice, nobody takes a run that is not its own or was there before, and launches of an operation take turns.
/// Without any one of the rules one of these happens, and the way there is found.
@Suite struct ExplorationTests {
  private static let endless = 50_000_000

  @Test func aLaunchHappensOnce() {
    let found = Exploration(of: LaunchModel(), limit: Self.endless)
    print("launch once: \(found.states) states, \(found.violation ?? "it holds")")
    #expect(found.violation == nil, "\(found.way.joined(separator: " · "))")
    #expect(found.isWhole)
  }

  /// Launches take turns also where the database once loses its last commit. These states are many: by hand all are gone
  /// through, else those that the fewest steps lead to.
  @Test func turnsAreTakenThoughACommitIsLost() {
    let limit = Seeds.areAll ? Self.endless : 200_000
    let found = Exploration(of: LaunchModel(failsOver: true), limit: limit)
    print("turns with a failover: \(found.states) states, \(found.violation ?? "it holds")")
    #expect(found.violation == nil, "\(found.way.joined(separator: " · "))")
    #expect(found.isWhole || !Seeds.areAll)
  }

  @Test(arguments: LaunchModel.Rule.allCases) func withoutTheRuleItDoesNot(_ rule: LaunchModel.Rule) {
    let found = Exploration(of: LaunchModel(without: rule, failsOver: rule == .turnChecked), limit: Self.endless)
    let way = found.way.joined(separator: " · ")
    print("without \(rule.rawValue): \(found.states) states, \(found.violation ?? "it holds"): \(way)")
    #expect(found.violation != nil)
  }

  /// Two launches of one operation by one execution: one at a time, and whoever waits behind an open launch of its own does
  /// not wait for ever, whoever dies and takes up.
  @Test func anExecutionsOwnOpenLaunchGoesFirstAndIsNotWaitedForInVain() {
    let model = OwnLaunchesModel()
    let found = Exploration(of: model, limit: Self.endless) { model.waitsBehindOwn($0) }
    print("own launches: \(found.states) states, \(found.violation ?? "it holds")")
    #expect(found.violation == nil, "\(found.way.joined(separator: " · "))")
    #expect(found.isWhole)
  }

  @Test(arguments: OwnLaunchesModel.Rule.allCases) func ownLaunchesNeed(_ rule: OwnLaunchesModel.Rule) {
    let model = OwnLaunchesModel(without: rule)
    let found = Exploration(of: model, limit: Self.endless) { model.waitsBehindOwn($0) }
    let way = found.way.joined(separator: " · ")
    print("own launches without \(rule.rawValue): \(found.states) states, \(found.violation ?? "it holds"): \(way)")
    #expect(found.violation != nil)
  }
}
