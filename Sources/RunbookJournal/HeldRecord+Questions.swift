import RunbookRecord
import TailerAPI

/// What is said to the questions of an execution from elsewhere.
extension HeldRecord {
  func answer(to site: EffectSite) async throws(JournalError) -> PersonAnswer? {
    guard let question = effect(at: site) else { return nil }
    return try await reading { [lease, rules = surroundings.rules] rows in
      try rules.answer(to: question, of: lease.execution, rows)?.answer
    }
  }

  func comingAnswer(to site: EffectSite) async throws(JournalError) -> PersonAnswer? {
    while surroundings.store.isShared {
      if let answer = try await answer(to: site) { return answer }
      do {
        try await surroundings.clock.sleep(for: surroundings.timing.asking)
      } catch {
        return nil
      }
    }
    return nil
  }
}
