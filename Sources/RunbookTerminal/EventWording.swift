public import CivilTime
import RunbookEvaluator
import RunbookRecord
import RunbookSyntax
import TailerAPI
import VisibleText

/// An event as a line for people: the one place that words what happens.
struct EventLine {
  enum Tone { case plain, good, bad, warning, quiet }
  let text: String
  let tone: Tone

  var colour: Colour? {
    switch tone {
    case .plain: nil
    case .good: .green
    case .bad: .red
    case .warning: .yellow
    case .quiet: .dim
    }
  }

  init(_ text: String, _ tone: Tone = .plain) {
    self.text = text
    self.tone = tone
  }

  /// `nil` for what has no line of its own: what the runbook prints, and diagnostics, which are drawn.
  init?(_ event: Event) {
    switch event.kind {
    case .stepBegan(let title): self.init("step: \(title.printable)")
    case .stepEnded(let title, true): self.init("step done: \(title.printable)", .quiet)
    case .stepEnded(let title, false): self.init("step failed: \(title.printable)", .bad)
    case .printed, .value, .warning, .alsoFailed, .expecting: return nil
    case .launching(let operation, let date):
      self.init("launching \(Self.words(operation))\(date.map { " on \($0)" } ?? "")", .quiet)
    case .launched(let run): self.init("launched \(Self.words(run.operation)): run \(run.id.printable)")
    case .waitingForTurn(let operation, let wait):
      let other = wait.executionID.map { "the execution \($0)" } ?? "an execution whose record was deleted"
      self.init(
        wait.settlesAt.map {
          "waiting until \($0.clock) UTC to launch \(Self.words(operation)): a launch of it by \(other) may arrive until then"
        } ?? "waiting to launch \(Self.words(operation)): \(other) launches it first", .quiet)
    case .launchUnknown(let operation, let reason, let end):
      self.init(
        "the outcome of launching \(Self.words(operation)) is not known (\(reason.printable)); looking for its run until \(end.clock) UTC",
        .warning)
    case .adopted(let run, _):
      self.init(
        "run \(run.id.printable) is that launch: the only new run of \(run.operation.name.printable) that nobody else owns",
        .warning)
    case .adoptedByHand(let run, let person):
      self.init(
        "run \(run.id.printable) is that launch of \(Self.words(run.operation)), by the word of \(person.printable)",
        .warning)
    case .awaiting(let run, let deadline):
      self.init(
        "awaiting run \(run.id.printable) of \(run.operation.name.printable), until \(deadline.plainMoment)", .quiet)
    case .awaitingNext(let operation, let since, let deadline):
      self.init(
        "awaiting the next run of \(Self.words(operation)) after \(since.plainMoment), until \(deadline.plainMoment)",
        .quiet)
    case .appeared(let run):
      self.init("the next run of \(run.operation.name.printable) has started: run \(run.id.printable)", .quiet)
    case .unseen(let target, let since, let reason):
      self.init("looks at \(Self.words(target)) fail since \(since.clock) UTC: \(reason.printable)", .warning)
    case .seen(let target): self.init("looks at \(Self.words(target)) succeed again", .quiet)
    case .ended(let run, _):
      let took = run.duration(at: event.at).map { " after \($0.rounded)" } ?? ""
      let status = run.status?.name.printable ?? "UNKNOWN"
      self.init("run \(run.id.printable) of \(run.operation.name.printable) ended \(status)\(took)", Self.tone(of: run))
    case .checked(let run):
      self.init(
        "run \(run.id.printable) of \(run.operation.name.printable) is \(run.status?.name.printable ?? "not shown yet")",
        Self.tone(of: run))
    case .listed(let what, let count): self.init("\(what.printable): \(count)", .quiet)
    case .changed(let change):
      let object =
        change.run.map { "run \($0.id.printable) of \($0.operation.name.printable)" } ?? Self.words(change.operation)
      self.init("\(change.verb.description.past) \(object)\(change.status.map { " as \($0.name)" } ?? "")")
    case .waiting(let span): self.init("waiting \(span)", .quiet)
    case .waitingUntil(let deadline): self.init("waiting for the condition, until \(deadline.plainMoment)", .quiet)
    case .conditionHeld(let looks):
      self.init("the condition holds, after \(looks) look\(looks == 1 ? "" : "s")", .quiet)
    case .retrying(let attempt, let count, let pause, let reason):
      self.init("attempt \(attempt) of \(count)\(pause > .zero ? " in \(pause)" : ""): \(reason.printable)", .warning)
    case .asked: return nil
    case .answered(let question, let answer, let isElsewhere):
      let note = answer.note.isEmpty ? "" : " (\(answer.note.printable))"
      self.init("\(question.words(of: answer))\(note)\(isElsewhere ? ", from elsewhere" : "")")
    case .caught(let error): self.init("caught \(error.kind.rawValue): \(error.message.printable)", .warning)
    }
  }

  private static func words(_ operation: DataOperation) -> String {
    "\(operation.type.rawValue) \(operation.name.printable) in \(operation.environment.printable)"
  }

  private static func words(_ target: WatchTarget?) -> String {
    switch target {
    case .end(let run)?: "run \(run.id.printable) of \(run.operation.name.printable)"
    case .nextRun(let operation, _)?: "the next run of \(operation.name.printable)"
    case nil: "the condition"
    }
  }

  private static func tone(of run: Run) -> Tone {
    switch run.status {
    case .success, .checked: .good
    case .failed, .noMatch, .deactivated: .bad
    case .running, .waiting, .other, nil: .plain
    }
  }
}

extension TimeSpan {
  /// To the second from ten seconds on, and to the millisecond below.
  public var rounded: TimeSpan {
    let unit: Int64 = microseconds.magnitude >= 10_000_000 ? 1_000_000 : 1_000
    return TimeSpan(microseconds: microseconds / unit * unit) ?? self
  }
}
