public import CivilTime
import Coordination
public import RunbookJournal
public import RunbookRecord
public import TailerAPI

/// One execution in a journal that lives as long as the process, by the rules that all journals go by. It stands for the
/// journal through all lives of a process, each of which may end without a word.
public actor MemoryJournal: HeldJournal {
  public nonisolated let executionID: String
  private let rows = MemoryRowStore()
  private let store: RecordStore
  private var held: (any HeldJournal)?
  /// Lets one of those who come at once begin it.
  private let beginning = AsyncSemaphore(1)

  public init(executionID: String = "memory") {
    self.executionID = executionID
    store = RecordStore(rows, clock: StandingClock(), liveness: HolderLiveness { _ in .dead })
  }

  /// The record, which begins when it is first asked for.
  private func journal() async throws(JournalError) -> any HeldJournal {
    if let held { return held }
    _ = await beginning.wait()
    defer { beginning.signal() }
    if let held { return held }
    do throws(JournalStoreError) {
      let begun = try await store.begin(.rehearsal(executionID))
      held = begun
      return begun
    } catch {
      throw .unavailable("\(error)")
    }
  }

  /// Takes the execution up again, as another process would after it has ended over these effects.
  ///
  /// - Parameter launchingAgain: Whether a person has the open launches launched again, who has waited until nothing of them
  ///   can arrive any more.
  public func reopen(_ origins: [EffectKey], launchingAgain: Bool = false) async {
    let end = ExecutionEnd(at: Rehearsal.start, exitStatus: 1, summary: "failed", isResumable: true, origins: origins)
    try? await journal().end(end)
    let later = RecordStore(rows, clock: StandingClock(now: .latest), liveness: HolderLiveness { _ in .dead })
    for number in launchingAgain ? recorded.filter(\.isOpenLaunch).map(\.number) : [] {
      try? await later.resume(executionID, by: .rehearsal, launchingAgain: .numbered(number)).1.end(end)
    }
    held = try? await store.resume(executionID, by: .rehearsal, launchingAgain: .none).1
  }

  /// How it has ended; `nil` while it goes on.
  public var ending: ExecutionEnd? { get async { try? await store.summary(of: executionID).end } }
  /// Whether a `finally` has ended it.
  public var isOver: Bool { rows.execution(executionID)?.overAt != nil }

  public func record(of key: EffectKey) async throws(JournalError) -> RecordedEffect? {
    try await journal().record(of: key)
  }

  /// All that is recorded by now.
  public func initialRecords() async throws(JournalError) -> [RecordedEffect] { recorded }

  /// The same for who looks at what a rehearsal has left.
  public var recorded: [RecordedEffect] { rows.effects(of: executionID).filter { $0.standing != .lapsed } }

  public func intend(
    _ intent: EffectIntent, at key: EffectKey, settlesAt: Timestamp?
  ) async throws(JournalError) {
    try await journal().intend(intent, at: key, settlesAt: settlesAt)
  }

  public func intend(_ effects: [(intent: EffectIntent, key: EffectKey)]) async throws(JournalError) {
    try await journal().intend(effects)
  }

  public func finish(
    _ intent: EffectIntent, _ outcome: EffectOutcome, at key: EffectKey, isLight: Bool
  ) async throws(JournalError) {
    try await journal().finish(intent, outcome, at: key, isLight: isLight)
  }

  public func finish(_ effects: [FinishedEffect]) async throws(JournalError) { try await journal().finish(effects) }

  public func claim(
    _ run: Run, for number: RecordNumber, by adopter: Adopter?
  ) async throws(JournalError) -> Bool {
    try await journal().claim(run, for: number, by: adopter)
  }

  public func move(_ number: RecordNumber, to key: EffectKey) async throws(JournalError) {
    try await journal().move(number, to: key)
  }

  public func owner(of run: Run) async throws(JournalError) -> RunOwner? { try await journal().owner(of: run) }

  public func openLaunches(
    of operation: DataOperation, besides key: EffectKey
  ) async throws(JournalError) -> [Timestamp] {
    try await journal().openLaunches(of: operation, besides: key)
  }

  public func ownedRuns(of operation: DataOperation) async throws(JournalError) -> Set<String> {
    try await journal().ownedRuns(of: operation)
  }

  public func lockLaunches(of operation: DataOperation, for key: EffectKey) async throws(JournalError) {
    try await journal().lockLaunches(of: operation, for: key)
  }

  public func unlockLaunches(of operation: DataOperation, for key: EffectKey) async {
    await held?.unlockLaunches(of: operation, for: key)
  }

  public func endForGood() async throws(JournalError) { try await journal().endForGood() }
  public func end(_ end: ExecutionEnd) async throws(JournalError) { try await journal().end(end) }

  public func accept(
    _ header: ExecutionHeader, rewording: [RecordNumber: EffectKey], settingAside: [RecordNumber]
  ) async throws(JournalError) {
    try await journal().accept(header, rewording: rewording, settingAside: settingAside)
  }

  public func giveBack() async throws(JournalError) { try await journal().giveBack() }
  public func settle() async throws(JournalError) { try await journal().settle() }
}

extension MemoryRowStore {
  fileprivate func execution(_ id: String) -> ExecutionState? { MemoryRows(tables).execution(id: id) }

  fileprivate func effects(of id: String) -> [RecordedEffect] {
    let rows = MemoryRows(tables)
    return rows.execution(id: id).map { rows.effects(of: $0.number) } ?? []
  }
}

extension LeaseHolder {
  static let rehearsal = LeaseHolder(user: "ann", host: "here", process: 1, processStart: "1")
}

extension ExecutionHeader {
  static func rehearsal(_ id: String) -> ExecutionHeader {
    ExecutionHeader(
      id: id, startedAt: Rehearsal.start, today: Rehearsal.start.date, holder: .rehearsal, name: "test.runbook",
      directory: "/", sources: [Source(name: "test.runbook", text: "")], parameters: [:], account: nil,
      environment: nil, service: "simulator")
  }
}

extension RecordStore {
  /// A journal for one process, in which nothing waits for another one.
  public static func rehearsal() -> RecordStore { inMemory(clock: StandingClock()) }
}

/// A clock that never gets on: who waits at it waits until it is cancelled.
private struct StandingClock: WallClock {
  var now = Rehearsal.start

  func sleep(for span: TimeSpan) async throws(CancellationError) {
    do { try await Task.sleep(for: .seconds(1 << 30)) } catch { throw CancellationError() }
  }
}
