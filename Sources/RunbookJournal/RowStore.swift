import Coordination
public import RunbookRecord

/// What a finished write has survived.
public enum Durability: Sendable {
  /// A loss of power.
  case durable
  /// The death of this process, and it is seen by the others. The next durable write makes it durable too.
  case visible
}

/// Where a journal's rows are kept: a file, a database, this process's memory. It carries transactions out and holds no
/// rule.
public protocol RowStore: Sendable {
  /// Runs a body that sees all rows as they are at one moment.
  func read<T: Sendable>(_ body: @escaping @Sendable (any JournalRows) throws -> T) async throws -> T
  /// Runs a body as one transaction: where it throws, nothing has happened. It may share the transaction with others, and be
  /// carried out twice for it. When this returns, the body's changes have the durability that was asked for, or a higher one.
  /// Transactions are carried out in the order in which they are handed over, which is before this first suspends.
  ///
  /// - Parameter ended: Hears how it ended, `nil` for well, after it has heard so of the transactions before: of one that the
  ///   body has thrown in, or whose changes could not be kept, before any later body runs.
  nonisolated(nonsending) func commit<T: Sendable>(
    _ durability: Durability, ended: @escaping @Sendable ((any Error)?) -> Void,
    _ body: @escaping @Sendable (any JournalRows) throws -> T
  ) async throws -> T
  /// What the store's own errors say, for people.
  func words(for error: any Error) -> String
  /// Whether other processes can see the rows, and have to be shown that this one lives.
  var isShared: Bool { get }
  /// Gives back the space of what was deleted.
  nonisolated(nonsending) func giveSpaceBack() async throws
}

extension RowStore {
  public nonisolated(nonsending) func giveSpaceBack() async throws {}

  nonisolated(nonsending) func commit<T: Sendable>(
    _ durability: Durability, _ body: @escaping @Sendable (any JournalRows) throws -> T
  ) async throws -> T {
    try await commit(durability, ended: { _ in }, body)
  }
}

/// Rows that live as long as the process.
public final class MemoryRowStore: RowStore {
  private let rows: Guarded<MemoryRows.Tables>

  public init(_ tables: MemoryRows.Tables = MemoryRows.Tables()) { rows = Guarded(tables) }

  public func read<T: Sendable>(_ body: @escaping @Sendable (any JournalRows) throws -> T) async throws -> T {
    try body(MemoryRows(tables))
  }

  public nonisolated(nonsending) func commit<T: Sendable>(
    _ durability: Durability, ended: @escaping @Sendable ((any Error)?) -> Void,
    _ body: @escaping @Sendable (any JournalRows) throws -> T
  ) async throws -> T {
    try rows.withLock { tables in
      // What is taken out of the guard is its only copy, and so is changed in place.
      let transaction = MemoryRows(tables)
      tables = MemoryRows.Tables()
      defer { tables = transaction.tables }
      do {
        let result = try transaction.transaction(body)
        ended(nil)
        return result
      } catch {
        ended(error)
        throw error
      }
    }
  }

  public func words(for error: any Error) -> String { "\(error)" }

  public var isShared: Bool { false }

  /// The rows as they are, for tests.
  public var tables: MemoryRows.Tables { rows.withLock { $0 } }
}

extension JournalError {
  init(_ error: any Error, in store: any RowStore) {
    switch error {
    case let error as JournalError: self = error
    case let error as RecordContradiction: self.init(error)
    default: self = .unavailable(store.words(for: error))
    }
  }
}

extension JournalError {
  init(_ contradiction: RecordContradiction) {
    if case .halted(let halt) = contradiction {
      self = .halted(halt)
    } else {
      self = .contradiction("\(contradiction)")
    }
  }
}

extension JournalStoreError {
  init(_ error: any Error, in store: any RowStore) {
    switch error {
    case let error as JournalStoreError: self = error
    case let error as RecordContradiction: self = .unavailable("its record cannot have come about: \(error)")
    default: self = .unavailable(store.words(for: error))
    }
  }
}
