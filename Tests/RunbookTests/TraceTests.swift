import Foundation
import Testing

/// A failure inside what a file includes is drawn where it happened, with the way that led there, each call in its file.
@Suite struct TraceTests {
  static let files = [
    "main.runbook": """
    account "000099"
    environment DEV
    include "shared/middle.runbook"
    param parts: number
    step "Ratios" {
      report(table-to-table "p", parts)
    }
    """,
    "shared/middle.runbook": """
    include "deep/bottom.runbook"

    procedure report(job, parts) {
      let share = ratio(12, of-parts = parts * 2)
      print "${job}: ${share}"
    }
    """,
    "shared/deep/bottom.runbook": """
    # What the others share.
    procedure ratio(whole, of-parts) {
      if of-parts > 2 {
        launch table-to-table "p"
        await run timeout 10s or fail
      }
      if of-parts < 0 { disable table-to-table "p" in PROD }
      return whole / of-parts
    }
    """,
  ]

  static let way = """
      |
     ::: called from here: shared/middle.runbook:4:15
      |
    4 |   let share = ratio(12, of-parts = parts * 2)
      |               -------------------------------
      |
     ::: called from here: main.runbook:6:3
      |
    6 |   report(table-to-table "p", parts)
      |   ---------------------------------
    """

  private func rehearse(parts: Int, _ more: String...) throws -> Program.Result {
    try Program.withFolder { folder in
      for (name, text) in Self.files {
        let file = folder.appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data((text + "\n").utf8).write(to: file)
      }
      return try Program.run(
        ["rehearse", "main.runbook", "parts=\(parts)"] + more, directory: folder.path)
    }
  }

  @Test func aDivisionByZero() throws {
    let result = try rehearse(parts: 0)
    #expect(result.status == 1)
    let drawn = """
      error[division-by-zero]: this divides by zero
       --> shared/deep/bottom.runbook:8:16
        |
      8 |   return whole / of-parts
        |                ^ the divisor is 0
      \(Self.way)
      failed (rehearsed)

      """
    #expect(result.news.hasSuffix(drawn), "\(result.news)")
  }

  @Test func aDeadline() throws {
    let result = try rehearse(parts: 2)
    #expect(result.status == 4)
    let drawn = """
       --> shared/deep/bottom.runbook:5:5
        |
      5 |     await run timeout 10s or fail
        |     ^^^^^^^^^^^^^^^^^^^^^
      \(Self.way)
        |
        = note: It was last seen RUNNING. It goes on; only the waiting has ended.
      7 requests (4 check_run_status, 2 get_last_status, 1 launch_job); 1 await took 5 looks
      failed (rehearsed)

      """
    // The run's id has the time of day in it.
    let lines = result.news.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.contains { $0.hasPrefix("left without a seen end: run ") })
    let news = lines.filter { !$0.hasPrefix("left without a seen end: run ") }.joined(separator: "\n")
    #expect(news.hasSuffix(drawn), "\(result.news)")
  }

  @Test func aRefusedChange() throws {
    let result = try rehearse(parts: -1)
    #expect(result.status == 7)
    let drawn = """
      error[nobody-to-ask]: nobody is there to be asked: “Disable p in PROD?”
       --> shared/deep/bottom.runbook:7:21
        |
      7 |   if of-parts < 0 { disable table-to-table "p" in PROD }
        |                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      \(Self.way)

      """
    #expect(result.news.contains(drawn), "\(result.news)")
  }
}
