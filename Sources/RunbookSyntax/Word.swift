/// Every word that means something to the language somewhere. A word that is not here is a plain name.
enum Word: String, CaseIterable, Sendable {
  // What begins or carries on a statement.
  case account, environment, param, include, procedure, `let`, `var`
  case launch, await, check, mark, reset, disable, enable, archive
  case `if`, `else`, `for`, retry, wait, parallel, `try`, `catch`, finally, step
  case `break`, `continue`, `return`, stop, fail, require, print, confirm, manual

  case `where`, or, and, not, contains

  case it, run, status, error
  case `true`, `false`
  case noValue = "none"
  case success = "SUCCESS"
  case failed = "FAILED"
  case running = "RUNNING"
  case noMatch = "NO_MATCH"
  case checked = "CHECKED"
  case waiting = "WAITING"
  case deactivated = "DEACTIVATED"
  case today, yesterday, now

  // What begins a clause, or has a meaning only where it stands; all of these can be names too.
  case timeout, every, on, `in`, of, since, started, with, limit, max, keep, going, backoff, times, until
  case `as`, from, env, ignore, verbatim, next, last, runs, job

  case tableToTable = "table-to-table"
  case gbqToGbq = "gbq-to-gbq"
  case tableToStorage = "table-to-storage"
  case storageToStorage = "storage-to-storage"
  case storageToTables = "storage-to-tables"
  case apiToStorage = "api-to-storage"
  case vmLauncher = "vm-launcher"
  case xmlConversion = "xml-conversion"
  case workflow

  enum Role: UInt8 {
    /// Begins a statement.
    case statement
    /// Carries a statement on: `else`, `catch`, `finally`.
    case continuation
    case `operator`
    /// Read like a name, never declared.
    case given
    case literal
    case status
    case clause
    case type
  }

  var role: Role {
    switch self {
    case .else, .catch, .finally: .continuation
    case .account, .environment, .param, .include, .procedure, .let, .var, .launch, .await, .check, .mark, .reset,
      .disable, .enable, .archive, .if, .for, .retry, .wait, .parallel, .try, .step, .break, .continue, .return,
      .stop, .fail, .require, .print, .confirm, .manual:
      .statement
    case .where, .or, .and, .not, .contains: .operator
    case .it, .run, .status, .error, .today, .yesterday, .now: .given
    case .true, .false, .noValue: .literal
    case .success, .failed, .running, .noMatch, .checked, .waiting, .deactivated: .status
    case .timeout, .every, .on, .in, .of, .since, .started, .with, .limit, .max, .keep, .going, .backoff, .times,
      .until, .as, .from, .env, .ignore, .verbatim, .next, .last, .runs, .job:
      .clause
    case .tableToTable, .gbqToGbq, .tableToStorage, .storageToStorage, .storageToTables, .apiToStorage, .vmLauncher,
      .xmlConversion, .workflow:
      .type
    }
  }

  /// Whether `let`, `for`, `param` and the like may not declare it.
  var isReserved: Bool {
    switch role {
    case .clause, .type: false
    default: true
    }
  }

  static let statements = allCases.filter { $0.role == .statement }.map(\.rawValue)
  static let types = allCases.filter { $0.role == .type }.map(\.rawValue)
  static let statuses = allCases.filter { $0.role == .status }.map(\.rawValue)
}
