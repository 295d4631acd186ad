public import CivilTime
public import TailerAPI

/// Where executions are recorded: the embedded SQLite file, or another store that a team shares. The only way in for
/// whoever starts, resumes, lists or prunes executions.
public protocol JournalStore: Sendable {
  /// Begins an execution and takes its lease. When it returns, others see it and it survives this process; a loss of
  /// power it survives from the first intent on, before which nothing has been changed.
  func begin(_ header: ExecutionHeader) async throws(JournalStoreError) -> any HeldJournal
  /// Takes the lease of an execution that has not ended, and reopens the effects that its last ending came from, so that
  /// they are done anew: a launch that is unconfirmed keeps its intent, everything else that failed loses it. The file says
  /// so from the first effect on that is recorded; until then it can be given back as it was.
  ///
  /// - Parameter id: The execution, or `nil` for the latest one that can be resumed.
  /// - Parameter launchingAgain: Whether an unconfirmed launch that it ended over loses its intent too, and is sent anew:
  ///   the person has looked, and it did not happen.
  func resume(
    _ id: String?, by holder: LeaseHolder, launchingAgain: Bool
  ) async throws(JournalStoreError) -> (ExecutionHeader, any HeldJournal)
  /// Ends an unfinished execution for good, by a person's decision. What it recorded stays as it is; nothing is sent.
  ///
  /// - Parameter user: Who decided it.
  func abandon(_ id: String, by user: String) async throws(JournalStoreError)
  func summary(of id: String) async throws(JournalStoreError) -> ExecutionSummary
  /// Newest first.
  func executions(limit: Int) async throws(JournalStoreError) -> [ExecutionSummary]
  /// What was done in an execution, in order.
  func entries(of id: String) async throws(JournalStoreError) -> [JournalEntry]
  /// Deletes executions that ended before the moment; how many. What is unfinished stays. The runs they launched stay
  /// known, so that no later launch adopts one.
  func prune(endedBefore moment: Timestamp) async throws(JournalStoreError) -> Int
  /// The configuration ids that executions have used, for completion.
  func knownOperations() async throws(JournalStoreError) -> [DataOperation]
}

/// The record of one execution, held by this process.
public protocol HeldJournal: Journal {
  var executionID: String { get }
  /// What the execution had cost when it last ended or stopped; `nil` where it begins now, or was killed.
  var earlierCost: ExecutionCost? { get async }
  /// Writes how the execution ended and gives the lease up. Durable when it returns.
  func end(_ end: ExecutionEnd) async throws(JournalError)
  /// Writes that another text goes on with the record: the header that says so, recorded effects by the words of the
  /// statements that they are from now, and the paths of those that are set aside. Durable when it returns.
  func accept(
    _ header: ExecutionHeader, rewording: [EffectKey], settingAside: [String]
  ) async throws(JournalError)
  /// Gives the lease up and leaves the execution as it was taken up, where nothing has been recorded since. Durable when it
  /// returns.
  func giveBack() async throws(JournalError)
  /// Shows from time to time that this process lives, also while it waits and writes nothing, until the task is cancelled
  /// or the lease is gone. To be run beside the execution; where it is not, a process in another container may take it
  /// for dead.
  func keepLease() async
}

extension HeldJournal {
  public func keepLease() async {}
  public var earlierCost: ExecutionCost? { nil }
}

/// What is known of an execution when it starts.
public struct ExecutionHeader: Hashable, Codable, Sendable {
  public var id: String
  public var startedAt: Timestamp
  /// The UTC day that `today` means, also when it is resumed on another one.
  public var today: CalendarDate
  public var holder: LeaseHolder
  /// The file as it was named, `-c`, `standard input` or `prompt`.
  public var name: String
  /// The working directory, for relative includes of a resumed execution.
  public var directory: String
  /// The text of every source by name, the program's first.
  public var sources: [Source]
  public var parameters: [String: String]
  /// What it works in, as far as reading the text tells; several are listed with commas.
  public var account: String?
  public var environment: String?
  /// The service's base address, or `simulator`.
  public var service: String
  /// Whether an edit of what had been carried out was accepted; `sources` holds the edited texts then.
  public var isEdited: Bool?

  /// Whether it is a session at the prompt, whose text is not kept: it cannot be evaluated again.
  public var isSession: Bool { sources.isEmpty }

  public struct Source: Hashable, Codable, Sendable {
    public var name: String
    public var text: String
    public init(name: String, text: String) {
      self.name = name
      self.text = text
    }
  }

  public init(
    id: String, startedAt: Timestamp, today: CalendarDate, holder: LeaseHolder, name: String, directory: String,
    sources: [Source], parameters: [String: String], account: String?, environment: String?, service: String
  ) {
    self.id = id
    self.startedAt = startedAt
    self.today = today
    self.holder = holder
    self.name = name
    self.directory = directory
    self.sources = sources
    self.parameters = parameters
    self.account = account
    self.environment = environment
    self.service = service
  }
}

/// The process that works on an execution.
public struct LeaseHolder: Hashable, Codable, Sendable {
  public var user: String
  public var host: String
  public var process: Int32
  /// When the process started, in the system's own terms, so that a process number used again is not taken for it.
  public var processStart: String

  public init(user: String, host: String, process: Int32, processStart: String) {
    self.user = user
    self.host = host
    self.process = process
    self.processStart = processStart
  }
}

/// How an execution ended, or why it stopped.
public struct ExecutionEnd: Hashable, Codable, Sendable {
  public var at: Timestamp
  public var exitStatus: Int32
  /// One line for people: `done`, the failure's message, `interrupted`.
  public var summary: String
  public var isResumable: Bool
  /// The effects that it ended over; empty where it did not end by an error.
  public var origins: [EffectKey]
  /// What it has cost; the requests of a process that was killed are not in it, and it says so.
  public var cost: ExecutionCost?

  public init(
    at: Timestamp, exitStatus: Int32, summary: String, isResumable: Bool, origins: [EffectKey],
    cost: ExecutionCost? = nil
  ) {
    self.at = at
    self.exitStatus = exitStatus
    self.summary = summary
    self.isResumable = isResumable
    self.origins = origins
    self.cost = cost
  }
}

extension ExecutionEnd {
  /// The end that a person gives to what had stopped; `nil` stands for a process that was killed.
  public static func abandoned(_ before: ExecutionEnd?, by user: String, at moment: Timestamp) -> ExecutionEnd {
    ExecutionEnd(
      at: moment, exitStatus: 6, summary: "given up by \(user); before: \(before?.summary ?? "its process was killed")",
      isResumable: false, origins: before?.origins ?? [], cost: before?.cost)
  }
}

/// An execution as a listing shows it.
public struct ExecutionSummary: Hashable, Codable, Sendable {
  public enum State: String, Hashable, Codable, Sendable {
    /// A living process holds the lease.
    case running
    /// Nobody works on it, and it can be resumed: it was interrupted, killed, or stopped by what the world refused.
    case unfinished
    /// It came to its end, or a `finally` ended it, or it is a session at the prompt whose process was killed.
    case ended
  }
  public var header: ExecutionHeader
  public var state: State
  /// `nil` while it runs, and where its process was killed.
  public var end: ExecutionEnd?

  public init(header: ExecutionHeader, state: State, end: ExecutionEnd?) {
    self.header = header
    self.state = state
    self.end = end
  }
}

/// One effect as the journal holds it.
public struct JournalEntry: Hashable, Codable, Sendable {
  public var sequence: Int64
  public var key: EffectKey
  public var intent: EffectIntent
  public var intendedAt: Timestamp
  public var outcome: EffectOutcome?
  public var finishedAt: Timestamp?

  public init(
    sequence: Int64, key: EffectKey, intent: EffectIntent, intendedAt: Timestamp, outcome: EffectOutcome?,
    finishedAt: Timestamp?
  ) {
    self.sequence = sequence
    self.key = key
    self.intent = intent
    self.intendedAt = intendedAt
    self.outcome = outcome
    self.finishedAt = finishedAt
  }
}

public enum JournalStoreError: Error, Hashable, Sendable {
  case unavailable(String)
  case noSuchExecution(String)
  /// Nothing is unfinished.
  case nothingToResume
  /// It has ended for good; `why` for people.
  case hasEnded(id: String, why: String)
  case isHeld(id: String, by: LeaseHolder)
  /// Written by a newer version of the program.
  case newerSchema(found: Int, known: Int)
}
