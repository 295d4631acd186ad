public import CivilTime

/// What is said to questions, by the process that asks and by whoever sees the journal. The first answer to a question stands,
/// and only the process that asks makes it the question's outcome.
extension JournalRules {
  /// The answer that stands to a question; `nil` where there is none to these words.
  public func answer(
    to question: RecordedEffect, of execution: Int64, _ rows: any JournalRows
  ) throws -> RecordedAnswer? {
    let answer = try rows.answer(to: question.number, generation: question.generation, of: execution)
    return answer.flatMap { $0.wordsHash == question.intent.wordsHash ? $0 : nil }
  }

  /// Records what somebody says who does not work on the execution.
  ///
  /// - Throws: `JournalStoreError.isNotAnswered`; nothing is written then.
  public func answer(
    _ given: GivenAnswer, to id: String, at now: Timestamp, _ rows: any JournalRows
  ) throws -> AnsweredQuestion {
    guard let state = try rows.execution(id: id) else { throw JournalStoreError.noSuchExecution(id) }
    if let why = state.whyOver { throw JournalStoreError.hasEnded(id: id, why: why) }
    var record = try Record(try rows.effects(of: state.number), try rows.spans(of: state.number))
    let holder = livingHolder(of: try rows.lease(of: state.number), at: now)
    // What a process that goes on with it would ask.
    if holder == nil { _ = record.reopen(over: state.end) }
    let open = record.openQuestions
    func refused(_ why: AnswerRefusal) -> JournalStoreError { .isNotAnswered(id: id, why) }
    let meant = given.question.map { number in open.filter { $0.number == number } } ?? open
    guard let question = meant.first else {
      if let number = given.question { throw refused(.isNotOpen(number, open: open)) }
      throw refused(.nothingIsAsked)
    }
    guard meant.count == 1 else { throw refused(.isNotNamed(open)) }
    if let first = try answer(to: question, of: state.number, rows) { throw refused(.isAnswered(question, first)) }
    // Who says the same once more, or did not see what was said where it was asked, may mean the question before this one.
    let isFirst = !record.effects.contains { $0.intent.wordsHash != nil && $0.outcome != nil }
    guard try given.question != nil || isFirst && rows.answers(of: state.number).isEmpty else {
      throw refused(.isNotNamed(open))
    }
    guard let isYes = question.intent.isYes(given.word) else { throw refused(.isNoAnswer(given.word, to: question)) }
    let answer = RecordedAnswer(
      question: question.number, generation: question.generation, wordsHash: question.intent.wordsHash ?? "",
      answer: PersonAnswer(isYes: isYes, by: given.user, note: given.note), at: now)
    try rows.put(answer, of: state.number)
    return AnsweredQuestion(question: question, answer: answer, holder: holder)
  }
}

/// What somebody says to a question of an execution that they do not work on.
public struct GivenAnswer: Hashable, Sendable {
  /// Which question; `nil` where there is only one.
  public let question: RecordNumber?
  /// `yes`, `no`, `done`, or what has to be typed.
  public let word: String
  public let user: String
  public let note: String

  public init(to question: RecordNumber?, word: String, by user: String, note: String = "") {
    self.question = question
    self.word = word
    self.user = user
    self.note = note
  }
}

public struct AnsweredQuestion: Hashable, Sendable {
  public let question: RecordedEffect
  public let answer: RecordedAnswer
  /// Who works on the execution, and takes the answer up; `nil` where nobody does.
  public let holder: LeaseHolder?
}

/// Why what somebody said is no answer.
public enum AnswerRefusal: Hashable, Sendable {
  case nothingIsAsked
  case isNotOpen(RecordNumber, open: [RecordedEffect])
  /// Several are open, or others were answered before.
  case isNotNamed([RecordedEffect])
  case isAnswered(RecordedEffect, RecordedAnswer)
  case isNoAnswer(String, to: RecordedEffect)
}

extension Record {
  /// The questions that wait for an answer, in their order: none that a stop keeps from being asked.
  public var openQuestions: [RecordedEffect] {
    effects { effect in
      effect.intent.wordsHash != nil && effect.outcome == nil && effect.standing == .current
        && halt(over: effect.span) == nil
    }
  }
}

extension EffectIntent {
  /// A hash of a question's words; `nil` for what asks nothing.
  var wordsHash: String? {
    guard case .ask(let words, _, _) = self else { return nil }
    return TextHash(of: words).description
  }

  /// What can be said to a question, the yes before the no.
  public var answers: [String] {
    guard case .ask(_, let purpose, let word) = self else { return [] }
    if let word { return [word, "no"] }
    return switch purpose {
    case .task: ["done"]
    case .permission, .consent, .answer: ["yes", "no"]
    case nil: ["yes", "no", "done"]
    }
  }

  /// What was said to a question, in a word.
  public func word(for answer: PersonAnswer) -> String {
    if case .ask(_, .task, _) = self { return "done" }
    return answer.isYes ? "yes" : "no"
  }

  /// What a word says to a question; `nil` where that says nothing. What has to be typed is typed as it is.
  func isYes(_ word: String) -> Bool? {
    guard case .ask(_, _, let typed) = self else { return nil }
    if let typed { return word == typed ? true : word.lowercased() == "no" ? false : nil }
    let word = word.lowercased()
    return answers.contains(word) ? word != "no" : nil
  }
}
