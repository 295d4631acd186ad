import CivilTime
import RunbookEvaluator
import RunbookRecord
import RunbookSyntax
import TailerAPI
import Testing

@testable import RunbookTerminal

/// What live lines show: how long each thing has been going, and how long it usually takes.
@Suite struct InFlightTests {
  private static let now = Timestamp("2020-12-30T12:00:00Z") ?? .earliest
  private let operation = DataOperation.named("p", type: .tableToTable, environment: "DEV", account: "000099")
  private let usual = UsualDuration(
    median: .minutes(30), range: .minutes(28)...(.minutes(32)), longest: .minutes(35), runs: 10)

  private func event(_ kind: Event.Kind, after span: TimeSpan = .zero, replayed: Bool = false) -> Event {
    Event(at: Self.now.advanced(by: span), place: nil, isReplayed: replayed, steps: [], kind: kind)
  }

  private func run(_ id: String = "r1", started: TimeSpan? = nil) -> Run {
    Run(id: id, operation: operation, started: started.map { Self.now.advanced(by: $0) })
  }

  private func lines(_ events: [Event], after span: TimeSpan) -> [String] {
    var flight = InFlight()
    for event in events { flight.take(event) }
    return flight.lines(at: Self.now.advanced(by: span))
  }

  private var deadline: Timestamp { Self.now.advanced(by: .hours(1)) }

  @Test func aRunShowsItsAgeAndWhatIsUsual() {
    let awaiting = event(.awaiting(run(started: .minutes(-10)), deadline: deadline))
    #expect(lines([awaiting], after: .minutes(2)) == ["… 12m so far, until 13:00:00 UTC  p  run r1"])
    let expecting = event(.expecting(.end(of: run()), usual))
    #expect(
      lines([awaiting, expecting], after: .minutes(2)) == ["… 12m of usually 30m, until 13:00:00 UTC  p  run r1"])
    #expect(
      lines([awaiting, expecting], after: .minutes(26))
        == ["… 36m, longer than ever (usually 30m), until 13:00:00 UTC  p  run r1"])
  }

  @Test func whatVariesShowsFromWhatToWhat() {
    let wide = UsualDuration(median: .minutes(20), range: .minutes(5)...(.hours(1)), longest: .hours(2), runs: 10)
    let shown = lines(
      [event(.awaiting(run(), deadline: deadline)), event(.expecting(.end(of: run()), wide))], after: .minutes(7))
    #expect(shown == ["… 7m of usually 5m to 1h, until 13:00:00 UTC  p  run r1"])
  }

  @Test func theNextRunIsExpectedOnceItHasStarted() {
    let waiting = event(.awaitingNext(operation, since: Self.now, deadline: deadline))
    let expecting = event(.expecting(.nextRun(of: operation, since: Self.now), usual))
    #expect(lines([waiting, expecting], after: .minutes(20)) == ["… 20m so far, until 13:00:00 UTC  next run of p"])
    let appeared = event(.appeared(run("r7", started: .minutes(15))))
    #expect(
      lines([waiting, expecting, appeared], after: .minutes(20))
        == ["… 5m of usually 30m, until 13:00:00 UTC  p  its next run"])
    #expect(lines([waiting, expecting, appeared, event(.ended(run("r7"), WatchCost()))], after: .minutes(50)).isEmpty)
  }

  @Test func whatCannotBeSeenIsSaidToBe() {
    func event(_ kind: Event.Kind) -> Event {
      Event(at: Self.now, place: nil, isReplayed: false, steps: [], effect: "1#1", kind: kind)
    }
    let awaiting = event(.awaiting(run(started: .minutes(-10)), deadline: deadline))
    let unseen = event(.unseen(.end(of: run()), since: Self.now.advanced(by: .minutes(1)), reason: "busy (503)"))
    let shown = ["… 15m so far, not seen since 12:01:00 UTC, until 13:00:00 UTC  p  run r1"]
    #expect(lines([awaiting, unseen], after: .minutes(5)) == shown)
    #expect(
      lines([awaiting, unseen, event(.seen(.end(of: run())))], after: .minutes(5))
        == ["… 15m so far, until 13:00:00 UTC  p  run r1"])
    let condition = [
      event(.waitingUntil(deadline: deadline)), event(.unseen(nil, since: Self.now, reason: "busy (503)")),
    ]
    #expect(
      lines(condition, after: .minutes(5)) == [
        "… 5m so far, not seen since 12:00:00 UTC, until 13:00:00 UTC  the condition"
      ])
  }

  @Test func aConditionIsThereUntilItHolds() {
    let waiting = event(.waitingUntil(deadline: deadline))
    #expect(lines([waiting], after: .seconds(90)) == ["… 1m30s so far, until 13:00:00 UTC  the condition"])
    #expect(lines([waiting, event(.conditionHeld(looks: 3))], after: .seconds(90)).isEmpty)
  }

  @Test func whatIsReplayedIsNotInFlight() {
    #expect(lines([event(.awaiting(run(), deadline: deadline), replayed: true)], after: .zero).isEmpty)
  }

  @Test func deadlinesClear() {
    let awaiting = event(.awaiting(run(), deadline: deadline))
    let caught = event(.caught(ErrorValue(kind: .timeout, message: "", attempts: 1, run: nil)), after: .hours(1))
    #expect(lines([awaiting, caught], after: .hours(1)).isEmpty)
  }

  /// Ten thousand awaits are a few lines and a count, and cost little to keep up with.
  @Test func thousandsAreAFewLinesAndACount() {
    var flight = InFlight()
    for number in 0..<10_000 {
      flight.take(event(.awaiting(run("r\(number)"), deadline: deadline)))
      #expect(flight.lines(at: Self.now).count <= 9)
    }
    #expect(flight.lines(at: Self.now).last == "… and 9992 more")
    #expect(flight.lines(at: Self.now).first?.hasSuffix("run r0") == true)
    for number in 0..<9_995 { flight.take(event(.ended(run("r\(number)"), WatchCost()))) }
    #expect(flight.count == 5)
    #expect(flight.lines(at: Self.now).map { $0.suffix(5) } == ["r9995", "r9996", "r9997", "r9998", "r9999"])
  }
}
