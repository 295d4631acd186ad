import CivilTime
import RunbookEvaluator
import RunbookRecord
import TailerAPI

extension JSONWriter {
  static func json(_ cost: ExecutionCost) -> JSONValue {
    let noticing: JSONValue =
      cost.noticing.map {
        .object([
          "median": .number($0.median.inSeconds), "p95": .number($0.late.inSeconds),
          "max": .number($0.latest.inSeconds),
        ])
      } ?? .null
    return .object([
      "requests": .number(Double(cost.requests.total)),
      "byAction": .object(cost.requests.byAction.mapValues { .number(Double($0)) }),
      "retries": .number(Double(cost.requests.retries)), "awaits": .number(Double(cost.awaits)),
      "looks": .number(Double(cost.looks)), "noticedAfterSeconds": noticing,
      "lacksKilled": .boolean(cost.lacksKilled == true),
    ])
  }

  static func json(_ cost: WatchCost) -> [String: JSONValue] {
    [
      "looks": .number(Double(cost.looks)),
      "noticedAfterSeconds": cost.noticedAfter.map { .number($0.inSeconds) } ?? .null,
    ]
  }

  static func json(_ target: WatchTarget) -> [String: JSONValue] {
    var members = ["operation": json(target.operation)]
    if case .end(let run) = target { members["run"] = .text(run.id) }
    return members
  }

  static func json(_ usual: UsualDuration) -> [String: JSONValue] {
    [
      "usualSeconds": .object([
        "median": .number(usual.median.inSeconds), "p10": .number(usual.range.lowerBound.inSeconds),
        "p90": .number(usual.range.upperBound.inSeconds), "max": .number(usual.longest.inSeconds),
      ]),
      "runs": .number(Double(usual.runs)),
    ]
  }
}
