import CivilTime
import Coordination
public import RecordSupport
public import RunbookEvaluator
import RunbookJournal
public import RunbookRecord
import TailerAPI

/// One execution in a journal that lives as long as the process, by the rules that all journals go by. It stands for the
/// journal through all lives of a process, each of which may end without a word.
public actor MemoryJournal: JournalWrapper {
  public nonisolated let executionID: String
  private let rows = MemoryRowStore()
  private let store: RecordStore
  private let clock = BorrowedClock()
  private var held: (any HeldJournal)?
  /// Lets one of those who come at once begin it.
  private let beginning = AsyncSemaphore(1)

  public init(executionID: String = "memory") {
    self.executionID = executionID
    store = RecordStore(rows, clock: clock, liveness: HolderLiveness { _ in .dead })
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

  public var wrapped: any HeldJournal {
    get async throws(JournalError) { try await journal() }
  }

  /// Goes by that clock from now on: what waits for a launch to settle does so in the time in which it is rehearsed.
  nonisolated func keepTime(by clock: any WallClock) { self.clock.borrow(clock) }

  /// Takes the execution up again, as another process would after this one was killed, or has ended.
  ///
  /// - Parameter launchingAgain: Whether a person has the open launches launched again, who has waited until nothing of them
  ///   can arrive any more.
  public func reopen(launchingAgain: Bool = false) async {
    guard held != nil else { return }
    let later = RecordStore(rows, clock: StandingClock(now: .latest), liveness: HolderLiveness { _ in .dead })
    for number in launchingAgain ? recorded.filter(\.isOpenLaunch).map(\.number) : [] {
      try? await later.resume(executionID, by: .rehearsal, launchingAgain: .numbered(number)).1.settle()
    }
    held = try? await store.resume(executionID, by: .rehearsal, launchingAgain: .none).1
  }

  /// Records how a process that lived to its end has left it to others.
  public func stop(_ result: ExecutionResult) async {
    let end = ExecutionEnd(
      at: Rehearsal.start, exitStatus: result.ending.exitStatus, summary: result.ending.summary, isResumable: true)
    try? await held?.end(end)
  }

  /// How it has ended; `nil` while it goes on.
  public var ending: ExecutionEnd? { get async { try? await store.summary(of: executionID).end } }

  /// What is recorded and did not lapse, for who looks at what a rehearsal has left.
  public var recorded: [RecordedEffect] { rows.effects(of: executionID).filter { $0.standing != .lapsed } }
  public var spans: [Span] { rows.spans(of: executionID) }
}

extension MemoryRowStore {
  fileprivate func effects(of id: String) -> [RecordedEffect] {
    let rows = MemoryRows(tables)
    return rows.execution(id: id).map { rows.effects(of: $0.number) } ?? []
  }

  fileprivate func spans(of id: String) -> [Span] {
    let rows = MemoryRows(tables)
    return rows.execution(id: id).map { rows.spans(of: $0.number) } ?? []
  }
}

extension LeaseHolder {
  public static let rehearsal = LeaseHolder(user: "ann", host: "here", process: 1, processStart: "1")
}

extension ExecutionHeader {
  public static func rehearsal(_ id: String) -> ExecutionHeader {
    ExecutionHeader(
      id: id, startedAt: Rehearsal.start, today: Rehearsal.start.date, holder: .rehearsal, name: "test.runbook",
      directory: "/", sources: [Source(name: "test.runbook", text: "")], parameters: [:], account: nil,
      environment: nil, service: "simulator")
  }
}

/// The clock of whatever world a journal is in now.
private final class BorrowedClock: WallClock {
  private let lent = Guarded<any WallClock>(StandingClock())

  func borrow(_ clock: any WallClock) { lent.withLock { $0 = clock } }
  var now: Timestamp { lent.withLock { $0 }.now }
  func sleep(for span: TimeSpan) async throws(CancellationError) { try await lent.withLock { $0 }.sleep(for: span) }
}

/// A clock that never gets on: who waits at it waits until it is cancelled.
private struct StandingClock: WallClock {
  var now = Rehearsal.start

  func sleep(for span: TimeSpan) async throws(CancellationError) {
    do { try await Task.sleep(for: .seconds(1 << 30)) } catch { throw CancellationError() }
  }
}
