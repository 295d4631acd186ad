/// All that is on record of one execution, for who reads it and does not go on with it.
public struct ExecutionRecord: Sendable {
  public let summary: ExecutionSummary
  /// In the order of their numbers, as are the spans; those too that answer for nothing any more.
  public let effects: [RecordedEffect]
  public let spans: [Span]
  public let answers: [RecordedAnswer]

  public init(
    summary: ExecutionSummary, effects: [RecordedEffect], spans: [Span], answers: [RecordedAnswer]
  ) {
    self.summary = summary
    self.effects = effects
    self.spans = spans
    self.answers = answers
  }
}
