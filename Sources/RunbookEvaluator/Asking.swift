import CivilTime
import Coordination
import RunbookRecord
import TailerAPI

/// A question that is put to who is here, and answered by whoever is first, here or from elsewhere.
struct Asking: Sendable {
  struct Answer: Sendable {
    let said: PersonAnswer
    let isFromElsewhere: Bool
  }

  private let effects: Effects
  private let site: EffectSite

  init(of effects: Effects, at site: EffectSite) {
    self.effects = effects
    self.site = site
  }

  /// - Parameter moment: When who is here may be asked.
  func answer(_ question: Question, from moment: Timestamp) async throws(PeopleError) -> Answer {
    let first = await withTaskGroup { group -> Result<Answer, PeopleError>? in
      group.addTask { () -> Result<Answer, PeopleError>? in
        await Result(of: { () async throws(PeopleError) in
          Answer(said: try await answerHere(question, from: moment), isFromElsewhere: false)
        })
      }
      // A journal that cannot be read is told of by who writes the answer.
      group.addTask {
        try? await effects.journal.comingAnswer(to: site).map { .success(Answer(said: $0, isFromElsewhere: true)) }
      }
      defer { group.cancelAll() }
      for await answer in group { if let answer { return answer } }
      return nil
    }
    guard let first else { throw .cancelled }
    return try first.get()
  }

  private func answerHere(_ question: Question, from moment: Timestamp) async throws(PeopleError) -> PersonAnswer {
    if moment > effects.clock.now {
      do { try await effects.clock.sleep(until: moment) } catch { throw .cancelled }
    }
    return try await effects.people.answer(question)
  }
}
