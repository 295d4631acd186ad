import RunbookDiagnostics
import RunbookSyntax

/// What can be wrong with the order in which things happen.
enum FlowProblem {
  /// `run` or `status` is read where some path has not set it.
  case notSet(String, why: Unset, at: SourceRange)
  case unreadOutcome(UnreadOutcome.Origin, at: SourceRange, ending: OutcomeEnding)
  /// `or fail` or `or ignore` behind what has no outcome.
  case noOutcome(ValueType, clause: SourceRange, at: SourceRange)
  case launchAfterStop(StoppedOperation, at: SourceRange)
  case awaitAfterStop(StoppedOperation, at: SourceRange)
  /// A warning.
  case unreachable(at: SourceRange, after: SourceRange?)
  case changesService(word: String, at: SourceRange, place: ReadOnlyPlace)
  /// What asks or prints in a condition that is looked at until it holds.
  case speaksInCondition(word: String, at: SourceRange, condition: SourceRange)
  /// The paths through nested calls and loops are too many to follow; a warning.
  case notFollowed(at: SourceRange)
}

/// An operation that some path has taken out of service.
struct StoppedOperation {
  let name: String
  let verb: ChangingVerb
  let since: SourceRange
  /// Whether it went by another name there.
  let isRenamed: Bool

  fileprivate var label: String { isRenamed ? "this is the same operation" : "" }
  /// What was done to it.
  fileprivate var past: String { verb.description.past }
}

/// What became of an outcome that nobody looked at.
enum OutcomeEnding {
  case blockEnds(SourceRange?)
  case replaced(by: SourceRange)
  case left(by: SourceRange)
  case thrownAway
}

/// Where the service may be read but not changed.
enum ReadOnlyPlace: Hashable {
  case `where`(SourceRange)
  case waitUntil(SourceRange)
  case include(SourceRange)
}

extension FlowProblem: Diagnosable {
  static let allIDs = [
    "run-not-set", "status-not-set", "unread-outcome", "no-outcome", "launch-after-disable", "await-after-disable",
    "unreachable", "changes-service", "speaks-in-condition", "not-followed",
  ]

  var diagnostic: Diagnostic {
    switch self {
    case .notSet(let name, let why, let range):
      return Diagnostic(
        id: "\(name)-not-set",
        message: why.isPartial ? "`\(name)` is not set on every path that leads here" : "`\(name)` is not set here",
        primary: .init(range), secondary: why.labels, notes: why.notes(name))
    case .unreadOutcome(let origin, let range, let ending):
      return Diagnostic(
        id: "unread-outcome", message: "nobody looks at \(origin.words)", primary: .init(range),
        secondary: ending.labels,
        notes: ["look at it in every case, or write `or fail` or `or ignore` behind it"],
        fixes: [.init("end the runbook unless it is SUCCESS", replacing: range.end, with: " or fail")])
    case .noOutcome(let type, let clause, let range):
      return Diagnostic(
        id: "no-outcome", message: "there is no outcome here for this clause to judge", primary: .init(clause),
        secondary: [.init(range, "this is \(type.words)")],
        notes: ["`or fail` stands behind a status and behind what may be `none`, `or ignore` behind a status"],
        fixes: [.init("leave it out", replacing: range.end.through(clause), with: "")])
    case .launchAfterStop(let operation, let range):
      return Diagnostic(
        id: "launch-after-disable",
        message: "`\(operation.name)` is launched after it was \(operation.past)",
        primary: .init(range, operation.label),
        secondary: [.init(operation.since, "\(operation.past) here")],
        notes: ["`enable` it first"])
    case .awaitAfterStop(let operation, let range):
      return Diagnostic(
        id: "await-after-disable",
        message: "`\(operation.name)` was \(operation.past), so no next run of it is to be expected",
        primary: .init(range, operation.label),
        secondary: [.init(operation.since, "\(operation.past) here")],
        notes: ["a run already going can be awaited by itself"])
    case .unreachable(let range, let after):
      return Diagnostic(
        id: "unreachable", severity: .warning, message: "this is never reached", primary: .init(range),
        secondary: after.map { [.init($0, "nothing goes on after this")] } ?? [])
    case .changesService(let word, let range, let place):
      return Diagnostic(
        id: "changes-service", message: "`\(word)` is not allowed \(place.words)", primary: .init(range),
        secondary: [.init(place.range, place.label)])
    case .speaksInCondition(let word, let range, let condition):
      return Diagnostic(
        id: "speaks-in-condition", message: "`\(word)` is not allowed in the condition of a `wait until`",
        primary: .init(range),
        secondary: [.init(condition, "which is looked at again and again, and may neither ask nor print")])
    case .notFollowed(let range):
      return Diagnostic(
        id: "not-followed", severity: .warning,
        message: "there are more ways through this than can be followed ahead of time", primary: .init(range),
        notes: ["what could not be checked here is checked before the request that it concerns"])
    }
  }
}

extension UnreadOutcome.Origin {
  fileprivate var words: String {
    switch self {
    case .await: "the outcome of this `await`"
    case .check: "the outcome of this `check`"
    case .call: "the status that this call returns"
    }
  }
}

extension OutcomeEnding {
  fileprivate var labels: [Diagnostic.Label] {
    switch self {
    case .blockEnds(let range): range.map { [.init($0, "its block ends here")] } ?? []
    case .replaced(let range): [.init(range, "replaced by this one")]
    case .left(let range): [.init(range, "this leaves before it is read")]
    case .thrownAway: []
    }
  }
}

extension Unset {
  fileprivate var isPartial: Bool {
    if case .onSomePaths = self { true } else { false }
  }

  fileprivate var labels: [Diagnostic.Label] {
    switch self {
    case .never: []
    case .afterList(let range): [.init(range, "a list leaves no single run")]
    case .afterLaunch(let range): [.init(range, "this run has not been awaited")]
    case .onSomePaths(let range): range.map { [.init($0, "it is set here, but not every path comes by")] } ?? []
    }
  }

  fileprivate func notes(_ name: String) -> [String] {
    switch self {
    case .never where name == "run": ["`launch`, `await` and `check` set it"]
    case .never: ["`await` and `check` set it"]
    case .afterList, .afterLaunch, .onSomePaths: []
    }
  }
}

extension ReadOnlyPlace {
  var range: SourceRange {
    switch self {
    case .where(let range), .waitUntil(let range), .include(let range): range
    }
  }

  fileprivate var words: String {
    switch self {
    case .where: "in the condition of a `where`"
    case .waitUntil: "in the condition of a `wait until`"
    case .include: "in an included file"
    }
  }

  fileprivate var label: String {
    switch self {
    case .where: "which may read the service but not change it"
    case .waitUntil: "which is asked again and again, and may not change the service"
    case .include: "which may only declare"
    }
  }
}
