public import CivilTime
public import TailerAPI

/// A journal's rows in memory: for rehearsals, for tests, and as the state over which the rules are explored.
public final class MemoryRows: JournalRows {
  /// All rows as a value.
  public struct Tables: Hashable, Sendable {
    /// A row of an execution: its number there, and for an answer the generation of the question.
    struct Key: Hashable, Sendable {
      let execution: Int64
      let number: Int64
      var generation = 0
    }

    struct RunKey: Hashable, Sendable {
      let operation: Int64
      let run: String
    }

    struct Launch: Hashable, Sendable {
      let operation: Int64
      let launch: OpenLaunch
    }

    var executions: [Int64: ExecutionState] = [:]
    var numbers: [String: Int64] = [:]
    var lastExecution: Int64 = 0
    var leases: [Int64: LeaseState] = [:]
    var lives: [Key: ProcessLife] = [:]
    var effects: [Key: RecordedEffect] = [:]
    var spans: [Key: Span] = [:]
    var answers: [Key: RecordedAnswer] = [:]
    var operations: [Int64: DataOperation] = [:]
    var operationNumbers: [DataOperation: Int64] = [:]
    var owners: [RunKey: RunOwnership] = [:]
    var launches: [Key: Launch] = [:]
    var tickets: [Int64: LaunchTicket] = [:]
    var lastTicket: Int64 = 0

    public init() {}
  }

  public private(set) var tables: Tables
  /// What takes each change of the transaction back, the latest last.
  private var undoing: [(inout Tables) -> Void] = []

  public init(_ tables: Tables = Tables()) { self.tables = tables }

  /// Runs a body as one transaction: where it throws, nothing has happened.
  public func transaction<T>(_ body: (any JournalRows) throws -> T) rethrows -> T {
    undoing = []
    do {
      return try body(self)
    } catch {
      for undo in undoing.reversed() { undo(&tables) }
      throw error
    }
  }

  private func set<K: Hashable, V>(_ table: WritableKeyPath<Tables, [K: V]>, _ key: K, _ value: V?) {
    let before = tables[keyPath: table][key]
    undoing.append { $0[keyPath: table][key] = before }
    tables[keyPath: table][key] = value
  }

  private func set<V>(_ cell: WritableKeyPath<Tables, V>, _ value: V) {
    let before = tables[keyPath: cell]
    undoing.append { $0[keyPath: cell] = before }
    tables[keyPath: cell] = value
  }

  private func rows<V>(of execution: Int64, in table: [Tables.Key: V]) -> [V] {
    table.filter { $0.key.execution == execution }
      .sorted { ($0.key.number, $0.key.generation) < ($1.key.number, $1.key.generation) }.map(\.value)
  }

  // MARK: Executions

  public func execution(id: String) -> ExecutionState? { tables.numbers[id].flatMap { tables.executions[$0] } }
  public func execution(number: Int64) -> ExecutionState? { tables.executions[number] }

  private var newestFirst: [ExecutionState] { tables.executions.values.sorted { $0.number > $1.number } }

  public func executions(limit: Int) -> [ExecutionState] { Array(newestFirst.prefix(max(0, limit))) }

  public func unfinishedExecution(before number: Int64?) -> ExecutionState? {
    newestFirst.first { state in
      state.number < number ?? .max && state.end?.isResumable != false
    }
  }

  public func executions(startedBefore moment: Timestamp) -> [ExecutionState] {
    newestFirst.reversed().filter { $0.header.startedAt < moment }
  }

  public func addExecution(_ header: ExecutionHeader) -> Int64 {
    set(\.lastExecution, tables.lastExecution + 1)
    set(\.numbers, header.id, tables.lastExecution)
    put(ExecutionState(number: tables.lastExecution, header: header))
    return tables.lastExecution
  }

  public func put(_ execution: ExecutionState) { set(\.executions, execution.number, execution) }

  public func deleteExecution(_ number: Int64) {
    guard let id = tables.executions[number]?.header.id else { return }
    func delete<V>(_ table: WritableKeyPath<Tables, [Tables.Key: V]>) {
      for key in tables[keyPath: table].keys where key.execution == number { set(table, key, nil) }
    }
    delete(\.lives)
    delete(\.effects)
    delete(\.spans)
    delete(\.answers)
    delete(\.launches)
    deleteTickets(of: number)
    set(\.leases, number, nil)
    set(\.numbers, id, nil)
    set(\.executions, number, nil)
  }

  // MARK: Leases and lives

  public func lease(of execution: Int64) -> LeaseState? { tables.leases[execution] }

  public func isHeld(_ lease: Lease) -> Bool {
    tables.leases[lease.execution].map { $0.fence == lease.fence && $0.holder != nil } ?? false
  }

  public func put(_ lease: LeaseState, of execution: Int64) { set(\.leases, execution, lease) }
  public func lives(of execution: Int64) -> [ProcessLife] { rows(of: execution, in: tables.lives) }

  public func put(_ life: ProcessLife, of execution: Int64) {
    set(\.lives, Tables.Key(execution: execution, number: life.fence), life)
  }

  // MARK: Effects, spans and answers

  public func effects(of execution: Int64) -> [RecordedEffect] { rows(of: execution, in: tables.effects) }

  public func effect(_ number: RecordNumber, of execution: Int64) -> RecordedEffect? {
    tables.effects[Tables.Key(execution: execution, number: number.value)]
  }

  public func put(_ effect: RecordedEffect, operation: Int64?, of execution: Int64) {
    let key = Tables.Key(execution: execution, number: effect.number.value)
    set(\.effects, key, effect)
    guard let operation, case .launch = effect.intent else { return }
    let open = OpenLaunch(effect, of: execution)
    set(\.launches, key, open.map { Tables.Launch(operation: operation, launch: $0) })
  }

  public func putOutcome(of effect: RecordedEffect, of execution: Int64) {
    let key = Tables.Key(execution: execution, number: effect.number.value)
    put(effect, operation: tables.launches[key]?.operation, of: execution)
  }

  public func spans(of execution: Int64) -> [Span] { rows(of: execution, in: tables.spans) }

  public func put(_ span: Span, of execution: Int64) {
    set(\.spans, Tables.Key(execution: execution, number: span.number.value), span)
  }

  public func answer(to question: RecordNumber, generation: Int, of execution: Int64) -> RecordedAnswer? {
    tables.answers[Tables.Key(execution: execution, number: question.value, generation: generation)]
  }

  public func answers(of execution: Int64) -> [RecordedAnswer] { rows(of: execution, in: tables.answers) }

  public func put(_ answer: RecordedAnswer, of execution: Int64) {
    let key = Tables.Key(execution: execution, number: answer.question.value, generation: answer.generation)
    set(\.answers, key, answer)
  }

  public func openLaunches(of operation: Int64) -> [OpenLaunch] {
    tables.launches.values.filter { $0.operation == operation }.map(\.launch)
      .sorted { ($0.execution, $0.effect) < ($1.execution, $1.effect) }
  }

  // MARK: Operations and their runs

  public func number(of operation: DataOperation) -> Int64? { tables.operationNumbers[operation] }

  public func register(_ operation: DataOperation) -> Int64 {
    if let known = number(of: operation) { return known }
    let number = Int64(tables.operations.count) + 1
    set(\.operations, number, operation)
    set(\.operationNumbers, operation, number)
    return number
  }

  public func operations() -> [DataOperation] { tables.operations.sorted { $0.key > $1.key }.map(\.value) }

  public func owner(of run: String, operation: Int64) -> RunOwnership? {
    tables.owners[Tables.RunKey(operation: operation, run: run)]
  }

  public func put(_ owner: RunOwnership, of run: String, operation: Int64) {
    set(\.owners, Tables.RunKey(operation: operation, run: run), owner)
  }

  public func ownedRuns(of operation: Int64) -> Set<String> {
    Set(tables.owners.keys.filter { $0.operation == operation }.map(\.run))
  }

  // MARK: Tickets

  public func addTicket(operation: Int64, execution: Int64, fence: Int64, effect: RecordNumber) -> Int64 {
    set(\.lastTicket, tables.lastTicket + 1)
    let ticket = LaunchTicket(
      number: tables.lastTicket, operation: operation, execution: execution, fence: fence, effect: effect)
    set(\.tickets, ticket.number, ticket)
    return ticket.number
  }

  public func tickets(of operation: Int64) -> [LaunchTicket] {
    tables.tickets.values.filter { $0.operation == operation }.sorted { $0.number < $1.number }
  }

  public func deleteTicket(_ number: Int64) { set(\.tickets, number, nil) }

  public func deleteTickets(of execution: Int64) {
    for ticket in tables.tickets.values where ticket.execution == execution { deleteTicket(ticket.number) }
  }
}
