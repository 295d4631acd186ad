import CivilTime
public import TailerAPI

/// The record as JSON: one vocabulary for what is followed while it grows and for what is read later. `runbook reference
/// json` describes it, and a test holds that description against it.
///
/// Every object has `version` and `kind`. A member that a kind or a verb does not have is absent, and one whose value is not
/// known is `null`.
public struct RecordJSON: Sendable {
  public typealias Members = [String: JSONValue]

  /// Goes up where a member changes its meaning or goes away; new members come without that.
  public static let version = 1

  /// The names of the sources, which places are counted in.
  public var sources: [String]
  /// Whether a process works on the execution: what has not ended goes on then, and is open otherwise.
  public var isLive: Bool

  public init(sources: [String] = [], isLive: Bool = true) {
    self.sources = sources
    self.isLive = isLive
  }

  public static func object(_ kind: String, _ members: Members) -> Members {
    members.merging(["version": JSONValue(version), "kind": .text(kind)]) { _, own in own }
  }

  // MARK: The execution

  /// As one line of a list.
  public static func execution(_ summary: ExecutionSummary) -> Members {
    execution(summary.header, summary.state, summary.end)
  }

  public static func execution(
    _ header: ExecutionHeader, _ state: ExecutionSummary.State, _ end: ExecutionEnd?
  ) -> Members {
    object(
      "execution",
      [
        "id": .text(header.id), "name": .text(header.name), "started": JSONValue(header.startedAt),
        "today": JSONValue(header.today), "directory": .text(header.directory),
        "parameters": .object(header.parameters.mapValues(JSONValue.text)), "account": JSONValue(header.account),
        "environment": JSONValue(header.environment), "service": .text(header.service),
        "settings": header.settings.map(settings) ?? .null, "edited": .boolean(header.isEdited == true),
        "session": .boolean(header.isSession), "sources": JSONValue(header.sources.map(\.name)),
        "startedBy": .object(holder(header.holder)), "state": .text(state.rawValue),
        "end": end.map { .object(ending($0)) } ?? .null,
      ])
  }

  private static func settings(_ settings: ExecutionSettings) -> JSONValue {
    .object([
      "account": JSONValue(settings.account), "environment": JSONValue(settings.environment),
      "environments": JSONValue(settings.environments), "timeoutSeconds": JSONValue(settings.timeout),
      "cap": JSONValue(settings.cap), "visibilityDelaySeconds": JSONValue(settings.visibilityDelay),
      "clockToleranceSeconds": JSONValue(settings.clockTolerance),
    ])
  }

  private static func holder(_ holder: LeaseHolder) -> Members {
    ["user": .text(holder.user), "host": .text(holder.host), "process": JSONValue(Int(holder.process))]
  }

  public static func process(_ life: ProcessLife) -> Members {
    object(
      "process",
      holder(life.holder).merging([
        "fence": .number(Double(life.fence)), "began": JSONValue(life.began), "left": JSONValue(life.left),
        "leaving": JSONValue(life.leaving?.word),
      ]) { mine, _ in mine })
  }

  private static func ending(_ end: ExecutionEnd) -> Members {
    [
      "at": JSONValue(end.at), "exitStatus": JSONValue(Int(end.exitStatus)), "summary": .text(end.summary),
      "resumable": .boolean(end.isResumable), "cost": JSONValue(end.cost),
    ]
  }

  /// - Parameter problem: Why the ending could not be recorded, where it could not.
  public static func end(
    _ end: ExecutionEnd, of id: String, leaving left: Leftovers, unrecorded problem: String? = nil
  ) -> Members {
    var members = ending(end)
    members["execution"] = .text(id)
    members["unrecorded"] = problem.map(JSONValue.text)
    members["left"] = .object([
      "runs": JSONValue(left.runs, at: end.at), "disabled": .array(left.disabled.map { JSONValue($0) }),
      "launches": .array(left.launches.map(launch)), "finallies": JSONValue(left.finallies),
    ])
    return object("end", members)
  }

  private static func launch(_ effect: RecordedEffect) -> JSONValue {
    .object(["number": JSONValue(effect.number)].merging(intent(effect.intent)) { mine, _ in mine })
  }

  public static func answer(_ answer: RecordedAnswer) -> Members {
    object(
      "answer",
      person(answer.answer).merging([
        "question": JSONValue(answer.question), "generation": JSONValue(answer.generation), "at": JSONValue(answer.at),
      ]) { mine, _ in mine })
  }

  // MARK: Spans and effects

  public func span(_ span: Span) -> Members {
    var members: Members = [
      "number": JSONValue(span.number), "parent": JSONValue(span.parent), "path": .text(span.path),
      "type": .text(span.kind.rawValue), "title": .text(span.title), "generation": JSONValue(span.generation),
      "began": JSONValue(span.beganAt), "causes": JSONValue(span.causes),
      "halt": span.halt.map {
        .object(["reason": .text($0.reason.rawValue), "number": JSONValue($0.number)])
      } ?? .null,
    ]
    switch span.ending {
    case nil: members["state"] = .text(unfinished)
    case .completed: members["state"] = .text("ended")
    case .failed(let error, let causes):
      members["state"] = .text("failed")
      members["error"] = Self.error(error, at: span.endedAt ?? span.beganAt)
      members["failedBy"] = JSONValue(causes)
    }
    if span.ending != nil {
      members["ended"] = JSONValue(span.endedAt)
      members["endNumber"] = JSONValue(span.ended)
    }
    return Self.object("span", members)
  }

  public func effect(_ effect: RecordedEffect) -> Members {
    let place = effect.place
    let file = place.flatMap { sources.indices.contains(Int($0.source)) ? sources[Int($0.source)] : nil }
    var members: Members = [
      "number": JSONValue(effect.number), "span": JSONValue(effect.span), "path": .text(effect.key.path),
      "file": JSONValue(file), "line": place.map { JSONValue(Int($0.line)) } ?? .null,
      "verb": .text(effect.intent.word), "generation": JSONValue(effect.generation),
      "standing": .text(effect.standing.word), "began": JSONValue(effect.intendedAt),
    ]
    members.merge(Self.intent(effect.intent)) { mine, _ in mine }
    if case .launch = effect.intent { members["settles"] = JSONValue(effect.settlesAt) }
    guard let outcome = effect.outcome else {
      members["state"] = .text(unfinished)
      return Self.object("effect", members)
    }
    members["ended"] = JSONValue(effect.finishedAt)
    members["endNumber"] = JSONValue(effect.ended)
    members.merge(Self.outcome(outcome, at: effect.finishedAt ?? effect.intendedAt)) { mine, _ in mine }
    return Self.object("effect", members)
  }

  private var unfinished: String { isLive ? "began" : "open" }

  // MARK: All of it

  /// The objects of all that is on record of an execution: itself, its processes, its spans and effects by their numbers, its
  /// answers, its end.
  public static func transcript(of record: ExecutionRecord) -> [Members] {
    let summary = record.summary
    var execution = execution(summary)
    execution["texts"] = JSONValue(summary.header.sources.map(\.text))
    let json = RecordJSON(sources: summary.header.sources.map(\.name), isLive: summary.state == .running)
    let log =
      record.spans.map { ($0.number, json.span($0)) } + record.effects.map { ($0.number, json.effect($0)) }
    let left = Leftovers(record.effects, record.spans)
    return [execution] + summary.lives.map(process) + log.sorted { $0.0 < $1.0 }.map(\.1)
      + record.answers.map(answer) + (summary.end.map { [end($0, of: summary.header.id, leaving: left)] } ?? [])
  }
}

extension ProcessLife.Leaving {
  fileprivate var word: String {
    switch self {
    case .ended: "ended"
    case .gaveBack: "gave-back"
    case .lost: "lost"
    }
  }
}

extension RecordedEffect.Standing {
  fileprivate var word: String {
    switch self {
    case .current: "current"
    case .setAside: "set-aside"
    case .lapsed: "lapsed"
    }
  }
}
