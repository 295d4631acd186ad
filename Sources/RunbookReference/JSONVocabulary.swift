/// The vocabulary of the program's JSON.
extension Reference {
  /// Objects that are lines of their own. Each has `version` and `kind`, the object's name.
  public static let jsonLines: [JSONObject] = [
    JSONObject(
      "execution", "an execution as it was begun, and how it stands",
      [
        .init("id", .text, "what `resume`, `history` and `transcript` know it by"),
        .init("name", .text, "the file as it was named, `-c`, `standard input` or `prompt`"),
        .init("started", .moment, "when it was begun"),
        .init("today", .date, "the day that `today` means in it"),
        .init("directory", .text, "where it was begun"),
        .init("parameters", .map(.text), "the values that were given"),
        .init("account", .text, "what it works in; several with commas", null: "the text tells none"),
        .init("environment", .text, "likewise", null: "the text tells none"),
        .init("service", .text, "the service's address, or `simulator`"),
        .init(
          "settings", .part("settings"), "what it was set to", null: "it is a session at the prompt, or an old record"),
        .init("edited", .boolean, "whether an edit of what had been carried out was accepted"),
        .init("session", .boolean, "whether it is a session at the prompt, of which no text is kept"),
        .init("sources", .list(.text), "the names of its texts, the runbook's first"),
        .init("startedBy", .part("holder"), "the process that began it"),
        .init("state", .word(["running", "unfinished", "ended"]), "whether a process works on it, or one may"),
        .init("end", .part("ending"), "how it ended or stopped", null: "it runs, or its process was killed"),
        .init("resumed", .boolean, "whether another process began it", .sometimes("while it is followed")),
        .init("texts", .list(.text), "its texts, in the order of `sources`", .sometimes("in a transcript")),
      ]),
    JSONObject(
      "process", "a process that worked on it; told when it begins and when it leaves",
      [
        .init("fence", .number, "counts the processes, from 1"),
        .init("user", .text, "whose process it is"),
        .init("host", .text, "where it runs"),
        .init("process", .number, "the system's number of it"),
        .init("began", .moment, "when it took the execution up"),
        .init("left", .moment, "when it left it", null: "it works on it"),
        .init(
          "leaving", .word(["ended", "gave-back", "lost"]),
          "`ended`: it recorded how that ended; `gave-back`: it left all as it was; `lost`: it was killed or taken for dead",
          null: "it works on it"),
      ]),
    JSONObject(
      "span", "a stretch of the execution that effects and other spans are in",
      [
        .init("number", .number, "where it began in the log, which is its name for good"),
        .init("parent", .number, "the span around it", null: "it is the execution's own"),
        .init("path", .text, "where it stands in the text"),
        .init(
          "type", .word(["execution", "step", "parallel", "branch", "round", "attempt", "catch", "finally", "call"]),
          "what it is"),
        .init("title", .text, "a step's title, a branch's element, a procedure's name; may be empty"),
        .init("generation", .number, "how often it was done again before"),
        state,
        .init("began", .moment, "when it began"),
        .init(
          "causes", .list(.number),
          "the `endNumber` of the failures that it is there for: what a `catch` took, an attempt or a `finally` follows"
        ),
        .init("halt", .part("halt"), "what keeps anything new in it from beginning", null: "nothing does"),
      ] + over + [
        .init("failedBy", .list(.number), "the `endNumber` of the failures that its own came from", .failed)
      ]),
    JSONObject(
      "effect", "something that was done, read, waited for, asked or printed; told again whenever more is known of it",
      [
        .init("number", .number, "its place in the log, which is its name for good"),
        .init("span", .number, "the span that it is in", null: "an old record has none"),
        .init("path", .text, "where it stands in the text"),
        .init("file", .text, "the text that it stands in", null: "that is not kept"),
        .init("line", .number, "the line of its statement", null: "an old record has none"),
        .init("verb", .word(verbWords), "what it does"),
        .init("generation", .number, "how often it was done again before"),
        .init(
          "standing", .word(["current", "set-aside", "lapsed"]),
          "whether it answers for its place, an edit has set it aside, or it was done anew"),
        state,
        .init("began", .moment, "when it was about to begin"),
      ] + over, by: "verb",
      effects),
    JSONObject(
      "answer", "what somebody said to a question, from whichever process",
      [
        .init("question", .number, "the number of the effect that asks"),
        .init("generation", .number, "that of the effect"),
        .init("at", .moment, "when it was said"),
      ] + said),
    JSONObject(
      "end", "how the execution ended or stopped; the last line",
      [.init("execution", .text, "its id")] + ending + [
        .init("left", .part("left"), "what somebody may have to see to"),
        .init("unrecorded", .text, "why the end is not on record", .sometimes("where it could not be recorded")),
      ]),
    JSONObject(
      "news", "what happens beside the record, while it is followed",
      [
        .init("steps", .list(.text), "the titles of the steps around it, outermost first"),
        .init("path", .text, "that of the effect that it is about", .sometimes("where it is about one")),
        .init("file", .text, "where it comes from", .sometimes("where it comes from a text")),
        .init("line", .number, "likewise", .sometimes("where it comes from a text")),
        .init("column", .number, "likewise", .sometimes("where it comes from a text")),
      ], by: "event", news),
    JSONObject(
      "diagnostic", "what is wrong with a runbook; where there is an error nothing is begun",
      [
        .init("id", .text, "which kind of problem it is"),
        .init("severity", .word(["error", "warning", "note"]), "how bad it is"),
        .init("message", .text, "what is wrong"),
        .init("label", .text, "what it says of the place; may be empty"),
        .init("labels", .list(.part("place")), "other places that matter"),
        .init("notes", .list(.text), "what else helps"),
        .init("fixes", .list(.part("fix")), "what would put it right"),
        .init("trace", .list(.part("place")), "the calls on the way there, innermost first"),
      ] + place),
  ]

  // MARK: Members that several have

  private static let state = JSONObject.Member(
    "state", .word(["began", "ended", "failed", "open"]),
    "`open` where it has not ended and no process works on the execution")

  private static let over: [JSONObject.Member] = [
    .init("ended", .moment, "when it ended or failed", .over, null: "an old record has none"),
    .init("endNumber", .number, "where in the log it ended or failed", .over, null: "an old record has none"),
    .init("error", .part("error"), "why it failed", .failed),
  ]

  static let ending: [JSONObject.Member] = [
    .init("at", .moment, "when it ended"),
    .init("exitStatus", .number, "the process's"),
    .init("summary", .text, "`done`, or why not"),
    .init("resumable", .boolean, "whether `resume` can go on with it"),
    .init("cost", .part("cost"), "what it has cost", null: "an old record has none"),
  ]

  static let said: [JSONObject.Member] = [
    .init("yes", .boolean, "whether it was a yes"), .init("by", .text, "who said it"),
    .init("note", .text, "what was said beside it; may be empty"),
  ]

  static let place: [JSONObject.Member] = [
    .init("file", .text, "the source", null: "it is not at hand"),
    .init("line", .number, "from 1", .sometimes("where the source is at hand")),
    .init("column", .number, "from 1, in characters", .sometimes("where the source is at hand")),
    .init("endLine", .number, "where it ends", .sometimes("where the source is at hand")),
    .init("endColumn", .number, "behind its last character", .sometimes("where the source is at hand")),
    .init("startOffset", .number, "in bytes, from 0"), .init("endOffset", .number, "in bytes, behind its last"),
  ]

  private static let verbWords = effects.flatMap(\.values)
}
