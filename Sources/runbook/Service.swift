import CivilTime
import RunbookEvaluator
import RunbookJournal
import RunbookRecord
import RunbookSession
import TailerAPI
import TailerClient
import TailerSimulator
import VisibleText

/// The service that an execution works on, real or built in, with the clock it goes by and the journal that fits it.
struct Service: Sendable {
  enum Choice {
    /// What the settings say.
    case configured
    /// A scenario file, perhaps with `#path`; empty for the one beside the runbook.
    ///
    /// - keeping: The folder of a journal that keeps the rehearsal's record; `nil` for a record that ends with it.
    case simulated(String, keeping: String?)
  }

  /// Where the record of an execution remains.
  enum Recorded {
    case journal, nothing
    /// Of a rehearsal: in a journal for nothing else.
    case folder(String)

    var canBeResumed: Bool { if case .journal = self { true } else { false } }
  }

  let client: TailerServiceClient
  let watcher: any RunWatcher
  let clock: any WallClock
  let bootTimer: any BootTimer
  let store: any JournalStore
  /// For the record: the base address, or `simulator`.
  let name: String
  /// What stands in the record for the built-in service.
  static let simulatorName = "simulator"
  let isReal: Bool
  let recordedIn: Recorded
  /// What the people of an execution have to go through: a rehearsal's time stands still while somebody thinks.
  let seeing: @Sendable (any People) -> any People
  /// Carries a body out on the clock's time, and closes the connections afterwards.
  let drive: @Sendable (@escaping @Sendable () async -> Int32) async throws -> Int32

  /// - Throws: `CommandFailure` where none is configured, or what is configured cannot be.
  ///
  /// - Parameter store: The journal, where it is open already.
  init(
    _ choice: Choice, _ surroundings: Surroundings, runbook path: String?, store: (any JournalStore)? = nil
  ) throws {
    switch choice {
    case .configured: try self.init(configuredIn: surroundings, store: store)
    case .simulated(let scenario, let folder):
      try self.init(scenario: scenario, surroundings, runbook: path, keeping: folder)
    }
  }

  private init(configuredIn surroundings: Surroundings, store known: (any JournalStore)?) throws {
    let settings = surroundings.settings
    guard let text = settings.text(.url) else {
      throw CommandFailure(
        """
        no service is configured. Set TAILER_API_URL, pass --url, or write `url:` into a profile of \
        ~/.config/runbook/config.yaml; --simulate rehearses on the built-in service instead.
        """, status: 64)
    }
    let clock = RealClock()
    let address: BaseAddress
    let transport: HTTPClientTransport
    let (limit, rate): (TimeSpan, Double)
    do {
      guard !Secrets.occur(in: text) else {
        throw CommandFailure(
          "\(settings.source(of: .url)): the address holds the token, and goes on record", status: 64)
      }
      address = try BaseAddress(text)
      transport = try HTTPClientTransport(base: address, settings: .init(trustRoots: settings.text(.trust)))
      (limit, rate) = (try settings.span(.requestTimeout), try settings.requestsPerSecond())
    } catch let error as CommandFailure {
      throw error
    } catch let error as SettingsError {
      throw CommandFailure("\(error.message)", status: 64)
    } catch let error as BaseAddress.Problem {
      throw CommandFailure("\(settings.source(of: .url)): \(error)", status: 64)
    } catch {
      throw CommandFailure("\(settings.source(of: .trust)): \(error)", status: 64)
    }
    client = TailerServiceClient(
      transport: transport, tokens: try Self.tokens(settings, clock), clock: clock,
      settings: ClientSettings(requestLimit: limit, requestsPerSecond: rate))
    watcher = PollingRunWatcher(service: client, clock: clock)
    self.clock = clock
    bootTimer = SystemBootTimer.shared
    store = try known ?? surroundings.journalStore()
    name = address.description
    isReal = true
    recordedIn = .journal
    seeing = { $0 }
    drive = { body in
      let status = await body()
      await transport.shutdown()
      return status
    }
  }

  private static func tokens(_ settings: Settings, _ clock: any WallClock) throws -> any TokenSource {
    if let text = settings.text(.token) {
      do throws(TokenError) {
        return FixedToken(try Token(text), source: settings.source(of: .token), clock: clock)
      } catch {
        throw CommandFailure("\(settings.source(of: .token)): \(error)", status: 3)
      }
    }
    let command = settings.list(.tokenCommand)
    guard !command.isEmpty else { throw CommandFailure("token-command is empty", status: 64) }
    return CachedTokens(command: TokenCommand(command), clock: clock)
  }

  private init(
    scenario text: String, _ surroundings: Surroundings, runbook path: String?, keeping folder: String?
  ) throws {
    let scenario = try ScenarioChoice.load(text, beside: path, directory: surroundings.directory)
    let time = VirtualTime(startingAt: scenario.now, whenIdle: .waitForOthers)
    let simulator = Simulator(scenario)
    let token: Token
    do throws(TokenError) {
      token = try Token(scenario.tokens?.keys.min() ?? "rehearsal")
    } catch {
      throw CommandFailure("the scenario's token cannot be used: \(error)", status: 2)
    }
    let random = SharedRandom(seed: scenario.seed)
    client = TailerServiceClient(
      transport: SimulatedTransport(simulator, clock: time),
      tokens: FixedToken(token, source: "the scenario", clock: time),
      clock: time, random: { random.next() })
    watcher = PollingRunWatcher(service: client, clock: time, random: { random.next() })
    clock = time
    bootTimer = SleeplessTimer(time)
    store = try folder.map { try surroundings.rehearsalStore(in: $0, on: time) } ?? RecordStore.inMemory(clock: time)
    name = Self.simulatorName
    isReal = false
    recordedIn = folder.map(Recorded.folder) ?? .nothing
    seeing = { HeldTime(time: time, people: $0) }
    drive = { body in try await time.drive { await body() } }
  }
}

/// People in a rehearsal: its time does not pass while they think.
private struct HeldTime: People {
  let time: VirtualTime
  let people: any People

  func answer(_ question: Question) async throws(PeopleError) -> PersonAnswer {
    let result = await time.holding { () async -> Result<PersonAnswer, PeopleError> in
      do throws(PeopleError) {
        return .success(try await people.answer(question))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}

/// A journal in a rehearsal: its time does not pass while something is read or written.
struct HeldTimeRows: RowStore {
  let time: VirtualTime
  let rows: SQLiteRowStore

  func read<T: Sendable>(_ body: @escaping @Sendable (any JournalRows) throws -> T) async throws -> T {
    try await time.holding { try await rows.read(body) }
  }

  nonisolated(nonsending) func commit<T: Sendable>(
    _ durability: Durability, ended: @escaping @Sendable ((any Error)?) -> Void,
    _ body: @escaping @Sendable (any JournalRows) throws -> T
  ) async throws -> T {
    try await time.holding { try await rows.commit(durability, ended: ended, body) }
  }

  func words(for error: any Error) -> String { rows.words(for: error) }

  /// Nobody goes on with a rehearsal, and so nobody has to see that it lives.
  var isShared: Bool { false }
}
