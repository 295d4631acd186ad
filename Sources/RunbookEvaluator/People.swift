import TailerAPI

/// What a person is asked.
public enum Question: Hashable, Sendable {
  /// `confirm`, or a guard's question before a changing verb.
  case confirm(String)
  /// A guard's question that is answered by typing a word.
  case typed(String, word: String)
  /// A task for a person, until it is said to be done.
  case manual(String)

  public var text: String {
    switch self {
    case .confirm(let text), .typed(let text, _), .manual(let text): text
    }
  }

  /// What somebody said to it, in words.
  public func words(of answer: PersonAnswer) -> String {
    let by = answer.by.printable
    return switch self {
    case .manual(let task): "done by \(by): \(task.printable)"
    case .typed(let text, _) where !answer.isYes: "\(by) did not type the word: “\(text.printable)”"
    default: "\(by) said \(answer.isYes ? "yes" : "no") to “\(text.printable)”"
    }
  }
}

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
