/// What is wrong with a journal's files, so that SQLite must not open them: it would take what is left for all there was.
enum JournalDamage: Error, Hashable, Sendable {
  case isMissing(String)
  case isEmpty(String)
  /// It is a database, and was never a journal.
  case isAnothers(String)
  /// The main file is shorter than it was.
  case isCut(String, missingPages: Int)
  case logIsGone(String, pages: Int)
  case logHeadIsUnreadable(String)
  /// It belongs to another file, or was begun at another time.
  case logIsAnothers(String)
  case logIsCut(String, pages: Int, of: Int)
  case logIsBroken(String, after: Int)
  /// Under a process that has it open.
  case isReplaced(String)
  /// Under a process that has it open, too.
  case isOverwritten(String)
  /// In SQLite's words.
  case isUnsound(String, String)
  case holdsUnreadable(String, executions: Int)

  /// For people.
  var words: String {
    switch self {
    case .isMissing(let path): "\(path) is missing, and there has been a journal"
    case .isEmpty(let path): "\(path) is empty, and there has been a journal"
    case .isAnothers(let path): "\(path) is another program's file: it has none of a journal's tables"
    case .isCut(let path, let missing): "\(path) has been cut: \(Self.pages(missing)) of it are missing"
    case .logIsGone(let path, let pages):
      "\(path) is gone or was emptied, and \(Self.pages(pages)) were written that were nowhere else"
    case .logHeadIsUnreadable(let path): "\(path) does not begin as SQLite's log does"
    case .logIsAnothers(let path): "\(path) is not the log that belongs to this journal"
    case .logIsCut(let path, let pages, let written):
      "\(path) has been cut or changed: \(Self.pages(written)) were written, and the first \(pages) can be read"
    case .logIsBroken(let path, let pages):
      "\(path) has been changed: the first \(Self.pages(pages)) can be read, and others stand behind them"
    case .isReplaced(let path): "\(path) was removed or replaced while a process worked with it"
    case .isOverwritten(let path): "\(path) was cut or overwritten while a process worked with it"
    case .isUnsound(let path, let words): "\(path) is damaged: \(words)"
    case .holdsUnreadable(let path, let count):
      "\(path) holds \(count == 1 ? "an execution" : "\(count) executions") that cannot be read"
    }
  }

  private static func pages(_ count: Int) -> String { count == 1 ? "1 page" : "\(count) pages" }
}
