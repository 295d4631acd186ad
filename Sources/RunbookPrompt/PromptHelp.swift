import RunbookDiagnostics

/// What `:help` says: the language and the prompt, a word at a time.
enum PromptHelp {
  /// A word of the language: how it is written, and what it does.
  struct Topic: Sendable {
    let word: String
    let forms: [String]
    let text: String
  }

  static var topics: [String] { language.map(\.word) + PromptCommand.allCases.map(\.rawValue) }

  /// All there is in short, or what a word does.
  static func text(for word: String) -> String {
    guard !word.isEmpty else { return overview }
    let name = word.first == ":" ? String(word.dropFirst()) : word
    var found = ""
    if word.first != ":", let topic = language.first(where: { $0.word == name }) {
      found += topic.forms.map { "  \($0)\n" }.joined() + "\n\(topic.text)\n"
    }
    if let command = PromptCommand(rawValue: name) { found += "\(command.usage)  \(command.summary)\n" }
    if !found.isEmpty { return found }
    let hint = nearest(to: name, among: topics).map { "; did you mean `\($0)`?" } ?? "; `:help` lists what there is"
    return "There is no help on `\(name.harmless)`\(hint)\n"
  }

  private static var overview: String {
    let width = PromptCommand.allCases.map(\.usage.count).max() ?? 0
    let commands = PromptCommand.allCases.map { command in
      "  \(command.usage)\(String(repeating: " ", count: width - command.usage.count))  \(command.summary)\n"
    }
    return """
      Statements are those of a runbook; `:help WORD` tells of each:
        \(language.map(\.word).joined(separator: " "))

      A statement that is not complete goes on at the next line; after one that could still go on, such as `if … { }`, a
      blank line ends it. `&` at its end lets a statement go on behind the prompt. Ctrl-C stops waiting, never a job;
      Ctrl-D leaves.

      \(commands.joined())
      """
  }

  static let language: [Topic] = [
    Topic(
      word: "launch", forms: ["launch prepare", "launch prepare on 2020-12-30", "let r = launch prepare"],
      text: "Launches a table-to-table or table-to-storage job, once, and sets `run`. `on` gives the execution date."),
    Topic(
      word: "await",
      forms: ["await run", "await run timeout 30m every 10s", "await next run of prepare since now timeout 2h"],
      text: "Waits for a run to end and gives its status. `next run of` waits for a run that something else starts."),
    Topic(word: "check", forms: ["check run"], text: "Looks at a run once, without waiting, and gives its status."),
    Topic(
      word: "last", forms: ["last run of prepare", "last 5 runs of prepare with status FAILED"],
      text: "The operation's latest runs, the newest first; `last run of` gives one run or `none`."),
    Topic(
      word: "runs", forms: ["runs of table-to-table with status FAILED started today limit 20"],
      text: "Runs of a type across an account and environment; 100 of them unless a limit is written."),
    Topic(
      word: "mark", forms: ["mark run as CHECKED"], text: "Sets a run's status by hand. SUCCESS can fire workflows."),
    Topic(
      word: "reset", forms: ["reset workflow \"000099-load-pda\""],
      text: "Forgets which of a workflow's jobs have succeeded. Launches and stops nothing."),
    Topic(word: "disable", forms: ["disable prepare"], text: "Keeps an operation from being launched, until `enable`."),
    Topic(word: "enable", forms: ["enable prepare"], text: "Undoes `disable` and `archive`."),
    Topic(word: "archive", forms: ["archive prepare"], text: "Retires an operation."),
    Topic(
      word: "let", forms: ["let prepare = table-to-table \"000099_prepare\"", "let bad = last run of prepare"],
      text: "Names a value. At the prompt a later `let` replaces an earlier one."),
    Topic(word: "var", forms: ["var n = 1", "n = n + 1"], text: "Names a value that can be assigned again."),
    Topic(
      word: "account", forms: ["account \"000099\""], text: "The account of operations that name none."),
    Topic(
      word: "environment", forms: ["environment DEV"],
      text: "The environment of operations that name none. In a protected one changing verbs ask first."),
    Topic(
      word: "if", forms: ["if status == FAILED { print \"again\" } else { print \"fine\" }"],
      text: "Chooses by a condition, which has to be true or false."),
    Topic(
      word: "for", forms: ["for day in 2020-12-01 .. 2020-12-31 { print day }"],
      text: "Does something for each value of a list or a range."),
    Topic(
      word: "retry", forms: ["retry 3 times every 30s backoff 2 { launch prepare }"],
      text:
        "Attempts a block again after it failed or the service could not be reached; the number counts all attempts."),
    Topic(
      word: "wait", forms: ["wait 10s", "wait until (check run) == SUCCESS every 1m timeout 2h"],
      text: "Waits for a time, or until a condition holds."),
    Topic(
      word: "parallel", forms: ["parallel for job in [prepare, export] max 2 { launch job }"],
      text: "Does several things at once, under a cap."),
    Topic(
      word: "try", forms: ["try { launch prepare } catch timeout { print error.message } finally { enable prepare }"],
      text: "Takes errors by their kind: failed, timeout, refused, unreachable, rejected, unconfirmed."),
    Topic(
      word: "step", forms: ["step \"Relaunch\" { launch prepare }"], text: "Gives a part a title that reports show."),
    Topic(
      word: "procedure", forms: ["procedure relaunch(job, attempts = 3) { launch job }", "relaunch(prepare)"],
      text: "Names statements with parameters."),
    Topic(word: "include", forms: ["include \"common.runbook\""], text: "Takes over what another file declares."),
    Topic(
      word: "require", forms: ["require run.duration < 20m else \"too slow\""],
      text: "Fails unless a condition holds."),
    Topic(word: "fail", forms: ["fail \"what went wrong\""], text: "Ends badly."),
    Topic(word: "stop", forms: ["stop \"nothing to do\""], text: "Ends well."),
    Topic(word: "print", forms: ["print \"took ${run.duration}\""], text: "Shows a value."),
    Topic(word: "confirm", forms: ["confirm \"Go on?\""], text: "Asks; ends when the answer is no."),
    Topic(
      word: "manual", forms: ["manual \"Check the totals\""],
      text: "Shows a task for a person and waits until it is done."),
    Topic(
      word: "where", forms: ["(runs of table-to-table) where it.status == FAILED"],
      text: "Those of a list for which a condition holds; `it` is each of them."),
    Topic(
      word: "or", forms: ["await run or fail \"lost\"", "await run or ignore"],
      text: "Behind an outcome: what to do when it is not SUCCESS. Elsewhere, between two conditions."),
  ]
}
