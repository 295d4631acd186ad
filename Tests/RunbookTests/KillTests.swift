import Foundation
import Glibc
import ProgramSupport
import Testing

/// Real deaths: the real program is killed while it works with the real server, and resumed until it is done.
///
/// Where the kill finds the program depends on the machine; what is asserted holds wherever that is.
@Suite struct KillTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    let launched: [String]
    var testDescription: String { name }
  }

  static let cases = [
    Case(
      name: "sequential",
      text: """
        launch prepare
        await run every 100ms or fail
        reset workflow "w"
        launch export on 2020-12-30
        await run every 100ms or fail
        print "over"
        """, launched: ["p", "e"]),
    Case(
      name: "parallel",
      text: """
        parallel for n in 1 .. 3 max 2 {
          let job = table-to-table "j${n}"
          launch job
          await run every 100ms or fail
        }
        print "over"
        """, launched: ["j1", "j2", "j3"]),
  ]

  /// When the process dies.
  enum Moment: Sendable, CustomStringConvertible {
    /// Once the server has answered so many requests.
    case afterReply(Int)
    /// While that request's reply is held back, its effect having taken place.
    case beforeReply(Int)
    /// While that request, whose connection broke, has not arrived yet.
    case beforeEffect(Int)

    var description: String {
      switch self {
      case .afterReply(let number): "after reply \(number)"
      case .beforeReply(let number): "before reply \(number)"
      case .beforeEffect(let number): "before the effect of request \(number)"
      }
    }

    var fault: String {
      switch self {
      case .afterReply: ""
      case .beforeReply(let number): "faults: [request \(number): slow by 2s]"
      case .beforeEffect(let number): "faults: [request \(number): effect after 500ms]"
      }
    }
  }

  static let moments: [Moment] =
    (1...9).map(Moment.afterReply) + (1...7).map(Moment.beforeReply) + (2...5).map(Moment.beforeEffect)

  @Test(arguments: cases)
  func killedAnywhereEachLaunchHappensOnce(_ runbook: Case) throws {
    let deaths = Count()
    Site.atOnce(Self.moments.count) { index in
      let moment = Self.moments[index]
      do {
        try Site.with(Site.scenario(moment.fault)) { site in
          if try self.die(at: moment, runbook, on: site) { deaths.increase() }
        }
      } catch {
        Issue.record("\(runbook.name), \(moment): \(error)")
      }
    }
    print("\(runbook.name): \(deaths.value) real deaths of \(Self.moments.count) attempts")
    #expect(deaths.value >= 6)
  }

  /// Whether the kill found the process alive.
  private func die(at moment: Moment, _ runbook: Case, on site: Site) throws -> Bool {
    let file = try site.write(runbook.text)
    let running = try site.start("run", file)
    switch moment {
    case .afterReply(let number), .beforeEffect(let number):
      try Site.wait("request \(number)") { site.exchanges.count >= number || !running.process.isRunning }
    case .beforeReply(let number):
      try Site.wait("request \(number - 1)") { site.exchanges.count >= number - 1 || !running.process.isRunning }
      // Time for the request to get there; nothing that is asserted depends on it.
      usleep(150_000)
    }
    running.send(SIGKILL)
    let dead = running.wait()
    let wasKilled = running.process.wasKilled
    var results = try site.resumeUntilDone(operations: runbook.launched)
    if try site.history().isEmpty { results.append(try site.run("run", file)) }
    let last = results.last ?? dead
    #expect(last.status == 0, "\(runbook.name), \(moment): \(last.news)")
    let printed = ([dead] + results).map(\.output).joined()
    #expect(printed.contains("over\n"), "\(runbook.name), \(moment): \(printed)")
    for operation in runbook.launched {
      let runs = try site.runs(of: operation)
      #expect(runs.count == 1, "\(runbook.name), \(moment): \(operation) has the runs \(runs)")
    }
    #expect(try site.latest().state == "ended")
    return wasKilled
  }
}

private final class Count: @unchecked Sendable {
  // The lock guards `count`.
  private let lock = NSLock()
  private var count = 0
  var value: Int { lock.withLock { count } }
  func increase() { lock.withLock { count += 1 } }
}
