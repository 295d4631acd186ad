extension Reference {
  static let operators: [Topic] = [
    Topic(
      .operator, "precedence", "(", ")", abstract: "what binds tighter than what",
      forms: ["print (1 + 2) * 3"],
      discussion: [
        "Loosest first: `where`; `or`; `and`; `not`; `==` `!=` `<` `<=` `>` `>=` `contains`; `..`; `+` `-`; `*` `/` `%`; the `-` before a value; `.field`, `[i]` and calls. Values of clauses bind no looser than `+`; a verb takes one operand, and anything looser stands in parentheses."
      ]),
    Topic(
      .operator, "where", "it", abstract: "those of a list for which a condition holds; `it` is each of them",
      forms: [
        "(runs of table-to-table) where it.status == FAILED",
        "print (last 10 runs of prepare where it.duration > 10m).count",
      ],
      discussion: ["The condition may read the service but not change it. It does not nest."],
      seeAlso: ["list", "runs"]),
    Topic(
      .operator, "and", "or", "not", abstract: "join and turn conditions",
      forms: ["print status == SUCCESS and not (run.duration > 20m) or false"],
      discussion: [
        "`and` binds tighter than `or`. What does not matter any more is not evaluated. At the end of a statement that gives an outcome, `or fail` and `or ignore` are its clauses."
      ], seeAlso: ["outcomes", "if"]),
    Topic(
      .operator, "comparison", "==", "!=", "<", "<=", ">", ">=", abstract: "compare two values of one kind",
      forms: ["print run.duration <= 20m", "print status != FAILED"],
      discussion: ["Nothing converts by itself. `a < b < c` is an error; write `a < b and b < c`."],
      seeAlso: ["contains", "none"]),
    Topic(
      .operator, "contains", abstract: "whether a text holds another, or a list a value",
      forms: ["print prepare.name contains \"liquor\"", "print [FAILED, NO_MATCH] contains status"]),
    Topic(
      .operator, "..", "range", abstract: "all days or whole numbers from one to another, both included",
      forms: ["for day in 2020-12-01 .. 2020-12-31 { print day }", "for n in 1 .. 3 { print n }"], seeAlso: ["for"]),
    Topic(
      .operator, "arithmetic", "+", "-", "*", "/", "%",
      abstract: "reckon with numbers, dates, timestamps and durations",
      forms: ["print 2 * 30s + 1m", "print today - 1d", "print 7 % 4 / 2"],
      discussion: ["`+` also joins texts. A result that no value can hold is an error, as is a division by zero."],
      seeAlso: ["number", "date", "duration"]),
    Topic(
      .operator, "fields", ".", abstract: "a part of a value, by its name",
      forms: ["print run.operation.name", "print [1, 2].count"],
      discussion: [
        "A run has `id` `status` `operation` `started` `duration` `job`; an operation `id` `name` `type` `account` `environment`; an error `kind` `message` `attempts` `run`; a list `count` `first` `last`."
      ], seeAlso: ["run", "operation", "error", "list"]),
  ]

  static let clauses: [Topic] = [
    Topic(
      .clause, "on", abstract: "the execution date of a launch", forms: ["launch prepare on yesterday"],
      seeAlso: ["launch"]),
    Topic(
      .clause, "timeout", abstract: "the deadline of a wait", forms: ["await run timeout 30m or fail"],
      discussion: [
        "24 hours where none is written, unless the settings say otherwise. Behind `catch` it is a kind of error."
      ],
      seeAlso: ["await", "wait"]),
    Topic(
      .clause, "every", abstract: "how far looks or attempts are apart",
      forms: ["await run every 1m or fail", "wait until (check run) != RUNNING every 30s timeout 1h"],
      seeAlso: ["await", "wait", "retry"]),
    Topic(
      .clause, "since", "next", abstract: "from when on a run that something else starts counts",
      forms: ["await next run of prepare since now - 10m timeout 2h or fail"], seeAlso: ["await"]),
    Topic(
      .clause, "with", abstract: "only runs with a status", forms: ["last 5 runs of prepare with status FAILED"],
      seeAlso: ["last", "runs"]),
    Topic(
      .clause, "started", abstract: "only runs that started on a day", forms: ["last 5 runs of prepare started today"],
      seeAlso: ["last", "runs"]),
    Topic(
      .clause, "limit", abstract: "how many runs at most", forms: ["runs of table-to-table limit 20"],
      seeAlso: ["runs"]),
    Topic(
      .clause, "in", abstract: "the environment of the operation just written; in a loop, what it goes over",
      forms: ["launch table-to-table \"000099_prepare\" in STAGING", "for n in 1 .. 3 { print n }"],
      seeAlso: ["environment", "for", "operation"]),
    Topic(
      .clause, "of",
      abstract: "the account of the operation just written; behind `run` and `runs`, the operation or type",
      forms: ["launch table-to-table \"000099_prepare\" of \"000099\"", "last run of prepare"],
      seeAlso: ["account", "operation", "last"]),
    Topic(
      .clause, "as", abstract: "the status that a run is marked with", forms: ["mark bad as CHECKED"], seeAlso: ["mark"]
    ),
    Topic(
      .clause, "times", abstract: "how many attempts there are in all",
      forms: ["retry 3 times { launch prepare; await run or fail }"], seeAlso: ["retry"]),
    Topic(
      .clause, "backoff", abstract: "by how much the pause grows after each attempt",
      forms: ["retry 3 times every 30s backoff 2 { launch prepare; await run or fail }"], seeAlso: ["retry"]),
    Topic(
      .clause, "max", abstract: "how many branches go on at once",
      forms: ["parallel for job in [prepare, export] max 1 { disable job }"], seeAlso: ["parallel"]),
    Topic(
      .clause, "keep", "going", abstract: "runs all branches, though some fail",
      forms: ["parallel for job in [prepare, export] keep going { disable job }"], seeAlso: ["parallel"]),
    Topic(
      .clause, "until", abstract: "the condition that is waited for",
      forms: ["wait until (last run of prepare) != none every 1m timeout 2h"], seeAlso: ["wait"]),
    Topic(
      .clause, "from", "env",
      abstract: "takes a parameter from a variable of the environment where nothing else gives it",
      forms: ["param home from env \"HOME\""], seeAlso: ["param"]),
    Topic(
      .clause, "ignore", abstract: "says that an outcome does not matter", forms: ["await run or ignore"],
      seeAlso: ["outcomes"]),
  ]
}
