/// A verb that changes the platform. Whoever has to do with one asks its description, and tells them apart only where each
/// does something of its own.
public enum ChangingVerb: Sendable, CaseIterable {
  case launch, mark, reset, disable, enable, archive

  public var description: VerbDescription {
    switch self {
    case .launch: .launch
    case .mark: .mark
    case .reset: .reset
    case .disable: .disable
    case .enable: .enable
    case .archive: .archive
    }
  }

  public var word: String { description.word.rawValue }

  private static let byWord = Dictionary(uniqueKeysWithValues: allCases.map { ($0.description.word, $0) })

  init?(_ word: Word) {
    guard let verb = Self.byWord[word] else { return nil }
    self = verb
  }
}

extension VerbDescription {
  fileprivate static let launch = VerbDescription(
    word: .launch, operand: .operations, clause: .executionDate, past: "launched", guarding: .yes, standing: nil,
    abstract: "launches a job, once, and gives its run",
    forms: [
      "launch prepare", "launch prepare on 2020-12-30", "let r = launch prepare", "launch [prepare, export]",
    ],
    discussion: [
      "Only table-to-table and table-to-storage jobs can be launched. `on` gives the execution date. The run is also known as `run`.",
      "What is about to be done is written down first. Where the reply is lost the job is not launched again: the run that came of it is looked for and taken over. Where none shows, the launch is unconfirmed, and only a person or `catch unconfirmed` decides.",
      "A list is launched in its order, under a cap; an error in one does not keep the others from being sent.",
    ], seeAlso: ["await", "unconfirmed", "run"])

  fileprivate static let mark = VerbDescription(
    word: .mark, operand: .runs, clause: .status, past: "marked",
    guarding: .yesAnywhere(status: "SUCCESS", because: "It can fire workflows."), standing: nil,
    abstract: "sets a run's status by hand", forms: ["mark bad as CHECKED"],
    discussion: [
      "The service takes SUCCESS, FAILED, RUNNING, NO_MATCH and CHECKED. SUCCESS can fire workflows, so it asks first, everywhere."
    ], seeAlso: ["CHECKED", "as"])

  fileprivate static let reset = VerbDescription(
    word: .reset, operand: .workflows, clause: nil, past: "reset", guarding: .yes, standing: nil,
    abstract: "forgets which of a workflow's jobs have succeeded",
    forms: ["reset load", "reset workflow \"000099-iowa-liquor-load-pda\""],
    discussion: ["It launches nothing and stops nothing."], seeAlso: ["workflow"])

  fileprivate static let disable = VerbDescription(
    word: .disable, operand: .operations, clause: nil, past: "disabled", guarding: .yes, standing: .outOfService,
    abstract: "keeps an operation from being launched, until `enable`",
    forms: ["disable prepare", "disable [prepare, export, load]"],
    discussion: [
      "A run that is going goes on. A disabled workflow forgets the successes it is sent. To launch what the same path has disabled is an error."
    ], seeAlso: ["enable", "archive"])

  fileprivate static let enable = VerbDescription(
    word: .enable, operand: .operations, clause: nil, past: "enabled", guarding: .yes, standing: .inService,
    abstract: "undoes `disable` and `archive`", forms: ["enable prepare"], discussion: [],
    seeAlso: ["disable", "archive"])

  fileprivate static let archive = VerbDescription(
    word: .archive, operand: .operations, clause: nil, past: "archived", guarding: .ids, standing: .outOfService,
    abstract: "retires an operation", forms: ["archive prepare"],
    discussion: ["In a protected environment it asks for the id to be typed."], seeAlso: ["disable", "enable"])
}
