extension Reference {
  static let pages: [Topic] = [
    Topic(
      .page, "language", "runbook",
      abstract: "a small program that launches jobs, waits for them and looks at how they ended",
      forms: ["launch prepare\nawait run timeout 30m or fail\nprint \"prepared in ${run.duration}\""],
      discussion: [
        "A runbook is checked as a whole before it acts: one with an error anywhere sends nothing. It always ends: there is no recursion and no loop without a bound, and every wait for a machine has a deadline, 24 hours where none is written.",
        "A run that ends FAILED is a value, which `await` gives; a call that breaks is an error, which `catch` takes. Every outcome has to be looked at before the next one replaces it.",
        "`launch` is safe: where the reply is lost the job is not launched again, but the run that came of it is looked for.",
      ], seeAlso: ["lines", "names", "outcomes", "launch", "await", "precedence", "errors"]),
    Topic(
      .page, "lines", ";", "#", "comments", abstract: "a statement ends at a newline or `;`",
      forms: ["let a = 1; let b = 2  # what follows `#` is for people", "print (\n  1\n  + 2\n)"],
      discussion: [
        "Inside `(` and `[` a newline is space. A line that ends in an operator or a comma goes on, and so does one before a line that begins with `or`, `and`, `else`, `catch` or `finally`.",
        "At the prompt an entry is taken when it is complete. After one that could still go on, such as `if … { }`, a blank line ends it.",
      ]),
    Topic(
      .page, "names", abstract: "letters, digits, `_`, and `-` before a letter",
      forms: ["let iowa-load = 3", "print today - 1d"],
      discussion: [
        "`iowa-load` is a name, `n-1` subtracts. Words that begin statements, operators, and `it`, `run`, `status` and `error` cannot be declared; words that only begin clauses can, and any word may be a field.",
        "Scope is lexical and shadowing is an error. At the prompt a later `let` replaces an earlier one and says so.",
      ], seeAlso: ["let", "var"]),
    Topic(
      .page, "outcomes", abstract: "how a run ended has to be read on every path",
      forms: [
        "await run or fail", "await run or fail \"nightly load lost\"", "await run or ignore",
        "let r = last run of prepare or fail \"never ran\"",
      ],
      discussion: [
        "A status is read by naming `status` or a run's `.status`, before the next outcome replaces it and before its block ends. Or the statement ends with a clause: `or fail` fails the runbook at anything but SUCCESS, `or ignore` says that it does not matter. After a look that may find nothing, `or fail` takes `none` away.",
        "At the prompt an outcome that nobody read is printed.",
      ], seeAlso: ["await", "status", "or", "fail", "ignore"]),
    Topic(
      .page, "exit-statuses", abstract: "how the process says how a runbook ended",
      discussion: exitStatuses.map { "\($0.code): \($0.meaning)." }),
    Topic(
      .page, "texts", "utf-8", "utc", "yaml", abstract: "what is read is UTF-8, and what is shown can be seen",
      discussion: [
        "Runbooks, scenarios, the configuration, arguments, variables of the environment and what is typed are UTF-8, whatever the locale. What is not is refused where it stands; nothing is put in its place.",
        "What goes to standard output and standard error has no character in it that a terminal would obey, hide or reorder: a control character shows as its picture, as `␛` for escape, any other as `�`. In JSON they are escaped. `fmt -` and `reference` write their text as it is where it goes to a file or a program.",
        "Scenarios and the configuration are YAML, one document without anchors, aliases and tags of its own. All that is wrong with one is shown with its line, as for a runbook.",
        "All times are UTC.",
      ], seeAlso: ["text", "timestamp", "json"]),
    Topic(
      .page, "safety", "token", "files",
      abstract: "who can do what with which file, what is never written, and what is not protected against",
      discussion: [
        "**Files that decide.** The configuration and the journal's folder have to belong to oneself or to root, and nobody else may write them: else they are refused, and nothing of them is obeyed. Nothing is created in a home that is another's. Runbooks and scenarios may be anybody's: they are checked as a whole before anything is sent, and `plan` shows what they would do.",
        "**Files that are read** are regular ones of bounded size: an `include` of a device, a pipe or `/proc` is refused. Whoever may write a runbook decides what it does, and whoever may write the journal's folder decides what is taken for done.",
        "**The journal** can be read by its owner alone. It holds the runbooks' texts, their parameters, what they printed, and who answered. One that is damaged is refused and left as it is, never taken for an empty one; a value that was changed within a row, so that the row can still be read, is not noticed, nor is what is overwritten in the middle of SQLite's log or index while a process works with them. `runbook journal check` says what can be saved, `runbook journal backup FILE` makes a copy while others write.",
        "**The token** comes from TAILER_API_JWT or from the token command, and never from a file, an argument or a parameter: one that holds it is refused, whatever its name. It is shown nowhere, nor is what looks like one: not in what is printed, in JSON, in excerpts, in what a reply echoes, or in the environment of the programs that are started. A token that is written into a runbook's text is on record with the text.",
        "**What is asked** is answered by what is typed after the question, and by nothing that was pasted before it. A protected environment, PROD unless the profile says otherwise, asks before each change, also where only an id names it; `--yes` answers, and `--read-only` changes nothing at all.",
        "**The network.** Certificates are always verified, `--trust FILE` adds one's own; plain http goes to this machine only. No proxy is used and no redirect is followed. `simulate` listens on loopback, and answers neither another host's name nor a page of another site.",
        "**Not protected against**: whoever is root or the same user on this machine, who can read the token of a running process and write the journal; a service that lies about what it has done; a launch that somebody else makes of the same operation at the same moment while a reply is lost, which is asked about and never guessed.",
      ], seeAlso: ["texts", "launch", "history"]),
    Topic(
      .page, "json", abstract: "what programs read of an execution, one object a line",
      discussion: [
        "`run`, `rehearse` and `resume` with `--output json` write what comes on record, as soon as it is kept, in the order in which it was written; `history --output json` writes an `execution` for each, `transcript` all that is on record of one. All have the same objects; what is said while it happens has a `time` besides.",
        "Every object has `version`, 1, and `kind`. A later version may add kinds, members and words; the number changes where something goes away or means something else. Moments are ISO text in UTC, durations seconds.",
        "Spans and effects have a number for good: where in the log they began. One that is told again has more to it; the last word on a number stands. Which failure was first, and what is there because of which, is told by `endNumber`.",
      ], tables: (jsonLines + jsonParts).map(\.table), seeAlso: ["run", "history", "transcript", "errors"]),
  ]

  /// What the process's exit status says.
  public static let exitStatuses: [(code: Int, meaning: String)] = [
    (0, "done"),
    (1, "the runbook failed: `fail`, `require`, an outcome that was not SUCCESS with `or fail`"),
    (2, "the runbook is not valid; nothing was sent"),
    (3, "the service could not be reached, or the journal could not be kept"),
    (4, "a deadline passed"),
    (5, "a launch is unconfirmed"),
    (6, "a person said no, or `--read-only` forbids it"),
    (7, "a question waits for a person, and nobody is there"),
    (8, "the service refused: the token, the rights, or the request itself"),
    (64, "wrong usage"),
    (74, "all went well, but output could not be written"),
    (75, "another process works on the execution, or has taken it over"),
    (129, "stopped by SIGHUP"),
    (130, "interrupted"),
    (143, "stopped by SIGTERM"),
  ]
}
