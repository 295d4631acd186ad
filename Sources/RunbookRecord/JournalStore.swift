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
  /// - Parameter launchingAgain: Which open launch is sent anew, as soon as it is come by: the person has looked, and it did
  ///   not happen.
  func resume(
    _ id: String?, by holder: LeaseHolder, launchingAgain: LaunchAgain
  ) async throws(JournalStoreError) -> (ExecutionHeader, any HeldJournal)
  /// Takes the lease of an execution, also of one that has ended, so that what came of its launches can be said; what that is
  /// stands from `settle` on.
  func settling(
    _ id: String, by holder: LeaseHolder, launchingAgain: LaunchAgain
  ) async throws(JournalStoreError) -> (ExecutionHeader, any HeldJournal)
  /// What is known of the execution that `resume` would take up; nothing is taken up.
  func resumable(_ id: String?) async throws(JournalStoreError) -> ExecutionHeader
  /// Ends an unfinished execution for good, by a person's decision. What it recorded stays as it is; nothing is sent.
  ///
  /// - Parameter user: Who decided it.
  func abandon(_ id: String, by user: String) async throws(JournalStoreError)
  /// Records what somebody says to an open question, whoever works on the execution. The first answer stands. Durable when it
  /// returns.
  ///
  /// - Throws: `.isNotAnswered`, `.hasEnded`.
  func answer(_ given: GivenAnswer, to id: String) async throws(JournalStoreError) -> AnsweredQuestion
  func summary(of id: String) async throws(JournalStoreError) -> ExecutionSummary
  /// Newest first.
  func executions(limit: Int) async throws(JournalStoreError) -> [ExecutionSummary]
  /// All that is on record of an execution.
  func record(of id: String) async throws(JournalStoreError) -> ExecutionRecord
  /// What was done in an execution, in order.
  func entries(of id: String) async throws(JournalStoreError) -> [RecordedEffect]
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
  /// Tells somebody the execution, the process that works on it, and from now on every row that is written, once it has been
  /// kept.
  func follow(_ follower: @escaping RecordFollower) async
  /// Writes how the execution ended and gives the lease up. Durable when it returns.
  func end(_ end: ExecutionEnd) async throws(JournalError)
  /// Writes that another text goes on with the record: the header that says so, recorded effects by the words of the
  /// statements that they are from now, and those that are set aside. Durable when it returns.
  func accept(
    _ header: ExecutionHeader, rewording: [RecordNumber: EffectKey], settingAside: [RecordNumber]
  ) async throws(JournalError)
  /// Gives the lease up and leaves the execution as it was taken up, where nothing has been recorded since. Durable when it
  /// returns.
  func giveBack() async throws(JournalError)
  /// The same where what a person has said of its launches stands from now on. Durable when it returns.
  func settle() async throws(JournalError)
  /// Shows from time to time that this process lives, also while it waits and writes nothing, until the task is cancelled
  /// or the lease is gone. To be run beside the execution; where it is not, a process in another container may take it
  /// for dead.
  func keepLease() async
}

extension HeldJournal {
  public func keepLease() async {}
  public var earlierCost: ExecutionCost? { nil }
}
