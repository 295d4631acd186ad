import ArgumentParser
import CivilTime
import RunbookRecord
import RunbookTerminal
import TailerAPI
import VisibleText

struct AnswerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(.answer)

  @OptionGroup var profile: ProfileOptions
  @OptionGroup var journal: JournalOptions
  @Option(help: "What stands on record beside the answer.") var note: String?
  @Argument(help: ArgumentHelp("The execution, with #NUMBER behind it where it asks several things.", valueName: "id"))
  var execution: String
  @Argument(help: "yes, no, done, or what has to be typed.") var word: String

  func run() async throws {
    try await CommandRunner.run {
      let surroundings = try Surroundings(profile, journal)
      let (id, number) = try Self.question(execution)
      guard note?.utf8.count ?? 0 <= Self.longestNote else {
        throw CommandFailure("the note is longer than \(Self.longestNote) bytes", status: 64)
      }
      let given = GivenAnswer(to: number, word: word, by: surroundings.user, note: Secrets.redacted(note ?? ""))
      let store = try surroundings.journalStore(mustExist: true)
      let answered: AnsweredQuestion
      do throws(JournalStoreError) {
        answered = try await store.answer(given, to: id)
      } catch {
        throw error.failure
      }
      OutputChannel.standardError.write(Self.words(for: answered, of: id))
      return 0
    }
  }

  private static let longestNote = 2_000

  private static func question(_ text: String) throws -> (id: String, number: RecordNumber?) {
    let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return (text, nil) }
    guard let number = Int64(parts[1]), number > 0 else {
      throw CommandFailure("“\(text)” names no question: ID#NUMBER does", status: 64)
    }
    return (String(parts[0]), RecordNumber(number))
  }

  private static func words(for answered: AnsweredQuestion, of id: String) -> ScreenText {
    let said: ScreenText =
      "recorded: \(answered.question.intent.word(for: answered.answer.answer)) to \(answered.question.number) of \(id), \(answered.question.intent.words.printable)\n"
    guard let holder = answered.holder else { return said + "`runbook resume \(id)` takes that up\n" }
    return said
      + "process \(holder.process) of \(holder.user) on \(holder.host) works on it, and takes that up if it still asks\n"
  }
}
