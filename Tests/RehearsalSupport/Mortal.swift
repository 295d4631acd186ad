public import CivilTime
import Foundation
import RunbookEvaluator
public import RunbookRecord
public import TailerAPI

/// A life that ends at a given point: from there on nothing is written and nothing is sent, as when a process is
/// killed. Points are counted: before and after each journal write, before and after each exchange.
public final class Life: @unchecked Sendable {
  // The lock guards both counters.
  private let lock = NSLock()
  private let end: Int?
  private var point = 0
  private var over = false

  /// - Parameter end: The point at which it ends, from 0; `nil` for one that only counts.
  public init(endingAt end: Int? = nil) { self.end = end }

  public var pointsPassed: Int { lock.withLock { point } }
  public var isOver: Bool { lock.withLock { over } }

  /// Ends it now.
  public func finish() { lock.withLock { over = true } }

  /// Passes a point; whether life goes on behind it.
  func goesOn() -> Bool {
    lock.withLock {
      if over { return false }
      if point == end { over = true }
      point += 1
      return !over
    }
  }
}

/// A journal as seen by a process that can die at each write.
public struct MortalJournal: HeldJournal {
  private let journal: any HeldJournal
  private let life: Life

  public init(_ journal: any HeldJournal, life: Life) {
    self.journal = journal
    self.life = life
  }

  public var executionID: String { journal.executionID }

  private func writing<T: Sendable>(_ body: () async throws(JournalError) -> T) async throws(JournalError) -> T {
    guard life.goesOn() else { throw .unavailable("dead") }
    let result = try await body()
    guard life.goesOn() else { throw .unavailable("dead") }
    return result
  }

  public func record(of key: EffectKey) async throws(JournalError) -> RecordedEffect? {
    try await journal.record(of: key)
  }
  public func initialRecords() async throws(JournalError) -> [RecordedEffect] {
    try await journal.initialRecords()
  }
  public func ownedRuns(of operation: DataOperation) async throws(JournalError) -> Set<String> {
    if life.isOver { throw .unavailable("dead") }
    return try await journal.ownedRuns(of: operation)
  }
  public func openLaunches(
    of operation: DataOperation, besides key: EffectKey
  ) async throws(JournalError) -> [Timestamp] {
    if life.isOver { throw .unavailable("dead") }
    return try await journal.openLaunches(of: operation, besides: key)
  }
  public func intend(
    _ intent: EffectIntent, at key: EffectKey, settlesAt: Timestamp?
  ) async throws(JournalError) {
    try await writing { () async throws(JournalError) in
      try await journal.intend(intent, at: key, settlesAt: settlesAt)
    }
  }
  public func finish(
    _ intent: EffectIntent, _ outcome: EffectOutcome, at key: EffectKey, isLight: Bool
  ) async throws(JournalError) {
    try await writing { () async throws(JournalError) in
      try await journal.finish(intent, outcome, at: key, isLight: isLight)
    }
  }
  public func claim(
    _ run: Run, for number: RecordNumber, by adopter: Adopter?
  ) async throws(JournalError) -> Bool {
    try await writing { () async throws(JournalError) in
      try await journal.claim(run, for: number, by: adopter)
    }
  }
  public func move(_ number: RecordNumber, to key: EffectKey) async throws(JournalError) {
    try await writing { () async throws(JournalError) in try await journal.move(number, to: key) }
  }
  public func lockLaunches(of operation: DataOperation, for key: EffectKey) async throws(JournalError) {
    if life.isOver { throw .unavailable("dead") }
    try await journal.lockLaunches(of: operation, for: key)
  }
  public func unlockLaunches(of operation: DataOperation, for key: EffectKey) async {
    await journal.unlockLaunches(of: operation, for: key)
  }
  public func endForGood() async throws(JournalError) {
    try await writing { () async throws(JournalError) in try await journal.endForGood() }
  }
  public func owner(of run: Run) async throws(JournalError) -> RunOwner? {
    if life.isOver { throw .unavailable("dead") }
    return try await journal.owner(of: run)
  }
  public func accept(
    _ header: ExecutionHeader, rewording: [RecordNumber: EffectKey], settingAside: [RecordNumber]
  ) async throws(JournalError) {
    try await writing { () async throws(JournalError) in
      try await journal.accept(header, rewording: rewording, settingAside: settingAside)
    }
  }
  public func giveBack() async throws(JournalError) {
    try await writing { () async throws(JournalError) in try await journal.giveBack() }
  }
  public func settle() async throws(JournalError) {
    try await writing { () async throws(JournalError) in try await journal.settle() }
  }
  public func end(_ end: ExecutionEnd) async throws(JournalError) {
    try await writing { () async throws(JournalError) in try await journal.end(end) }
  }
}

/// A transport as seen by a process that can die before a request leaves and before its reply is taken.
public struct MortalTransport: HTTPTransport {
  private let transport: any HTTPTransport
  private let life: Life

  public init(_ transport: any HTTPTransport, life: Life) {
    self.transport = transport
    self.life = life
  }

  public func send(
    _ request: HTTPRequest, within limit: TimeSpan, departure: Departure?
  ) async throws(TransportError) -> HTTPReply {
    guard life.goesOn() else { throw .cancelled }
    let reply = try await transport.send(request, within: limit, departure: departure)
    guard life.goesOn() else { throw .cancelled }
    return reply
  }
}
