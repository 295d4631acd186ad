import Coordination
public import RunbookEvaluator
public import RunbookRecord
import TailerAPI
import VisibleText

/// Asks the person at the prompt, in the terminal that the prompt has. A question from behind the prompt sets the line
/// being typed aside until it is answered; while one stands the next one waits.
public struct PromptPeople: People {
  private let terminal: any PromptTerminal
  private let user: String

  /// - Parameter user: The name that answers are recorded under.
  public init(terminal: any PromptTerminal, user: String) {
    self.terminal = terminal
    self.user = user
  }

  public func answer(_ question: Question) async throws(PeopleError) -> PersonAnswer {
    guard await terminal.questions.wait() else { throw .cancelled }
    defer { terminal.questions.signal() }
    switch question {
    case .confirm(let text):
      while true {
        let reply = try await line(after: "\(text.printable) [y/N] ")
        switch reply?.lowercased() {
        case "y", "yes": return PersonAnswer(isYes: true, by: user)
        case "n", "no", "", nil: return PersonAnswer(isYes: false, by: user)
        default: terminal.show("Please answer yes or no.\n", as: .news)
        }
      }
    case .typed(let text, let word):
      return PersonAnswer(isYes: try await line(after: "\(text.printable): ") == word, by: user)
    case .manual(let task):
      terminal.show("To do by hand: \(task.printable)\n", as: .news)
      // Ctrl-D does not say that it is done.
      while true {
        if let note = try await line(after: "Press Enter when it is done; a note may come before it: ") {
          return PersonAnswer(isYes: true, by: user, note: Secrets.redacted(note).printable)
        }
      }
    }
  }

  /// What is typed, without the space around it; `nil` for Ctrl-D.
  private func line(after prompt: ScreenText) async throws(PeopleError) -> String? {
    switch await terminal.read(LineRequest(prompt: prompt, kind: .question)) {
    case .line(let text): text.trimmed
    case .endOfFile: nil
    case .interrupted: throw .cancelled
    case .closed: throw .nobodyThere
    }
  }
}

extension String {
  var trimmed: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}

/// People as an entry behind the prompt asks them: with its number before the question.
struct LabelledPeople: People {
  let people: any People
  let label: String

  func answer(_ question: Question) async throws(PeopleError) -> PersonAnswer {
    switch question {
    case .confirm(let text): try await people.answer(.confirm("\(label) \(text)"))
    case .typed(let text, let word): try await people.answer(.typed("\(label) \(text)", word: word))
    case .manual(let task): try await people.answer(.manual("\(label) \(task)"))
    }
  }
}
