import Foundation
import Glibc
import ProgramSupport
import Testing

/// What an execution has cost, as its record tells it, over all the processes that carried it out.
@Suite struct CostRecordTests {
  private static let text =
    "launch prepare\nawait run every 100ms or fail\nlaunch lasting\nawait run every 100ms or fail\n"

  private func cost(_ site: Site, _ id: String) throws -> [String: Any] {
    let end = try #require(try site.objects(site.run("transcript", id).output).last)
    #expect(end["kind"] as? String == "end")
    return try #require(end["cost"] as? [String: Any])
  }

  private func launches(_ cost: [String: Any]) -> Int? {
    (cost["byAction"] as? [String: Int])?["launch_job"]
  }

  /// Brings an execution to the await of its second launch, ends its process by the signal, and resumes it.
  private func resumed(after signal: Int32, on site: Site) throws -> (result: Program.Result, id: String) {
    let running = try site.start("run", try site.write(Self.text))
    try Site.wait("the second launch") { try !site.runs(of: "l").isEmpty }
    try Site.wait("its run is recorded") { running.news.contains("launched table-to-table l") }
    running.send(signal)
    _ = running.wait()
    for run in try site.runs(of: "l") { try site.mark(run, of: "l") }
    let result = try site.run("resume")
    #expect(result.status == 0, "\(result.news)")
    return (result, try site.latest().id)
  }

  @Test func historyAndTranscriptTellIt() throws {
    try Site.with { site in
      let result = try site.run("run", try site.write("launch prepare\nawait run every 100ms or fail\n"))
      #expect(result.status == 0, "\(result.news)")
      let said = try #require(result.news.split(separator: "\n").first { $0.contains("1 launch_job") })
      #expect(said.contains("; 1 await took "))
      let id = try site.latest().id
      let shown = try site.run("history", id).output
      #expect(shown.contains("\n\(said)\n"), "\(shown)")
      #expect(shown.firstMatch(of: #/\d looks?, noticed /#) != nil, "\(shown)")
      let cost = try cost(site, id)
      #expect(launches(cost) == 1)
      #expect(cost["awaits"] as? Int == 1)
    }
  }

  @Test func theSumGoesOverInterruptions() throws {
    try Site.with { site in
      let (result, id) = try resumed(after: SIGINT, on: site)
      #expect(result.news.contains("2 launch_job"), "\(result.news)")
      #expect(result.news.contains("; 2 awaits took "), "\(result.news)")
      #expect(!result.news.contains("killed"), "\(result.news)")
      #expect(launches(try cost(site, id)) == 2)
    }
  }

  /// A process that was killed could not record what it had sent, and the sum says so.
  @Test func theSumSaysWhatItLacks() throws {
    try Site.with { site in
      let (result, id) = try resumed(after: SIGKILL, on: site)
      #expect(result.news.contains("), without those of a process that was killed; 2 awaits took "), "\(result.news)")
      #expect(try site.run("history", id).output.contains("without those of a process that was killed"))
      let cost = try cost(site, id)
      #expect(launches(cost) == nil)
      #expect(cost["lacksKilled"] as? Bool == true)
    }
  }
}
