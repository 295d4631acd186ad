extension Reference {
  static let values: [Topic] = [
    Topic(
      .value, "text", "\"", "'", "\"\"\"", "${", abstract: "words between quotes",
      forms: [
        "print \"${prepare.name} ended ${status}\"", "print 'nothing in here is special: ${x} \\n'",
        "print \"\"\"\n  a block, whose common\n  indentation is removed\n  \"\"\"", "print text(3) + \" times\"",
      ],
      discussion: [
        "In `\"…\"` and `\"\"\"…\"\"\"` stand `\\n`, `\\t`, `\\\"`, `\\\\`, `\\u{…}`, `\\${` for a plain `${`, and `${expression}`, which puts a value in and may hold no `\"`. `'…'` is raw. `{{FD_DATE}}` is plain in all of them. `text(x)` converts."
      ]),
    Topic(
      .value, "number", abstract: "a decimal number with nine places",
      forms: ["print 3 * 1.5", "print number(\"12\") % 5"], discussion: ["`number(x)` converts."],
      seeAlso: ["arithmetic"]),
    Topic(
      .value, "boolean", "true", "false", abstract: "true or false, what conditions are",
      forms: ["let is-late = run.duration > 20m", "print not true"], seeAlso: ["if", "and", "comparison"]),
    Topic(
      .value, "date", "today", "yesterday", abstract: "a day",
      forms: ["print 2020-12-30 - 1d", "print today - yesterday", "print date(\"2020-12-30\")"],
      discussion: [
        "`today` and `yesterday` are days of UTC, fixed when the execution starts; at the prompt, when the entry does. `date(x)` converts."
      ], seeAlso: ["duration", "timestamp", ".."]),
    Topic(
      .value, "timestamp", "now", abstract: "a moment, with its zone",
      forms: [
        "print 2020-12-30T11:28:43Z + 10m", "print now - run.started", "print timestamp(\"2020-12-30T11:28:43+01:00\")",
      ],
      discussion: ["`now` is the moment at which it is evaluated. `timestamp(x)` converts."],
      seeAlso: ["date", "duration"]),
    Topic(
      .value, "duration", abstract: "a length of time",
      forms: ["print 1h30m + 2 * 30s", "print 500ms", "print 2d"],
      discussion: ["Days, hours, minutes, seconds and milliseconds: `2d`, `1h30m`, `10s`, `500ms`."],
      seeAlso: ["date", "timestamp", "timeout"]),
    Topic(
      .value, "status", "statuses", abstract: "how a run stands; as a name, the latest status",
      forms: ["if status == FAILED { print \"again\" }", "print run.status == SUCCESS"],
      discussion: [
        "One of SUCCESS, FAILED, RUNNING, NO_MATCH, CHECKED, WAITING and DEACTIVATED. A comparison with any other word is an error with a suggestion. One that the service returns and this list lacks is kept and shown as it is.",
        "`status` is set by `await` and `check`, and has to be set on every path that reads it. Of a list it is the worst: FAILED, DEACTIVATED, NO_MATCH, unknown, CHECKED, SUCCESS.",
      ], seeAlso: ["outcomes", "await", "SUCCESS", "FAILED"]),
    Topic(
      .value, "operation", "table-to-table", "gbq-to-gbq", "table-to-storage", "storage-to-storage",
      "storage-to-tables",
      "api-to-storage", "vm-launcher", "xml-conversion", "workflow", "job", "verbatim",
      abstract: "a data operation: a type's word and an id, in an environment and of an account",
      forms: [
        "table-to-table \"000099_iowa_liquor_prepare_pda\"", "table-to-storage \"000099_iowa_liquor_export\" in PROD",
        "table-to-table verbatim \"000099_ctx_prepare\" of \"000099\"", "workflow \"000099-iowa-liquor-load-pda\"",
        "job \"gbq-to-gbq|000099_iowa_liquor_prepare_pda_DEV\"", "print prepare.name",
      ],
      discussion: [
        "The types are table-to-table (the service also says gbq-to-gbq), table-to-storage, storage-to-storage, storage-to-tables, api-to-storage, vm-launcher, xml-conversion and workflow. `job` takes the job id that alerts give.",
        "The service knows a table-to-table by its id and `_DEV` or the like; the suffix is added, once. `verbatim` leaves it away, for ids that carry none.",
        "A table-to-table whose id carries another environment than the one in force is an error that says how to write it. Where an id only names a protected environment, that one's guard asks.",
        "Its fields are `id` (as the service knows it), `name` (as written), `type`, `account` and `environment`.",
      ], seeAlso: ["in", "of", "account", "environment"]),
    Topic(
      .value, "run", abstract: "one execution of an operation; as a name, the latest run",
      forms: [
        "print run.duration", "let bad = run \"20201230-112837-0a795c70-2557-4a60-ba16-788aa2bea179\" of prepare",
      ],
      discussion: [
        "Its fields are `id`, `status`, `operation`, `started`, `duration` and `job`: what was last seen, and reading one sends nothing. `duration` of a run still going is the time so far. `run \"ID\" of OPERATION` is a run that somebody told you about.",
        "`run` is set by `launch` and `await next run of`, and has to be set on every path that reads it. After a list it is unset.",
      ], seeAlso: ["launch", "last", "runs", "status"]),
    Topic(
      .value, "list", "[", "]", abstract: "values in a row",
      forms: ["let jobs = [prepare, export]", "print [1, 2, 3][0]", "print (last 5 runs of prepare).count"],
      discussion: [
        "Its fields are `count`, `first` and `last`; `[0]` is its first element. Verbs take a list in place of one thing. A comma may follow the last element."
      ], seeAlso: ["for", "where", ".."]),
    Topic(
      .value, "error", abstract: "what went wrong, inside `catch`",
      forms: ["try { launch prepare } catch { print \"${error.kind}: ${error.message}\" }"],
      discussion: ["Its fields are `kind`, `message`, `attempts` and `run`, which is `none` where there is no run."],
      seeAlso: ["try", "errors"]),
    Topic(
      .value, "none", abstract: "nothing, where a run was looked for",
      forms: ["let latest = last run of prepare\nif latest != none { print latest.id }"],
      discussion: [
        "A value that may be `none` has to be compared with it before it is used; `and`, `require` and `or fail` count too."
      ], seeAlso: ["last", "outcomes"]),
  ]
}
