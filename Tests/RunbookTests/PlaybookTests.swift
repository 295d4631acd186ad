import CivilTime
import Foundation
import GoldenSupport
import TailerSimulator
import Testing

/// Every playbook, rehearsed on every path of its scenario, as its user would: what it prints, what it tells, how it ends.
@Suite struct PlaybookTests {
  static let folder = Project.root.appending(path: "runbooks")
  static let playbooks: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
    .filter { $0.hasSuffix(".runbook") && $0 != "common.runbook" }.map { String($0.dropLast(8)) }.sorted()

  @Test func thereAreAtLeastTen() { #expect(Self.playbooks.count >= 10) }

  @Test(arguments: playbooks)
  func everyPathGoesAsItDid(_ name: String) throws {
    var golden = try Golden(Golden.directory("Playbooks").appending(path: "\(name).golden"))
    let arguments = (golden["arguments"] ?? "").split(separator: "\n").map(String.init)
    let yaml = try Data(contentsOf: Self.folder.appending(path: "\(name).scenario.yaml"))
    let scenario = try ScenarioFile(yaml: Array(yaml), file: name, now: .earliest)
    // A happy and an unhappy path at the least.
    #expect(scenario.paths["unhappy"] != nil)
    for path in [nil] + scenario.paths.keys.sorted() {
      let result = try Program.run(
        ["rehearse", "--yes", "--scenario", path.map { "#\($0)" } ?? ".", "runbooks/\(name).runbook"] + arguments)
      try golden.expect(path ?? "happy", "status \(result.status)\n\(result.output)---\n\(withoutPacing(result.news))")
    }
  }

  @Test(arguments: playbooks + ["common"])
  func isValidWithoutAWarning(_ name: String) throws {
    let result = try Program.run(["check", "runbooks/\(name).runbook"])
    #expect(result.status == 0)
    #expect(result.news == "1 runbook is valid\n")
  }
}
