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

  /// What has to be typed for a yes, where that is not `yes`.
  public var word: String? { if case .typed(_, let word) = self { word } else { nil } }

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

/// What a person said, and who it was.
public struct PersonAnswer: Hashable, Codable, Sendable {
  public let isYes: Bool
  /// The person's account name, or `command line`.
  public let by: String
  public let note: String

  public init(isYes: Bool, by: String, note: String = "") {
    self.isYes = isYes
    self.by = by
    self.note = note
  }
}
