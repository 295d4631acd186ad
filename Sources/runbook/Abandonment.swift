import RunbookEvaluator
import RunbookRecord
import RunbookTerminal
import TailerAPI
import VisibleText

/// An unfinished execution given up by a person, so that nothing takes it up again.
struct Abandonment {
  let id: String
  let surroundings: Surroundings
  let conduct: ConductOptions

  /// Ends it in the journal, and says what is left unknown.
  func carryOut() async throws -> Int32 {
    let store = try surroundings.journalStore(mustExist: true)
    do throws(JournalStoreError) {
      let open = try await store.entries(of: id).filter(\.isLaunchInDoubt)
      let record = try await store.record(of: id)
      var left = Leftovers(record.effects, record.spans)
      // They are told at the head, with what to do about them.
      left.launches = []
      try await store.abandon(id, by: surroundings.user)
      let lines: [ScreenText] =
        open.isEmpty
        ? ["\(id) is given up"]
        : ["\(id) is given up. It is not known whether these launches happened; look at the operations' runs:"]
          + open.map { "  \($0.intent.words.printable)" }
      let isLeft = !open.isEmpty || !left.lines.isEmpty
      if !conduct.quiet || isLeft {
        OutputChannel.standardError.write((lines + left.lines.map { "\($0)" }).map { $0 + "\n" }.joined())
      }
      return 0
    } catch {
      throw error.failure
    }
  }
}
