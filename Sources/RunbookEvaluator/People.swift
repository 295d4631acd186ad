public import RunbookRecord

/// The person at the terminal, or what answers in their place. Waits without limit; throws `.cancelled` as soon as the
/// task is cancelled.
public protocol People: Sendable {
  func answer(_ question: Question) async throws(PeopleError) -> PersonAnswer
  /// Whether somebody who has interrupted an execution wants it to end with what is still to be undone, and not to leave all
  /// as it is for whoever resumes it.
  ///
  /// - Parameter finallies: Those that are open, the innermost first.
  func wantEnd(with finallies: [OpenFinally]) async throws(PeopleError) -> Bool
}

extension People {
  /// Who cannot say, or does not go on with what is left, has it undone.
  public func wantEnd(with finallies: [OpenFinally]) async throws(PeopleError) -> Bool { true }
}

/// A `finally` that is still to be carried out.
public struct OpenFinally: Hashable, Sendable {
  public let line: Int
  /// What it holds, a line each.
  public let statements: [String]
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
