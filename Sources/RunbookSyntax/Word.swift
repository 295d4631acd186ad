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

/// Finds a word by its bytes, without making a text of them.
struct WordTable {
  private struct Slot {
    var word: Word?
    var start: UInt16 = 0
    var count: UInt8 = 0
  }

  private var slots = [Slot](repeating: Slot(), count: 1024)
  private var letters: [UInt8] = []
  private var longest = 0

  static let shared = WordTable()

  private init() {
    for word in Word.allCases {
      let spelling = Array(word.rawValue.utf8)
      var hash: UInt32 = 0
      for letter in spelling { hash = Self.mixed(hash, letter) }
      var index = Int(hash & 1023)
      while slots[index].word != nil { index = (index + 1) & 1023 }
      slots[index] = Slot(word: word, start: UInt16(letters.count), count: UInt8(spelling.count))
      letters += spelling
      longest = Swift.max(longest, spelling.count)
    }
  }

  @inline(__always)
  static func mixed(_ hash: UInt32, _ letter: UInt8) -> UInt32 { (hash &* 33) ^ UInt32(letter) }

  func word(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, hash: UInt32) -> Word? {
    guard range.count <= longest else { return nil }
    var index = Int(hash & 1023)
    while let word = slots[index].word {
      if Int(slots[index].count) == range.count {
        let start = Int(slots[index].start)
        var offset = 0
        while offset < range.count, letters[start + offset] == bytes[range.lowerBound + offset] { offset += 1 }
        if offset == range.count { return word }
      }
      index = (index + 1) & 1023
    }
    return nil
  }
}
