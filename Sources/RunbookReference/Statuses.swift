extension Reference {
  static let statuses: [Topic] = [
    Topic(
      .status, "SUCCESS", abstract: "the run has ended well", forms: ["require status == SUCCESS"], seeAlso: ["status"]),
    Topic(
      .status, "FAILED", abstract: "the run has ended badly", forms: ["if status == FAILED { print \"again\" }"],
      seeAlso: ["status", "CHECKED"]),
    Topic(
      .status, "RUNNING", abstract: "the run goes on", forms: ["print (check run) == RUNNING"], seeAlso: ["status"]),
    Topic(
      .status, "NO_MATCH", abstract: "the run has ended: a file came that no template takes",
      forms: ["if status == NO_MATCH { manual \"Rename the file\" }"], seeAlso: ["status"]),
    Topic(
      .status, "CHECKED", abstract: "a person has dealt with a run that had failed; it has ended",
      forms: ["mark bad as CHECKED"], seeAlso: ["mark", "status"]),
    Topic(
      .status, "WAITING", abstract: "the run waits for another one of its operation to end",
      forms: ["print (last 10 runs of prepare where it.status == WAITING).count"],
      discussion: [
        "At most one run of a table-to-table goes on at a time, so one that is stuck blocks later launches."
      ],
      seeAlso: ["status"]),
    Topic(
      .status, "DEACTIVATED", abstract: "the run has ended without doing anything, since its operation is disabled",
      forms: ["print status == DEACTIVATED"], seeAlso: ["disable", "status"]),
  ]

  static let errorKinds: [Topic] = [
    Topic(
      .errorKind, "errors", abstract: "what can go wrong has a kind, by which `catch` takes it",
      forms: ["try { launch prepare } catch rejected { print error.message } catch { print \"${error.kind}\" }"],
      discussion: [
        "The kinds are `failed`, `timeout`, `refused`, `unreachable`, `rejected` and `unconfirmed`. `retry` attempts again only after `failed` and `unreachable`."
      ], seeAlso: ["try", "retry", "error"]),
    kind(
      "failed", "`fail`, `require` or `or fail` said so", ["`retry` attempts again. The process ends with 1."]),
    kind(
      "timeout", "a deadline passed, as a look bears out that began then",
      ["`status` is unset, and `run.status` as last seen. The process ends with 4."]),
    kind(
      "refused", "the service did not accept the token, or has no right for it",
      ["A new token was tried once. The process ends with 8."]),
    kind(
      "unreachable",
      "the service could not be reached or did not answer, or what is awaited could not be seen at its deadline",
      ["`retry` attempts again. The process ends with 3."]),
    kind(
      "rejected", "the service did not accept the request",
      ["Its own words are in `error.message`. The process ends with 8."]),
    kind(
      "unconfirmed", "a job may have been launched, and no run shows it",
      [
        "Only `catch unconfirmed` takes it. It is not launched again unless the runbook does, or `runbook resume --launch-again`, once somebody has looked; `runbook resume --adopt RUN` goes on with the run that it was. The process ends with 5."
      ]),
  ]

  private static func kind(_ name: String, _ abstract: String, _ discussion: [String]) -> Topic {
    Topic(
      .errorKind, name, abstract: abstract,
      forms: ["try { launch prepare; await run or fail } catch \(name) { print error.message }"],
      discussion: discussion, seeAlso: ["errors", "try"])
  }
}
