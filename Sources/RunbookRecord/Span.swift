public import CivilTime

/// A stretch of an execution that has a beginning, an end and a name: a step, a branch, a round of a loop or of a `retry`,
/// a `catch`, a `finally`. Spans hold effects and other spans; together they are the tree that reports show.
public struct Span: Hashable, Codable, Sendable {
  public enum Kind: String, Hashable, Codable, Sendable, CaseIterable {
    case step, parallel, branch, round, attempt
    case handler = "catch"
    case finally, call
  }

  /// The position in the log at which it began.
  public let number: RecordNumber
  /// The span around it; `nil` for one at the top.
  public var parent: RecordNumber?
  public var path: String
  public var generation: Int
  public var kind: Kind
  /// A step's title, a branch's element, a procedure's name.
  public var title: String
  public var beganAt: Timestamp
  /// The failures that it is there for: what a `catch` has taken, what made a `retry` go on, what a `finally` follows.
  public var causes: [RecordNumber]
  /// The position in the log at which it ended; `nil` while it goes on, or where its process was killed.
  public var ended: RecordNumber?
  public var endedAt: Timestamp?
  /// What it failed with; `nil` where it reached its end.
  public var failure: RecordedError?

  public init(
    number: RecordNumber, parent: RecordNumber? = nil, path: String, generation: Int = 0, kind: Kind,
    title: String = "", beganAt: Timestamp, causes: [RecordNumber] = [], ended: RecordNumber? = nil,
    endedAt: Timestamp? = nil, failure: RecordedError? = nil
  ) {
    self.number = number
    self.parent = parent
    self.path = path
    self.generation = generation
    self.kind = kind
    self.title = title
    self.beganAt = beganAt
    self.causes = causes
    self.ended = ended
    self.endedAt = endedAt
    self.failure = failure
  }
}
