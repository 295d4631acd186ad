import Coordination
import RunbookRecord

/// A question that is put to who is here, and answered by whoever is first, here or from elsewhere.
struct Asking: Sendable {
  private let people: any People
  private let journal: any Journal
  private let site: EffectSite

  init(of people: any People, _ journal: any Journal, at site: EffectSite) {
    self.people = people
    self.journal = journal
    self.site = site
  }

  func answer(_ question: Question) async throws(PeopleError) -> PersonAnswer {
    let first = await withTaskGroup { group -> Result<PersonAnswer, PeopleError>? in
      group.addTask { () -> Result<PersonAnswer, PeopleError>? in
        await Result(of: { () async throws(PeopleError) in try await people.answer(question) })
      }
      // A journal that cannot be read is told of by who writes the answer.
      group.addTask { try? await journal.comingAnswer(to: site).map { .success($0) } }
      defer { group.cancelAll() }
      for await answer in group { if let answer { return answer } }
      return nil
    }
    guard let first else { throw .cancelled }
    return try first.get()
  }
}
