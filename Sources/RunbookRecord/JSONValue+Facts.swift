public import CivilTime
public import TailerAPI

/// How the JSON of the program says what all its objects are made of: moments as ISO text, durations in seconds, `null` for
/// what is not known.
extension JSONValue {
  public init(_ text: String?) { self = text.map(JSONValue.text) ?? .null }
  public init(_ moment: Timestamp?) { self.init(moment?.description) }
  public init(_ date: CalendarDate?) { self.init(date?.description) }
  public init(_ span: TimeSpan?) { self = span.map { .number($0.inSeconds) } ?? .null }
  public init(_ number: RecordNumber?) { self = number.map { .number(Double($0.value)) } ?? .null }
  public init(_ count: Int) { self = .number(Double(count)) }
  public init(_ texts: [String]) { self = .array(texts.map(JSONValue.text)) }
  init(_ numbers: [RecordNumber]) { self = .array(numbers.map { JSONValue($0) }) }

  public init(_ operation: DataOperation) {
    self = .object([
      "account": .text(operation.account), "environment": .text(operation.environment),
      "type": .text(operation.type.rawValue), "id": .text(operation.id), "name": .text(operation.name),
    ])
  }

  /// - Parameter moment: Until when a run is counted that goes on.
  public init(_ run: Run?, at moment: Timestamp) {
    guard let run else {
      self = .null
      return
    }
    self = .object([
      "id": .text(run.id), "operation": JSONValue(run.operation), "status": JSONValue(run.status?.name),
      "started": JSONValue(run.started), "seconds": JSONValue(run.duration(at: moment)), "job": JSONValue(run.jobID),
    ])
  }

  public init(_ runs: [Run], at moment: Timestamp) { self = .array(runs.map { JSONValue($0, at: moment) }) }

  public init(_ cost: ExecutionCost?) {
    guard let cost else {
      self = .null
      return
    }
    let noticing: JSONValue =
      cost.noticing.map {
        .object(["median": JSONValue($0.median), "p95": JSONValue($0.late), "max": JSONValue($0.latest)])
      } ?? .null
    self = .object([
      "requests": JSONValue(cost.requests.total),
      "byAction": .object(cost.requests.byAction.mapValues { JSONValue($0) }),
      "retries": JSONValue(cost.requests.retries), "awaits": JSONValue(cost.awaits), "looks": JSONValue(cost.looks),
      "noticedAfterSeconds": noticing, "lacksKilled": .boolean(cost.lacksKilled == true),
    ])
  }
}
