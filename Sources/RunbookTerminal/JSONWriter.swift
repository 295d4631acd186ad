import CivilTime
import Coordination
public import RunbookDiagnostics
public import RunbookEvaluator
public import RunbookRecord
import TailerAPI

/// Tells programs what happens, one JSON object a line: what comes on record, and beside it the news that are no part of the
/// record. `runbook reference json` describes the objects.
public final class JSONWriter: EventListener, Sendable {
  private struct State: Sendable {
    var sources = SourceMap()
    var record = RecordJSON()
  }

  private let output: OutputChannel
  private let state = Guarded(State())

  public init(output: OutputChannel) { self.output = output }

  public func use(_ sources: SourceMap) { state.withLock { $0.sources = sources } }

  /// - Returns: The line with its end.
  public static func line(_ members: RecordJSON.Members) -> [UInt8] { JSONValue.object(members).bytes + [0x0A] }

  private func write(_ members: RecordJSON.Members, at moment: Timestamp) {
    output.writeLater(json: Self.line(members.merging(["time": JSONValue(moment)]) { $1 }))
  }

  // MARK: The record

  public func tell(_ news: RecordNews) {
    let members =
      switch news.row {
      case .execution(let header, let isResumed):
        begin(header).merging(["resumed": .boolean(isResumed)]) { $1 }
      case .process(let life): RecordJSON.process(life)
      case .span(let span): state.withLock { $0.record }.span(span)
      case .effect(let effect): state.withLock { $0.record }.effect(effect)
      }
    write(members, at: news.at)
  }

  private func begin(_ header: ExecutionHeader) -> RecordJSON.Members {
    state.withLock { $0.record.sources = header.sources.map(\.name) }
    return RecordJSON.execution(header, .running, nil)
  }

  /// The last line: how the execution ended. It is told also where it could not be recorded, and says so.
  public func end(_ end: ExecutionEnd, of id: String, leaving left: Leftovers, unrecorded problem: String?) {
    write(RecordJSON.end(end, of: id, leaving: left, unrecorded: problem), at: end.at)
  }

  // MARK: News

  public func hear(_ event: Event) {
    guard !event.isReplayed, let object = Self.object(of: event, in: state.withLock { $0.sources }) else { return }
    write(object, at: event.at)
  }

  /// `nil` for what the record tells.
  static func object(of event: Event, in sources: SourceMap) -> RecordJSON.Members? {
    guard let (name, details) = details(of: event) else { return nil }
    var members = details
    members["event"] = .text(name)
    members["steps"] = JSONValue(event.steps)
    members["path"] = event.effect.map(JSONValue.text)
    if let place = event.place, let source = sources[place.source] {
      let position = source.position(of: Int(place.lower))
      members["file"] = .text(source.name)
      members["line"] = JSONValue(position.line)
      members["column"] = JSONValue(position.column)
    }
    return RecordJSON.object("news", members)
  }

  private static func details(of event: Event) -> (String, RecordJSON.Members)? {
    switch event.kind {
    case .waitingForTurn(let operation, let wait):
      (
        "waiting-for-turn",
        [
          "operation": JSONValue(operation), "execution": JSONValue(wait.executionID),
          "until": JSONValue(wait.settlesAt),
        ]
      )
    case .launchUnknown(let operation, let reason, let end):
      ("launch-unknown", ["operation": JSONValue(operation), "reason": .text(reason), "until": JSONValue(end)])
    case .awaiting(let run, let deadline):
      ("awaiting", ["run": JSONValue(run, at: event.at), "deadline": JSONValue(deadline)])
    case .awaitingNext(let operation, let since, let deadline):
      (
        "awaiting-next",
        ["operation": JSONValue(operation), "since": JSONValue(since), "deadline": JSONValue(deadline)]
      )
    case .waitingUntil(let deadline): ("waiting-until", ["deadline": JSONValue(deadline)])
    case .expecting(let target, let usual): ("expecting", expectation(target, usual))
    case .appeared(let run): ("appeared", ["run": JSONValue(run, at: event.at)])
    case .unseen(let target, let since, let reason):
      ("unseen", subject(target).merging(["since": JSONValue(since), "reason": .text(reason)]) { first, _ in first })
    case .seen(let target): ("seen", subject(target))
    case .retrying(let attempt, let count, let pause, let reason):
      (
        "retrying",
        [
          "attempt": JSONValue(attempt), "of": JSONValue(count), "seconds": JSONValue(pause), "reason": .text(reason),
        ]
      )
    case .warning(let diagnostic): ("warning", ["id": .text(diagnostic.id), "message": .text(diagnostic.message)])
    case .alsoFailed(let diagnostic):
      ("also-failed", ["id": .text(diagnostic.id), "message": .text(diagnostic.message)])
    case .stepBegan, .stepEnded, .printed, .value, .launching, .launched, .adopted, .adoptedByHand, .ended, .checked,
      .listed, .changed, .waiting, .conditionHeld, .asked, .answered, .caught:
      nil
    }
  }

  private static func expectation(_ target: WatchTarget, _ usual: UsualDuration) -> RecordJSON.Members {
    var members = subject(target)
    members["runs"] = JSONValue(usual.runs)
    members["usualSeconds"] = .object([
      "median": JSONValue(usual.median), "p10": JSONValue(usual.range.lowerBound),
      "p90": JSONValue(usual.range.upperBound), "max": JSONValue(usual.longest),
    ])
    return members
  }

  /// What is waited for; nothing for a condition.
  private static func subject(_ target: WatchTarget?) -> RecordJSON.Members {
    guard let target else { return [:] }
    var members: RecordJSON.Members = ["operation": JSONValue(target.operation)]
    if case .end(let run) = target { members["runID"] = .text(run.id) }
    return members
  }
}
