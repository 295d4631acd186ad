import Coordination
import GRDB

/// Writes that wait to be committed. What comes while one transaction is on its way to the disk goes into the next one
/// together, so that many effects under way at once share the time that the disk takes. A write's end is told only after
/// the transaction that it is in has ended, and each is as if it were alone: one that throws leaves nothing behind and
/// takes nothing from the others.
final class CommitLine: Sendable {
  /// One write. Its body may be carried out twice, and changes nothing but the file.
  struct Write: Sendable {
    let durability: Durability
    let body: @Sendable (Database) throws -> Void
    /// Hears how it ended; `nil` for well.
    let end: @Sendable ((any Error)?) -> Void
  }

  /// Begins a transaction, carries the body out and commits.
  typealias Transaction = @Sendable (Durability, Database, (Database) throws -> Void) throws -> Void

  /// How many writes share a transaction at most, so that other processes are not kept waiting for long.
  static let limit = 256

  private let transaction: Transaction
  private let state = Guarded<(line: ArraySlice<Write>, isBeingServed: Bool)>(([], false))

  init(transaction: @escaping Transaction) { self.transaction = transaction }

  /// Puts a write at the end of the line; whether the line has to be served, since nobody does.
  func add(_ write: Write) -> Bool {
    state.withLock { state in
      state.line.append(write)
      defer { state.isBeingServed = true }
      return !state.isBeingServed
    }
  }

  /// How many writes wait.
  var count: Int { state.withLock { $0.line.count } }

  /// Commits until the line is empty. To be called on the connection's own queue.
  func serve(_ db: Database) {
    while let writes = next() {
      if writes.count == 1 || !commit(together: writes, db) {
        for write in writes { commit(alone: write, db) }
      }
    }
  }

  private func next() -> ArraySlice<Write>? {
    state.withLock { state in
      let writes = state.line.prefix(Self.limit)
      state.line = state.line.dropFirst(Self.limit)
      if writes.isEmpty { state.isBeingServed = false }
      return writes.isEmpty ? nil : writes
    }
  }

  /// `false` where one of the bodies threw, and nothing has been told or written. Where the transaction itself failed, all
  /// fail with it: what keeps it from the disk would keep each.
  private func commit(together writes: ArraySlice<Write>, _ db: Database) -> Bool {
    var bodyThrew = false
    var failure: (any Error)?
    do {
      let isDurable = writes.contains { $0.durability == .durable }
      try transaction(isDurable ? .durable : .visible, db) { db in
        do {
          for write in writes { try write.body(db) }
        } catch {
          bodyThrew = true
          throw error
        }
      }
    } catch {
      failure = error
    }
    if bodyThrew { return false }
    for write in writes { write.end(failure) }
    return true
  }

  private func commit(alone write: Write, _ db: Database) {
    do {
      try transaction(write.durability, db, write.body)
      write.end(nil)
    } catch {
      write.end(error)
    }
  }
}

extension Array {
  /// The elements in their order, in parts of that size and a rest.
  func parts(of size: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
  }
}
