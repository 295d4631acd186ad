public import CivilTime
public import TailerAPI

/// What an effect is about to do, with the type of what it can come to: whoever carries it out can give nothing else, and
/// whoever reads its record gets nothing else.
public struct IntendedEffect<Outcome: Sendable>: Sendable {
  public let intent: EffectIntent
  public let recorded: @Sendable (Outcome) -> EffectOutcome
  /// `nil` for an outcome that no such effect can have come to.
  public let outcome: @Sendable (EffectOutcome) -> Outcome?
}

extension IntendedEffect where Outcome == Void {
  /// A change, or a wait: it is done, and that is all.
  private init(done intent: EffectIntent) {
    self.init(intent: intent, recorded: { _ in .done }, outcome: { if case .done = $0 { () } else { nil } })
  }

  /// - Parameter intent: That of a changing verb that gives nothing.
  public static func change(_ intent: EffectIntent) -> IntendedEffect { IntendedEffect(done: intent) }

  public static func wait(_ span: TimeSpan, from moment: Timestamp) -> IntendedEffect {
    IntendedEffect(done: .wait(span, from: moment))
  }

  public static func print(_ text: String) -> IntendedEffect {
    IntendedEffect(
      intent: .print, recorded: { _ in .printed(text) },
      outcome: { outcome in
        switch outcome {
        case .done, .printed: ()
        case .run, .denied, .ended, .look, .runs, .moment, .answer, .held, .failed: nil
        }
      })
  }
}

extension IntendedEffect where Outcome == Run? {
  public static func check(_ run: Run) -> IntendedEffect {
    IntendedEffect(
      intent: .check(runID: run.id, operation: run.operation), recorded: { .look($0) },
      outcome: { if case .look(let run) = $0 { .some(run) } else { nil } })
  }
}

extension IntendedEffect where Outcome == [Run] {
  /// - Parameter words: What is listed, in words that stay the same.
  public static func list(_ words: String) -> IntendedEffect {
    IntendedEffect(
      intent: .list(words), recorded: { .runs($0) },
      outcome: { if case .runs(let runs) = $0 { runs } else { nil } })
  }
}

extension IntendedEffect where Outcome == Timestamp {
  public static var now: IntendedEffect {
    IntendedEffect(
      intent: .now, recorded: { .moment($0) },
      outcome: { if case .moment(let moment) = $0 { moment } else { nil } })
  }
}

extension IntendedEffect where Outcome == PersonAnswer {
  public static func ask(_ question: Question, for purpose: QuestionPurpose) -> IntendedEffect {
    IntendedEffect(
      intent: .ask(question.text, purpose: purpose, word: question.word), recorded: { .answer($0) },
      outcome: { if case .answer(let answer) = $0 { answer } else { nil } })
  }
}

/// What a condition that was waited for came to.
public struct HeldCondition: Sendable {
  public let reads: [RecordedRead]
  public let looks: Int

  public init(reads: [RecordedRead], looks: Int) {
    self.reads = reads
    self.looks = looks
  }
}

extension IntendedEffect where Outcome == HeldCondition {
  public static func waitUntil(from moment: Timestamp) -> IntendedEffect {
    IntendedEffect(
      intent: .waitUntil(from: moment), recorded: { .held($0.reads, looks: $0.looks) },
      outcome: { if case .held(let reads, let looks) = $0 { HeldCondition(reads: reads, looks: looks) } else { nil } })
  }
}
