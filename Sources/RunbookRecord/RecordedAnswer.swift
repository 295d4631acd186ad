public import CivilTime

/// What somebody said to a question of an execution, from whichever process. The first answer to a question stands.
public struct RecordedAnswer: Hashable, Codable, Sendable {
  /// The effect that asks.
  public let question: RecordNumber
  /// The generation of the effect, so that what is done again is asked again.
  public let generation: Int
  /// A hash of the question's words: an answer to other words is none to these.
  public let wordsHash: String
  public let answer: PersonAnswer
  public let at: Timestamp

  public init(question: RecordNumber, generation: Int, wordsHash: String, answer: PersonAnswer, at: Timestamp) {
    self.question = question
    self.generation = generation
    self.wordsHash = wordsHash
    self.answer = answer
    self.at = at
  }
}
