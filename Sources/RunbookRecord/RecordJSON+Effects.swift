import CivilTime
import RunbookSyntax
import TailerAPI

/// What an effect is about and what it came to, by its verb.
extension RecordJSON {
  static func intent(_ intent: EffectIntent) -> Members {
    switch intent {
    case .launch(let operation, let date, let baseline, let sentAt):
      [
        "operation": JSONValue(operation), "date": JSONValue(date), "baseline": JSONValue(baseline),
        "sent": JSONValue(sentAt),
      ]
    case .await(let id, let operation, let from):
      ["runID": .text(id), "operation": JSONValue(operation), "from": JSONValue(from)]
    case .awaitNext(let operation, let since, let from):
      ["operation": JSONValue(operation), "since": JSONValue(since), "from": JSONValue(from)]
    case .check(let id, let operation): ["runID": .text(id), "operation": JSONValue(operation)]
    case .list(let what): ["what": .text(what)]
    case .mark(let id, let operation, let status):
      ["runID": .text(id), "operation": JSONValue(operation), "status": .text(status.name)]
    case .reset(let operation), .activation(let operation, _): ["operation": JSONValue(operation)]
    case .wait(let span, let from): ["seconds": JSONValue(span), "from": JSONValue(from)]
    case .waitUntil(let from): ["from": JSONValue(from)]
    case .ask(let question, let purpose, let word):
      ["question": .text(question), "purpose": JSONValue(purpose?.rawValue), "word": JSONValue(word)]
    case .now, .turn, .print, .parallel: [:]
    }
  }

  /// With the state that it puts the effect in.
  static func outcome(_ outcome: EffectOutcome, at moment: Timestamp) -> Members {
    var members: Members
    switch outcome {
    case .done: members = [:]
    case .printed(let text): members = ["text": .text(text)]
    case .run(let run, let adopted, let person):
      members = launched(run, adopted: adopted, person, at: moment)
    case .denied(let person): members = launched(nil, adopted: false, person, at: moment)
    case .ended(let run, let cost): members = watch(cost).merging(["run": JSONValue(run, at: moment)]) { $1 }
    case .look(let run): members = ["run": JSONValue(run, at: moment)]
    case .runs(let runs): members = ["runs": JSONValue(runs, at: moment)]
    case .moment(let read): members = ["moment": JSONValue(read)]
    case .answer(let answer): members = ["answer": .object(person(answer))]
    case .held(let reads, let looks):
      members = ["looks": JSONValue(looks), "reads": .array(reads.map { read($0, at: moment) })]
    case .failed(let error): return ["state": .text("failed"), "error": Self.error(error, at: moment)]
    }
    members["state"] = .text("ended")
    return members
  }

  private static func launched(_ run: Run?, adopted: Bool, _ person: Adopter?, at moment: Timestamp) -> Members {
    [
      "happened": .boolean(run != nil), "run": JSONValue(run, at: moment), "adopted": .boolean(adopted),
      "by": person.map { .object(["user": .text($0.user), "at": JSONValue($0.at)]) } ?? .null,
    ]
  }

  private static func read(_ read: RecordedRead, at moment: Timestamp) -> JSONValue {
    let members: Members = ["path": .text(read.path), "verb": .text(read.intent.word)]
    return .object(
      members.merging(intent(read.intent)) { $1 }.merging(outcome(read.outcome, at: moment)) { $1 })
  }

  static func person(_ answer: PersonAnswer) -> Members {
    ["yes": .boolean(answer.isYes), "by": .text(answer.by), "note": .text(answer.note)]
  }

  private static func watch(_ cost: WatchCost) -> Members {
    ["looks": JSONValue(cost.looks), "noticedAfterSeconds": JSONValue(cost.noticedAfter)]
  }

  static func error(_ error: RecordedError, at moment: Timestamp) -> JSONValue {
    let members: Members = [
      "kind": .text(error.kind.rawValue), "message": .text(error.message), "attempts": JSONValue(error.attempts),
      "notes": JSONValue(error.notes), "candidates": JSONValue(error.candidates, at: moment),
      "run": JSONValue(error.run, at: moment),
    ]
    return .object(members.merging(error.cost.map(watch) ?? [:]) { $1 })
  }
}

extension EffectIntent {
  /// The word that programs know it by: the verb in the language, with hyphens.
  var word: String {
    switch self {
    case .launch, .mark, .reset, .activation, .await, .wait, .check, .now, .turn, .ask, .print, .parallel: verb
    case .awaitNext: "await-next"
    case .waitUntil: "wait-until"
    case .list: "look"
    }
  }
}
