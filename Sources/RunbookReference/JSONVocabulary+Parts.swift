/// What the lines are made of.
extension Reference {
  /// Objects that are parts of others.
  public static let jsonParts: [JSONObject] = [
    JSONObject(
      "operation", "an operation of the platform",
      [
        .init("account", .text, "six digits"), .init("environment", .text, "where it is"),
        .init("type", .text, "the service's word for what it is"), .init("id", .text, "as the service knows it"),
        .init("name", .text, "as the runbook wrote it"),
      ]),
    JSONObject(
      "run", "a run as it was last seen",
      [
        .init("id", .text, "the service's"), .init("operation", .part("operation"), "what ran"),
        .init("status", .text, "as the service writes it", null: "nothing has been seen of it yet"),
        .init("started", .moment, "when it started", null: "that is not known"),
        .init("seconds", .seconds, "how long it took, or had taken by then", null: "that is not known"),
        .init("job", .text, "its job id", null: "its operation has none"),
      ]),
    JSONObject(
      "error", "why something failed",
      [
        .init(
          "kind", .word(["failed", "timeout", "refused", "unreachable", "rejected", "unconfirmed"]),
          "by which `catch` takes it"),
        .init("message", .text, "in words"), .init("attempts", .number, "how often it was tried"),
        .init("notes", .list(.text), "what else helps"),
        .init("candidates", .list(.part("run")), "runs that may be the one that was launched"),
        .init("run", .part("run"), "the run that it is about", null: "it is about none"),
        .init("looks", .number, "how many looks that took", .sometimes("where a run was awaited")),
        .init(
          "noticedAfterSeconds", .seconds, "how long after its end it was noticed",
          .sometimes("where a run was awaited"),
          null: "it was not"),
      ]),
    JSONObject(
      "halt", "why nothing new begins any more",
      [
        .init(
          "reason", .word(["failure", "no", "interruption"]),
          "a branch failed, a person said no, or the execution was interrupted"),
        .init("number", .number, "where that is in the log"),
      ]),
    JSONObject(
      "read", "a read of a condition that held",
      [
        .init("path", .text, "where it stands in the condition"),
        .init("verb", .word(readVerbs.flatMap(\.values)), "as that of an effect"),
        .init("state", .word(["ended", "failed"]), "whether it gave anything"),
        .init("error", .part("error"), "why it failed", .failed),
      ], by: "verb", readVerbs),
    JSONObject("said", "what a person said", said),
    JSONObject(
      "adopter", "who said what a launch came to",
      [.init("user", .text, "who it was"), .init("at", .moment, "when")]),
    JSONObject(
      "holder", "a process",
      [
        .init("user", .text, "whose it is"), .init("host", .text, "where it runs"),
        .init("process", .number, "the system's number of it"),
      ]),
    JSONObject(
      "settings", "what an execution goes on with, whatever is set when it is resumed",
      [
        .init("account", .text, "that of operations that name none", null: "the text says it"),
        .init("environment", .text, "that of operations that name none", null: "the text says it"),
        .init("environments", .list(.text), "those that might be named"),
        .init("timeoutSeconds", .seconds, "the deadline of a wait that has none written"),
        .init("cap", .number, "how many things go on at once where no cap is written"),
        .init("visibilityDelaySeconds", .seconds, "how long a run may take to be listed"),
        .init("clockToleranceSeconds", .seconds, "how far the clocks may be apart"),
      ]),
    JSONObject("ending", "how an execution ended or stopped", ending),
    JSONObject(
      "cost", "what an execution has cost",
      [
        .init("requests", .number, "all of them"), .init("byAction", .map(.number), "by the service's word for it"),
        .init("retries", .number, "those of them that were a further try"),
        .init("awaits", .number, "those that are over"), .init("looks", .number, "of all awaits"),
        .init(
          "noticedAfterSeconds", .part("noticing"), "how long after their ends runs were noticed", null: "none was"),
        .init("lacksKilled", .boolean, "whether the requests are missing of a process that was killed"),
      ]),
    JSONObject(
      "noticing", "how long after their ends runs were noticed",
      [
        .init("median", .seconds, "the middle"), .init("p95", .seconds, "19 of 20 were sooner"),
        .init("max", .seconds, "the latest"),
      ]),
    JSONObject(
      "usual", "how long runs of an operation took before",
      [
        .init("median", .seconds, "the middle"), .init("p10", .seconds, "1 of 10 was shorter"),
        .init("p90", .seconds, "9 of 10 were shorter"), .init("max", .seconds, "the longest"),
      ]),
    JSONObject(
      "left", "what an execution leaves",
      [
        .init("runs", .list(.part("run")), "launched, and not seen to have ended"),
        .init("disabled", .list(.part("operation")), "disabled, and not enabled since"),
        .init("launches", .list(.part("launch")), "of which it is not known whether they happened"),
        .init("finallies", .list(.text), "the titles of what did not get to its end"),
      ]),
    JSONObject(
      "launch", "a launch of which it is not known whether it happened",
      [.init("number", .number, "that of the effect")] + launch),
    JSONObject(
      "place", "a place in a text", place + [.init("text", .text, "what it says of the place")]),
    JSONObject(
      "fix", "a change that would put it right",
      place + [
        .init("title", .text, "what it does"), .init("replacement", .text, "what stands there instead"),
      ]),
  ]

  // MARK: By the verb

  private static let operation = JSONObject.Member("operation", .part("operation"), "what it is about")
  private static let from = JSONObject.Member("from", .moment, "from which its deadline counts")
  private static let watched: [JSONObject.Member] = [
    .init("run", .part("run"), "the run as it ended", .ended),
    .init("looks", .number, "how many looks that took", .ended),
    .init(
      "noticedAfterSeconds", .seconds, "how long after its end it was noticed", .ended,
      null: "the service does not tell the end"),
  ]

  private static let moment = JSONObject.Member("moment", .moment, "that moment", .ended)

  /// What conditions are made of too.
  private static let readVerbs: [JSONObject.Variant] = [
    .init(
      "check",
      [
        .init("runID", .text, "the run that is looked at"), operation,
        .init("run", .part("run"), "as it was seen", .ended, null: "it was not shown"),
      ]),
    .init(
      "look",
      [
        .init("what", .text, "what is listed, in words"),
        .init("runs", .list(.part("run")), "those that were found", .ended),
      ]),
    .init("now", meaning: "a moment read off the clock", [moment]),
  ]

  static let effects = otherVerbs + readVerbs

  private static let launch: [JSONObject.Member] = [
    operation, .init("date", .date, "the execution date", null: "none was given"),
    .init("baseline", .list(.text), "the ids of the newest runs before the request"),
    .init("sent", .moment, "when the request was last about to leave"),
  ]

  private static let otherVerbs: [JSONObject.Variant] = [
    .init(
      "launch",
      launch + [
        .init(
          "settles", .moment, "after which nothing of the request can arrive or be listed",
          null: "an old record has none"),
        .init("happened", .boolean, "`false` where a person said that it did not", .ended),
        .init("run", .part("run"), "what it came to", .ended, null: "it did not happen"),
        .init("adopted", .boolean, "whether no reply named the run: it was found, or a person said so", .ended),
        .init("by", .part("adopter"), "the person who said so", .ended, null: "nobody had to"),
      ]),
    .init(
      "await",
      [.init("runID", .text, "the run that is waited for"), operation, from] + watched),
    .init(
      "await-next", [operation, .init("since", .moment, "after which the run is to start"), from] + watched),
    .init(
      "mark",
      [
        .init("runID", .text, "the run that is marked"), operation, .init("status", .text, "as what"),
      ]),
    .init(["reset", "enable", "disable", "archive"], [operation]),
    .init("wait", [.init("seconds", .seconds, "for how long"), .init("from", .moment, "since when")]),
    .init(
      "wait-until",
      [
        from, .init("looks", .number, "how many looks that took", .ended),
        .init("reads", .list(.part("read")), "by which it held", .ended),
      ]),
    .init("turn", meaning: "a pause between two looks, in an old record", [moment]),
    .init(
      "ask",
      [
        .init("question", .text, "in words"),
        .init(
          "purpose", .word(["permission", "consent", "answer", "task"]),
          "a guard's question, `confirm` as a statement, `confirm` as a value, `manual`",
          null: "an old record has none"
        ),
        .init("word", .text, "what has to be typed for a yes", null: "an ordinary yes is one"),
        .init("answer", .part("said"), "what was said", .ended),
      ]),
    .init(
      "print", [.init("text", .text, "what was shown", .sometimes("once it has ended; an old record has none"))]),
    .init("parallel", meaning: "one that failed, in an old record", []),
  ]

  // MARK: News

  private static let run = JSONObject.Member("run", .part("run"), "the run that it is about")
  private static let deadline = JSONObject.Member("deadline", .moment, "until when it is waited for")
  private static let awaitedID = JSONObject.Member(
    "runID", .text, "the run", .sometimes("where a run is awaited and not the next one"))
  private static let problem: [JSONObject.Member] = [
    .init("id", .text, "which kind of problem it is"), .init("message", .text, "in words"),
  ]

  static let news: [JSONObject.Variant] = [
    .init(
      "launch-unknown", meaning: "a launch's reply was lost, and its run is looked for",
      [
        operation, .init("reason", .text, "why it is not known"), .init("until", .moment, "how long it is looked for"),
      ]),
    .init(
      "waiting-for-turn", meaning: "a launch waits for another execution, whose launch of the operation goes first",
      [
        operation, .init("execution", .text, "the other execution", null: "its record was deleted"),
        .init(
          "until", .moment, "when nothing of the other launch can arrive any more",
          null: "the other one's process lives and goes first"),
      ]),
    .init("awaiting", [run, deadline]),
    .init("awaiting-next", [operation, .init("since", .moment, "after which the run is to start"), deadline]),
    .init("waiting-until", [deadline]),
    .init(
      "unseen", meaning: "looks at what is waited for fail",
      [
        .init("operation", .part("operation"), "whose run it is", .sometimes("where no condition is waited for")),
        awaitedID,
        .init("since", .moment, "when the last look began that told how it stands, or else the wait"),
        .init("reason", .text, "why the look failed"),
      ]),
    .init(
      "seen", meaning: "after that, a look tells again",
      [
        .init("operation", .part("operation"), "whose run it is", .sometimes("where no condition is waited for")),
        awaitedID,
      ]),
    .init(
      "expecting", meaning: "how long what is awaited usually takes",
      [
        operation, awaitedID,
        .init("usualSeconds", .part("usual"), "how long the runs took"),
        .init("runs", .number, "how many runs it is known by"),
      ]),
    .init("appeared", meaning: "the awaited next run has started", [run]),
    .init(
      "retrying", meaning: "an attempt failed, and another one follows",
      [
        .init("attempt", .number, "which one follows"), .init("of", .number, "how many there are at most"),
        .init("seconds", .seconds, "the pause before it"), .init("reason", .text, "why the last one failed"),
      ]),
    .init("warning", problem),
    .init("also-failed", meaning: "a failure beside the one that stands", problem),
  ]
}
