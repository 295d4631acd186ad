import CivilTime
import RecordSupport
import RunbookRecord
import TailerAPI
import Testing

@testable import RunbookJournal

/// The first answer to a question stands, in whichever order it and its outcome are written.
@Suite struct AnswerRaceTests {
  private static let question = EffectIntent.ask("Go?", purpose: .consent)
  private static let typed = EffectIntent.ask("Archive p. Type p to go on", purpose: .permission, word: "p")

  private func stores(_ body: (RecordStore) async throws -> Void) async throws {
    try await body(RecordStore.inMemory(clock: ManualClock()))
    try await withDirectory { directory in try await body(RecordStore.test(in: directory)) }
  }

  private func given(_ word: String, to number: Int64? = nil) -> GivenAnswer {
    GivenAnswer(to: number.map { RecordNumber($0) }, word: word, by: "bob", note: "from home")
  }

  /// Why an answer is refused; `nil` where it is recorded.
  private func refusal(of given: GivenAnswer, by store: RecordStore) async -> AnswerRefusal? {
    do throws(JournalStoreError) {
      _ = try await store.answer(given, to: "x")
      return nil
    } catch {
      if case .isNotAnswered(_, let why) = error { return why }
      Issue.record("\(error)")
      return nil
    }
  }

  @Test func whoAsksWritesTheAnswerThatCameFirst() async throws {
    try await stores { store in
      let journal = try await store.begin(.test("x"))
      let site = EffectSite(.test("0#0"))
      try await journal.intend(Self.question, at: site, settlesAt: nil)
      #expect(try await journal.answer(to: site) == nil)
      let answered = try await store.answer(given("no"), to: "x")
      #expect(answered.holder != nil)
      let no = PersonAnswer(isYes: false, by: "bob", note: "from home")
      #expect(try await journal.answer(to: site) == no)
      // The person at the terminal says something else at the same moment.
      try await journal.finish(Self.question, .answer(PersonAnswer(isYes: true, by: "ada")), at: site)
      #expect(try await journal.record().effect(at: site.key)?.outcome == .answer(no))
    }
  }

  @Test func whatHasItsOutcomeIsNotAnsweredAnyMore() async throws {
    try await stores { store in
      let journal = try await store.begin(.test("x"))
      let site = EffectSite(.test("0#0"))
      try await journal.intend(Self.question, at: site, settlesAt: nil)
      try await journal.finish(Self.question, .answer(PersonAnswer(isYes: true, by: "ada")), at: site)
      let unnamed = await refusal(of: given("no"), by: store)
      #expect(unnamed == .nothingIsAsked)
      let named = await refusal(of: given("no", to: 1), by: store)
      #expect(named == .isNotOpen(RecordNumber(1), open: []))
    }
  }

  /// Whoever says the same once more may mean the question before.
  @Test func theNextQuestionIsAnsweredByItsNumberAlone() async throws {
    try await stores { store in
      let journal = try await store.begin(.test("x"))
      for index in 0..<2 {
        let site = EffectSite(.test("\(index)#0"))
        try await journal.intend(Self.question, at: site, settlesAt: nil)
        let number = try #require(try await journal.record().effect(at: site.key)?.number)
        if index == 1 {
          let question = try #require(try await journal.record().effect(number))
          let unnamed = await refusal(of: given("yes"), by: store)
          #expect(unnamed == .isNotNamed([question]))
        }
        _ = try await store.answer(given("yes", to: index == 1 ? number.value : nil), to: "x")
        try await journal.finish(Self.question, .answer(PersonAnswer(isYes: false, by: "ada")), at: site)
        #expect(
          try await journal.record().effect(at: site.key)?.outcome
            == .answer(PersonAnswer(isYes: true, by: "bob", note: "from home")))
      }
    }
  }

  /// So it is where the question before was answered by who was asked.
  @Test func whoDidNotSeeTheFirstAnswerDoesNotAnswerTheSecondQuestion() async throws {
    try await stores { store in
      let journal = try await store.begin(.test("x"))
      try await journal.intend(Self.question, at: EffectSite(.test("0#0")), settlesAt: nil)
      let here = EffectOutcome.answer(PersonAnswer(isYes: true, by: "ada"))
      try await journal.finish(Self.question, here, at: EffectSite(.test("0#0")))
      let site = EffectSite(.test("1#0"))
      try await journal.intend(Self.question, at: site, settlesAt: nil)
      let question = try #require(try await journal.record().effect(at: site.key))
      let unnamed = await refusal(of: given("yes"), by: store)
      #expect(unnamed == .isNotNamed([question]))
    }
  }

  @Test(arguments: ["yes", "no", "NO", "p", "P", "done", ""]) func whatHasToBeTypedIsTypedAsItIs(_ word: String)
    async throws
  {
    try await stores { store in
      let journal = try await store.begin(.test("x"))
      try await journal.intend(Self.typed, at: EffectSite(.test("0#0")), settlesAt: nil)
      let refused = await refusal(of: given(word), by: store)
      #expect((refused == nil) == ["p", "no", "NO"].contains(word))
    }
  }

  /// What a stop keeps from being asked is not answered.
  @Test func aQuestionThatAStopWithdrewIsRefused() async throws {
    try await stores { store in
      let journal = try await store.begin(.test("x"))
      let around = SpanSite(.execution, at: Path(.named("")))
      let branches = (0..<2).map { SpanSite(.branch, at: Path(.named("b\($0)")), in: around) }
      let sites = branches.map { EffectSite(.test("\($0.path)#0"), in: $0) }
      for site in sites { try await journal.intend(Self.question, at: site, settlesAt: nil) }
      try await journal.finish(Self.question, .answer(PersonAnswer(isYes: false, by: "ada")), at: sites[0])
      let refused = await refusal(of: given("yes"), by: store)
      #expect(refused == .nothingIsAsked)
    }
  }
}
