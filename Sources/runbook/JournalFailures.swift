import CivilTime
import RunbookRecord
import RunbookTerminal
import TailerAPI
import VisibleText

extension JournalStoreError {
  /// In words, with the exit status.
  var failure: CommandFailure {
    switch self {
    case .unavailable(let reason): CommandFailure("the journal cannot be used: \(reason)", status: 3)
    case .damaged(let words):
      CommandFailure(
        "the journal is damaged: \(words). It is left as it is; `runbook journal check` says what can be saved",
        status: 3)
    case .noSuchExecution(let id):
      CommandFailure("there is no execution \(id); `runbook history` lists them", status: 64)
    case .nothingToResume: CommandFailure("nothing is unfinished", status: 64)
    case .hasEnded(let id, let why):
      CommandFailure("\(id) has ended and cannot be resumed: \(why.printable)", status: 64)
    case .isHeld(let id, let holder):
      CommandFailure(
        "\(id) is being worked on by process \(holder.process) of \(holder.user) on \(holder.host)", status: 75)
    case .noSuchLaunch(let id, let open):
      CommandFailure(
        open.isEmpty
          ? "no launch of \(id) is open: what each of them came to is known"
          : "no such launch of \(id) is open; open are:\n\(Self.list(open))", status: 64)
    case .severalLaunches(let id, let open):
      CommandFailure(
        """
        several launches of \(id) are open, and each is settled by itself: --launch-again=DATE or --launch-again=#NUMBER \
        names one, --adopt RUN says which run it was. Open are:
        \(Self.list(open))
        """, status: 64)
    case .launchIsUnsettled(let id, let until):
      CommandFailure(
        "the request of the launch of \(id) may still arrive, and its run still be listed, until \(until.plainMoment)",
        status: 5)
    case .isNotAnswered(let id, let why): CommandFailure(Self.words(for: why, of: id), status: 64)
    case .newerSchema(let found, let known):
      CommandFailure("the journal was written by a newer version (schema \(found), this one knows \(known))", status: 3)
    }
  }

  private static func list(_ launches: [RecordedEffect]) -> ScreenText {
    launches.map { launch -> ScreenText in
      "  \(launch.number)  \(launch.intent.words.printable), sent \(launch.intendedAt.plainMoment)"
    }
    .joined(separator: "\n")
  }

  private static func words(for refusal: AnswerRefusal, of id: String) -> ScreenText {
    switch refusal {
    case .nothingIsAsked: "\(id) asks nothing that nobody has answered"
    case .isNotOpen(let number, let open):
      open.isEmpty
        ? "\(number) of \(id) is no question that waits for an answer, and there is no other"
        : "\(number) of \(id) is no question that waits for an answer; these are:\n\(questions(open))"
    case .isNotNamed(let open):
      "\(open.count > 1 ? "\(id) asks several things" : "\(id) was answered before, and asks another thing now"); ID#NUMBER says which is meant:\n\(questions(open))"
    case .isAnswered(let question, let answer):
      "\(question.number) of \(id) was answered before, at \(answer.at.plainMoment): \(words(of: answer.answer, to: question)). That stands"
    case .isNoAnswer(let word, let question):
      "“\(word)” is no answer to \(question.number) of \(id), \(question.intent.words.printable); \(question.intent.answers.map { "`\($0.printable)`" }.joined(separator: " or ")) is"
    }
  }

  private static func words(of answer: PersonAnswer, to question: RecordedEffect) -> ScreenText {
    let note: ScreenText = answer.note.isEmpty ? "" : ", “\(answer.note.printable)”"
    return "\(question.intent.word(for: answer)) by \(answer.by)\(note)"
  }

  private static func questions(_ open: [RecordedEffect]) -> ScreenText {
    open.map { question -> ScreenText in
      "  \(question.number)  \(question.intent.words.printable): \(question.intent.answers.map(\.printable).joined(separator: " or "))"
    }
    .joined(separator: "\n")
  }
}
