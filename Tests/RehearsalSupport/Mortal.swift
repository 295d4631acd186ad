public import CivilTime
import Foundation
public import RecordSupport
import RunbookEvaluator
public import RunbookRecord
public import TailerAPI

/// A life that ends at a given point: from there on nothing is written and nothing is sent, as when a process is
/// killed. Points are counted: before and after each journal write, before and after each exchange.
public final class Life: @unchecked Sendable {
  /// What is counted.
  public enum Points: Sendable { case writesAndExchanges, writes }
  /// What comes at the point: a kill, or a signal by which the process stops in order.
  public enum Blow: Sendable { case kill, signal }

  // The lock guards all that changes.
  private let lock = NSLock()
  private let end: Int?
  private let points: Points
  private let blow: Blow
  private var point = 0
  private var over = false
  private var hear: (@Sendable (Blow) -> Void)?

  /// - Parameter end: The point at which it ends, from 0; `nil` for one that only counts.
  public init(endingAt end: Int? = nil, of points: Points = .writesAndExchanges, by blow: Blow = .kill) {
    self.end = end
    self.blow = blow
    self.points = points
  }

  public var pointsPassed: Int { lock.withLock { point } }
  public var isOver: Bool { lock.withLock { over } }

  /// Ends it now.
  public func finish() { lock.withLock { over = true } }

  /// Has it said when it comes to its point: who is killed waits for nothing any more.
  func whenStruck(_ hear: @escaping @Sendable (Blow) -> Void) { lock.withLock { self.hear = hear } }

  /// Passes a point; whether life goes on behind it.
  func goesOn() -> Bool {
    let (goesOn, isStruck, hear) = lock.withLock {
      if over { return (false, false, self.hear) }
      let isStruck = point == end
      if isStruck, blow == .kill { over = true }
      point += 1
      return (!over, isStruck, self.hear)
    }
    if isStruck { hear?(blow) }
    return goesOn
  }

  /// The same for an exchange, which may be no point.
  func goesOnExchanging() -> Bool { points == .writes ? !isOver : goesOn() }
}

/// A journal as seen by a process that can die at each write.
public struct MortalJournal: JournalWrapper {
  private let journal: any HeldJournal
  private let life: Life

  public init(_ journal: any HeldJournal, life: Life) {
    self.journal = journal
    self.life = life
  }

  public var executionID: String { journal.executionID }
  public var wrapped: any HeldJournal { journal }

  public func reading<T: Sendable>(
    _ body: (any HeldJournal) async throws(JournalError) -> T
  ) async throws(JournalError) -> T {
    if life.isOver { throw .unavailable("dead") }
    return try await body(journal)
  }

  public func writing<T: Sendable>(
    _ what: JournalWrite, _ body: (any HeldJournal) async throws(JournalError) -> T
  ) async throws(JournalError) -> T {
    if case .turn = what { return try await reading(body) }
    guard life.goesOn() else { throw .unavailable("dead") }
    let result = try await body(journal)
    guard life.goesOn() else { throw .unavailable("dead") }
    return result
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
    guard life.goesOnExchanging() else { throw .cancelled }
    let reply = try await transport.send(request, within: limit, departure: departure)
    guard life.goesOnExchanging() else { throw .cancelled }
    return reply
  }
}
