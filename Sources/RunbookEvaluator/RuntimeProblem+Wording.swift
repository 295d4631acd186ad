public import RunbookDiagnostics
import RunbookRecord
import RunbookSyntax
import TailerAPI

extension RuntimeProblem: Diagnosable {
  public static let allIDs = [
    "division-by-zero", "out-of-range", "wrong-type", "no-such-element", "not-convertible", "not-set",
    "text-too-long", "range-too-long", "list-too-large", "not-positive", "calls-too-deep",
    "missing-default", "invalid-account", "unknown-environment-value", "invalid-id", "other-environment-carried",
    "unknown-job-id",
    "not-launchable-value", "not-a-workflow", "workflow-without-runs", "operation-stopped", "status-not-settable",
    "failed", "requirement-failed", "outcome-failed", "nothing-found",
    "deadline-passed", "not-seen", "service-unreachable", "service-refused", "no-token", "service-rejected",
    "launch-unconfirmed",
    "launch-ambiguous", "launch-held-back", "several-failed",
    "read-only", "nobody-to-ask", "said-no", "journal-unavailable", "lease-lost", "record-contradicted", "run-is-taken",
    "diverged", "recorded-text-changed",
    "record-not-reached",
    "listing-full", "recorded-error",
  ]

  /// Every id with its sentence; the one place that words failures of a running runbook.
  public var diagnostic: Diagnostic {
    let (id, message, label, notes) = words
    let severity: Diagnostic.Severity = if case .listingFull = kind { .warning } else { .error }
    return Diagnostic(
      id: id, severity: severity, message: message, primary: .init(place, label), notes: notes, trace: trace)
  }

  private static let waysOutUndone =
    "A `finally` follows, and with it the execution ends: `resume ID --adopt RUN` records the run that it was, `resume ID --launch-again` that it was none."

  private static func waysOutAtPrompt(of operation: DataOperation) -> String {
    "`await (run \"ID\" of \(operation))` waits for the one that it was; `launch` launches it again"
  }

  private var words: (id: String, message: String, label: String, notes: [String]) {
    switch kind {
    case .divisionByZero: ("division-by-zero", "this divides by zero", "the divisor is 0", [])
    case .outOfRange(let what): ("out-of-range", "the result is not a \(what) that can be said", "out of range", [])
    case .typeMismatch(let wanted, "none"):
      (
        "wrong-type", "a \(wanted) is needed here, and this is `none`", "none",
        ["What has not been seen of a run is `none`; `await` and `check` look, and a comparison with `none` tells."]
      )
    case .typeMismatch(let wanted, let found):
      ("wrong-type", "a \(wanted) is needed here, and this is a \(found)", "a \(found)", [])
    case .noSuchElement(let index, let count):
      ("no-such-element", "there is no element \(index) in a list of \(count)", "", ["The first element is [0]."])
    case .notConvertible(let text, let type):
      ("not-convertible", "“\(text.printable)” cannot be read as a \(type)", "", [])
    case .notSet(let name): ("not-set", "`\(name)` has not been set", "", [])
    case .textTooLong(let limit): ("text-too-long", "the text grows beyond \(limit) bytes", "", [])
    case .rangeTooLong(let limit):
      (
        "range-too-long", "the range has more than \(limit) elements", "",
        ["Loop over it with `for`, which has no limit."]
      )
    case .listTooLarge(let limit, let depth):
      (
        "list-too-large",
        "the list has more than \(limit) values, those of lists in it counted, or lists more than \(depth) deep in each other",
        "", []
      )
    case .notPositive(let what, let value):
      ("not-positive", "\(what) has to be more than zero, and is \(value)", "", [])
    case .callsTooDeep(let limit): ("calls-too-deep", "calls are nested more than \(limit) deep", "", [])
    case .missingDefault(let what):
      (
        "missing-default", "it is not known in which \(what) this is", "",
        ["Write `\(what) …` above, or pass it on the command line."]
      )
    case .invalidAccount(let text):
      ("invalid-account", "“\(text.printable)” is not an account", "", ["An account is six digits."])
    case .unknownEnvironment(let name, let known):
      (
        "unknown-environment-value", "“\(name.printable)” is not a known environment", "",
        [
          nearest(to: name, among: known).map { "Did you mean \($0)?" }
            ?? "Known are \(known.sorted().joined(separator: ", "))."
        ]
      )
    case .invalidID(let id):
      (
        "invalid-id", "“\(id.printable)” cannot be the id of a data operation", "",
        ["It is empty, too long, or holds control characters or a space at an end."]
      )
    case .otherEnvironment(let operation, let carried, let stated):
      (
        "other-environment-carried", "the id carries \(carried.printable), and \(stated.printable) is stated",
        "this is \(operation)",
        operation.environment == stated ? ["Write \(operation.rewritten(for: carried).printable)."] : []
      )
    case .unknownJobID(let id):
      ("unknown-job-id", "“\(id.printable)” is not a job id of a layout that is known", "", [])
    case .notLaunchable(let operation):
      (
        "not-launchable-value", "a \(operation.type.rawValue) cannot be launched", "this is \(operation)",
        ["Only table-to-table and table-to-storage can be."]
      )
    case .notWorkflow(let operation):
      ("not-a-workflow", "only a workflow can be reset", "this is \(operation)", [])
    case .workflowHasNoRuns(let operation):
      (
        "workflow-without-runs", "a workflow has no runs", "this is \(operation)",
        ["Ask for the runs of its target instead."]
      )
    case .operationIsStopped(let operation, let activation):
      (
        "operation-stopped", "\(operation.name) was \(activation.rawValue) before", "this is \(operation)",
        ["`enable` it first."]
      )
    case .notSettable(let status):
      (
        "status-not-settable", "a run cannot be marked \(status.printable)", "",
        ["The service takes \(RunStatus.settable.map(\.name).joined(separator: ", "))."]
      )
    case .failed(let message): ("failed", message.printable, "", [])
    case .requirementFailed(let message):
      ("requirement-failed", message?.printable ?? "a requirement does not hold", "this is false", [])
    case .outcomeFailed(let message, let status, let statuses):
      (
        "outcome-failed", message?.printable ?? "the outcome is \(status.name.printable), and not SUCCESS", "",
        statuses.map { "Run \($0.run.printable) ended \($0.status.printable)." }
      )
    case .nothingFound(let message): ("nothing-found", message?.printable ?? "nothing was found", "this is none", [])
    case .deadlinePassed(let target, let timeout, let lastSeen, let isShown, let difference):
      deadlineWords(target, timeout, lastSeen, isShown, difference)
    case .conditionNeverHeld(let timeout): ("deadline-passed", "the condition did not hold within \(timeout)", "", [])
    case .unseen(let subject, let since, let reason, let lastSeen):
      (
        "not-seen", "\(subject.printable) could not be seen since \(since): \(reason.printable)", "",
        lastSeen.map { ["It was last seen \($0.printable); how it stands now is not known."] }
          ?? ["How it stands is not known."]
      )
    case .service(let error, let verb, let operation): serviceWords(error, verb, operation)
    case .launchUnconfirmed(
      let operation, let reason, let lookedFor, let lookFailed, let sentAt, let misses, let clocks):
      (
        "launch-unconfirmed", "it is not known whether \(operation.name) was launched", reason.printable,
        [
          lookFailed.map { "Its runs could not be looked at: \($0.printable)." }
            ?? (misses.isEmpty
              ? "No new run of it has appeared in \(lookedFor)."
              : "The request left at \(sentAt), and no new run began when it can have arrived.")
        ]
          + misses.prefix(5).map { run in
            "Run \(run.id.printable)\(run.began.map { " began at \($0)" } ?? ""): it may be this launch where the clocks differ, or the request was long on its way."
          } + (misses.isEmpty ? [] : Self.clockWords(clocks).map { [$0] } ?? []) + [
            isAtPrompt
              ? "Look at its runs. \(Self.waysOutAtPrompt(of: operation)), once you know that it was none."
              : isUndone
                ? "Look at its runs. \(Self.waysOutUndone)"
                : "Look at its runs. `resume` looks for it again; `resume --adopt RUN` goes on with the run that you say it was; `resume --launch-again` launches it again, once you know that it was none."
          ]
      )
    case .launchAmbiguous(let operation, let reason, let candidates, let rivals):
      (
        "launch-ambiguous",
        candidates.count == 1
          ? "a new run of \(operation.name) may be this launch, or another one that is not known either"
          : "one of \(candidates.count) new runs of \(operation.name) may be this launch", reason.printable,
        candidates.map { "Candidate \($0.id.printable), \($0.status?.name.printable ?? "not seen yet")." }
          + (rivals > 0 ? ["\(rivals) other launches of it in the journal have no known run."] : [])
          + [
            isAtPrompt
              ? "Nothing was launched again. \(Self.waysOutAtPrompt(of: operation)), once you know that it was none of them."
              : isUndone
                ? "Nothing was launched again. \(Self.waysOutUndone)"
                : "Nothing was launched again. `resume --adopt RUN` goes on with the one that it was; `resume --launch-again` launches it again, once you know that it was none of them."
          ]
      )
    case .launchHeldBack(let number):
      (
        "launch-held-back", "this was not launched: it is not known yet what came of the launch before it, \(number)",
        "",
        ["Once that one is settled, `resume` launches this one."]
      )
    case .severalFailed(let messages, let count):
      (
        "several-failed", "\(messages.count) of \(count) failed", "",
        messages.prefix(20).map(\.printable)
          + (messages.count > 20 ? ["And \(messages.count - 20) more."] : [])
      )
    case .readOnly(let verb): ("read-only", "`\(verb)` is not done: this is read-only", "", [])
    case .nobodyToAsk(let question):
      (
        "nobody-to-ask", "nobody is there to be asked: “\(question.printable)”", "",
        ["Run it on a terminal, or answer on the command line with `--yes`."]
      )
    case .saidNo(let question, let answer): ("said-no", question.words(of: answer), "", [])
    case .journalUnavailable(let reason):
      (
        "journal-unavailable", "the journal cannot be written: \(reason.printable)", "",
        ["Nothing more is sent. What had been sent, `resume` finds."]
      )
    case .leaseLost(let holder):
      (
        "lease-lost", "another process has taken this execution over: \(holder.printable)", "",
        ["This process sends nothing more."]
      )
    case .recordContradicted(let words):
      (
        "record-contradicted", "this cannot follow what is recorded: \(words.printable)", "",
        ["Nothing more is sent. The record is left as it is."]
      )
    case .runIsTaken(let run, let owner):
      (
        "run-is-taken",
        "the reply names run \(run.printable), which is recorded as another launch's: \(owner.printable)",
        "", ["One of the two records is wrong: look at the operation's runs before anything is launched again."]
      )
    case .diverged(let recorded, let found):
      (
        "diverged", "the record holds something else here", "now: \(found.printable)",
        ["Recorded: \(recorded.printable).", "What was recorded is never done again; what is new here is not done."]
      )
    case .recordedTextChanged(let recorded):
      (
        "recorded-text-changed", "this statement was changed after it had been carried out", "",
        ["Recorded: \(recorded.printable)."]
      )
    case .recordNotReached(let recorded, let isAtEnd):
      (
        "record-not-reached",
        recorded.count == 1
          ? "the runbook no longer comes by something that was done"
          : "the runbook no longer comes by \(recorded.count) things that were done",
        isAtEnd ? "the runbook ends here" : "the record does not go on here",
        recorded.prefix(5).map { "Recorded: \($0.printable)." }
          + (recorded.count > 5 ? ["And \(recorded.count - 5) more."] : [])
      )
    case .listingFull(let limit):
      ("listing-full", "the listing is full at \(limit) runs; there may be more", "", ["Write a `limit`."])
    case .recorded(let error): ("recorded-error", error.message.printable, "", error.notes)
    }
  }

  private func serviceWords(
    _ error: ServiceError, _ verb: String, _ operation: String
  ) -> (id: String, message: String, label: String, notes: [String]) {
    let code = error.code.map { " (\($0))" } ?? ""
    let tries = error.attempts > 1 ? ["Tried \(error.attempts) times."] : []
    let object = operation.printable
    let said = error.message.printable
    switch error.kind {
    case .rejected:
      return ("service-rejected", "the service rejected `\(verb)` of \(object)\(code): \(said)", "", tries)
    case .refused where error.code == nil:
      return ("no-token", "there is no token for `\(verb)` of \(object): \(said)", "", tries)
    case .refused:
      return ("service-refused", "the service refused the token for `\(verb)` of \(object)\(code): \(said)", "", tries)
    case .neverSent:
      return (
        "service-unreachable", "the service could not be reached for `\(verb)` of \(object): \(said)", "",
        tries + ["No request left this machine."]
      )
    case .throttled:
      return (
        "service-unreachable", "the service is too busy for `\(verb)` of \(object)\(code): \(said)", "", tries
      )
    case .unknown, .cancelled:
      return ("service-unreachable", "the service gave no answer to `\(verb)` of \(object)\(code): \(said)", "", tries)
    }
  }
}
