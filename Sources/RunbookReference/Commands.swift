extension Reference {
  static let commands: [Topic] = [
    Topic(
      .command, "runbook",
      abstract: "runs small programs that launch jobs, wait for them and put things right; a launch happens once",
      forms: ["runbook", "runbook --help", "runbook --version"],
      discussion: [
        "Alone on a terminal it is the prompt. `runbook help COMMAND` tells of a command, `runbook help WORD` of a word of the language.",
        "Exit statuses: " + exitStatuses.map { "\($0.code) \($0.meaning)" }.joined(separator: "; ") + ".",
      ], seeAlso: ["run", "repl", "reference"]),
    Topic(
      .command, "run", abstract: "runs a runbook",
      forms: [
        "runbook run relaunch.runbook day=2020-12-30", "runbook run -", "runbook run -c 'print today'",
        "runbook run --simulate relaunch.runbook",
      ],
      discussion: [
        "A file, `-` for standard input, or -c with the text itself; parameters follow as NAME=VALUE. Without a service configured it refuses; --simulate rehearses on the built-in service.",
        "A file can begin with `#!/usr/bin/env -S runbook run`. What the runbook prints goes to standard output, everything else to standard error.",
      ], seeAlso: ["rehearse", "check", "plan", "resume", "json"]),
    Topic(
      .command, "check", abstract: "says all that is wrong with runbooks; sends nothing",
      forms: ["runbook check relaunch.runbook", "runbook check --output json -"], seeAlso: ["plan", "fmt"]),
    Topic(
      .command, "plan", abstract: "says what a runbook would do, in order, with every deadline; sends nothing",
      forms: ["runbook plan relaunch.runbook"], seeAlso: ["check", "rehearse"]),
    Topic(
      .command, "rehearse", abstract: "runs a runbook on the built-in service, in no time; nothing real is touched",
      forms: [
        "runbook rehearse relaunch.runbook", "runbook rehearse relaunch.runbook --scenario '#unhappy'",
      ],
      discussion: [
        "The scenario is the file beside the runbook, NAME.scenario.yaml, or the one that is named; a path in it follows `#`. Without one every job succeeds.",
        "--keep-record FOLDER keeps what was rehearsed, in a journal of its own that `history` and `transcript` show with --state-directory FOLDER.",
      ], seeAlso: ["run", "simulate"]),
    Topic(
      .command, "resume", abstract: "goes on where an execution stopped: the latest unfinished one, or the one named",
      forms: [
        "runbook resume", "runbook resume 20201230-112837-abcd", "runbook resume --adopt RUN",
        "runbook resume --launch-again=2020-12-30", "runbook resume --abandon 20201230-112837-abcd",
      ],
      discussion: [
        "What was done is not done again: its record answers. It goes on with the text that is recorded. Where the file has changed since, that is said, and on a terminal it is asked which of the two goes on; --edited takes the file as it is now. Where what was carried out has changed in it, it says what changed and refuses, unless --accept-changes is given, which takes the file as --edited does. Where something else stands now in the place of what was done, nothing goes on with it.",
        "Where it is not known whether a launch happened, its run is looked for first. Who has looked, and knows, says so: --adopt names the run that it was (DATE=RUN or #NUMBER=RUN where several are open), --launch-again that it was none (=DATE or =#NUMBER where several are open; `runbook history ID` shows the numbers); the launches of an execution that has ended can be settled so too. What was set when it began, account, environment, service, deadline, cap and visibility delay, holds on: another value is wrong usage.",
        "--abandon gives an execution up: it ends as it is recorded, and nothing takes it up again.",
      ], seeAlso: ["history", "unconfirmed"]),
    Topic(
      .command, "answer", abstract: "answers a question of an execution from anywhere that sees its journal",
      forms: [
        "runbook answer 20201230-112837-abcd yes", "runbook answer 20201230-112837-abcd no --note 'not tonight'",
        "runbook answer '20201230-112837-abcd#7' done",
      ],
      discussion: [
        "`confirm`, and what a protected environment asks, is answered by yes or no, `manual` by done, and what has to be typed by that, or no. The question may be that of an execution that stopped because nobody was there (status 7), and `resume` goes on with the answer; or of one that waits for somebody at its own terminal, which takes the answer up at once and says who gave it.",
        "The first answer stands, and whoever answers after it is told so. Where an execution asks several things, at once or one after the other, ID#NUMBER names one; `runbook history ID` shows the numbers. What answers no open question is wrong usage (64), and nothing is recorded.",
      ], seeAlso: ["resume", "history", "confirm", "manual"]),
    Topic(
      .command, "history", abstract: "lists executions, or shows what one of them did, in order",
      forms: ["runbook history", "runbook history 20201230-112837-abcd", "runbook history --prune 90d"],
      seeAlso: ["transcript", "resume", "journal", "json"]),
    Topic(
      .command, "transcript", abstract: "writes the whole record of an execution as JSON lines",
      forms: ["runbook transcript 20201230-112837-abcd"], seeAlso: ["history", "json"]),
    Topic(
      .command, "journal", abstract: "looks after the journal's files",
      forms: ["runbook journal check", "runbook journal backup /srv/backup/journal.sqlite"],
      discussion: [
        "The journal is `journal.sqlite` in the state directory. What is recorded stands in `journal.sqlite-wal` beside it first, and is brought into the one file whenever a process ends, and from time to time before. Of a process that was killed it stays there, and the next one finds it.",
        "Before the files are opened they are looked at: a log that is not whole, a main file that was emptied or cut, or is gone where there has been one, is refused, and nothing of them is changed. To begin a journal anew on purpose, move all of `journal.*` away. A process whose files are removed or replaced while it works ends with 3, and launches nothing more.",
      ], seeAlso: ["journal check", "journal backup", "history"]),
    Topic(
      .command, "journal check",
      abstract: "says whether the journal is whole, or what is damaged and what can be saved",
      forms: ["runbook journal check", "runbook journal check --repair /srv/saved.sqlite"],
      discussion: [
        "Everything in it is read. A damaged journal stays as it is; --repair writes what can be saved into a new file. Where something may be missing there, executions that had not ended are given up in it: what they did last may have been a launch. Look at the operations' runs before you launch anything.",
        "It ends with 0 where the journal is sound, or what could be saved was written, and with 3 where it is damaged. To go on with the new file, move all of `journal.*` in the state directory away, and the new file there as `journal.sqlite`.",
      ], seeAlso: ["journal", "journal backup"]),
    Topic(
      .command, "journal backup", abstract: "makes a copy of the journal in one new file, while others may write",
      forms: ["runbook journal backup /srv/backup/journal.sqlite"],
      discussion: [
        "The copy is as the journal was at one moment, is read through before it gets its name, can be read by its owner alone, and replaces no other file. `runbook history --state-directory FOLDER` shows it where it is called `journal.sqlite` and the folder is yours alone.",
        "A copy does not know what was launched after it was made. Look at the operations' runs before you resume from it.",
      ], seeAlso: ["journal", "journal check"]),
    Topic(
      .command, "repl", "prompt", abstract: "the prompt: statements one by one, with what the ones before have left",
      forms: ["runbook repl", "runbook repl --simulate", "runbook repl --account 000099 --environment DEV"],
      discussion: [
        "Takes what a runbook takes, and commands that start with `:`, of which `:help` tells. Standard input that is not a terminal runs as a runbook. `runbook` alone on a terminal is the same.",
        "A statement that is not complete goes on at the next line. `&` at its end lets it go on behind the prompt. Ctrl-C drops the line, or stops waiting, never a job; Ctrl-D leaves. Tab completes; history, Ctrl-R, `.inputrc` (with `$if runbook`) and vi mode are readline's. A line that starts with a space is not kept in the history.",
      ], seeAlso: [":help", "run"]),
    Topic(
      .command, "simulate", abstract: "serves the built-in service on loopback, plain or with TLS and HTTP/2",
      forms: ["runbook simulate", "runbook simulate relaunch.scenario.yaml --port 8080 --speed 60"],
      discussion: [
        "Prints its address on standard output as soon as it takes connections, and a line on standard error for each request, followed by what it and those before it have changed. Stops on Ctrl-C and SIGTERM."
      ], seeAlso: ["rehearse"]),
    Topic(
      .command, "fmt", abstract: "gives runbooks their one layout",
      forms: ["runbook fmt relaunch.runbook", "runbook fmt --check relaunch.runbook common.runbook", "runbook fmt -"],
      discussion: [
        "Files are rewritten in place; `-` lays standard input out on standard output. A statement a line, blocks indented by two, single spaces; words, texts and comments stay as they are. A list or call stands one element a line where a comma follows its last element, or where it would be wider than a hundred columns.",
        "A file with errors is left alone, and the command ends with 2. With --check nothing is written: the files that would change are named, and it ends with 1 where there are any.",
      ], seeAlso: ["check", ":save"]),
    Topic(
      .command, "reference", "help", abstract: "tells of the language and the commands, all of it or a word",
      forms: ["runbook reference", "runbook reference await", "runbook reference --markdown", "runbook help await"],
      discussion: ["The same text as `:help` shows at the prompt."], seeAlso: [":help"]),
  ]

  static let promptCommands: [Topic] = [
    Topic(
      .promptCommand, ":help", abstract: "what a word of the language or a command does",
      forms: [":help", ":help await", ":help :save", ":help [WORD]"], seeAlso: ["repl"]),
    Topic(
      .promptCommand, ":runs", abstract: "the runs of this session as last seen", forms: [":runs"], seeAlso: ["run"]),
    Topic(
      .promptCommand, ":vars", abstract: "the names in scope with their values", forms: [":vars"], seeAlso: ["let"]),
    Topic(
      .promptCommand, ":load", abstract: "runs a file in this session", forms: [":load FILE"],
      discussion: ["What it declares stays. The file is checked as a whole, in what is in scope."], seeAlso: ["include"]
    ),
    Topic(
      .promptCommand, ":save", abstract: "writes the session so far as a checked runbook, without what failed",
      forms: [":save FILE"],
      discussion: [
        "What only looked is left out too, parameters are kept, and the whole has the layout of `runbook fmt`. A file that is there already is replaced only when you say so."
      ], seeAlso: ["fmt", ":load"]),
    Topic(
      .promptCommand, ":environment", abstract: "shows the environment, or changes it",
      forms: [":environment", ":environment [NAME]"], seeAlso: ["environment"]),
    Topic(
      .promptCommand, ":account", abstract: "shows the account, or changes it",
      forms: [":account", ":account [DIGITS]"],
      seeAlso: ["account"]),
    Topic(
      .promptCommand, ":edit", abstract: "changes the last entry in $VISUAL or $EDITOR, and runs it", forms: [":edit"]),
    Topic(
      .promptCommand, ":time", abstract: "says how long each entry takes, or no longer; shows the time",
      forms: [":time"]),
    Topic(.promptCommand, ":history", abstract: "the latest entries", forms: [":history [COUNT]"]),
    Topic(
      .promptCommand, ":jobs", "&", abstract: "what goes on behind the prompt", forms: [":jobs"],
      discussion: [
        "`&` at the end of a statement lets it go on behind the prompt; its news appears above the line being typed. It may use what is declared, but declare and set nothing."
      ], seeAlso: [":stop"]),
    Topic(
      .promptCommand, ":stop", abstract: "stops the waiting of what goes on behind the prompt", forms: [":stop NUMBER"],
      seeAlso: [":jobs"]),
    Topic(
      .promptCommand, ":ids", abstract: "asks the service for configuration ids to complete", forms: [":ids [TYPE]"],
      discussion: ["Ids that the journal knows are there without asking."]),
    Topic(.promptCommand, ":quit", abstract: "leaves; so does Ctrl-D", forms: [":quit"]),
  ]
}
