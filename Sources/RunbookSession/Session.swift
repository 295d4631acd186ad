import CivilTime
public import RunbookChecker
import RunbookDiagnostics
public import RunbookEvaluator
public import RunbookRecord
import RunbookSyntax
public import TailerAPI

/// The one path from a text to its effects: check it, record it, run it. File, `-c`, standard input and prompt all come
/// this way.
public struct Session: Sendable {
  public var service: any TailerService
  public var watcher: any RunWatcher
  public var clock: any WallClock
  public var bootTimer: any BootTimer
  public var store: any JournalStore
  public var people: any People
  public var listener: any EventListener
  public var policy: EvaluationPolicy
  public var interruption: Interruption
  public var holder: LeaseHolder
  public var ids: ExecutionIDs
  /// For the record: the service's base address, or `simulator`.
  public var serviceName: String
  public var directory: String
  /// Is told what comes on record, where somebody wants to know.
  public var follower: RecordFollower?

  public init(
    service: any TailerService, watcher: any RunWatcher, clock: any WallClock, bootTimer: any BootTimer,
    store: any JournalStore, people: any People, listener: any EventListener, policy: EvaluationPolicy,
    interruption: Interruption, holder: LeaseHolder, ids: ExecutionIDs = ExecutionIDs(), serviceName: String,
    directory: String
  ) {
    self.service = service
    self.watcher = watcher
    self.clock = clock
    self.bootTimer = bootTimer
    self.store = store
    self.people = people
    self.listener = listener
    self.policy = policy
    self.interruption = interruption
    self.holder = holder
    self.ids = ids
    self.serviceName = serviceName
    self.directory = directory
  }

  /// An execution that is held by this process, from its beginning or from where its record ends.
  public struct Opened: Sendable {
    public let header: ExecutionHeader
    public let journal: any HeldJournal
    /// What the client had sent when it was taken up.
    let requests: RequestCounts
    /// Whether another process began it.
    var isResumed = false
  }

  /// What became of an execution, for the last line and the exit status.
  public struct Report: Sendable {
    public let executionID: String
    public let ending: Ending
    public let isResumable: Bool
    public let exitStatus: Int32
    /// Why the ending could not be recorded, where it could not.
    public let journalProblem: String?
    /// What it has cost, with what it had cost before it was taken up.
    public let cost: ExecutionCost
    /// What it leaves that somebody may have to see to.
    public let left: Leftovers
    /// What it asks that nobody has answered.
    public let questions: [RecordedEffect]
  }

  /// Records that an execution begins. Nothing has been sent before this returns.
  public func begin(
    _ preparation: Preparation, parameters: [String: GivenParameter], account: String?, environment: String?
  ) async throws(JournalStoreError) -> Opened {
    let now = clock.now
    let header = ExecutionHeader(
      id: ids.next(at: now), startedAt: now, today: now.date, holder: holder, name: preparation.source.name,
      directory: directory, sources: Self.texts(of: preparation.sources), parameters: parameters.mapValues(\.text),
      account: account, environment: environment, service: serviceName, settings: policy.recorded)
    return await opened(header, try await store.begin(header))
  }

  /// Takes an execution up again; nothing is evaluated yet.
  public func reopen(_ id: String?, launchingAgain: LaunchAgain) async throws(JournalStoreError) -> Opened {
    let (header, journal) = try await store.resume(id, by: holder, launchingAgain: launchingAgain)
    return await opened(header, journal, isResumed: true)
  }

  /// Takes an execution, also one that has ended, so that what came of its launches can be said.
  public func take(toSettle id: String, launchingAgain: LaunchAgain) async throws(JournalStoreError) -> Opened {
    let (header, journal) = try await store.settling(id, by: holder, launchingAgain: launchingAgain)
    return await opened(header, journal, isResumed: true)
  }

  private func opened(
    _ header: ExecutionHeader, _ journal: any HeldJournal, isResumed: Bool = false
  ) async -> Opened {
    if let follower { await journal.follow(follower) }
    return Opened(header: header, journal: journal, requests: service.requestCounts, isResumed: isResumed)
  }

  /// Records which runs its open launches were, by a person's word, once the service has confirmed that there are such.
  public func adopt(_ adoptions: [Adoption], in opened: Opened, by person: String) async throws(Adoption.Refusal) {
    let adopter = Adopter(user: person, at: clock.now)
    for run in try await Adoption.carryOut(adoptions, in: opened.journal, of: service, by: adopter) {
      listener.hear(
        Event(at: clock.now, place: nil, isReplayed: false, steps: [], kind: .adoptedByHand(run, by: person)))
    }
  }

  /// Leaves an execution as it was taken up, but for what a person has said of its launches.
  public func settle(_ opened: Opened) async throws(JournalError) { try await opened.journal.settle() }

  /// Leaves an execution as it was taken up. What cannot be given back is free once this process has ended.
  public func giveBack(_ opened: Opened) async { try? await opened.journal.giveBack() }

  /// Compares a record with what would now be evaluated, without doing or sending anything. What was accepted before is no
  /// conflict, as long as the text is the one that was accepted.
  public func compare(
    _ opened: Opened, with runbook: CheckedRunbook, parameters: [String: GivenParameter]
  ) async -> Comparison {
    let header = opened.header
    let comparison = await execution(opened, of: runbook).compare(
      runbook, parameters: parameters.mapValues(\.value), recorded: header.sources)
    let isAccepted = header.isEdited == true && header.sources == Self.texts(of: runbook.sources)
    return isAccepted ? comparison.accepted() : comparison
  }

  /// Records that an execution goes on with an edited text, so that nobody has to accept the edit again. Gives the execution
  /// as it stands then; as it was where nothing is edited.
  public func accept(
    _ runbook: CheckedRunbook, _ comparison: Comparison, in opened: Opened
  ) async throws(JournalError) -> Opened {
    var header = opened.header
    header.sources = Self.texts(of: runbook.sources)
    if !comparison.isClean { header.isEdited = true }
    guard header != opened.header else { return opened }
    try await opened.journal.accept(header, rewording: comparison.reached, settingAside: comparison.missed)
    return Opened(
      header: header, journal: opened.journal, requests: opened.requests, isResumed: opened.isResumed)
  }

  private static func texts(of sources: SourceMap) -> [ExecutionHeader.Source] {
    sources.all.map { ExecutionHeader.Source(name: $0.name, text: $0.text(0..<$0.bytes.count)) }
  }

  /// Runs a runbook to its end and records how that was.
  public func run(
    _ runbook: CheckedRunbook, as opened: Opened, parameters: [String: GivenParameter],
    accepting changes: Comparison? = nil
  ) async -> Report {
    let execution = execution(opened, of: runbook, accepting: changes)
    return await close(opened, after: evaluate(execution, runbook, parameters, under: opened.journal))
  }

  /// The lease is kept by a child task, which shares the clock's executor: an actor that a task elsewhere keeps busy would let
  /// virtual time pass.
  private func evaluate(
    _ execution: Execution, _ runbook: CheckedRunbook, _ parameters: [String: GivenParameter],
    under journal: any HeldJournal
  ) async -> ExecutionResult {
    async let _ = journal.keepLease()
    return await execution.run(runbook, parameters: parameters.mapValues(\.value))
  }

  /// Records an ending.
  public func close(_ opened: Opened, after result: ExecutionResult) async -> Report {
    var problem: JournalError?
    let record = try? await opened.journal.record()
    let left = record?.leftovers ?? Leftovers()
    let cost = await cost(of: opened, awaits: result.awaits)
    do throws(JournalError) {
      try await opened.journal.end(
        ExecutionEnd(
          at: clock.now, exitStatus: Self.exitStatus(result.ending, leaving: left, endedOver: nil),
          summary: result.ending.summary,
          isResumable: result.isResumable, cost: cost))
    } catch {
      problem = error
    }
    return Report(
      executionID: opened.header.id, ending: result.ending, isResumable: result.isResumable,
      exitStatus: Self.exitStatus(result.ending, leaving: left, endedOver: problem), journalProblem: problem?.words,
      cost: cost, left: left, questions: record?.openQuestions ?? [])
  }

  /// What is not known of a launch stands before a journal that could not be written, and that before all else.
  private static func exitStatus(
    _ ending: Ending, leaving left: Leftovers, endedOver problem: JournalError?
  ) -> Int32 {
    switch ending {
    case .failed(let error, _) where error.kind == .unconfirmed: return unconfirmed
    case .interrupted where !left.launches.isEmpty, .over(.broken, _) where !left.launches.isEmpty: return unconfirmed
    case .done, .stopped, .failed, .over, .interrupted: return problem?.exitStatus ?? ending.exitStatus
    }
  }

  private static let unconfirmed: Int32 = 5

  private func cost(of opened: Opened, awaits: [WatchCost]) async -> ExecutionCost {
    let requests = service.requestCounts.since(opened.requests)
    guard let earlier = await opened.journal.earlierCost else {
      return ExecutionCost(requests: requests, awaits: awaits, lacksKilled: opened.isResumed)
    }
    // Where nothing was evaluated, no await has been gone through again.
    return awaits.isEmpty
      ? earlier.adding(requests)
      : ExecutionCost(
        requests: earlier.requests.adding(requests), awaits: awaits, lacksKilled: earlier.lacksKilled == true)
  }

  public func execution(
    _ opened: Opened, of runbook: CheckedRunbook, accepting changes: Comparison? = nil, showsValues: Bool = false
  ) -> Execution {
    Execution(
      of: runbook,
      effects: Effects(
        service: service, watcher: watcher, clock: clock, bootTimer: bootTimer, journal: opened.journal, people: people,
        listener: listener),
      policy: policy, today: opened.header.today, interruption: interruption, accepting: changes,
      showsValues: showsValues)
  }
}
