import Foundation
import GoldenSupport
import RunbookRecord
import RunbookReference
import TailerAPI
import Testing

/// The reference's table of the JSON is what the program writes, all of it and nothing else; and what is written while
/// something happens is what is on record afterwards.
@Suite struct JSONTests {
  /// What a runbook wrote while it was rehearsed, and what its record says.
  private struct Rehearsed {
    let stream: String
    let transcript: String
  }

  private static func rehearse(_ arguments: [String], in folder: URL) throws -> Rehearsed {
    let stream = try Program.run(
      arguments.prefix(1) + ["--yes", "--output", "json", "--keep-record", folder.appending(path: "kept").path]
        + arguments.dropFirst(), directory: folder.path
    ).output
    let objects = stream.split(separator: "\n").compactMap { JSONValue(Array($0.utf8)) }
    guard let id = objects.first(where: { $0["kind"]?.text == "execution" })?["id"]?.text else {
      return Rehearsed(stream: stream, transcript: "")
    }
    let transcript = try Program.run(
      ["transcript", id, "--state-directory", folder.appending(path: "kept").path], directory: folder.path)
    return Rehearsed(stream: stream, transcript: transcript.output)
  }

  private static func construct(_ golden: Golden) throws -> Rehearsed {
    try Program.withFolder { folder in
      for name in ["source", "scenario", "common.runbook"] {
        let text = (golden[name] ?? "now: 2020-12-30T11:28:00Z") + "\n"
        try Data(text.utf8).write(to: folder.appending(path: name))
      }
      let parameters = (golden["arguments"] ?? "").split(separator: "\n").map(String.init)
      return try rehearse(["run", "--simulate=scenario", "source"] + parameters, in: folder)
    }
  }

  private static func playbook(_ name: String, _ path: String) throws -> Rehearsed {
    let golden = try Golden(Golden.directory("Playbooks").appending(path: "\(name).golden"))
    let arguments = (golden["arguments"] ?? "").split(separator: "\n").map(String.init)
    return try Program.withFolder { folder in
      let file = PlaybookTests.folder.appending(path: "\(name).runbook").path
      return try rehearse(["rehearse", "--scenario", path, file] + arguments, in: folder)
    }
  }

  private static func everything() throws -> [Rehearsed] {
    try ConstructTests.goldens.map(construct)
      + PlaybookTests.playbooks.flatMap { [try playbook($0, "."), try playbook($0, "#unhappy")] }
  }

  @Test func theTableIsWhatIsWritten() throws {
    var schema = JSONSchema()
    for rehearsed in try Self.everything() {
      try #require(!rehearsed.stream.isEmpty)
      schema.check(lines: rehearsed.stream)
      schema.check(lines: rehearsed.transcript)
      Self.expectTheSame(rehearsed)
    }
    schema.check(lines: try RareJSON.lines())
    #expect(schema.problems.isEmpty, "\(schema.problems.sorted().joined(separator: "\n"))")
    let unseen = JSONSchema.all.subtracting(schema.seen)
    #expect(unseen.isEmpty, "\(unseen.sorted().joined(separator: "\n"))")
  }

  /// The last word on each number is what the record says of it, and nothing is told before what it refers to.
  private static func expectTheSame(_ rehearsed: Rehearsed) {
    func rows(_ text: String) -> [[String: JSONValue]] {
      text.split(separator: "\n").compactMap { line in
        guard case .object(var members)? = JSONValue(Array(line.utf8)), members["number"] != nil else { return nil }
        members["time"] = nil
        if members["state"] == .text("open") { members["state"] = .text("began") }
        return members
      }
    }
    let told = rows(rehearsed.stream)
    var known: Set<JSONValue> = [.null]
    for row in told {
      for around in [row["span"], row["parent"]].compactMap({ $0 }) {
        #expect(known.contains(around), "\(row["number"] ?? .null) is told before \(around)")
      }
      if row["kind"] == .text("span"), let number = row["number"] { known.insert(number) }
    }
    let last = Dictionary(told.map { ($0["number"] ?? .null, $0) }) { $1 }
    let kept = Dictionary(rows(rehearsed.transcript).map { ($0["number"] ?? .null, $0) }) { $1 }
    #expect(Set(last.keys) == Set(kept.keys))
    for (number, members) in last where kept[number] != members {
      Issue.record("\(number) was told as \(members), and is kept as \(kept[number] ?? [:])")
    }
  }

  /// A resumed execution's stream says so, and goes on behind what is on record.
  @Test func aResumedExecutionIsFollowedFromThereOn() throws {
    try Site.with { site in
      let running = try site.start(
        "run", "--output", "json", try site.write("launch lasting\nawait run every 100ms or fail\nprint \"over\"\n"))
      try Site.wait("it awaits") { running.output.contains("\"awaiting\"") }
      running.send(SIGKILL)
      let first = try site.objects(running.wait().output)
      for run in try site.runs(of: "l") { try site.mark(run, of: "l") }
      let resumed = try site.run("resume", "--output", "json")
      #expect(resumed.status == 0, "\(resumed.news)")
      let second = try site.objects(resumed.output)
      let transcript = try site.objects(site.run("transcript", site.latest().id).output)
      var schema = JSONSchema()
      schema.check(lines: resumed.output)
      #expect(schema.problems.isEmpty, "\(schema.problems)")
      #expect(first.first?["resumed"] as? Bool == false)
      #expect(second.first?["resumed"] as? Bool == true)
      #expect(second.contains { $0["kind"] as? String == "process" && $0["fence"] as? Int == 2 })
      #expect(second.filter { $0["verb"] as? String == "launch" }.isEmpty)
      #expect(second.last?["kind"] as? String == "end" && second.last?["exitStatus"] as? Int == 0)
      let processes = transcript.filter { $0["kind"] as? String == "process" }
      #expect(processes.map { $0["leaving"] as? String } == ["lost", "ended"])
    }
  }

  /// What a killed process has left is open on record, and what goes on is not.
  @Test func whatIsOpenIsTold() throws {
    try Site.with { site in
      let running = try site.start("run", try site.write("launch lasting\nawait run every 100ms or fail\n"))
      try running.hasSaid("awaiting run")
      let states = { try site.effects(of: site.latest().id).map { $0["state"] as? String } }
      #expect(try states() == ["ended", "began"])
      running.send(SIGKILL)
      _ = running.wait()
      #expect(try states() == ["ended", "open"])
    }
  }
}
