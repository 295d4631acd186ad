import CivilTime
import Foundation
import RecordSupport
import RunbookEvaluator
import RunbookRecord
import TailerAPI

/// The life of one process, as its journal sees it: it counts the writes, and ends before or after one of them. What is
/// dead answers nothing any more.
final class Life: @unchecked Sendable {
  enum Death: Hashable, Sendable {
    /// The write does not happen.
    case before(Int)
    /// The write happens, and nobody learns of it.
    case after(Int)
  }

  static let deathWords = "the process has died"

  private let death: Death?
  private let lock = NSLock()
  // The lock guards both.
  private var writeCount = 0
  private var isDead = false

  /// - Parameter death: Where it ends, writes being counted from 1; `nil` for a life that only counts.
  init(death: Death? = nil) { self.death = death }

  /// The writes begun.
  var writes: Int { lock.withLock { writeCount } }
  var isOver: Bool { lock.withLock { isDead } }

  /// Throws when it has ended, or ends with what follows.
  func beginWrite() throws(JournalError) -> Int {
    let (number, isDead) = lock.withLock {
      if !self.isDead {
        writeCount += 1
        if death == .before(writeCount) { self.isDead = true }
      }
      return (writeCount, self.isDead)
    }
    if isDead { throw .unavailable(Self.deathWords) }
    return number
  }

  func endWrite(_ number: Int) throws(JournalError) {
    let isDead = lock.withLock {
      if death == .after(number) { self.isDead = true }
      return self.isDead
    }
    if isDead { throw .unavailable(Self.deathWords) }
  }

  func requireLife() throws(JournalError) {
    if isOver { throw .unavailable(Self.deathWords) }
  }
}

/// A store whose process can die at each of its writes: beginning and resuming an execution, intents, outcomes, claims,
/// places in the queue of launches, and endings. To enumerate all points at which a process can die, let it die at
/// 1, 2, … until a life comes to its end by itself.
struct FaultyStore: JournalStore {
  let base: any JournalStore
  let life: Life

  func begin(_ header: ExecutionHeader) async throws(JournalStoreError) -> any HeldJournal {
    let number = try beginWrite()
    let journal = try await base.begin(header)
    try endWrite(number)
    return FaultyJournal(base: journal, life: life)
  }

  func resume(
    _ id: String?, by holder: LeaseHolder, launchingAgain: LaunchAgain
  ) async throws(JournalStoreError) -> (ExecutionHeader, any HeldJournal) {
    let number = try beginWrite()
    let (header, journal) = try await base.resume(id, by: holder, launchingAgain: .none)
    try endWrite(number)
    return (header, FaultyJournal(base: journal, life: life))
  }

  func settling(
    _ id: String, by holder: LeaseHolder, launchingAgain: LaunchAgain
  ) async throws(JournalStoreError) -> (ExecutionHeader, any HeldJournal) {
    try await base.settling(id, by: holder, launchingAgain: launchingAgain)
  }

  func resumable(_ id: String?) async throws(JournalStoreError) -> ExecutionHeader { try await base.resumable(id) }
  func abandon(_ id: String, by user: String) async throws(JournalStoreError) {
    try await base.abandon(id, by: user)
  }
  func answer(_ given: GivenAnswer, to id: String) async throws(JournalStoreError) -> AnsweredQuestion {
    try await base.answer(given, to: id)
  }
  func summary(of id: String) async throws(JournalStoreError) -> ExecutionSummary { try await base.summary(of: id) }
  func executions(limit: Int) async throws(JournalStoreError) -> [ExecutionSummary] {
    try await base.executions(limit: limit)
  }
  func record(of id: String) async throws(JournalStoreError) -> ExecutionRecord { try await base.record(of: id) }
  func entries(of id: String) async throws(JournalStoreError) -> [RecordedEffect] { try await base.entries(of: id) }
  func prune(endedBefore moment: Timestamp) async throws(JournalStoreError) -> Int {
    try await base.prune(endedBefore: moment)
  }
  func knownOperations() async throws(JournalStoreError) -> [DataOperation] { try await base.knownOperations() }

  private func beginWrite() throws(JournalStoreError) -> Int {
    do { return try life.beginWrite() } catch { throw .unavailable(Life.deathWords) }
  }

  private func endWrite(_ number: Int) throws(JournalStoreError) {
    do { try life.endWrite(number) } catch { throw .unavailable(Life.deathWords) }
  }
}

struct FaultyJournal: JournalWrapper {
  let base: any HeldJournal
  let life: Life
  var executionID: String { base.executionID }
  var wrapped: any HeldJournal { base }

  func reading<T: Sendable>(
    _ body: (any HeldJournal) async throws(JournalError) -> T
  ) async throws(JournalError) -> T {
    try life.requireLife()
    return try await body(base)
  }

  func writing<T: Sendable>(
    _ what: JournalWrite, _ body: (any HeldJournal) async throws(JournalError) -> T
  ) async throws(JournalError) -> T {
    let number = try life.beginWrite()
    let result = try await body(base)
    try life.endWrite(number)
    return result
  }
}
