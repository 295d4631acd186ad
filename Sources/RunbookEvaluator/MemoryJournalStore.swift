public import CivilTime
public import TailerAPI

/// Executions that live as long as the process: for rehearsals and tests. Runs are owned within each execution alone.
public actor MemoryJournalStore: JournalStore {
  private var executions: [(header: ExecutionHeader, journal: MemoryJournal)] = []

  public init() {}

  public func begin(_ header: ExecutionHeader) -> any HeldJournal {
    let journal = MemoryJournal(executionID: header.id)
    executions.append((header, journal))
    return journal
  }

  public func resume(
    _ id: String?, by holder: LeaseHolder, launchingAgain: Bool
  ) async throws(JournalStoreError) -> (ExecutionHeader, any HeldJournal) {
    let (header, journal) = try await resumable(id)
    await journal.reopen(await journal.ending?.origins ?? [], launchingAgain: launchingAgain)
    return (await journal.accepted ?? header, journal)
  }

  private func resumable(_ id: String?) async throws(JournalStoreError) -> (ExecutionHeader, MemoryJournal) {
    for (header, journal) in executions.reversed() where id == nil || header.id == id {
      if let ending = await journal.ending, !ending.isResumable {
        guard id != nil else { continue }
        throw .hasEnded(id: header.id, why: ending.summary)
      }
      if header.isSession {
        guard id != nil else { continue }
        throw .hasEnded(id: header.id, why: "it was a session at the prompt")
      }
      if await journal.isOver { throw .hasEnded(id: header.id, why: "a finally has ended it") }
      return (header, journal)
    }
    throw id.map(JournalStoreError.noSuchExecution) ?? .nothingToResume
  }

  public func abandon(_ id: String, by user: String) async throws(JournalStoreError) {
    let (header, journal) = try await resumable(id)
    await journal.end(.abandoned(journal.ending, by: user, at: (await journal.ending)?.at ?? header.startedAt))
  }

  public func summary(of id: String) async throws(JournalStoreError) -> ExecutionSummary {
    guard let found = executions.last(where: { $0.header.id == id }) else { throw .noSuchExecution(id) }
    return await summary(of: found)
  }

  private func summary(of execution: (header: ExecutionHeader, journal: MemoryJournal)) async -> ExecutionSummary {
    let end = await execution.journal.ending
    let isOver = await execution.journal.isOver
    let state: ExecutionSummary.State =
      end == nil ? .running : end?.isResumable == true && !isOver ? .unfinished : .ended
    return ExecutionSummary(header: execution.header, state: state, end: end)
  }

  public func executions(limit: Int) async -> [ExecutionSummary] {
    var result: [ExecutionSummary] = []
    for execution in executions.reversed().prefix(max(0, limit)) { result.append(await summary(of: execution)) }
    return result
  }

  public func entries(of id: String) async throws(JournalStoreError) -> [JournalEntry] {
    guard let found = executions.last(where: { $0.header.id == id }) else { throw .noSuchExecution(id) }
    let start = found.header.startedAt
    return await found.journal.initialRecords().enumerated().map { index, entry in
      JournalEntry(
        sequence: Int64(index), key: entry.key, intent: entry.record.intent, intendedAt: start,
        outcome: entry.record.outcome, finishedAt: entry.record.outcome == nil ? nil : start)
    }
  }

  public func prune(endedBefore moment: Timestamp) async -> Int {
    var kept: [(header: ExecutionHeader, journal: MemoryJournal)] = []
    for execution in executions {
      if let end = await execution.journal.ending, end.at < moment, !end.isResumable { continue }
      kept.append(execution)
    }
    defer { executions = kept }
    return executions.count - kept.count
  }

  public func knownOperations() async -> [DataOperation] {
    var found: Set<DataOperation> = []
    for execution in executions {
      for entry in await execution.journal.initialRecords() {
        if let operation = entry.record.intent.operation { found.insert(operation) }
      }
    }
    return found.sorted { $0.name < $1.name }
  }
}
