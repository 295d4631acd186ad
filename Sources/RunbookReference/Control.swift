extension Reference {
  static let declarations: [Topic] = [
    Topic(
      .statement, "let", abstract: "names a value, once",
      forms: ["let other = table-to-table \"000099_other\"", "let latest = last run of prepare"],
      discussion: ["At the prompt a later `let` replaces an earlier one and says so."], seeAlso: ["var", "names"]),
    Topic(
      .statement, "var", "=", abstract: "names a value that can be assigned again, by `=`",
      forms: ["var n = 1; n = n + 1"],
      discussion: ["A `var` from outside a `parallel` cannot be assigned inside it."], seeAlso: ["let"]),
    Topic(
      .statement, "param", abstract: "a value that whoever runs the runbook gives",
      forms: [
        "param day: date = yesterday \"The day to prepare\"", "param ticket from env \"HOME\"",
      ],
      discussion: [
        "`runbook run FILE day=2020-12-30` gives it. One without a default is asked for on a terminal and an error elsewhere. Types are text, number, boolean, date, timestamp, duration and status; without one it is that of the default, or text."
      ], seeAlso: ["run", "from", "env"]),
    Topic(
      .statement, "include", abstract: "takes over what another file declares", forms: ["include \"common.runbook\""],
      discussion: ["The file holds declarations only. Its path is relative to the file that includes it."],
      seeAlso: ["procedure", "let"]),
    Topic(
      .statement, "procedure", "call", abstract: "names statements that take arguments and may give a value",
      forms: [
        "procedure again(job, attempts = 3) {\n  launch job\n  await run or fail\n  return run\n}\nagain(prepare, attempts = 2)"
      ],
      discussion: [
        "It is checked at each call, with the types that the call gives. It has its own `run` and `status`, unset at first, and leaves the caller's alone. Procedures may not call themselves, directly or around a corner."
      ], seeAlso: ["return", "include"]),
  ]

  static let control: [Topic] = [
    Topic(
      .statement, "if", "else", abstract: "chooses by a condition",
      forms: [
        "if status == FAILED { print \"again\" } else if run.duration > 20m { print \"slow\" } else { print \"fine\" }"
      ],
      discussion: ["A condition is true or false; nothing else is taken for one."], seeAlso: ["boolean", "and"]),
    Topic(
      .statement, "for", "in", abstract: "does something for each value of a list or a range",
      forms: ["for job in [prepare, export] { disable job }", "for day in 2020-12-01 .. 2020-12-31 { print day }"],
      seeAlso: ["break", "continue", "..", "parallel"]),
    Topic(
      .statement, "retry", abstract: "attempts a block again after it failed",
      forms: ["retry 3 times every 30s backoff 2 { launch prepare; await run or fail }"],
      discussion: [
        "The number counts all attempts. Only after `failed` and `unreachable` is there another; the other kinds of errors stand at once. `backoff` multiplies the pause after each attempt."
      ], seeAlso: ["times", "every", "backoff", "errors"]),
    Topic(
      .statement, "wait", abstract: "waits for a time, or until a condition holds",
      forms: ["wait 10s", "wait until (check run) == SUCCESS every 1m timeout 2h"],
      discussion: [
        "A condition is looked at until it holds. It may read the service, and neither change it, ask, nor print."
      ],
      seeAlso: ["until", "await", "timeout"]),
    Topic(
      .statement, "parallel", abstract: "does several things at once, under a cap",
      forms: [
        "parallel for job in [prepare, export] max 4 keep going { launch job; await run or fail }",
        "parallel max 2 { step \"A\" { launch prepare; await run or fail }; step \"B\" { launch export; await run or fail } }",
      ],
      discussion: [
        "The first failure keeps other branches from starting anything new, lets what is in flight finish, and then stands; `keep going` runs them all and fails at the end if any failed. Only steps stand directly inside. Each branch has its own `run` and `status`. `stop`, `return`, `break` and `continue` cannot leave it."
      ], seeAlso: ["max", "keep", "for", "step"]),
    Topic(
      .statement, "try", "catch", "finally",
      abstract: "takes errors by their kind, and does in any case what `finally` says",
      forms: [
        "try { launch prepare; await run timeout 1h or fail } catch timeout { print \"late\" } catch { print error.message } finally { enable prepare }"
      ],
      discussion: [
        "A bare `catch` takes any kind but `unconfirmed`, which only `catch unconfirmed` takes. `catch` and `finally` know only what was set before `try`.",
        "`finally` runs whatever ends the `try`, also Ctrl-C, where a terminal asks first whether to leave it to `runbook resume`; one that did not come to its end is finished by that. It does not begin where somebody else may go on: on SIGTERM and SIGHUP, and where nobody was there to be asked. It cannot `fail`, nor be left by `stop`, `return`, `break` or `continue`.",
      ], seeAlso: ["errors", "error"]),
    Topic(
      .statement, "step", abstract: "gives a part a title that reports show",
      forms: ["step \"Relaunch the preparation\" { launch prepare }"], discussion: ["It opens no scope."]),
  ]

  static let endings: [Topic] = [
    Topic(
      .statement, "break", abstract: "leaves the loop around it",
      forms: ["for n in 1 .. 3 { if n == 2 { break }; print n }"], seeAlso: ["for", "continue"]),
    Topic(
      .statement, "continue", abstract: "goes on with the next value of the loop around it",
      forms: ["for n in 1 .. 3 { if n == 2 { continue }; print n }"], seeAlso: ["for", "break"]),
    Topic(
      .statement, "return", abstract: "ends a procedure, with a value or without",
      forms: ["procedure yesterdays(job) { return last run of job started yesterday }"], seeAlso: ["procedure"]),
    Topic(
      .statement, "stop", abstract: "ends the runbook well", forms: ["stop \"nothing to do\""], seeAlso: ["fail"]),
    Topic(
      .statement, "fail", abstract: "ends the runbook badly, with an error of the kind `failed`",
      forms: ["fail \"failed again: ${run.id}\""],
      discussion: ["The process ends with 1. `catch` and `retry` take it."],
      seeAlso: ["require", "stop", "outcomes", "failed"]),
    Topic(
      .statement, "require", abstract: "fails unless a condition holds",
      forms: ["require run.duration < 20m else \"too slow: ${run.duration}\""], seeAlso: ["fail", "if"]),
  ]

  static let people: [Topic] = [
    Topic(
      .statement, "print", abstract: "shows a value, on standard output",
      forms: ["print \"prepared in ${run.duration}\"", "print run.started"], seeAlso: ["text"]),
    Topic(
      .statement, "confirm", abstract: "asks, and ends the runbook when the answer is no",
      forms: ["confirm \"Disable in PROD?\"", "if confirm \"Once more?\" { launch prepare }"],
      discussion: [
        "`finally` still runs, and no `catch` takes it; `if confirm` asks without ending. Without a terminal it is refused unless `--yes` answers."
      ], seeAlso: ["manual"]),
    Topic(
      .statement, "manual", abstract: "shows a task for a person, waits until it is done, and records who said so",
      forms: ["manual \"Check the totals in BigQuery\""], seeAlso: ["confirm"]),
  ]
}
