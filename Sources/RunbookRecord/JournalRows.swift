public import CivilTime
public import TailerAPI

/// The rows of a journal as one transaction sees them. A store offers them and holds no rule: it reads and writes what it is
/// told to, all of a transaction or none of it. What may be written when is said by `JournalRules` and `Record` alone, so
/// that it is the same in every store.
public protocol JournalRows: AnyObject {
  // MARK: Executions

  func execution(id: String) throws -> ExecutionState?
  func execution(number: Int64) throws -> ExecutionState?
  /// Newest first.
  func executions(limit: Int) throws -> [ExecutionState]
  /// The newest one before `number`, or of all, whose last word does not say that it is over.
  func unfinishedExecution(before number: Int64?) throws -> ExecutionState?
  /// Those that started before the moment, oldest first.
  func executions(startedBefore moment: Timestamp) throws -> [ExecutionState]
  /// Gives the new execution's number, which none has had before.
  func addExecution(_ header: ExecutionHeader) throws -> Int64
  func put(_ execution: ExecutionState) throws
  /// With all that is of it, but for the runs that it owns.
  func deleteExecution(_ number: Int64) throws

  // MARK: Leases and lives

  func lease(of execution: Int64) throws -> LeaseState?
  /// Whether the execution's lease is that one, and somebody has it.
  func isHeld(_ lease: Lease) throws -> Bool
  func put(_ lease: LeaseState, of execution: Int64) throws
  /// In the order in which they began.
  func lives(of execution: Int64) throws -> [ProcessLife]
  func put(_ life: ProcessLife, of execution: Int64) throws

  // MARK: Effects, spans and answers

  /// In the order of their numbers.
  func effects(of execution: Int64) throws -> [RecordedEffect]
  func effect(_ number: RecordNumber, of execution: Int64) throws -> RecordedEffect?
  /// - Parameter operation: The number of the operation that the effect is about.
  func put(_ effect: RecordedEffect, operation: Int64?, of execution: Int64) throws
  /// Puts what came of an effect, of which nothing else has changed since it was put.
  func putOutcome(of effect: RecordedEffect, of execution: Int64) throws
  /// In the order of their numbers.
  func spans(of execution: Int64) throws -> [Span]
  func put(_ span: Span, of execution: Int64) throws
  func answer(to question: RecordNumber, generation: Int, of execution: Int64) throws -> RecordedAnswer?
  /// In the order of the questions' numbers and generations.
  func answers(of execution: Int64) throws -> [RecordedAnswer]
  func put(_ answer: RecordedAnswer, of execution: Int64) throws
  /// The launches of the operation that are open, of whatever execution.
  func openLaunches(of operation: Int64) throws -> [OpenLaunch]

  // MARK: Operations and their runs

  /// The operation's number; `nil` where nothing has been recorded of it.
  func number(of operation: DataOperation) throws -> Int64?
  /// The operation's number, which it gets where it has none yet.
  func register(_ operation: DataOperation) throws -> Int64
  /// Those that were registered last come first.
  func operations() throws -> [DataOperation]
  func owner(of run: String, operation: Int64) throws -> RunOwnership?
  func put(_ owner: RunOwnership, of run: String, operation: Int64) throws
  func ownedRuns(of operation: Int64) throws -> Set<String>

  // MARK: Tickets

  /// Gives the new ticket's number, which is higher than that of every other.
  func addTicket(operation: Int64, execution: Int64, fence: Int64, effect: RecordNumber) throws -> Int64
  /// In the order of their numbers.
  func tickets(of operation: Int64) throws -> [LaunchTicket]
  func deleteTicket(_ number: Int64) throws
  func deleteTickets(of execution: Int64) throws
}

/// An execution as the journal has it.
public struct ExecutionState: Hashable, Sendable {
  public let number: Int64
  public var header: ExecutionHeader
  /// When a `finally` began after an interruption, as a version of the program recorded it that kept no spans.
  public var overAt: Timestamp?
  /// `nil` while a process works on it, and where that process was killed.
  public var end: ExecutionEnd?

  public init(number: Int64, header: ExecutionHeader, overAt: Timestamp? = nil, end: ExecutionEnd? = nil) {
    self.number = number
    self.header = header
    self.overAt = overAt
    self.end = end
  }

  /// Why it cannot be resumed, for people; `nil` where it can.
  public var whyOver: String? {
    if header.isSession, end == nil { return "it was a session at the prompt, and \(ExecutionEnd.unrecorded)" }
    guard let end, !end.isResumable else { return nil }
    return "it ended at \(end.at): \(end.summary)"
  }
}

/// Which effect a run belongs to, as the journal has it.
public struct RunOwnership: Hashable, Sendable {
  public let execution: Int64
  /// `nil` where an old journal did not know any more which effect it was.
  public let effect: RecordNumber?

  public init(execution: Int64, effect: RecordNumber?) {
    self.execution = execution
    self.effect = effect
  }
}
