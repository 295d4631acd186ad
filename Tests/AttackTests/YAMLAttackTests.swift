import CivilTime
import RunbookDiagnostics
import RunbookSession
import SeedSupport
import TailerSimulator
import Testing
import VisibleText
import YAMLDocuments

/// Configurations and scenarios that somebody has damaged: they are read or refused, and what is said of them can be shown.
@Suite(.timeLimit(.minutes(10))) struct YAMLAttackTests {
  private static let configuration = Array(
    """
    profile: work
    profiles:
      work: { url: https://tailer-api.example.com, account: "000099", environment: DEV, timeout: 2h, cap: 4 }
      other:
        protected: [PROD, PREPROD]
        environments:
          - SANDBOX
        token-command: [tailer, auth, get-token]
        requests-per-second: 10
    """.utf8)

  private static let scenario = Array(
    """
    now: 2020-12-30T11:28:00Z
    account: "000099"
    environment: DEV
    seed: 7
    tokens: [abcdefgh]
    operations:
      prepare:
        table-to-table: 000099_prepare
        runs: [FAILED after 2m, SUCCESS after 90s]
        history: [RUNNING at 11:20:00]
        schedule: [SUCCESS after 1m at +10m]
      flow: { workflow: 000099-load, jobs: [prepare] }
    faults: [launch_job 1: reply lost, "get_last_status 2..4: 503", check_run_status 1: 429 retry after 1m]
    """.utf8)

  /// Every place lies in the document, and what is drawn can be shown.
  private func judge(_ error: DocumentError, _ seed: UInt64) {
    let count = error.source.bytes.count
    for issue in error.issues {
      let isInside = issue.range.lower <= issue.range.upper && Int(issue.range.upper) <= count
      #expect(isInside, "seed \(seed): \(issue.range) of \(count)")
    }
    let renderer = DiagnosticRenderer(sources: SourceMap([error.source]), hasColour: false, width: 80)
    let drawn = renderer.render(error.diagnostics(id: "configuration")).text
    #expect(!drawn.isEmpty && isVisible(drawn), "seed \(seed)")
  }

  @Test func configurations() {
    for seed in Seeds.each(1500) {
      var mutation = Mutation(seed: seed)
      do {
        let file = try ConfigurationFile(path: "a.yaml", bytes: mutation.damaged(Self.configuration))
        let settings = Settings(layers: [try file.layer(profile: nil)])
        try settings.validate()
        _ = try settings.policy(isReadOnly: false)
      } catch let error as DocumentError {
        judge(error, seed)
      } catch let error as SettingsError {
        let shown: ScreenText = "\(error.message)"
        #expect(isVisible(shown.text), "seed \(seed)")
      } catch {
        Issue.record("seed \(seed): \(error)")
      }
    }
  }

  @Test func scenarios() {
    for seed in Seeds.each(1500) {
      var mutation = Mutation(seed: seed)
      do throws(DocumentError) {
        let scenario = try Scenario(
          yaml: mutation.damaged(Self.scenario), file: "a.yaml", now: Timestamp("2020-12-30T11:28:00Z") ?? .earliest)
        _ = Simulator(scenario)
      } catch {
        judge(error, seed)
      }
    }
  }
}
