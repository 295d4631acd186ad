extension Reference {
  static let settings: [Topic] = [
    Topic(
      .statement, "account", abstract: "the account of operations that name none", forms: ["account \"000099\""],
      discussion: [
        "Six digits. The command line and the profile can say it too; where a file and the command line disagree, the run is refused with both named."
      ], seeAlso: ["environment", "of"]),
    Topic(
      .statement, "environment", abstract: "the environment of operations that name none",
      forms: ["environment DEV", "environment PROD"],
      discussion: [
        "DEV, STAGING, PREPROD, PROD, or one that the profile adds. An environment can be protected, as PROD is unless the profile says otherwise: there every changing verb asks first, `archive` asks for the id to be typed, and where nobody can be asked both are refused unless `--yes` answers."
      ], seeAlso: ["account", "in"]),
  ]

  static let verbs: [Topic] = [
    Topic(
      .statement, "launch", abstract: "launches a job, once, and gives its run",
      forms: [
        "launch prepare", "launch prepare on 2020-12-30", "let r = launch prepare", "launch [prepare, export]",
      ],
      discussion: [
        "Only table-to-table and table-to-storage jobs can be launched. `on` gives the execution date. The run is also known as `run`.",
        "What is about to be done is written down first. Where the reply is lost the job is not launched again: the run that came of it is looked for and taken over. Where none shows, the launch is unconfirmed, and only a person or `catch unconfirmed` decides.",
        "A list is launched in its order, under a cap; an error in one does not keep the others from being sent.",
      ], seeAlso: ["await", "unconfirmed", "run"]),
    Topic(
      .statement, "await", abstract: "waits for a run to end and gives its status",
      forms: [
        "await run", "await run timeout 30m every 10s or fail", "await [run, bad] timeout 1h or fail",
        "await next run of prepare since now timeout 2h or fail",
      ],
      discussion: [
        "`next run of` waits for a run that something else starts after a moment, and then for its end; the deadline covers both. The status is also known as `status`.",
        "Without `timeout` the deadline is that of the settings, 24 hours. Without `every` the looks are spaced by how long the operation took before. A list has one deadline, and gives the worst status.",
        "Ctrl-C stops the waiting and never the job.",
      ], seeAlso: ["check", "timeout", "every", "outcomes"]),
    Topic(
      .statement, "check", abstract: "looks at a run once, without waiting, and gives its status",
      forms: ["check run", "if (check bad) == RUNNING { print \"still going\" }"], seeAlso: ["await", "last", "runs"]),
    Topic(
      .statement, "mark", abstract: "sets a run's status by hand", forms: ["mark bad as CHECKED"],
      discussion: [
        "The service takes SUCCESS, FAILED, RUNNING, NO_MATCH and CHECKED. SUCCESS can fire workflows, so it asks first, everywhere."
      ], seeAlso: ["CHECKED", "as"]),
    Topic(
      .statement, "reset", abstract: "forgets which of a workflow's jobs have succeeded",
      forms: ["reset load", "reset workflow \"000099-iowa-liquor-load-pda\""],
      discussion: ["It launches nothing and stops nothing."], seeAlso: ["workflow"]),
    Topic(
      .statement, "disable", abstract: "keeps an operation from being launched, until `enable`",
      forms: ["disable prepare", "disable [prepare, export, load]"],
      discussion: [
        "A run that is going goes on. A disabled workflow forgets the successes it is sent. To launch what the same path has disabled is an error."
      ], seeAlso: ["enable", "archive"]),
    Topic(
      .statement, "enable", abstract: "undoes `disable` and `archive`", forms: ["enable prepare"],
      seeAlso: ["disable", "archive"]),
    Topic(
      .statement, "archive", abstract: "retires an operation", forms: ["archive prepare"],
      discussion: ["In a protected environment it asks for the id to be typed."], seeAlso: ["disable", "enable"]),
  ]

  static let looks: [Topic] = [
    Topic(
      .statement, "last", abstract: "an operation's latest run or runs, the newest first",
      forms: [
        "last run of prepare", "last 5 runs of prepare with status FAILED", "last run of prepare started today",
      ],
      discussion: [
        "`last run of` gives a run or `none`, `last 5 runs of` a list. `started` is the day a run started; the service does not say for which day it was launched. A workflow has no runs."
      ], seeAlso: ["runs", "with", "started", "none"]),
    Topic(
      .statement, "runs", abstract: "runs of a type across an account and environment",
      forms: [
        "runs of table-to-table with status FAILED started today limit 20", "runs of table-to-storage in PROD",
      ],
      discussion: ["100 of them unless a limit is written, with a warning when there may be more."],
      seeAlso: ["last", "where", "limit"]),
  ]
}
