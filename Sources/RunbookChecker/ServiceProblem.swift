import RunbookDiagnostics
import RunbookSyntax
import TailerAPI

/// What the service itself would refuse, or what it would have to be told.
enum ServiceProblem {
  case cannotLaunch(ConfigurationType, at: SourceRange)
  /// A verb that only a workflow takes.
  case notWorkflow(ChangingVerb, ConfigurationType, at: SourceRange)
  case workflowHasNoRuns(at: SourceRange)
  case cannotMark(String, at: SourceRange)
  case malformedAccount(String, at: SourceRange)
  case unknownEnvironment(String, at: SourceRange, known: [String], suggestion: String?)
  case missing(Setting, at: SourceRange, later: SourceRange?)
  case disagrees(Setting, written: String, given: String, at: SourceRange)
  case writtenTwice(Setting, at: SourceRange, earlier: SourceRange?)
  case settingInBlock(Setting, at: SourceRange)
  case malformedID(at: SourceRange)
  case unknownJobID(String, at: SourceRange)
  /// A table-to-table whose id carries another environment than is stated.
  case otherEnvironment(DataOperation, carried: String, at: SourceRange)
  case jobDisagrees(Setting, written: String, inJob: String, at: SourceRange)
}

/// One of the two things that every operation needs besides its type and id.
enum Setting: String {
  case account, environment

  var article: String { self == .account ? "an account" : "an environment" }
  var example: String { self == .account ? "account \"000099\"" : "environment DEV" }
  var clause: String { self == .account ? "of \"000099\"" : "in DEV" }
}

extension ServiceProblem: Diagnosable {
  static let allIDs = [
    "cannot-launch", "cannot-reset", "workflow-has-no-runs", "cannot-mark",
    "malformed-account", "unknown-environment", "missing-account", "missing-environment", "account-disagrees",
    "environment-disagrees", "account-written-twice", "environment-written-twice", "setting-in-block", "malformed-id",
    "unknown-job-id",
    "job-id-disagrees", "other-environment",
  ]

  var diagnostic: Diagnostic {
    switch self {
    case .cannotLaunch(let type, let range):
      return Diagnostic(
        id: "cannot-launch", message: "a \(type.rawValue) cannot be launched", primary: .init(range),
        notes: [
          "the service launches \(ConfigurationType.allCases.filter(\.canBeLaunched).map(\.rawValue).listed) only"
        ])
    case .notWorkflow(let verb, let type, let range):
      return Diagnostic(
        id: "cannot-\(verb.word)", message: "only a workflow can be \(verb.description.past)",
        primary: .init(range, "this is a \(type.rawValue)"))
    case .workflowHasNoRuns(let range):
      return Diagnostic(
        id: "workflow-has-no-runs", message: "a workflow has no runs", primary: .init(range),
        notes: ["the operations that it launches have; look at those"])
    case .cannotMark(let status, let range):
      return Diagnostic(
        id: "cannot-mark", message: "no run can be marked `\(status)`", primary: .init(range),
        notes: ["the service takes \(RunStatus.settable.map(\.name).listed)"])
    case .malformedAccount(let text, let range):
      return Diagnostic(
        id: "malformed-account", message: "an account is six digits", primary: .init(range, "this is `\(text)`"))
    case .unknownEnvironment(let name, let range, let known, let suggestion):
      return Diagnostic(
        id: "unknown-environment", message: "no environment is called `\(name)`", primary: .init(range),
        notes: ["known here: \(known.listed)", "others are named in the profile"],
        fixes: .replacement(suggestion, at: range))
    case .missing(let setting, let range, let later):
      return Diagnostic(
        id: "missing-\(setting.rawValue)", message: "this needs \(setting.article)", primary: .init(range),
        secondary: later.map { [.init($0, "it comes too late here")] } ?? [],
        notes: ["write `\(setting.example)` above, or `\(setting.clause)` behind the operation"])
    case .disagrees(let setting, let written, let given, let range):
      return Diagnostic(
        id: "\(setting.rawValue)-disagrees",
        message: "the file says \(setting.rawValue) `\(written)`, the command line or the profile says `\(given)`",
        primary: .init(range), notes: ["leave one of them out, or make them agree"])
    case .writtenTwice(let setting, let range, let earlier):
      return Diagnostic(
        id: "\(setting.rawValue)-written-twice", message: "the \(setting.rawValue) is said twice",
        primary: .init(range), secondary: earlier.map { [.init($0, "said here already")] } ?? [],
        notes: ["for a single operation write `\(setting.clause)` behind it"])
    case .settingInBlock(let setting, let range):
      return Diagnostic(
        id: "setting-in-block", message: "`\(setting.rawValue)` is said at the top level of a file, not inside a block",
        primary: .init(range), notes: ["for a single operation write `\(setting.clause)` behind it"])
    case .malformedID(let range):
      return Diagnostic(
        id: "malformed-id",
        message: "an id is a text of 1 to 512 characters that can be printed, with no space around it",
        primary: .init(range))
    case .unknownJobID(let id, let range):
      return Diagnostic(
        id: "unknown-job-id", message: "`\(id.printable)` is no job id", primary: .init(range),
        notes: [
          "job ids look like `gbq-to-gbq|<id>`, `table-to-storage|table-to-storage|<id>`, "
            + "`storage-to-storage|<account>|<id>|<ENV>|<file>`, `vm-launcher|<account>|<id>|<ENV>`"
        ])
    case .otherEnvironment(let operation, let carried, let range):
      return Diagnostic(
        id: "other-environment",
        message: "the id carries `\(carried)`, and the environment is `\(operation.environment.printable)`",
        primary: .init(range), notes: ["write \(operation.rewritten(for: carried).printable)"])
    case .jobDisagrees(let setting, let written, let inJob, let range):
      return Diagnostic(
        id: "job-id-disagrees",
        message: "the job id says \(setting.rawValue) `\(inJob)`, but `\(written)` is written behind it",
        primary: .init(range))
    }
  }
}
