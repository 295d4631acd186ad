public import CivilTime
public import RunbookRecord
public import TailerAPI

/// A person's word that a run is what an open launch of an execution came to.
///
/// The word is believed where nothing known speaks against it: the service shows the run as one of the launch's
/// operation, it was not there before the launch, and no other launch in the journal owns it.
public struct Adoption: Hashable, Sendable {
  public let runID: String
  public let which: Which

  /// Which of several launches of one operation is meant.
  public enum Which: Hashable, Sendable {
    case any
    /// The one for that date; `nil` for the one without.
    case dated(CalendarDate?)
    /// The one with that number, as `history` shows it.
    case numbered(RecordNumber)

    func means(_ launch: RecordedEffect) -> Bool {
      guard case .launch(_, let date, _, _) = launch.intent else { return false }
      return switch self {
      case .any: true
      case .dated(let wanted): date == wanted
      case .numbered(let number): launch.number == number
      }
    }
  }

  /// Why a person's word is not taken.
  public enum Refusal: Error, Hashable, Sendable {
    case nothingOpen
    case noLaunch(of: Which, open: [RecordedEffect])
    case notShown(runID: String, of: [DataOperation])
    case severalLaunches(Run, dates: [CalendarDate?])
    /// The run was there before the request of the launch left.
    case isOlder(Run, than: Timestamp)
    case isOwned(Run, by: RunOwner)
    case service(ServiceError, DataOperation)
    case journal(JournalError)
  }

  /// Reads `RUN`, `2020-12-30=RUN`, `none=RUN` or `#12=RUN`; `nil` for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let id = parts.last, !id.isEmpty, id.printable == id else { return nil }
    runID = id
    guard parts.count == 2 else {
      which = .any
      return
    }
    switch LaunchAgain(parts[0]) {
    case .dated(let date)?: which = .dated(date)
    case .numbered(let number)?: which = .numbered(number)
    case nil, .none?, .only?: return nil
    }
  }

  /// How much older than the launch, by the clocks of two machines, a run may look. What the launch knew of is older
  /// whatever the clocks say.
  private static let clockTolerance = TimeSpan.hours(24)
  private static let listingSize = 500

  private struct Launch {
    let effect: RecordedEffect
    var site: EffectSite { EffectSite(effect.key) }
    let operation: DataOperation
    let date: CalendarDate?
    let baseline: [String]
    let sentAt: Timestamp
  }

  /// Checks each word, then records them one after the other: the launches' outcomes are these runs, durably. Where one is
  /// refused, none is recorded. Gives the runs as the service shows them.
  ///
  /// - Parameter person: Who says so, and when.
  public static func carryOut(
    _ adoptions: [Adoption], in journal: any HeldJournal, of service: any TailerService, by person: Adopter
  ) async throws(Refusal) -> [Run] {
    var choices: [(launch: Launch, run: Run)] = []
    for adoption in adoptions {
      let taken = Set(choices.map(\.launch.effect.number))
      choices.append(try await adoption.choose(besides: taken, in: journal, service))
    }
    for (launch, run) in choices { try await claim(run, for: launch, in: journal, by: person) }
    return choices.map(\.run)
  }

  private func choose(
    besides taken: Set<RecordNumber>, in journal: any HeldJournal, _ service: any TailerService
  ) async throws(Refusal) -> (launch: Launch, run: Run) {
    let launches = try await openLaunches(besides: taken, in: journal)
    let run = try await find(in: launches.map(\.operation), service)
    let possible = launches.filter { $0.operation == run.operation && !isOlder(run, than: $0) }
    guard let launch = possible.first else {
      throw .isOlder(run, than: launches.filter { $0.operation == run.operation }.map(\.sentAt).max() ?? .latest)
    }
    let dates = Set(possible.map(\.date))
    // For one date, launches of one operation differ in nothing that anybody could tell.
    guard dates.count == 1 else {
      throw .severalLaunches(run, dates: dates.sorted { ($0 ?? .earliest) < ($1 ?? .earliest) })
    }
    try await Self.requireNobodys(run, in: journal)
    return (launch, run)
  }

  private func openLaunches(
    besides taken: Set<RecordNumber>, in journal: any HeldJournal
  ) async throws(Refusal) -> [Launch] {
    let records = try await Self.journaling { () async throws(JournalError) in try await journal.record().effects }
    var launches: [Launch] = []
    for effect in records where effect.isLaunchInDoubt && effect.standing == .current && !taken.contains(effect.number)
    {
      guard case .launch(let operation, let date, let baseline, let sentAt) = effect.intent else { continue }
      launches.append(
        Launch(effect: effect, operation: operation, date: date, baseline: baseline, sentAt: sentAt))
    }
    guard !launches.isEmpty else { throw .nothingOpen }
    let meant = launches.filter { which.means($0.effect) }
    guard !meant.isEmpty else { throw .noLaunch(of: which, open: launches.map(\.effect)) }
    return meant
  }

  /// The run as the service lists it among one of the operations'.
  private func find(in operations: [DataOperation], _ service: any TailerService) async throws(Refusal) -> Run {
    var asked: [DataOperation] = []
    for operation in operations where !asked.contains(operation) {
      asked.append(operation)
      let day = Run.moment(ofID: runID)?.date
      for filter in [RunFilter(started: day, limit: Self.listingSize), RunFilter(limit: Self.listingSize)] {
        let listed: [Run]
        do throws(ServiceError) {
          listed = try await service.lastRuns(of: operation, filter)
        } catch {
          throw .service(error, operation)
        }
        if let run = listed.first(where: { $0.id == runID }) { return run }
        if day == nil { break }
      }
    }
    throw .notShown(runID: runID, of: asked)
  }

  private func isOlder(_ run: Run, than launch: Launch) -> Bool {
    if launch.baseline.contains(run.id) { return true }
    guard let began = run.began else { return false }
    return began < launch.sentAt.advanced(by: Self.clockTolerance.negated)
  }

  private static func requireNobodys(_ run: Run, in journal: any HeldJournal) async throws(Refusal) {
    let owner = try await journaling { () async throws(JournalError) in try await journal.owner(of: run) }
    if let owner { throw .isOwned(run, by: owner) }
  }

  /// With no other launch of the operation under way, whose reply may name the same run.
  private static func claim(
    _ run: Run, for launch: Launch, in journal: any HeldJournal, by person: Adopter
  ) async throws(Refusal) {
    try await journaling { () async throws(JournalError) in
      try await journal.lockLaunches(of: launch.operation, for: launch.site)
    }
    let isOurs: Bool
    do throws(Refusal) {
      try await requireNobodys(run, in: journal)
      isOurs = try await journaling { () async throws(JournalError) in
        try await journal.claim(run, for: launch.effect.number, by: person)
      }
    } catch {
      await journal.unlockLaunches(of: launch.operation, for: launch.site)
      throw error
    }
    await journal.unlockLaunches(of: launch.operation, for: launch.site)
    guard isOurs else { throw .isOwned(run, by: RunOwner(executionID: nil, effect: nil)) }
  }

  private static func journaling<T>(
    _ body: () async throws(JournalError) -> T
  ) async throws(Refusal) -> T {
    do throws(JournalError) {
      return try await body()
    } catch {
      throw .journal(error)
    }
  }
}

extension Adoption.Refusal: CustomStringConvertible {
  /// One sentence for people.
  public var description: String {
    switch self {
    case .nothingOpen: return "no launch of it is open: what each of them came to is known"
    case .noLaunch(let which, let open):
      let meant =
        switch which {
        case .any: "no such launch"
        case .dated(nil): "no launch without a date"
        case .dated(let date?): "no launch for \(date)"
        case .numbered(let number): "no launch \(number)"
        }
      let others = open.map { "\($0.number) \($0.intent.words.printable)" }.joined(separator: "; ")
      return "\(meant) is open; open are: \(others)"
    case .notShown(let id, let operations):
      let names = operations.map { "\($0)".printable }.joined(separator: ", ")
      return "the service shows no run \(id) of \(names); `runbook history` shows which launch is open"
    case .severalLaunches(let run, let dates):
      let choices = dates.map { "\($0?.description ?? "none")=\(run.id)" }.joined(separator: ", ")
      return "launches of \(run.operation.name.printable) for several dates are open; say which it was: \(choices)"
    case .isOlder(let run, let moment):
      return "run \(run.id) was there before the launch, which was sent at \(moment)"
    case .isOwned(let run, let owner):
      let execution = owner.executionID.map { "of the execution \($0)" } ?? "of an execution whose record was deleted"
      return "run \(run.id) is another launch's, \(execution)"
    case .service(let error, let operation):
      return "the runs of \(operation.name.printable) could not be looked at: \(error.message.printable)"
    case .journal(.unavailable(let reason)): return "the journal cannot be written: \(reason.printable)"
    case .journal(.leaseLost(let holder)): return "another process has taken it over: \(holder.printable)"
    case .journal(.cancelled): return "interrupted"
    case .journal(let error): return error.words.printable
    }
  }

  /// The exit status of a command that ends over it.
  public var exitStatus: Int32 {
    switch self {
    case .service(let error, _): error.kind == .refused || error.kind == .rejected ? 8 : 3
    case .journal(let error): error.exitStatus
    default: 64
    }
  }
}
