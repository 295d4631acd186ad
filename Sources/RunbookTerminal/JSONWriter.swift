public import CivilTime
public import RunbookDiagnostics
public import RunbookEvaluator
public import RunbookRecord
import RunbookSyntax
import TailerAPI

/// Writes one JSON object a line for each event, for machines: `time`, `event`, `steps`, `replayed`, `file`, `line` and
/// `column` of where it came from, and the event's own members.
public final class JSONWriter: EventListener, Sendable {
  private let output: OutputChannel
  private let sources: SourceMap

  public init(output: OutputChannel, sources: SourceMap) {
    self.output = output
    self.sources = sources
  }

  public func hear(_ event: Event) { write(Self.object(of: event, in: sources)) }

  /// The last line: how the execution ended.
  public func end(
    id: String, exitStatus: Int32, summary: String, isResumable: Bool, cost: ExecutionCost, at moment: Timestamp
  ) {
    write([
      "time": .text(moment.description), "event": .text("ended"), "execution": .text(id),
      "exitStatus": .number(Double(exitStatus)), "summary": .text(summary), "resumable": .boolean(isResumable),
      "cost": Self.json(cost),
    ])
  }

  private func write(_ members: [String: JSONValue]) { output.write(JSONValue.object(members).bytes + [0x0A]) }

  static func object(of event: Event, in sources: SourceMap) -> [String: JSONValue] {
    var object: [String: JSONValue] = [
      "time": .text(event.at.description), "steps": .array(event.steps.map(JSONValue.text)),
    ]
    if event.isReplayed { object["replayed"] = .boolean(true) }
    if let place = event.place, let source = sources[place.source] {
      let position = source.position(of: Int(place.lower))
      object["file"] = .text(source.name)
      object["line"] = .number(Double(position.line))
      object["column"] = .number(Double(position.column))
    }
    let (name, members) = details(of: event)
    object["event"] = .text(name)
    return object.merging(members) { mine, _ in mine }
  }

  private static func details(of event: Event) -> (String, [String: JSONValue]) {
    switch event.kind {
    case .stepBegan(let title): ("step-began", ["title": .text(title)])
    case .stepEnded(let title, let succeeded):
      ("step-ended", ["title": .text(title), "succeeded": .boolean(succeeded)])
    case .printed(let text): ("printed", ["text": .text(text)])
    case .value(let value): ("value", ["text": .text(value.text), "type": .text(value.typeName)])
    case .launching(let operation, let date):
      ("launching", ["operation": json(operation), "date": date.map { .text($0.description) } ?? .null])
    case .launched(let run): ("launched", ["run": json(run, at: event.at)])
    case .launchUnknown(let operation, let reason, let end):
      ("launch-unknown", ["operation": json(operation), "reason": .text(reason), "until": .text(end.description)])
    case .adopted(let run, let reason): ("adopted", ["run": json(run, at: event.at), "reason": .text(reason)])
    case .adoptedByHand(let run, let person):
      ("adopted-by-hand", ["run": json(run, at: event.at), "by": .text(person)])
    case .awaiting(let run, let deadline):
      ("awaiting", ["run": json(run, at: event.at), "deadline": .text(deadline.description)])
    case .awaitingNext(let operation, let since, let deadline):
      (
        "awaiting-next",
        ["operation": json(operation), "since": .text(since.description), "deadline": .text(deadline.description)]
      )
    case .expecting(let target, let usual):
      ("expecting", json(target).merging(json(usual)) { mine, _ in mine })
    case .appeared(let run): ("appeared", ["run": json(run, at: event.at)])
    case .ended(let run, let cost):
      ("run-ended", json(cost).merging(["run": json(run, at: event.at)]) { mine, _ in mine })
    case .checked(let run): ("checked", ["run": json(run, at: event.at)])
    case .listed(let what, let count): ("listed", ["what": .text(what), "count": .number(Double(count))])
    case .changed(let change): details(of: change, at: event.at)
    case .waiting(let span): ("waiting", ["seconds": .number(span.inSeconds)])
    case .waitingUntil(let deadline): ("waiting-until", ["deadline": .text(deadline.description)])
    case .conditionHeld(let looks): ("condition-held", ["looks": .number(Double(looks))])
    case .retrying(let attempt, let count, let pause, let reason):
      (
        "retrying",
        [
          "attempt": .number(Double(attempt)), "of": .number(Double(count)), "seconds": .number(pause.inSeconds),
          "reason": .text(reason),
        ]
      )
    case .asked(let question): ("asked", ["question": .text(question.text)])
    case .answered(let question, let answer):
      (
        "answered",
        [
          "question": .text(question.text), "yes": .boolean(answer.isYes), "by": .text(answer.by),
          "note": .text(answer.note),
        ]
      )
    case .caught(let error):
      (
        "caught",
        [
          "kind": .text(error.kind.rawValue), "message": .text(error.message),
          "attempts": .number(Double(error.attempts)),
        ]
      )
    case .warning(let diagnostic):
      ("warning", ["id": .text(diagnostic.id), "message": .text(diagnostic.message)])
    case .alsoFailed(let diagnostic):
      ("also-failed", ["id": .text(diagnostic.id), "message": .text(diagnostic.message)])
    case .interrupted: ("interrupted", [:])
    }
  }

  /// A change by what was done; those that set whether an operation is in service are one event.
  private static func details(of change: Change, at moment: Timestamp) -> (String, [String: JSONValue]) {
    let description = change.verb.description
    var members = change.run.map { ["run": json($0, at: moment)] } ?? ["operation": json(change.operation)]
    members["status"] = change.status.map { .text($0.name) }
    guard description.standing != nil else { return (description.past, members) }
    members["activation"] = .text(description.past)
    return ("activation", members)
  }

  static func json(_ operation: DataOperation) -> JSONValue {
    .object([
      "account": .text(operation.account), "environment": .text(operation.environment),
      "type": .text(operation.type.rawValue), "id": .text(operation.id), "name": .text(operation.name),
    ])
  }

  static func json(_ run: Run, at moment: Timestamp) -> JSONValue {
    .object([
      "id": .text(run.id), "operation": json(run.operation),
      "status": run.status.map { .text($0.name) } ?? .null,
      "started": run.started.map { .text($0.description) } ?? .null,
      "seconds": run.duration(at: moment).map { .number($0.inSeconds) } ?? .null,
      "job": run.jobID.map(JSONValue.text) ?? .null,
    ])
  }
}
