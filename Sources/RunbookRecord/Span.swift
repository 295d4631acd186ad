public import CivilTime

/// A stretch of an execution that has a beginning, an end and a name: a step, a branch, a round of a loop or of a `retry`,
/// a `catch`, a `finally`. Spans hold effects and other spans; together they are the tree that reports show.
public struct Span: Hashable, Codable, Sendable {
  public enum Kind: String, Hashable, Codable, Sendable, CaseIterable {
    /// The whole of it: a file, or one entry at the prompt.
    case execution
    case step, parallel, branch, round, attempt
    case handler = "catch"
    case finally, call
  }

  /// Why nothing new begins in a span any more.
  public struct Halt: Hashable, Codable, Sendable {
    public enum Reason: String, Hashable, Codable, Sendable {
      /// A branch failed, and its `parallel` does not keep going.
      case failure
      /// A person said no.
      case no
      /// The execution was interrupted, and a `finally` began.
      case interruption
    }

    public let reason: Reason
    /// The position in the log of what it was: of the branch's end, of the answer, of the interruption.
    public let number: RecordNumber
  }

  public enum Ending: Hashable, Codable, Sendable {
    case completed
    /// With the positions in the log at which the effects and spans failed whose failure it is.
    case failed(RecordedError, causes: [RecordNumber])
  }

  /// The position in the log at which it began.
  public let number: RecordNumber
  /// The span around it; `nil` for the execution itself.
  public let parent: RecordNumber?
  public var path: String
  public var generation: Int
  public let kind: Kind
  /// A step's title, a branch's element, a procedure's name.
  public let title: String
  public let beganAt: Timestamp
  /// The positions in the log of the failures that it is there for: what a `catch` has taken, what made a `retry` go on, what
  /// a `finally` follows. These failures stand.
  public let causes: [RecordNumber]
  public var halt: Halt?
  /// The position in the log at which it ended; `nil` while it goes on, or where its process was killed.
  public var ended: RecordNumber?
  public var endedAt: Timestamp?
  public var ending: Ending?

  public init(
    number: RecordNumber, parent: RecordNumber? = nil, path: String, generation: Int = 0, kind: Kind,
    title: String = "", beganAt: Timestamp, causes: [RecordNumber] = [], halt: Halt? = nil,
    ended: RecordNumber? = nil, endedAt: Timestamp? = nil, ending: Ending? = nil
  ) {
    self.number = number
    self.parent = parent
    self.path = path
    self.generation = generation
    self.kind = kind
    self.title = title
    self.beganAt = beganAt
    self.causes = causes
    self.halt = halt
    self.ended = ended
    self.endedAt = endedAt
    self.ending = ending
  }
}
