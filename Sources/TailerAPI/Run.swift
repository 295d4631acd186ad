public import CivilTime

/// One execution of a data operation, as last seen. Its identity is the operation and the run's id.
public struct Run: Sendable {
  /// What is known of a run. It is kept apart, so that a run is a reference's size wherever it is waited with: an await
  /// holds several, and thousands of awaits go on at once.
  private struct Facts: Hashable, Codable, Sendable {
    let id: String
    let operation: DataOperation
    let jobID: String?
    let status: RunStatus?
    let started: Timestamp?
    let duration: TimeSpan?
    let updated: Timestamp?
  }

  private final class Box: Sendable {
    let facts: Facts
    init(_ facts: Facts) { self.facts = facts }
  }

  private let box: Box

  /// `YYYYMMDD-HHMMSS-<uuid4>`, or `YYYYMMDD-<uuid4>` for file-driven types.
  public var id: String { box.facts.id }
  public var operation: DataOperation { box.facts.operation }
  /// The job id the service gave, or the operation's own.
  public var jobID: String? { box.facts.jobID }
  /// `nil` while nothing has been seen of the run: it was only just launched.
  public var status: RunStatus? { box.facts.status }
  public var started: Timestamp? { box.facts.started }
  /// What the service said the run took; absent while it goes on.
  public var duration: TimeSpan? { box.facts.duration }
  public var updated: Timestamp? { box.facts.updated }

  public init(
    id: String, operation: DataOperation, jobID: String? = nil, status: RunStatus? = nil, started: Timestamp? = nil,
    duration: TimeSpan? = nil, updated: Timestamp? = nil
  ) {
    box = Box(
      Facts(
        id: id, operation: operation, jobID: jobID ?? operation.jobID, status: status, started: started,
        duration: duration, updated: updated))
  }

  /// The run as it is just after its launch, when nothing has been seen of it.
  public var unseen: Run { Run(id: id, operation: operation) }

  public var hasEnded: Bool { status?.isTerminal ?? false }

  /// How long the run took, or has taken by `now` while it goes on; `nil` where its start is not known.
  public func duration(at now: Timestamp) -> TimeSpan? {
    if let duration { return duration }
    guard let started else { return nil }
    if hasEnded { return updated.map { max($0.since(started), .zero) } }
    return max(now.since(started), .zero)
  }

  /// The moment in UTC that the id itself tells, to the second for launched types and to the day for file-driven ones;
  /// `nil` for an id of another layout.
  public static func moment(ofID id: String) -> Timestamp? {
    let parts = id.split(separator: "-", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count >= 2, parts[0].utf8.count == 8 else { return nil }
    let day = parts[0]
    let date = "\(day.prefix(4))-\(day.dropFirst(4).prefix(2))-\(day.suffix(2))"
    let clock = parts[1]
    if clock.utf8.count == 6, clock.utf8.allSatisfy({ (48...57).contains($0) }) {
      return Timestamp("\(date)T\(clock.prefix(2)):\(clock.dropFirst(2).prefix(2)):\(clock.suffix(2))Z")
    }
    return CalendarDate(date)?.midnight
  }

  /// When the service began it, to the second, as far as that is known.
  public var began: Timestamp? {
    guard let moment = Run.moment(ofID: id), moment != moment.date.midnight || started == nil else { return started }
    return moment
  }
}

extension Run: Hashable {
  public static func == (a: Run, b: Run) -> Bool { a.box === b.box || a.box.facts == b.box.facts }
  public func hash(into hasher: inout Hasher) { hasher.combine(box.facts) }
}

extension Run: Codable {
  public init(from decoder: any Decoder) throws { box = Box(try Facts(from: decoder)) }
  public func encode(to encoder: any Encoder) throws { try box.facts.encode(to: encoder) }
}
