public import RunbookRecord

/// The person at the terminal, or what answers in their place. Waits without limit; throws `.cancelled` as soon as the
/// task is cancelled.
public protocol People: Sendable {
  func answer(_ question: Question) async throws(PeopleError) -> PersonAnswer
}

public enum PeopleError: Error, Hashable, Sendable {
  /// There is no terminal, and the command line does not answer.
  case nobodyThere
  case cancelled
}

/// Where nobody is to be asked.
public struct Nobody: People {
  public init() {}
  public func answer(_ question: Question) async throws(PeopleError) -> PersonAnswer { throw .nobodyThere }
}
