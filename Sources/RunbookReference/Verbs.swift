import RunbookSyntax

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

  /// What awaits stands behind what launches, and before what repairs.
  static let verbs: [Topic] =
    [Topic(.launch)] + awaiting + ChangingVerb.allCases.filter { $0 != .launch }.map(Topic.init)

  private static let awaiting: [Topic] = [
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

extension Topic {
  fileprivate init(_ verb: ChangingVerb) {
    let description = verb.description
    self.init(
      .statement, verb.word, abstract: description.abstract, forms: description.forms,
      discussion: description.discussion, seeAlso: description.seeAlso)
  }
}
